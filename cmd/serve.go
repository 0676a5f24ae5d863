package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/local"
	"github.com/segctl/segctl/internal/serve"
)

func newServe(app *App) *cobra.Command {
	var flags serveFlags
	var demo demoFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Host the install flow: links for customers, callback, jobs and webhooks",
		Long: `Serve hosts the install flow for your customers: your product sends them to a link, they choose a
workspace and a source at Segment, and your destination is live there with their key. Tokens are refreshed,
destinations watched, and your backend is told by signed webhooks. Any number of replicas may run on one PostgreSQL.

It needs the store postgres (SEGCTL_STORE=postgres, SEGCTL_DATABASE_URL, SEGCTL_SEAL_RECIPIENTS and
SEGCTL_SEAL_IDENTITIES), the App's client id and secret, and its scope. The App's redirect URL has to be the public URL
with /auth/segment/callback. Before the first start:

  segctl serve key create identity.txt     makes the key that tokens and settings are sealed to
  segctl serve migrate                     makes the tables; again after each upgrade
  segctl serve token create backend        makes a token for your backend, which it asks for links with
  segctl serve check                       says what is missing

Then your backend sends POST /v1/links, or you run segctl serve link, and a customer opens the link. Every other
command of segctl works on the same installs with --store postgres.

The log goes to standard error. Ctrl-C and SIGTERM end it once the requests and jobs under way are done, at the latest
after --grace; a second Ctrl-C ends it at once, and nothing is lost by that.

With --demo it plays all of it on this machine, with a sandbox in Segment's place, a partner's product with a button, and
a PostgreSQL of its own, which is removed afterwards. No setting, install or credential of yours is used for it.

Every flag has a variable, such as SEGCTL_SERVE_PUBLIC_URL; several values are separated by spaces. The webhook secret
has SEGCTL_WEBHOOK_SECRET as well; several secrets, as while one replaces another, are separated by spaces.`,
		Example: `  segctl serve --demo
  segctl serve --public-url https://connect.example.com --addr 0.0.0.0:8790 --trust-proxy
  segctl serve --public-url https://connect.example.com --allow-return-url https://app.example.com/segment \
    --webhook-url https://api.example.com/webhooks/segment --webhook-secret @webhook-secret.txt`,
		Annotations: serveVariables(),
	}
	asGroup(c)
	help := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return help(c, args) // it says which command may be meant
		}
		if demo.on {
			return app.serveDemo(c, &flags, demo)
		}
		if err := demo.checkUnused(); err != nil {
			return err
		}
		return app.serve(c, &flags)
	}
	flags.add(c.Flags())
	demo.add(c.Flags())
	c.AddCommand(newServeCheck(app), newServeMigrate(app), newServeLink(app), newServeToken(app), newServeKey(app),
		newServeRotate(app), newServeEvents(app), newServeRedeliver(app))
	return c
}

// serve runs the service until it is interrupted.
func (a *App) serve(c *cobra.Command, flags *serveFlags) error {
	ctx := c.Context()
	w, store, err := a.sharedStore()
	if err != nil {
		return err
	}
	defer store.Close()
	if err := checkNoGivenToken(w); err != nil {
		return err
	}
	o, err := flags.options(ctx, a, store)
	if err != nil {
		return err
	}
	if o.PublicURL == "" {
		return problem.Usage("the public URL is not set: customers open links below it").
			Hint("on this machine alone", "serve", "--public-url", "http://localhost:8790").
			Hint("says what else is missing", "serve", "check")
	}
	a.Err = local.Shared(a.Err)
	if o.Log, err = flags.log(a); err != nil {
		return err
	}
	o.Listening = func(addr string) {
		a.Say("The hosted flow listens on %s, and customers reach it at %s. Ctrl-C stops it.", addr, o.PublicURL)
		if a.listening != nil {
			a.listening(addr)
		}
	}
	return serve.Run(ctx, o)
}
