package browser

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	const url = "https://id.segmentapis.com/oauth2/auth?state=%20x"
	for command, want := range map[string][]string{
		"curl -sL -o /dev/null":    {"curl", "-sL", "-o", "/dev/null", url},
		`open -a "My Browser"`:     {"open", "-a", "My Browser", url},
		"firefox --url=%s --kiosk": {"firefox", "--url=" + url, "--kiosk"},
		"sh":                       {"sh", url},
	} {
		got, err := arguments(command, url)
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", command, diff)
		}
	}
	for _, command := range []string{`"unclosed`, "   "} {
		var bad *CommandError
		if got, err := arguments(command, url); !errors.As(err, &bad) {
			t.Errorf("%q: got %q, %v, want a *CommandError", command, got, err)
		}
		if err := (Opener{Command: command}).Open(url); !errors.As(err, &bad) {
			t.Errorf("%q: Open returned %v, want a *CommandError", command, err)
		}
	}
}

// Under WSL, xdg-open cannot open a URL with "=" in it, and every authorization URL has some.
func TestOpeners(t *testing.T) {
	t.Parallel()
	plain := []string{"xdg-open", "x-www-browser", "www-browser"}
	for _, tc := range []struct {
		goos    string
		environ []string
		want    []string
	}{
		{"linux", nil, plain},
		{"linux", []string{"PATH=/bin", "WSL_DISTRO_NAME=Debian"}, append([]string{"wslview"}, plain...)},
		{"linux", []string{"WSL_INTEROP=/run/WSL/8_interop"}, append([]string{"wslview"}, plain...)},
		{"freebsd", nil, plain},
		{"darwin", nil, []string{"open"}},
		{"windows", nil, nil},
	} {
		if diff := cmp.Diff(tc.want, openers(tc.goos, tc.environ)); diff != "" {
			t.Errorf("%s with %q (-want +got):\n%s", tc.goos, tc.environ, diff)
		}
	}
}

func TestOpenNothing(t *testing.T) {
	t.Parallel()
	o := Opener{Command: None}
	if err := o.Open("https://segment.com"); err != nil {
		t.Errorf("Open returned %v", err)
	}
	if program, err := o.Program(); program != "" || err != nil {
		t.Errorf("Program returned %q, %v", program, err)
	}
	for _, url := range []string{"file:///etc/passwd", "--version", "javascript:alert(1)"} {
		if err := o.Open(url); err == nil {
			t.Errorf("%q was opened", url)
		}
	}
}

func TestProgram(t *testing.T) {
	t.Parallel()
	if program, err := (Opener{Command: "go version %s"}).Program(); program != "go" || err != nil {
		t.Errorf("Program returned %q, %v", program, err)
	}
	if program, err := (Opener{Command: "segctl-no-such-browser"}).Program(); err == nil {
		t.Errorf("Program returned %q for a command that there is not", program)
	}
}
