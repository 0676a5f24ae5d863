package doctor

import (
	"runtime"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/config"
)

func (m Machine) version() Finding {
	return passed("version", "segctl %s %s/%s %s", m.Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// redirectPort takes the redirect URL's port as an install would, and lets it go.
func (c *checkup) redirectPort() Finding {
	const check = "redirect_port"
	url := c.world.Settings.Get(config.RedirectURL)
	if err := loopback.CheckPort(url); err != nil {
		return explained(check, err)
	}
	return passed(check, "the port of %s is free (%s)", url, c.world.Settings.Source(config.RedirectURL))
}

// browser looks for the program that would open a URL. Without one the URL is still printed, so nothing here is a
// failure.
func (c *checkup) browser() Finding {
	const check = "browser"
	program, err := c.Browser.Program()
	if err != nil {
		return warned(check, "%v: open the URL that segctl install prints yourself, or set BROWSER", err)
	}
	if program == "" {
		return passed(check, "none: BROWSER says to open nothing")
	}
	if c.Browser.Command != "" {
		program += " (BROWSER)"
	}
	return passed(check, "%s", program)
}
