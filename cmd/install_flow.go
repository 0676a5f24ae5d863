package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// pendingInstall is an install that everything is ready for but the owner's answer.
type pendingInstall struct {
	app                    *App
	settings               *config.Settings
	flags                  installFlags
	store                  install.Store
	clientID, clientSecret string
	scope                  string
	apiKey                 string // "" for none
}

// run sends the owner to Segment, saves the install and, if asked to, enables its destination. When enabling fails, the
// install is saved all the same.
func (p *pendingInstall) run(ctx context.Context) error {
	a := p.app
	var saved install.Install
	var notEnabled error
	id := strings.TrimRight(p.settings.Get(config.IDURL), "/")
	flow := authorize.Flow{
		ClientID:     p.clientID,
		ClientSecret: p.clientSecret,
		AuthURL:      id + "/oauth2/auth",
		TokenURL:     id + "/oauth2/token",
		RedirectURL:  p.settings.Get(config.RedirectURL),
		Scope:        p.scope,
		Timeout:      p.flags.timeout,
		Transport:    a.Transport,
		Wrap:         a.trace,
		Show:         a.showAuthorizationURL,
		Note:         func(text string) { a.say("%s", text) },
		Finish: func(ctx context.Context, g authorize.Grant) (message string, err error) {
			if saved, err = p.save(ctx, install.Grant(g)); err != nil || !p.flags.enable {
				return "", err
			}
			message, notEnabled = p.enable(ctx, saved)
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
		return err
	}
	a.say("Saved %s in %s.", saved.Name, p.store)
	return errors.Join(a.printInstall(ctx, p.store, saved), notEnabled)
}

// showAuthorizationURL prints the URL even with --quiet: it is what the person has to act on.
func (a *App) showAuthorizationURL(url string) {
	fmt.Fprintf(a.Err, "To install the App, open this URL as an owner of the workspace:\n\n  %s\n\n", url)
	if a.canPrompt() {
		a.say("Waiting for the answer. If the browser is on another machine, paste the URL it ends on here.")
	}
}

// save keeps a new install and makes it the current one.
func (p *pendingInstall) save(ctx context.Context, g install.Grant) (install.Install, error) {
	granted, err := install.New(g, p.clientID, p.settings.Get(config.APIURL), p.app.Now())
	if err != nil {
		return install.Install{}, err
	}
	err = p.store.Update(ctx, granted.Name, func(*install.Install) (*install.Install, error) { return &granted, nil })
	if err == nil {
		err = p.store.Use(ctx, granted.Name)
	}
	if err != nil {
		return install.Install{}, &unsavedError{Install: granted.Name, Err: err}
	}
	return granted, nil
}

// refuseInstalled returns an *installedError where an install of this App with this scope is saved.
func (p *pendingInstall) refuseInstalled(ctx context.Context) error {
	names, err := p.store.List(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		saved, err := p.store.Get(ctx, name)
		if err != nil {
			return err
		}
		if saved.ClientID == p.clientID && saved.Scope == p.scope {
			return &installedError{Name: name, Scope: p.scope, Where: where(saved)}
		}
	}
	return nil
}

// enable enables the destination that a new install is for, and returns a sentence for the final page.
func (p *pendingInstall) enable(ctx context.Context, saved install.Install) (string, error) {
	a := p.app
	// The install that was just saved, whatever token the environment holds.
	a.session = a.savedSession(p.store, saved.Name)
	name, err := a.destination(ctx, nil, placeFlags{})
	if err == nil {
		plan := &destPlan{name: name, check: true, part: true, body: segment.DestinationBody{Enabled: new(true)}}
		settings := destFlags{apiKey: p.apiKey}
		if err = settings.settings(ctx, a, plan); err == nil {
			err = a.enableDestination(ctx, plan, false)
		}
	}
	if err != nil {
		return "The install is saved, but the destination could not be enabled: see the terminal.", err
	}
	return fmt.Sprintf("The destination %s is enabled.", name.Destination), nil
}
