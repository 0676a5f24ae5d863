package cmd

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/problem"
)

// installFlags are the flags of `segctl install`.
type installFlags struct {
	noBrowser bool
	timeout   time.Duration
	enable    bool
	apiKey    string
	set       []string
	label     string
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
or workspace:read. BROWSER names the command that opens the browser ("none" for none).
Each customer is an install of its own: run it again for the next one.`,
		Example: `  segctl install --scope destination/clearbrain
  segctl install --scope destination/clearbrain --enable --api-key
  segctl install --scope workspace --no-browser --label acme`,
		Args: checkInstallArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := flags.check(c); err != nil {
				return err
			}
			p, err := app.prepareInstall(c.Context(), &flags)
			if account.Unconfigured(err) && app.canPrompt() {
				p, err = app.setUpFirst(c.Context(), &flags, err)
			}
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
	bindSetting(f, "scope", config.Scope)
	bindSetting(f, "client-id", config.ClientID)
	bindSetting(f, "redirect-url", config.RedirectURL)
	f.BoolVar(&flags.noBrowser, "no-browser", false, "open no browser; just print the URL")
	f.DurationVar(&flags.timeout, "timeout", 5*time.Minute, "how long to wait for the owner's answer")
	f.BoolVar(&flags.enable, "enable", false, "enable the destination in the same run")
	f.StringArrayVar(&flags.set, "set", nil, "with --enable: setting as `name=value`, typed by the catalog (repeatable)")
	f.StringVar(&flags.label, "label", "", "`name` of your own for the install, such as the customer's")
	f.BoolVar(&flags.force, "force", false, "replace a saved install of the same name that belongs to another App")
	addAPIKeyFlag(f, &flags.apiKey)
	return c
}

// checkInstallArgs takes none, and knows where the saved installs are to be found.
func checkInstallArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		for _, other := range c.Parent().Commands() {
			if found, _, err := other.Find(args[:1]); other.Name() == "installs" && err == nil && found != other {
				return problem.Usage("unexpected argument %q: install makes a new install", args[0]).
					Hint("for those that are saved", append([]string{"installs"}, args...)...)
			}
		}
	}
	return noArgs(c, args)
}

// check refuses flags that do not go together.
func (f *installFlags) check(c *cobra.Command) error {
	for _, name := range []string{"api-key", "set"} {
		if c.Flags().Changed(name) && !f.enable {
			return problem.Usage("--%s goes with --enable", name).Hint("", "install", "--enable", "--"+name)
		}
	}
	if c.Flags().Changed("api-key") && f.apiKey == "" {
		return problem.Usage("the API key is empty").Hint("asks for it", "install", "--enable", "--api-key")
	}
	return nil
}
