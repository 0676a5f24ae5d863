package cmd

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/local"
	"github.com/segctl/segctl/internal/serve"
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/logging"
	"github.com/segctl/segctl/internal/tree"
)

// What the service does unless it is told otherwise.
const (
	serveAddr       = "127.0.0.1:8790"
	defaultLogLevel = "info"
)

// serveFlags are the flags of the service. Those that say where it is reached are those of `serve link` as well.
type serveFlags struct {
	public publicFlags

	addr, tlsCert, tlsKey string
	trustProxy            bool
	checkEvery, grace     time.Duration
	rate                  float64
	name, logo            string
	webhookURL, secret    string
	logFormat, logLevel   string
}

// serveVariables are the variables of these flags, such as SEGCTL_SERVE_PUBLIC_URL.
func serveVariables() map[string]string {
	return map[string]string{tree.VariablesAnnotation: "SEGCTL_SERVE_"}
}

func (f *serveFlags) add(flags *pflag.FlagSet) {
	f.public.add(flags)
	flags.StringVar(&f.addr, "addr", serveAddr, "`address` to listen on")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "`file` with the certificate chain, where no proxy speaks TLS")
	flags.StringVar(&f.tlsKey, "tls-key", "", "`file` with the certificate's private key")
	flags.BoolVar(&f.trustProxy, "trust-proxy", false, "take the client's address from the last hop of X-Forwarded-For, behind a proxy that sets it")
	flags.DurationVar(&f.checkEvery, "check-every", jobs.DefaultCheckEvery, "how often each destination is looked at")
	flags.Float64Var(&f.rate, "rate", 0, "most requests a `minute` to Segment over all installs, by this replica (default: none but that of each token)")
	flags.DurationVar(&f.grace, "grace", serve.DefaultGrace, "how long requests and jobs under way may take when it is stopped")
	flags.StringVar(&f.name, "name", "", "`name` of your product, as customers know it, for the pages")
	flags.StringVar(&f.logo, "logo", "", "`file` with its logo, as PNG, JPEG, WebP or SVG")
	addWebhookURLFlag(flags, &f.webhookURL)
	flags.StringVar(&f.secret, "webhook-secret", "", "`@FILE` with the secret that webhooks and results are signed with (whsec_…), or - for standard input")
	flags.StringVar(&f.logFormat, "log-format", logging.Formats()[0], "`format` of the log: text or json")
	flags.StringVar(&f.logLevel, "log-level", defaultLogLevel, "least `level` of what is logged: debug, info, warn or error")
}

func addWebhookURLFlag(flags *pflag.FlagSet, value *string) {
	flags.StringVar(value, "webhook-url", "", "`URL` of your backend that events are sent to")
}

// publicFlags say where customers reach the service, and where it may send them.
type publicFlags struct {
	url   string
	allow []string
}

func (f *publicFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.url, "public-url", "", "`URL` at which customers reach the service, such as https://connect.example.com")
	flags.StringArrayVar(&f.allow, "allow-return-url", nil, "`URL` that links may send customers back to, or one below it (repeatable)")
}

// options are what the flags ask of the service. The log is not among them yet.
func (f *serveFlags) options(ctx context.Context, app *App, store *postgres.Store) (serve.Options, error) {
	o := serve.Options{
		Addr: f.addr, PublicURL: f.publicURL(), TLSCert: f.tlsCert, TLSKey: f.tlsKey, TrustProxy: f.trustProxy,
		CheckEvery: f.checkEvery, Grace: f.grace, Rate: f.rate, Name: f.name, Logo: f.logo,
		ReturnURLs: f.public.allow, WebhookURL: f.webhookURL,
		World: app.World, Store: store, Now: app.Now, Version: Version(),
	}
	switch _, _, err := local.Reachable(f.addr); {
	case err != nil:
		return o, problem.Usage("--addr %w", err).Hint("", "serve", "--addr", serveAddr)
	case (f.tlsCert == "") != (f.tlsKey == ""):
		return o, problem.Usage("--tls-cert and --tls-key need each other").Hint("", "serve", "--tls-cert", "FILE", "--tls-key", "FILE")
	case f.checkEvery < shortestInterval:
		return o, problem.Usage("--check-every must be at least %s", shortestInterval).Hint("", "serve", "--check-every", "5m")
	case f.rate < 0:
		return o, problem.Usage("--rate must not be less than 0").Hint("", "serve", "--rate", "6000")
	case f.grace <= 0:
		return o, problem.Usage("--grace must be longer than nothing").Hint("", "serve", "--grace", "25s")
	}
	var err error
	o.WebhookSecrets, err = f.secrets(ctx, app)
	return o, err
}

// publicURL is --public-url, or for an address of this machine alone, which nobody else reaches, the address.
func (f *serveFlags) publicURL() string {
	_, port, err := net.SplitHostPort(f.addr)
	if _, remote, _ := local.Reachable(f.addr); f.public.url != "" || err != nil || remote || port == "0" {
		return strings.TrimSuffix(f.public.url, "/")
	}
	scheme := "http"
	if f.tlsCert != "" {
		scheme = "https"
	}
	return scheme + "://localhost:" + port
}

// webhookSecretVariable holds the webhook secrets where no flag does. Children of the process do not see it.
const webhookSecretVariable = "SEGCTL_WEBHOOK_SECRET"

// secrets returns the webhook secrets. A secret is no argument: other programs could see it.
func (f *serveFlags) secrets(ctx context.Context, app *App) ([]string, error) {
	text := app.env(webhookSecretVariable)
	if f.secret != "" {
		if f.secret != "-" && !strings.HasPrefix(f.secret, "@") {
			return nil, problem.Usage("--webhook-secret takes the name of a file, and not the secret, which other programs could see").
				Hint("reads a file", "serve", "--webhook-secret", "@FILE").
				Hint("reads standard input", "serve", "--webhook-secret", "-")
		}
		var err error
		if text, err = app.ReadSecret(ctx, "webhook secret", f.secret); err != nil {
			return nil, err
		}
	}
	all := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	app.redactor.Learn(all...)
	return all, nil
}

// log returns the logger of the service, on standard error.
func (f *serveFlags) log(app *App) (*slog.Logger, error) {
	log, err := logging.New(app.Err, f.logFormat, f.logLevel, &app.redactor)
	if err != nil {
		return nil, problem.Usage("the log: %w", err).Hint("", "serve", "--log-format", "json", "--log-level", "info")
	}
	return log, nil
}

// sharedStore returns the store that the service works on, which is the one in PostgreSQL.
func (a *App) sharedStore() (*account.World, *postgres.Store, error) {
	w, err := a.World()
	if err != nil {
		return nil, nil, err
	}
	store, ok := w.Store.(*postgres.Store)
	if !ok {
		return nil, nil, problem.Usage("the hosted flow keeps installs in PostgreSQL, and the store is %s: set SEGCTL_STORE=postgres and SEGCTL_DATABASE_URL",
			w.Settings.Get(config.Store)).
			Hint("keeps installs there from now on", "config", "set", "store", "postgres").
			Hint("plays it on this machine, with a PostgreSQL of its own", "serve", "--demo")
	}
	return w, store, nil
}

// checkNoGivenToken refuses a token that was given for this run: the service uses those of the installs.
func checkNoGivenToken(w *account.World) error {
	if w.Given == "" {
		return nil
	}
	return problem.Usage("the hosted flow uses the tokens of its installs, and a token is given (%s)", w.GivenFrom).
		Hint("without the given token (unset SEGCTL_TOKEN)", "serve", "check")
}

// withShared opens the shared store, and runs do.
func (a *App) withShared(c *cobra.Command, do func(ctx context.Context, w *account.World, store *postgres.Store) error) error {
	w, store, err := a.sharedStore()
	if err != nil {
		return err
	}
	defer store.Close()
	return do(c.Context(), w, store)
}
