package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
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
		RunE: func(c *cobra.Command, _ []string) error {
			if err := flags.check(c); err != nil {
				return err
			}
			p, err := app.prepareInstall(c.Context(), flags)
			if err != nil {
				return err
			}
			return p.run(c.Context())
		},
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

// check refuses flags that do not go together.
func (f *installFlags) check(c *cobra.Command) error {
	switch {
	case c.Flags().Changed("api-key") && !f.enable:
		return usagef("--api-key goes with --enable").hint("segctl install --enable --api-key")
	case c.Flags().Changed("api-key") && f.apiKey == "":
		return usagef("the API key is empty").hint("segctl install --enable --api-key   # asks for it")
	}
	return nil
}

// prepareInstall finds out all that can be wrong before a browser is opened, and asks what has to be asked.
func (a *App) prepareInstall(ctx context.Context, flags installFlags) (*pendingInstall, error) {
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	p := &pendingInstall{app: a, settings: s, flags: flags, scope: s.Get(config.Scope)}
	switch {
	case p.scope == "":
		return nil, usagef("no scope is given").hint("segctl install --scope destination/<slug>   # or workspace, or workspace:read")
	case flags.enable && scopeSlug(p.scope) == "":
		return nil, usagef("--enable needs a destination scope, and this one is %s", p.scope).
			hint("segctl install --scope " + p.scope + "   # then segctl dest enable <slug>")
	}
	if p.clientID, p.clientSecret, err = a.credentials(ctx); err != nil {
		return nil, err
	}
	if p.store, err = a.store(); err != nil {
		return nil, err
	}
	if !flags.force {
		if err := p.refuseInstalled(ctx); err != nil {
			return nil, err
		}
	}
	if flags.apiKey != "" {
		p.apiKey, err = a.readSecret(ctx, "API key", flags.apiKey)
	}
	return p, err
}
