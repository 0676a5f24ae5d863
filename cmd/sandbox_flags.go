package cmd

import (
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

// sandboxFlags are the flags of every command that starts a sandbox.
type sandboxFlags struct {
	scope                string
	autoApprove          bool
	tokenTTL             time.Duration
	tokens               []string
	redirectURLs         []string
	quirks               []string
	listQuirks           bool
	rateLimit            int
	seed, catalog, state string
	tls                  bool
	intercept            bool // a flag of `run` alone: it is about the environment of a command
}

func (f *sandboxFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.scope, "scope", sandboxScope, "scope that the demo App is registered with")
	flags.BoolVar(&f.autoApprove, "auto-approve", false, "answer authorization requests at once, without login and consent")
	flags.DurationVar(&f.tokenTTL, "token-ttl", time.Hour, "how long install tokens live")
	flags.StringArrayVar(&f.redirectURLs, "redirect-url", nil, "redirect `URL` to register with the demo App as well (repeatable)")
	flags.StringArrayVar(&f.tokens, "token", nil, "preset personal token, as `TOKEN[:SCOPE]` (repeatable)")
	flags.StringArrayVar(&f.quirks, "quirk", nil, "switch a quirk, as `NAME=on|off` or to a value of its own (repeatable)")
	flags.BoolVar(&f.listQuirks, "list-quirks", false, "list the quirks with their values, and start nothing")
	flags.IntVar(&f.rateLimit, "rate-limit", 0, "requests a minute and token before 429 (Segment's limit is 200; 0: none)")
	flags.StringVar(&f.seed, "seed", "", "YAML `file` with users, workspaces, sources, destinations, apps and tokens to start with")
	flags.StringVar(&f.catalog, "catalog", "", "`file` with a destination catalog, as Segment lists it")
	flags.StringVar(&f.state, "state", "", "`file` that keeps everything over restarts")
	flags.BoolVar(&f.tls, "tls", false, "serve https, with a throw-away certificate for Segment's host names and this machine")
}

// options are what the flags ask of a sandbox. The errors are usage errors.
func (f *sandboxFlags) options(now func() time.Time) (sandbox.Options, error) {
	o := sandbox.Options{
		Scope:        f.scope,
		AutoApprove:  f.autoApprove,
		TokenTTL:     f.tokenTTL,
		Tokens:       f.tokens,
		RedirectURLs: f.redirectURLs,
		Quirks:       map[string]string{},
		RateLimit:    f.rateLimit,
		SeedFile:     f.seed,
		CatalogFile:  f.catalog,
		StateFile:    f.state,
		Now:          now,
	}
	for _, quirk := range f.quirks {
		name, value, ok := strings.Cut(quirk, "=")
		if !ok {
			return o, usagef("--quirk %q is not NAME=VALUE", quirk).hint("segctl sandbox start --list-quirks")
		}
		o.Quirks[name] = value
	}
	if f.rateLimit < 0 {
		return o, usagef("--rate-limit is negative").hint("--rate-limit 200   # as Segment's; 0 is none")
	}
	if f.tokenTTL <= 0 {
		return o, usagef("--token-ttl is not longer than nothing").hint("--token-ttl 5s")
	}
	return o, nil
}

// printQuirks lists the quirks and their default values.
func (f *sandboxFlags) printQuirks(c *cobra.Command, app *App) error {
	quirks := sandbox.Quirks()
	return app.print(c.Context(), quirks, func() output.Table { return quirkTable(quirks) })
}

func quirkTable(quirks []sandbox.Quirk) output.Table {
	t := output.Table{Header: []string{"name", "value", "values", "about"}}
	for _, q := range quirks {
		t.Rows = append(t.Rows, []string{q.Name, q.Value, strings.Join(q.Values, ","), q.About})
	}
	return t
}

// reachable returns the host of addr, and whether other machines reach it. A name other than localhost counts as such:
// nobody can say what it will resolve to.
func reachable(addr string) (host string, remote bool, err error) {
	host, _, err = net.SplitHostPort(addr)
	if err != nil {
		return "", false, usagef("--addr %q is not HOST:PORT", addr).hint("--addr " + sandboxAddr)
	}
	ip := net.ParseIP(host)
	return host, host != "localhost" && (ip == nil || !ip.IsLoopback()), nil
}
