package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/doctor"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/web"
	"github.com/segctl/segctl/internal/wire"
)

// checkTime bounds each check that waits for a server.
const checkTime = 10 * time.Second

// Check says what is missing before a start, as doctor does: the settings, the database, its schema, a key that opens what is
// in it, the public URL, webhooks, and whether the App accepts the redirect URL. It changes nothing and refreshes no token.
func Check(ctx context.Context, o Options) []doctor.Finding {
	world, err := o.World()
	if err != nil {
		return []doctor.Finding{explained("configuration", err)}
	}
	found := o.checkDatabase(ctx)
	found = append(found, o.checkCredentials(ctx, world))
	public := o.checkPublicURL()
	found = append(found, public)
	if public.Status != doctor.Failure {
		found = append(found, o.checkRedirect(ctx, world))
	}
	found = append(found, o.checkReturnURLs(world), o.checkWebhooks())
	if o.Logo != "" {
		found = append(found, o.checkLogo())
	}
	if _, err := o.certificate(); err != nil {
		found = append(found, explained("tls", err))
	} else if o.TLSCert != "" {
		found = append(found, passed("tls", "the certificate %s and its key belong together", o.TLSCert))
	}
	return found
}

// checkDatabase looks at the database, its schema, and the keys of its seals. What depends on another that failed is left out.
func (o Options) checkDatabase(ctx context.Context) []doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	pool, err := o.Store.Pool(ctx)
	if err == nil {
		err = o.Store.Fault("read", "the database", pool.Ping(ctx))
	}
	if err != nil {
		return []doctor.Finding{explained("database", err)}
	}
	found := []doctor.Finding{passed("database", "answers")}
	if err := CheckSchema(ctx, o.Store); err != nil {
		f := explained("schema", err)
		if e, ok := errors.AsType[*install.StoreError](err); !ok || e.Kind != install.Newer {
			f.Hints = []problem.Hint{problem.Run("makes segctl's tables, or brings them up to date", "serve", "migrate")}
		}
		return append(found, f)
	}
	found = append(found, passed("schema", "is the one that this segctl knows"))
	return append(found, o.checkSeals(ctx))
}

// checkSeals says whether the keys open what they seal, and what is kept.
func (o Options) checkSeals(ctx context.Context) doctor.Finding {
	const check = "seals"
	if err := checkKeys(o.Store.Keys()); err != nil {
		return explained(check, err)
	}
	cards, err := o.Store.Cards(ctx)
	if err != nil {
		return explained(check, err)
	}
	for _, card := range cards {
		kept, err := o.Store.Get(ctx, card.Name)
		if err != nil {
			return explained(check, err)
		}
		if kept.Token != "" { // one is enough: the keys are the same for all
			return passed(check, "the identities open what is kept of %s", card.Name)
		}
	}
	return passed(check, "the identities open what the recipients seal")
}

// checkKeys returns why the keys cannot be worked with.
func checkKeys(keys *seal.Keys) error {
	const place, text = "check", "a text"
	sealed, err := keys.Seal(place, []byte(text))
	if err != nil {
		return err
	}
	opened, err := keys.Open(place, sealed)
	if err == nil && string(opened) != text {
		return &seal.Error{Kind: seal.Damaged}
	}
	return err
}

func (o Options) checkCredentials(ctx context.Context, world *account.World) doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	app, err := world.Credentials(ctx)
	if err != nil {
		return explained("credentials", err)
	}
	return passed("credentials", "the client id (%s) and the client secret are set", shortened(app.ID))
}

// shortened shows enough of a client id to tell two of them apart: findings are pasted into tickets.
func shortened(id string) string {
	if len(id) > 8 {
		return id[:8] + "…"
	}
	return "set"
}

func (o Options) checkPublicURL() doctor.Finding {
	const check = "public_url"
	if o.PublicURL == "" {
		return failed(check, problem.Run("such as", "serve", "check", "--public-url", "https://connect.example.com"),
			"not set: it is where browsers reach this service")
	}
	origin, err := wire.ParseOrigin(o.PublicURL)
	switch {
	case err != nil:
		return explained(check, err)
	case origin.IsLoopback():
		return warned(check, "%s is this machine: no customer's browser reaches it", origin)
	}
	return passed(check, "%s", origin)
}

// checkRedirect asks the authorization server whether it would send browsers back here.
func (o Options) checkRedirect(ctx context.Context, world *account.World) doctor.Finding {
	const check = "redirect_url"
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	credentials, err := world.Credentials(ctx)
	if err != nil {
		return warned(check, "not checked: the credentials are missing")
	}
	id, _ := world.Settings.Server()
	app := authorize.App{
		ClientID: credentials.ID, ClientSecret: credentials.Secret, ID: id, Scope: wire.Scope(world.Settings.Get(config.Scope)),
		RedirectURL: strings.TrimSuffix(o.PublicURL, "/") + flow.CallbackPath, Transport: world.Transport, UserAgent: world.UserAgent,
		Redactor: world.Redactor,
	}
	request, err := app.Begin()
	if err == nil {
		err = app.Ask(ctx, request)
	}
	if _, network := errors.AsType[*authorize.NetworkError](err); network {
		return warned(check, "not checked: %v", err)
	}
	if err != nil {
		f := explained(check, err)
		f.Message = app.RedirectURL + ": " + f.Message
		return f
	}
	return passed(check, "the App accepts %s", app.RedirectURL)
}

func (o Options) checkReturnURLs(world *account.World) doctor.Finding {
	const check = "return_urls"
	_, err := flow.New(flow.Options{World: func() *account.World { return world }, Store: o.Store, PublicURL: o.PublicURL, ReturnURLs: o.ReturnURLs})
	switch {
	case err != nil && o.PublicURL != "" && len(o.ReturnURLs) > 0:
		return explained(check, err)
	case len(o.ReturnURLs) == 0:
		return warned(check, "none: every flow ends on a page of this service")
	}
	return passed(check, "browsers may be sent on to %s", strings.Join(o.ReturnURLs, ", "))
}

func (o Options) checkWebhooks() doctor.Finding {
	const check = "webhooks"
	if o.WebhookURL == "" {
		return warned(check, "no webhook URL: events are kept, and sent nowhere")
	}
	if err := jobs.CheckWebhookURL(o.WebhookURL); err != nil {
		return explained(check, err)
	}
	if len(o.WebhookSecrets) == 0 {
		return failed(check, problem.Run("how a secret is given", "serve", "--help"),
			"no webhook secret: receivers could not tell events from forged ones")
	}
	if _, err := jobs.NewSigner(o.WebhookSecrets); err != nil {
		return explained(check, err)
	}
	return passed(check, "events are signed with %d secret(s)", len(o.WebhookSecrets))
}

func (o Options) checkLogo() doctor.Finding {
	const check = "logo"
	if err := web.CheckLogo(o.Logo); err != nil {
		return explained(check, err)
	}
	return passed(check, "%s is a picture that the pages can show", o.Logo)
}

func passed(check, format string, args ...any) doctor.Finding {
	return doctor.Finding{Check: check, Status: doctor.OK, Message: fmt.Sprintf(format, args...)}
}

func warned(check, format string, args ...any) doctor.Finding {
	return doctor.Finding{Check: check, Status: doctor.Warning, Message: fmt.Sprintf(format, args...)}
}

func failed(check string, hint problem.Hint, format string, args ...any) doctor.Finding {
	return doctor.Finding{Check: check, Status: doctor.Failure, Message: fmt.Sprintf(format, args...), Hints: []problem.Hint{hint}}
}

// explained is a failure in the words, and with the hints, that a command would have for the error.
func explained(check string, err error) doctor.Finding {
	p := problem.Of(err, problem.Context{})
	return doctor.Finding{Check: check, Status: doctor.Failure, Message: p.Message, Hints: p.Hints}
}
