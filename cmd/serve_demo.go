package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
	"github.com/segctl/segctl/internal/serve/demo"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/jobs"
)

// demoAddr is where the partner's page of the demo is, unless something else is there.
const demoAddr = "127.0.0.1:8780"

// demoFlags are the flags of the demo.
type demoFlags struct {
	on          bool
	databaseURL string
	approve     approval
}

func (f *demoFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.on, "demo", false, "play all of it on this machine, with a sandbox and a partner's product")
	flags.StringVar(&f.databaseURL, "database-url", "", "`URL` of a PostgreSQL for the demo, without a password (default: one that is started and removed)")
	flags.Var(&f.approve, "auto-approve", "in the demo, answer for the customer without login and consent; the `answer` is the first source, another WORKSPACE/SOURCE, or deny")
	flags.Lookup("auto-approve").NoOptDefVal = firstSource
}

// checkUnused refuses flags of the demo where none is played.
func (f *demoFlags) checkUnused() error {
	switch {
	case f.databaseURL != "":
		return problem.Usage("--database-url is the demo's: the service takes SEGCTL_DATABASE_URL").Hint("", "serve", "--demo")
	case f.approve.on:
		return problem.Usage("--auto-approve is the demo's: customers of the service consent themselves").Hint("", "serve", "--demo", "--auto-approve")
	}
	return nil
}

// playedDemo is a demo while it runs.
type playedDemo struct {
	app      *App
	service  *demo.Service
	variable map[string]string // of the service
	page     net.Listener      // of the partner's product
}

// serveDemo plays the hosted flow until it is interrupted. All that it makes is removed then.
func (a *App) serveDemo(c *cobra.Command, flags *serveFlags, given demoFlags) (err error) {
	ctx, hurry, stop := demo.UntilSignal(c.Context())
	defer stop()
	a.Err = local.Shared(a.Err)
	d := &playedDemo{app: a}
	folder, err := os.MkdirTemp("", "segctl-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	a.Say("Starting the demo …")
	database, remove, err := demo.Database(ctx, given.databaseURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if d.page, err = demo.Listen(ctx, demoAddr); err != nil {
		return err
	}
	defer d.page.Close()
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		return err
	}
	d.service = demo.NewService(folder, strings.TrimSuffix(redirect, flow.CallbackPath))
	box, err := (&sandboxFlags{scope: sandboxScope, approve: given.approve, tokenTTL: time.Hour}).
		start(ctx, a, local.Options{Addr: "127.0.0.1:0"}, redirect)
	if err != nil {
		return err
	}
	defer closeSandbox(box, &err)
	if d.variable, err = d.service.Environment(database, sandboxScope, box.Environment(redirect)); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- d.play(ctx, box, flags) }()
	select {
	case err := <-ended:
		return err
	case <-hurry: // what is under way is nobody's any more
		return problem.Silent(problem.ExitInterrupted)
	}
}

// actor returns an App that sees the demo alone.
func (d *playedDemo) actor() *App {
	return &App{
		In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: d.app.Err, Env: envOf(d.variable), Now: d.app.Now, Transport: d.app.Transport,
	}
}

// play sets the service up as a partner does, by its own commands, and runs it beside the partner's product.
func (d *playedDemo) play(ctx context.Context, box *local.Sandbox, flags *serveFlags) error {
	if exit := d.actor().Run(ctx, []string{"serve", "migrate", "--quiet"}); exit != problem.ExitOK {
		return problem.Silent(exit)
	}
	var token bytes.Buffer
	maker := d.actor()
	maker.Out = &token
	if exit := maker.Run(ctx, []string{"serve", "token", "create", "demo", "--quiet"}); exit != problem.ExitOK {
		return problem.Silent(exit)
	}
	page := "http://" + d.page.Addr().String()
	product, err := demo.New(demo.Options{
		URL: page, Service: d.service.URL, Token: strings.TrimSpace(token.String()), WebhookSecret: d.service.Secret,
		Segment: box.URL, Login: sandbox.DemoEmail,
		Changed: func(what string) { d.app.Say("  %s", what) },
	})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: product, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(d.page) }()
	defer server.Close()
	service := d.actor()
	service.listening = func(string) {
		fmt.Fprintf(d.app.Out, "Open %s: it is a partner's product, with a button that connects Segment.\n", page)
		fmt.Fprintf(d.app.Out, "A customer presses it and consents at a sandbox of Segment (%s), the destination goes live with their key, and webhooks tell the product.\n", box.URL)
		fmt.Fprintf(d.app.Out, "Ctrl-C ends it, and removes all of it.\n")
		if d.app.listening != nil {
			d.app.listening(page)
		}
	}
	exit := service.Run(ctx, append([]string{"serve", "--quiet"}, d.arguments(page, flags)...))
	if exit != problem.ExitOK {
		return problem.Silent(exit)
	}
	return nil
}

// arguments are those of the service, with what was asked for.
func (d *playedDemo) arguments(page string, flags *serveFlags) []string {
	every := flags.checkEvery
	if every == jobs.DefaultCheckEvery {
		every = 5 * time.Second // a person waits for what they did in the dashboard
	}
	level := flags.logLevel
	if level == defaultLogLevel {
		level = "warn"
	}
	return d.service.Arguments(page, every, level, flags.logFormat)
}
