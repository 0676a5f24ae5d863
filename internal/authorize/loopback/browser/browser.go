// Package browser starts the person's browser: the command in BROWSER, or what the system opens URLs with.
//
// The browser outlives the program that starts it. So it is a process group of its own, which Ctrl-C in the terminal does
// not reach, and it gets the environment that it is given and no other, for ours may hold secrets.
package browser

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"
	pkgbrowser "github.com/pkg/browser"

	"github.com/segctl/segctl/internal/authorize"
)

// None is the command that opens nothing.
const None = "none"

// ErrNotFound says that the system has no program that opens URLs.
var ErrNotFound = errors.New("no program that opens a URL was found")

// Opener starts a browser.
type Opener struct {
	// Command is what BROWSER says: a command with arguments, quoted as for a shell, that gets the URL in place of each %s
	// or at its end. None opens nothing; "" finds the system's own opener.
	Command string

	// Environ is the environment of the browser, in the form of os.Environ; nil is an empty one. On Windows the system's
	// opener cannot be given one, and has that of this process.
	Environ []string

	// Failed is told, on another goroutine, when the system's opener ends with an error; nil tells nobody. A command in
	// BROWSER is left to itself.
	Failed func(error)
}

// Open starts the browser with a URL, and does not wait for it. Only http and https URLs are opened. Its errors are
// ErrNotFound, *CommandError, and those of starting a process.
func (o Opener) Open(url string) error {
	if err := authorize.CheckBrowserURL(url); err != nil {
		return err
	}
	switch o.Command {
	case None:
		return nil
	case "":
		return o.openSystem(url)
	}
	argv, err := arguments(o.Command, url)
	if err != nil {
		return err
	}
	_, err = o.start(argv)
	return err
}

// Program returns the program that Open would start, "" where it would start none. Its errors are ErrNotFound,
// *CommandError, and that of looking for the program.
func (o Opener) Program() (string, error) {
	switch o.Command {
	case None:
		return "", nil
	case "":
		if !hasOpeners(runtime.GOOS) {
			return "rundll32", nil // stands for the shell's own call, which is always there
		}
		return systemOpener(o.Environ)
	}
	argv, err := arguments(o.Command, "https://segment.com")
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath(argv[0]); err != nil {
		return "", err
	}
	return argv[0], nil
}

// openSystem starts what the system opens URLs with. Where that is a program, we start it ourselves, for pkg/browser
// gives it our environment and our process group.
func (o Opener) openSystem(url string) error {
	if !hasOpeners(runtime.GOOS) {
		pkgbrowser.Stdout, pkgbrowser.Stderr = io.Discard, io.Discard // ours belong to the result
		return pkgbrowser.OpenURL(url)
	}
	opener, err := systemOpener(o.Environ)
	if err != nil {
		return err
	}
	ended, err := o.start([]string{opener, url})
	if err == nil && o.Failed != nil {
		go func() {
			if err := <-ended; err != nil {
				o.Failed(fmt.Errorf("run %s: %w", opener, err))
			}
		}()
	}
	return err
}

// start starts a program and returns what its end comes to.
func (o Opener) start(argv []string) (<-chan error, error) {
	// No shell, and no context: the browser outlives the sign-in. Its output goes nowhere.
	child := exec.Command(argv[0], argv[1:]...) //nolint:noctx // see above
	child.Env = append([]string{}, o.Environ...)
	child.SysProcAttr = ownGroup()
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("start browser %q: %w", argv[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }() // reaped, so that a long wait leaves no zombie
	return ended, nil
}

// hasOpeners reports whether a system opens URLs with a program.
func hasOpeners(goos string) bool { return len(openers(goos, nil)) > 0 }

// openers are the programs that a system opens URLs with, the best first. Under WSL that is wslview: there xdg-open
// passes the URL to Windows in a way that loses what follows a "=".
func openers(goos string, environ []string) []string {
	switch goos {
	case "darwin":
		return []string{"open"}
	case "linux", "freebsd", "netbsd", "openbsd", "dragonfly":
	default:
		return nil
	}
	programs := []string{"xdg-open", "x-www-browser", "www-browser"}
	if isWSL(environ) {
		programs = append([]string{"wslview"}, programs...)
	}
	return programs
}

// isWSL reports whether an environment is that of the Windows Subsystem for Linux.
func isWSL(environ []string) bool {
	return slices.ContainsFunc(environ, func(variable string) bool {
		return strings.HasPrefix(variable, "WSL_DISTRO_NAME=") || strings.HasPrefix(variable, "WSL_INTEROP=")
	})
}

func systemOpener(environ []string) (string, error) {
	for _, program := range openers(runtime.GOOS, environ) {
		if _, err := exec.LookPath(program); err == nil {
			return program, nil
		}
	}
	return "", ErrNotFound
}

// CommandError says that BROWSER is not a command.
type CommandError struct{ Command string }

func (e *CommandError) Error() string { return fmt.Sprintf("BROWSER is not a command: %q", e.Command) }

// arguments splits the command in BROWSER into arguments and puts url in place of each %s, or at the end.
func arguments(command, url string) ([]string, error) {
	// A path with blanks in it is a command of one word.
	if _, err := exec.LookPath(command); err == nil {
		return []string{command, url}, nil
	}
	argv, err := shellquote.Split(command)
	if err != nil || len(argv) == 0 {
		return nil, &CommandError{command}
	}
	placed := false
	for i, arg := range argv[1:] {
		if strings.Contains(arg, "%s") {
			argv[i+1] = strings.ReplaceAll(arg, "%s", url)
			placed = true
		}
	}
	if !placed {
		argv = append(argv, url)
	}
	return argv, nil
}
