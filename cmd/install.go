package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// installFlags are the flags of `segctl install`.
type installFlags struct {
	noBrowser bool
	timeout   time.Duration
	enable    bool
	apiKey    string
	force     bool
}

func newInstall(app *App) *cobra.Command {
	var flags installFlags
	c := &cobra.Command{
		Use:   "install",
		Short: "Install your App on a workspace and save the install token",
		Long: `Install sends the workspace's owner to Segment in a browser, takes the answer on the
redirect URL, exchanges the authorization code for the install token, and saves it.

The scope is the one that your App is registered with: destination/<slug>, workspace
or workspace:read. BROWSER names the command that opens the browser ("none" for none).`,
		Example: `  segctl install --scope destination/clearbrain
  segctl install --scope destination/clearbrain --enable --api-key
  segctl install --scope workspace --no-browser`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return app.install(c.Context(), flags) },
	}
	f := c.Flags()
	f.String("scope", "", "scope that your App is registered with")
	f.String("client-id", "", "client id of your App")
	f.String("redirect-url", "", "redirect `URL` registered for your App")
	f.BoolVar(&flags.noBrowser, "no-browser", false, "open no browser; just print the URL")
	f.DurationVar(&flags.timeout, "timeout", 5*time.Minute, "how long to wait for the owner's answer")
	f.BoolVar(&flags.enable, "enable", false, "enable the destination in the same run")
	f.BoolVar(&flags.force, "force", false, "go on although an install with this scope is saved")
	addAPIKeyFlag(f, &flags.apiKey)
	return c
}

// install runs the flow, saves the install and, if asked to, enables its destination.
func (a *App) install(ctx context.Context, flags installFlags) error {
	s, err := a.load()
	if err != nil {
		return err
	}
	if _, err := a.printer(); err != nil {
		return err
	}
	scope := s.Get(config.Scope)
	if scope == "" {
		return usagef("no scope is given").hint("segctl install --scope destination/<slug> (or workspace, or workspace:read)")
	}
	if flags.apiKey != "" && !flags.enable {
		return usagef("--api-key goes with --enable")
	}
	if flags.enable && scopeSlug(scope) == "" {
		return usagef("--enable needs a destination scope, and this one is %s", scope).
			hint("segctl install --scope " + scope + ", then segctl dest enable <slug>")
	}
	id, secret, err := a.credentials(ctx)
	if err != nil {
		return err
	}
	store, err := a.store()
	if err != nil {
		return err
	}
	if !flags.force {
		if err := a.refuseInstalled(ctx, store, id, scope); err != nil {
			return err
		}
	}
	if flags.apiKey != "" {
		if flags.apiKey, err = a.readSecret(ctx, "API key", flags.apiKey); err != nil {
			return err
		}
	}

	var saved install.Install
	var failed error // of enabling: the install itself is saved by then
	flow := authorize.Flow{
		ClientID:     id,
		ClientSecret: secret,
		AuthURL:      strings.TrimRight(s.Get(config.IDURL), "/") + "/oauth2/auth",
		TokenURL:     strings.TrimRight(s.Get(config.IDURL), "/") + "/oauth2/token",
		RedirectURL:  s.Get(config.RedirectURL),
		Scope:        scope,
		Timeout:      flags.timeout,
		Transport:    a.transport(),
		Show:         a.showAuthorizationURL,
		Note:         func(text string) { a.say("%s", text) },
		Paste:        a.pasteSource(),
		Finish: func(ctx context.Context, g authorize.Grant) (string, error) {
			if saved, err = a.save(ctx, store, install.Grant(g), id); err != nil {
				return "", err
			}
			if !flags.enable {
				return "", nil
			}
			var message string
			message, failed = a.enableInstalled(ctx, store, saved, flags.apiKey)
			return message, nil
		},
	}
	if !flags.noBrowser {
		flow.Open = a.openURL
	}
	if _, err := flow.Run(ctx); err != nil {
		return err
	}
	a.say("Saved %s in %s.", saved.Name, store)
	if err := a.printInstall(ctx, store, saved); err != nil {
		return err
	}
	return failed
}

// enableInstalled enables the destination that a new install is for, and returns a sentence for the final page.
func (a *App) enableInstalled(ctx context.Context, store install.Store, saved install.Install, key string) (string, error) {
	// The install that was just saved, whatever token the environment holds.
	a.session = a.savedSession(store, saved.Name)
	name, err := a.destination(ctx, nil, placeFlags{})
	if err == nil {
		plan := &destPlan{name: name, check: true, body: segment.DestinationBody{Enabled: new(true)}}
		settings := destFlags{apiKey: key}
		if err = settings.settings(ctx, a, plan); err == nil {
			err = a.enableDestination(ctx, plan, false)
		}
	}
	if err != nil {
		return "The install is saved, but the destination could not be enabled: see the terminal.", err
	}
	return fmt.Sprintf("The destination %s is enabled.", name.Destination), nil
}

// showAuthorizationURL prints the URL even with --quiet: it is what the person has to act on.
func (a *App) showAuthorizationURL(url string) {
	fmt.Fprintf(a.Err, "To install the App, open this URL as an owner of the workspace:\n\n  %s\n\n", url)
	if a.canPrompt() {
		a.say("Waiting for the answer. If the browser is on another machine, paste the URL it ends on here.")
	}
}

// pasteSource returns where the callback URL may be pasted: a terminal, or nothing.
func (a *App) pasteSource() io.Reader {
	if a.canPrompt() {
		return a.In
	}
	return nil
}

// save keeps a new install and makes it the current one.
func (a *App) save(ctx context.Context, store install.Store, g install.Grant, clientID string) (install.Install, error) {
	s, err := a.load()
	if err != nil {
		return install.Install{}, err
	}
	granted, err := install.New(g, clientID, s.Get(config.APIURL), a.Now())
	if err != nil {
		return install.Install{}, err
	}
	err = store.Update(ctx, granted.Name, func(*install.Install) (*install.Install, error) { return &granted, nil })
	if err != nil {
		return install.Install{}, &unsavedError{Install: granted.Name, Err: err}
	}
	return granted, store.Use(ctx, granted.Name)
}

// refuseInstalled returns an *installedError where an install of this App with this scope is saved.
func (a *App) refuseInstalled(ctx context.Context, store install.Store, clientID, scope string) error {
	names, err := store.List(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		saved, err := store.Get(ctx, name)
		if err != nil {
			return err
		}
		if saved.ClientID == clientID && saved.Scope == scope {
			return &installedError{Name: name, Scope: scope, Where: where(saved)}
		}
	}
	return nil
}

// where names what an install may act on: its sources, else its workspaces.
func where(i install.Install) string {
	if len(i.Sources) > 0 {
		return strings.Join(i.Sources, ", ")
	}
	return strings.Join(i.Workspaces, ", ")
}
