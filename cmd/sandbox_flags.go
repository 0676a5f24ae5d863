package cmd

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/tree"
)

// sandboxFlags are the flags of every command that starts a sandbox. They are about the sandbox: --scope and
// --redirect-url set nothing for segctl itself.
type sandboxFlags struct {
	scope                string
	approve              approval
	tokenTTL             time.Duration
	tokens               []string
	redirectURLs         []string
	quirks               []string
	listQuirks           bool
	rateLimit            int
	seed, catalog, state string
	customers            int
	enabled              string
	tls, log             bool
	hosts                []string
}

// sandboxVariables are the variables of these flags, such as SEGCTL_SANDBOX_AUTO_APPROVE.
func sandboxVariables() map[string]string {
	return map[string]string{tree.VariablesAnnotation: "SEGCTL_SANDBOX_"}
}

func (f *sandboxFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.scope, "scope", sandboxScope, "scope that the demo App is registered with")
	flags.Var(&f.approve, "auto-approve", "answer authorization requests at once, without login and consent; the `answer` is the first source, another WORKSPACE/SOURCE, or deny")
	flags.Lookup("auto-approve").NoOptDefVal = firstSource
	flags.DurationVar(&f.tokenTTL, "token-ttl", time.Hour, "how long install tokens live")
	flags.StringArrayVar(&f.redirectURLs, "redirect-url", nil, "redirect `URL` to register with the demo App as well (repeatable)")
	flags.StringArrayVar(&f.tokens, "token", nil, "preset personal token, as `TOKEN[:SCOPE]` (repeatable)")
	flags.StringArrayVar(&f.quirks, "quirk", nil, "switch a quirk, as `NAME=on|off` or to a value of its own (repeatable)")
	flags.BoolVar(&f.listQuirks, "list-quirks", false, "list the quirks with their values, and start nothing")
	flags.IntVar(&f.rateLimit, "rate-limit", 0, "requests a minute and token before 429 (Segment's limit is 200; 0: none)")
	flags.StringVar(&f.seed, "seed", "", "YAML `file` with users, workspaces, sources, destinations, apps, tokens and installs to start with")
	flags.IntVar(&f.customers, "customers", 0, "`number` of customers to make up: each a workspace with a source and an install of the App")
	flags.StringVar(&f.enabled, "enabled", "", "`share` of the customers, such as 80%, that have the destination of the scope, enabled")
	flags.StringVar(&f.catalog, "catalog", "", "`file` with a destination catalog, as Segment lists it")
	flags.StringVar(&f.state, "state", "", "`file` that keeps everything over restarts")
	flags.BoolVar(&f.log, "log", false, "print each request on standard error as it is answered")
	flags.BoolVar(&f.tls, "tls", false, "serve https, with a throw-away certificate for Segment's host names and this machine")
}

// options are what the flags ask of a sandbox. The errors are usage errors.
func (f *sandboxFlags) options(now func() time.Time) (sandbox.Options, error) {
	o := sandbox.Options{
		Scope:        f.scope,
		AutoApprove:  f.approve.on,
		Approve:      f.approve.answer,
		TokenTTL:     f.tokenTTL,
		Tokens:       f.tokens,
		RedirectURLs: f.redirectURLs,
		Quirks:       map[string]string{},
		RateLimit:    f.rateLimit,
		SeedFile:     f.seed,
		CatalogFile:  f.catalog,
		Customers:    f.customers,
		StateFile:    f.state,
		Now:          now,
	}
	for i, host := range f.hosts {
		name, err := sandbox.CheckHost(host)
		if err != nil {
			return o, problem.Usage("%w", err).Hint("", "sandbox", "run", "--intercept", "--intercept-host", "api.example.com", "--", "CMD")
		}
		f.hosts[i] = name
	}
	for _, quirk := range f.quirks {
		name, value, ok := strings.Cut(quirk, "=")
		if !ok {
			return o, problem.Usage("--quirk %q is not NAME=VALUE", quirk).Hint("", "sandbox", "start", "--list-quirks")
		}
		o.Quirks[name] = value
	}
	if f.enabled != "" {
		percent, err := strconv.Atoi(strings.TrimSuffix(f.enabled, "%"))
		if err != nil || percent < 0 || percent > 100 {
			return o, problem.Usage("--enabled %q is not a share between 0%% and 100%%", f.enabled).
				Hint("", "sandbox", "start", "--customers", "1000", "--enabled", "80%")
		}
		o.Enabled = percent
	}
	if f.rateLimit < 0 {
		return o, problem.Usage("--rate-limit is negative").Hint("as Segment's; 0 is none", "sandbox", "start", "--rate-limit", "200")
	}
	if f.tokenTTL <= 0 {
		return o, problem.Usage("--token-ttl is not longer than nothing").Hint("", "sandbox", "start", "--token-ttl", "5s")
	}
	return o, nil
}

// start makes the sandbox that the flags ask for, with other redirect URLs beside theirs, and lets it listen. The caller
// closes it. What is refused for its host is said.
func (f *sandboxFlags) start(ctx context.Context, app *App, listen local.Options, redirectURLs ...string) (*local.Sandbox, error) {
	o, err := f.options(app.Now)
	if err != nil {
		return nil, err
	}
	o.RedirectURLs = append(redirectURLs, o.RedirectURLs...)
	app.Err = local.Shared(app.Err)
	o.Refused = func(why string) { app.Say("segctl: the sandbox refused a request: %s", why) }
	listen.Hosts = f.hosts
	server, err := sandbox.New(o)
	if err != nil {
		return nil, problem.Usage("start sandbox: %w", err)
	}
	for _, slug := range server.AddedDestinations() {
		app.Say("note: the catalog has no destination %q, so it was given one, with the required setting apiKey", slug)
	}
	box, err := local.Start(ctx, server, listen)
	if err != nil {
		return nil, problem.With(problem.ExitFailure, "%w", err).Hint("on a free port", "sandbox", "start", "--addr", "127.0.0.1:0")
	}
	return box, nil
}

// watch prints the request log as it grows, where --log asks for it. The caller stops it.
func (f *sandboxFlags) watch(app *App, box *local.Sandbox) (stop func()) {
	if !f.log {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		box.Watch(ctx, func(r sandbox.Request) { app.Say("%s", secret.Clean(r.String())) })
		close(done)
	}()
	return func() {
		cancel()
		<-done
	}
}

// printQuirks lists the quirks and their default values.
func (f *sandboxFlags) printQuirks(c *cobra.Command, app *App) error {
	quirks := sandbox.Quirks()
	return app.Print(c.Context(), quirks, func() output.Table { return quirkTable(quirks) })
}

// approval is the value of --auto-approve: nobody is asked, and who answers says where.
type approval struct {
	on     bool
	answer string // as in sandbox.Options.Approve
}

// firstSource is --auto-approve without a value.
const firstSource = "first"

func (a *approval) String() string {
	switch {
	case !a.on:
		return ""
	case a.answer == "":
		return firstSource
	}
	return a.answer
}

// Set takes true and false as well: the flag was once a switch.
func (a *approval) Set(text string) error {
	switch text {
	case "true", firstSource:
		*a = approval{on: true}
	case "false":
		*a = approval{}
	case "":
		return errors.New("the answer is empty")
	default:
		*a = approval{true, text}
	}
	return nil
}

func (a *approval) Type() string { return "answer" }
