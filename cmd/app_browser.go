package cmd

import (
	"context"
	"os"

	"github.com/segctl/segctl/internal/authorize/loopback/browser"
)

// openURL opens url in the person's browser: App.OpenURL where it is set, else the command in BROWSER, else what the
// system opens URLs with. It does not wait for the browser.
func (a *App) openURL(ctx context.Context, url string) error {
	if a.OpenURL != nil {
		return a.OpenURL(ctx, url)
	}
	return a.browser().Open(url)
}

// browser returns what starts the browser. Its environment is that of this process, which holds no secrets any more.
func (a *App) browser() browser.Opener {
	return browser.Opener{
		Command: a.env("BROWSER"),
		Environ: os.Environ(),
		Failed:  func(err error) { a.Say("The browser could not be started (%v): open the URL yourself.", err) },
	}
}
