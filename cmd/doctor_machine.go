package cmd

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"

	"github.com/segctl/segctl/internal/config"
)

func (a *App) checkVersion() finding {
	return passed("version", "segctl %s %s/%s %s", Version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// checkConfiguration tells where the settings come from. Of the client id it tells whether it is set: tickets are read by
// others.
func checkConfiguration(s *config.Settings) []finding {
	where := s.File
	if _, err := os.Stat(s.File); err != nil {
		where += " (there is none)"
	}
	profile := passed("configuration", "profile %s (%s), %s", s.Profile, s.ProfileSource, where)
	if !slices.Contains(s.Profiles(), s.Profile) {
		profile.Status, profile.Hint = statusWarning, "segctl config set --profile "+s.Profile+" client_id …   # to begin it"
		profile.Message += ": nothing is configured for this profile"
	}
	id := passed(config.ClientID, "set (%s)", s.Source(config.ClientID))
	if s.Get(config.ClientID) == "" {
		id = warned(config.ClientID, "not set: segctl can neither install nor refresh").advise("segctl config set client_id …")
	}
	return []finding{profile, id}
}

// checkRedirectPort takes the redirect URL's port on both loopback addresses, as an install would, and lets it go.
func checkRedirectPort(ctx context.Context, s *config.Settings) finding {
	const check = "redirect_port"
	u, err := url.Parse(s.Get(config.RedirectURL))
	if err != nil {
		return failed(check, "the redirect URL cannot be parsed").advise("segctl config set redirect_url …")
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	free := ""
	for _, host := range []string{"127.0.0.1", "::1"} {
		address := net.JoinHostPort(host, port)
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		switch {
		case err == nil:
			_ = listener.Close()
			if free != "" {
				free += " and "
			}
			free += address
		case isAddressInUse(err):
			return failed(check, "%s is taken: an install could not receive its answer", address).
				advise("end the program that listens there, or wait for the install that is under way")
		case errors.Is(err, fs.ErrPermission):
			return failed(check, "%s may not be listened on", address).advise("use a redirect URL with a port above 1023")
		case host == "127.0.0.1":
			return failed(check, "%s cannot be listened on: %v", address, err)
		default:
			free += " (this machine has no ::1)"
		}
	}
	return passed(check, "%s free (%s)", free, s.Source(config.RedirectURL))
}

// checkBrowser looks for the command that would open a URL. Without one the URL is still printed, so nothing here is a
// failure.
func (a *App) checkBrowser() finding {
	const check, hint = "browser", "open the URL that segctl install prints yourself, or set BROWSER"
	command := a.env("BROWSER")
	if command == browserNone {
		return passed(check, "none: BROWSER says to open nothing")
	}
	if command != "" {
		argv, err := browserArgs(command, "https://segment.com")
		if err != nil {
			return warned(check, "%v", err).advise(hint)
		}
		if _, err := exec.LookPath(argv[0]); err != nil {
			return warned(check, "%s (BROWSER) is not found", argv[0]).advise(hint)
		}
		return passed(check, "%s (BROWSER)", argv[0])
	}
	for _, opener := range systemOpeners() {
		if _, err := exec.LookPath(opener); err == nil {
			return passed(check, "%s", opener)
		}
	}
	return warned(check, "this machine has no command that opens one").advise(hint)
}

// systemOpeners are the commands that pkg/browser starts, the first there is.
func systemOpeners() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"open"}
	case "windows":
		return []string{"rundll32"} // stands for the shell's own call, which is always there
	}
	return []string{"xdg-open", "x-www-browser", "www-browser"}
}
