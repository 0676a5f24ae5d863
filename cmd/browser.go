package cmd

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/kballard/go-shellquote"
	"github.com/pkg/browser"

	"github.com/segctl/segctl/internal/authorize"
)

// browserNone is the value of BROWSER that opens nothing.
const browserNone = "none"

// openURL opens url in the person's browser: App.OpenURL where it is set, else the command in BROWSER, else what the
// system would open. It does not wait for the browser.
func (a *App) openURL(ctx context.Context, url string) error {
	if err := authorize.CheckBrowserURL(url); err != nil {
		return err
	}
	if a.OpenURL != nil {
		return a.OpenURL(ctx, url)
	}
	command := a.env("BROWSER")
	switch command {
	case browserNone:
		return nil
	case "":
		// pkg/browser lets the child write to our stdout, which belongs to the result.
		browser.Stdout, browser.Stderr = io.Discard, io.Discard
		go func() { // it returns when the child ends, which for some openers is when the browser does
			if err := browser.OpenURL(url); err != nil {
				a.say("The browser could not be started (%v): open the URL yourself.", err)
			}
		}()
		return nil
	}
	argv, err := browserArgs(command, url)
	if err != nil {
		return err
	}
	// No shell, and not tied to ctx: the browser outlives the sign-in.
	child := exec.Command(argv[0], argv[1:]...) //nolint:noctx // see above
	if err := child.Start(); err != nil {
		return fmt.Errorf("start browser %q: %w", argv[0], err)
	}
	go func() { _ = child.Wait() }() // reaped, so that a long wait leaves no zombie
	return nil
}

// browserArgs splits the command in BROWSER into arguments and puts url in place of each %s, or at the end.
func browserArgs(command, url string) ([]string, error) {
	// A path with blanks in it is a command of one word.
	if _, err := exec.LookPath(command); err == nil {
		return []string{command, url}, nil
	}
	argv, err := shellquote.Split(command)
	if err != nil || len(argv) == 0 {
		return nil, usagef("BROWSER is not a command: %q", command)
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
