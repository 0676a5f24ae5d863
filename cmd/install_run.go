package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// pendingInstall is an install that everything is ready for but the owner's answer.
type pendingInstall struct {
	account.Prepared
	app    *App
	world  *account.World
	flags  *installFlags
	change destination.Change // to the destination, with --enable

	saved   install.Install
	enabled destination.Result
}

// prepareInstall finds out all that can be wrong before a browser is opened, and asks what has to be asked.
func (a *App) prepareInstall(ctx context.Context, flags *installFlags) (*pendingInstall, error) {
	w, err := a.World()
	if err != nil {
		return nil, err
	}
	p := &pendingInstall{app: a, world: w, flags: flags}
	if p.Prepared, err = w.Prepare(ctx); err != nil {
		return nil, err
	}
	if err := w.CheckLabel(ctx, flags.label); err != nil {
		return nil, err
	}
	if flags.enable {
		if p.change, err = p.prepareEnable(ctx); err != nil {
			return nil, err
		}
	}
	if len(p.Saved) > 0 {
		a.Say("note: saved already for this App: %s. Another workspace or source becomes another install.", names(p.Saved))
	}
	return p, nil
}

// setUpFirst offers `segctl init` where nothing is set up, and prepares the install after it.
func (a *App) setUpFirst(ctx context.Context, flags *installFlags, missing error) (*pendingInstall, error) {
	switch answer, err := a.readLine(ctx, "Your App is not set up yet. Set it up now, step by step? [Y/n] "); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil || !isYes(answer) && answer != "":
		return nil, missing
	}
	a.settings, a.world = nil, nil
	if err := a.setUp(ctx); err != nil {
		return nil, err
	}
	return a.prepareInstall(ctx, flags)
}

// names lists installs in a sentence, as far as one can be read.
func names(cards []install.Card) string {
	const most = 5
	texts := make([]string, 0, most+1)
	for i, card := range cards {
		if i == most {
			texts = append(texts, fmt.Sprintf("and %d more", len(cards)-most))
			break
		}
		texts = append(texts, on(card))
	}
	return strings.Join(texts, ", ")
}

// run sends the owner to Segment, saves the install and, if asked to, enables its destination. When enabling fails, the
// install is saved all the same.
func (p *pendingInstall) run(ctx context.Context) error {
	a := p.app
	var notEnabled error
	id, _ := p.world.Settings.Server()
	flow := loopback.Flow{
		App: &authorize.App{
			ClientID:     p.App.ID,
			ClientSecret: p.App.Secret,
			ID:           id,
			RedirectURL:  p.world.Settings.Get(config.RedirectURL),
			Scope:        p.Scope,
			Transport:    a.HTTP(),
			Timeout:      a.flags.requestTimeout,
			UserAgent:    userAgent(),
			Redactor:     &a.redactor,
		},
		Timeout: p.flags.timeout,
		Show:    p.show,
		Note:    func(text string) { a.Say("%s", text) },
		Finish: func(ctx context.Context, g wire.Grant) (message string, err error) {
			if p.saved, err = p.world.Adopt(ctx, g, p.App, p.Scope, p.flags.label, p.flags.force); err != nil || !p.flags.enable {
				return "", err
			}
			message, notEnabled = p.enable(ctx)
			return message, nil
		},
	}
	if !p.flags.noBrowser {
		flow.Open = a.openURL
	}
	if a.canPrompt() {
		flow.Paste = a.In
	}
	if _, err := flow.Run(ctx); err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, loopback.ErrTimeout) {
			a.Say("No answer came to what was asked for:\n%s", p.request())
		}
		return account.Refused(err, p.Saved)
	}
	a.Say("✓ Installed %s, saved in %s.", on(p.saved.Card), p.world.Store)
	if p.saved.Scope != p.Scope {
		a.Say("note: the scope that was granted is %s, and not %s, which was asked for.", p.saved.Scope, p.Scope)
	}
	return errors.Join(p.report(ctx), notEnabled)
}

// report tells which install is current now, and what became of the destination.
func (p *pendingInstall) report(ctx context.Context) error {
	a := p.app
	if err := a.sayCurrent(ctx, p.world, p.saved.Name); err != nil {
		return err
	}
	if p.enabled.Destination != nil {
		a.sayResult(p.enabled)
	}
	return a.printInstallIfAsked(ctx, p.world, p.saved.Card)
}

// show prints the URL even with --quiet: it is what the person has to act on.
func (p *pendingInstall) show(r authorize.Request) {
	fmt.Fprintf(p.app.Err, "To install the App, open this URL as an owner of the workspace:\n\n  %s\n\n", r.URL)
	p.app.Say("%s", p.request())
	if p.app.canPrompt() {
		p.app.Say("Waiting for the answer. If the browser is on another machine, paste the URL it ends on here.")
	}
}

// request is what the owner is asked for, to compare with the App's page.
func (p *pendingInstall) request() string {
	return fmt.Sprintf("  client id     %s\n  redirect URL  %s\n  scope         %s",
		p.App.ID, p.world.Settings.Get(config.RedirectURL), p.Scope)
}

// enable enables the destination that the new install is for, and returns a sentence for the final page.
func (p *pendingInstall) enable(ctx context.Context) (string, error) {
	// The install that was just saved, whatever token the environment holds.
	acc, err := p.world.OpenCard(p.saved.Card)
	if err != nil {
		return "", err
	}
	if p.enabled, err = destination.Enable(ctx, acc, "", account.Place{}, p.change); err != nil {
		return "The install is saved, but the destination could not be enabled: see the terminal.", errors.Join(acc.Unsaved(), err)
	}
	return fmt.Sprintf("The destination %s is enabled.", p.enabled.Destination.DisplayName), acc.Unsaved()
}
