package flow

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/serve/ledger"
)

// TestConnect plays the flow from the link to the install, one half on each of two replicas.
func TestConnect(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	if made.URL != publicURL+"/connect/"+made.ID || len(made.ID) != 43 || r.state(made.ID) != Open {
		t.Fatalf("the link is %+v, and %s", made, r.state(made.ID))
	}
	tab := r.consent(made.ID, acmeJS)
	if r.state(made.ID) != Open {
		t.Error("beginning has used the link up")
	}
	o := r.callback(r.other, tab)
	if o.Status != StatusConnected || o.Customer != "acme" || o.LinkID != made.ID || o.Detail != "" {
		t.Fatalf("the outcome is %+v", o)
	}
	kept, err := r.store.Get(t.Context(), o.Install)
	if err != nil || kept.Token == "" || kept.Label != "acme" || kept.Sources[0] != acmeJS || string(kept.Origin) != r.url {
		t.Errorf("the install is %+v, %v", kept.Card, err)
	}
	c := r.connection(o.Install)
	if c.Customer != "acme" || c.Wanted.Destination != "clearbrain" || string(c.Wanted.Settings["apiKey"]) != `"key-of-acme"` || c.Enabled || c.Lost {
		t.Errorf("the connection is %+v, with %s", c, c.Wanted.Settings)
	}
	if diff := cmp.Diff([]string{"install.created " + o.Install + " acme"}, r.events()); diff != "" {
		t.Error(diff)
	}
	if all, err := r.ledger.Events(t.Context(), "", 1); err != nil || all[0].Data.Destination != acmeJS+"/destinations/clearbrain" {
		t.Errorf("the event is %+v, %v", all, err)
	}
	if diff := cmp.Diff([]string{o.Install}, r.outbox.connected); diff != "" || len(r.outbox.resume) != 1 {
		t.Errorf("jobs: %s, and %d safety nets", diff, len(r.outbox.resume))
	}
	view, err := r.engine.Look(t.Context(), made.ID)
	if err != nil || view.State != Used || view.Connection == nil || view.Connection.Install != o.Install || view.Connection.Wanted.Settings != nil {
		t.Errorf("the link shows %+v, %v", view, err)
	}
}

// TestResultIsSigned verifies a result as a partner's backend does, and that nothing in it can be changed.
func TestResultIsSigned(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	o := r.connect(r.link("a&b=c ü").ID, acmeJS)
	u, err := url.Parse(o.Location)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme+"://"+u.Host+u.Path != returnURL || q.Get("tab") != "segment" || q.Get("segctl_status") != "connected" || q.Get("segctl_customer") != "a&b=c ü" {
		t.Fatalf("the browser is sent to %s", o.Location)
	}
	verify := func(status, install, customer string) error {
		webhook, err := standardwebhooks.NewWebhook(webhookSecret)
		if err != nil {
			t.Fatal(err)
		}
		text := "status=" + url.QueryEscape(status) + "&install=" + url.QueryEscape(install) + "&customer=" + url.QueryEscape(customer)
		return webhook.Verify([]byte(text), http.Header{
			"Webhook-Id": {q.Get("segctl_id")}, "Webhook-Timestamp": {q.Get("segctl_timestamp")}, "Webhook-Signature": {q.Get("segctl_signature")},
		})
	}
	if err := verify(q.Get("segctl_status"), q.Get("segctl_install"), q.Get("segctl_customer")); err != nil {
		t.Error(err)
	}
	for _, forged := range [][3]string{{"denied", o.Install, "a&b=c ü"}, {"connected", "installs/99", "a&b=c ü"}, {"connected", o.Install, "a"}} {
		if verify(forged[0], forged[1], forged[2]) == nil {
			t.Errorf("%v is taken for signed", forged)
		}
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	tab := r.consent(made.ID, "")
	first := r.callback(r.other, tab)
	if first.Status != StatusDenied || first.Detail == "" || first.Install != "" || first.LinkID != made.ID {
		t.Errorf("the outcome is %+v", first)
	}
	if u, err := url.Parse(first.Location); err != nil || u.Query().Get("segctl_status") != "denied" {
		t.Errorf("the browser is sent to %s", first.Location)
	}
	if again := r.callback(r.engine, tab); again.Status != StatusDenied {
		t.Errorf("sent again, it is %+v", again)
	}
	if r.state(made.ID) != Open || r.events() != nil {
		t.Errorf("the link is %s, and there are events: %v", r.state(made.ID), r.events())
	}
	if o := r.connect(made.ID, acmeJS); o.Status != StatusConnected {
		t.Errorf("with the same link, the outcome is then %+v", o)
	}
}

func TestLinkCannotBeUsed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	used, expired := r.link("acme"), r.link("globex")
	if o := r.connect(used.ID, acmeJS); o.Status != StatusConnected {
		t.Fatalf("the outcome is %+v", o)
	}
	if _, err := r.engine.Begin(t.Context(), used.ID); err == nil {
		t.Error("a flow was begun for a link that is used")
	}
	r.advance(25 * time.Hour)
	for id, want := range map[string]State{
		used.ID: Used, expired.ID: Expired, ledger.NewSecret(): Unknown, "": Unknown, "x": Unknown, used.ID + "A": Unknown, "../" + used.ID: Unknown,
	} {
		if got := r.state(id); got != want {
			t.Errorf("link %q is %s, want %s", id, got, want)
		}
		_, err := r.engine.Begin(t.Context(), id)
		if refused, ok := err.(*LinkError); !ok || refused.State != want { //nolint:errorlint // it is not wrapped
			t.Errorf("link %q: Begin returned %v, want that it is %s", id, err, want)
		}
	}
}

// TestTwoTabs opens one link in two tabs of a browser. The second answer finds the link used, whichever it is.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	first, second := r.consent(made.ID, acmeJS), r.consent(made.ID, acmeJS)
	if first.cookies[0].Name == second.cookies[0].Name {
		t.Fatal("two tabs have one cookie")
	}
	both := slices.Concat(first.cookies, second.cookies)
	if o := r.callback(r.other, tab{both, second.query}); o.Status != StatusConnected {
		t.Errorf("the outcome is %+v", o)
	}
	if o := r.callback(r.engine, tab{both, first.query}); o.Status != StatusUsed || o.Location != "" {
		t.Errorf("the outcome of the other tab is %+v", o)
	}
	if got := len(r.events()); got != 1 {
		t.Errorf("%d events", got)
	}
}

// TestTwoLinks goes through two links in one browser at a time.
func TestTwoLinks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, b := r.consent(r.link("acme").ID, acmeJS), r.consent(r.link("globex").ID, globexJS)
	both := slices.Concat(a.cookies, b.cookies)
	x, y := r.callback(r.engine, tab{both, a.query}), r.callback(r.engine, tab{both, b.query})
	if x.Status != StatusConnected || y.Status != StatusConnected || x.Customer != "acme" || y.Customer != "globex" || x.Install == y.Install {
		t.Errorf("the outcomes are %+v and %+v", x, y)
	}
}

func TestFlowExpires(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	tab := r.consent(made.ID, acmeJS)
	r.advance(31 * time.Minute)
	o := r.callback(r.engine, tab)
	if o.Status != StatusExpired || len(o.Clear) != 1 || o.Clear[0].Name != tab.cookies[0].Name || o.Clear[0].MaxAge >= 0 || o.LinkID != made.ID {
		t.Errorf("the outcome is %+v", o)
	}
	if r.state(made.ID) != Open {
		t.Errorf("the link is %s", r.state(made.ID))
	}
}

// TestCookie holds the cookie against what browsers want of a __Host- one.
func TestCookie(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	begun, err := r.engine.Begin(t.Context(), r.link("acme").ID)
	if err != nil {
		t.Fatal(err)
	}
	c := begun.Cookie
	if err := c.Valid(); err != nil || len(c.Name) != len("__Host-segctl-")+8 || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
		c.Path != "/" || c.Domain != "" || c.MaxAge != 1800 {
		t.Errorf("the cookie is %s, %v", c, err)
	}
}
