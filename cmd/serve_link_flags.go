package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve"
	"github.com/segctl/segctl/internal/serve/flow"
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
	maker, err := serve.NewLinks(w, store, f.publicURL(), f.public.allow)
	if err != nil {
		return flow.Created{}, err
	}
	r := flow.LinkRequest{Customer: f.customer, Label: f.label, Destination: f.slug, ReturnURL: f.returnURL, TTL: f.ttl}
	if f.givesSettings() || f.reconnect == "" && maker.Slug(f.slug) != "" { // an App of a workspace scope has none to enable
		if r.Settings, err = f.readSettings(ctx, app, c, maker); err != nil {
			return flow.Created{}, err
		}
	}
	return maker.Make(ctx, f.reconnect, r)
}

func (f *linkFlags) givesSettings() bool {
	return f.dest.apiKey != "" || f.settings != "" || len(f.dest.set)+len(f.dest.setJSON) > 0
}

// readSettings returns the settings that are given, by their names in the catalog.
func (f *linkFlags) readSettings(ctx context.Context, app *App, c *cobra.Command, maker *serve.Links) (map[string]json.RawMessage, error) {
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
	return maker.Settings(ctx, destination.Cache{Dir: dirs.State}, f.slug, change, more)
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
