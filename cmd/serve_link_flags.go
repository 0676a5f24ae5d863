package cmd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// linkFlags say what a link is for.
type linkFlags struct {
	serveFlags

	dest                  destFlags // of it, the flags that give settings
	customer, label, slug string
	settings              string
	returnURL, reconnect  string
	ttl                   time.Duration
}

func (f *linkFlags) add(flags *pflag.FlagSet) {
	f.public.add(flags)
	f.dest.addValues(flags)
	flags.StringVar(&f.settings, "settings-file", "", "settings as a JSON object in a `file` (- for standard input)")
	flags.StringVar(&f.customer, "customer", "", "your own `name` or id of the customer, for events and results")
	flags.StringVar(&f.label, "label", "", "label of the install (default: the customer)")
	flags.StringVar(&f.slug, "destination", "", "destination to enable (default: the one of the App's scope)")
	flags.StringVar(&f.returnURL, "return-url", "", "`URL` of yours where the customer's browser ends, with the signed result (default: a page of the service)")
	flags.StringVar(&f.reconnect, "reconnect", "", "`install` that the link is to bring back")
	flags.DurationVar(&f.ttl, "ttl", 24*time.Hour, "how long the link works, at most 168h")
}

// check refuses flags that cannot be meant.
func (f *linkFlags) check(c *cobra.Command) error {
	stdin := 0
	for _, name := range []string{f.dest.apiKey, f.settings} {
		if name == "-" || name == askSecret {
			stdin++
		}
	}
	switch {
	case f.customer == "" && f.reconnect == "":
		return problem.Usage("--customer is missing: the name by which events and results tell whom the install is for").
			Hint("", "serve", "link", "--customer", "acme", "--api-key")
	case f.customer != "" && f.reconnect != "":
		return problem.Usage("an install that is reconnected stays its customer's: --reconnect and --customer cannot both be meant").
			Hint("", "serve", "link", "--reconnect", f.reconnect)
	case f.ttl <= 0:
		return problem.Usage("--ttl must be longer than nothing").Hint("", "serve", "link", "--customer", "acme", "--ttl", "24h")
	case f.dest.apiKey == "" && c.Flags().Changed("api-key"):
		return problem.Usage("the API key is empty").
			Hint("asks for it, or reads it from standard input", "serve", "link", "--customer", "acme", "--api-key")
	case stdin > 1:
		return problem.Usage("standard input cannot be both the API key and the settings").
			Hint("reads the key from a file of its own", "serve", "link", "--customer", "acme", "--api-key", "@FILE", "--settings-file", "-")
	}
	return nil
}

// make makes the link.
func (f *linkFlags) make(ctx context.Context, app *App, c *cobra.Command, w *account.World, store *postgres.Store) (flow.Created, error) {
	book := ledger.New(store, app.Now)
	url := f.publicURL()
	engine, err := flow.New(flow.Options{
		World: func() *account.World { return w }, Store: store, Ledger: book, PublicURL: url, ReturnURLs: f.public.allow, Now: app.Now,
	})
	if err != nil {
		return flow.Created{}, err
	}
	r := flow.LinkRequest{Customer: f.customer, Label: f.label, Destination: f.slug, ReturnURL: f.returnURL, TTL: f.ttl}
	if f.reconnect == "" || f.givesSettings() {
		if r.Settings, err = f.readSettings(ctx, app, c, w, book); err != nil {
			return flow.Created{}, err
		}
	}
	if f.reconnect == "" {
		return engine.NewLink(ctx, r)
	}
	card, err := w.Choose(ctx, install.Selector{Install: f.reconnect})
	if err != nil {
		return flow.Created{}, err
	}
	return engine.Reconnect(ctx, card.Name, r)
}

func (f *linkFlags) givesSettings() bool {
	return f.dest.apiKey != "" || f.settings != "" || len(f.dest.set)+len(f.dest.setJSON) > 0
}

// readSettings returns the settings that are given, by their names in the catalog. What it says of them is known from
// completions, or asked with the token of an install that is connected already.
func (f *linkFlags) readSettings(ctx context.Context, app *App, c *cobra.Command, w *account.World, book *ledger.Ledger) (map[string]json.RawMessage, error) {
	slug := cmp.Or(f.slug, wire.Scope(w.Settings.Get(config.Scope)).Destination())
	if slug == "" && !f.givesSettings() {
		return nil, nil // an App of a workspace scope, whose destinations are made by other means
	}
	change, err := f.dest.read(ctx, app, c)
	if err != nil {
		return nil, err
	}
	more, err := f.readFile(app)
	if err != nil {
		return nil, err
	}
	dirs, err := app.dirs()
	if err != nil {
		return nil, err
	}
	needs, err := destination.NeedsOf(ctx, w, destination.Cache{Dir: dirs.State}, oneInstall(ctx, w, book), slug, change)
	if err != nil {
		return nil, err
	}
	return needs.Values(change, more)
}

// readFile returns the settings of --settings-file.
func (f *linkFlags) readFile(app *App) (settings map[string]json.RawMessage, err error) {
	if f.settings == "" {
		return nil, nil
	}
	text, err := app.ReadInput(f.settings)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.settings, err)
	}
	if json.Unmarshal(text, &settings) != nil || settings == nil { // the cause would quote what is in it
		return nil, problem.Usage(`the settings in %s are no JSON object, such as {"apiKey": "…"}`, f.settings).
			Hint("which settings there are", "catalog", "get", "clearbrain")
	}
	_, found, _ := secret.Document(text, nil)
	app.redactor.Learn(found...)
	return settings, nil
}

// oneInstall returns an install that is connected already, if there is one: whichever, for the catalog is the same to all.
func oneInstall(ctx context.Context, w *account.World, book *ledger.Ledger) []install.Card {
	found, err := book.Connections(ctx, "", 1)
	if err != nil || len(found) == 0 {
		return nil
	}
	card, err := w.Store.Card(ctx, found[0].Install)
	if err != nil {
		return nil
	}
	return []install.Card{card}
}
