package flow

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// TestOtherCustomersInstall: the owner of a workspace that is connected for one customer goes through the link of another
// one. The token is good, and kept; everything else stays the first customer's.
func TestOtherCustomersInstall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.connect(r.link("acme").ID, acmeJS)
	before, err := r.store.Get(t.Context(), first.Install)
	if err != nil {
		t.Fatal(err)
	}
	made, err := r.engine.NewLink(t.Context(), LinkRequest{Customer: "globex", Label: "Globex", ReturnURL: returnURL})
	if err != nil {
		t.Fatal(err)
	}
	o := r.connect(made.ID, acmeJS)
	if o.Status != StatusConflict || o.Install != first.Install || o.Customer != "globex" || o.Detail == "" || !strings.Contains(o.Location, "segctl_status=conflict") {
		t.Fatalf("the outcome is %+v", o)
	}
	if c := r.connection(first.Install); c.Customer != "acme" || string(c.Wanted.Settings["apiKey"]) != `"key-of-acme"` {
		t.Errorf("the connection is %+v", c)
	}
	after, err := r.store.Get(t.Context(), first.Install)
	if err != nil || after.Token == before.Token || after.Label != "acme" {
		t.Errorf("the install is %+v, %v; its token is another one: %t", after.Card, err, after.Token != before.Token)
	}
	if diff := cmp.Diff([]string{"install.created " + first.Install + " acme"}, r.events()); diff != "" {
		t.Error(diff)
	}
	if len(r.outbox.connected) != 1 || r.state(made.ID) != Open {
		t.Errorf("jobs for %v, the link is %s", r.outbox.connected, r.state(made.ID))
	}
	if o := r.connect(made.ID, globexJS); o.Status != StatusConnected {
		t.Errorf("with the right workspace, the outcome is %+v", o)
	}
}

// TestOtherCustomerBringsItBack: an install that was lost is back for the customer whose it is.
func TestOtherCustomerBringsItBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.connect(r.link("acme").ID, acmeJS)
	r.lose(first.Install)
	if o := r.connect(r.link("globex").ID, acmeJS); o.Status != StatusConflict {
		t.Fatalf("the outcome is %+v", o)
	}
	if c := r.connection(first.Install); c.Lost || c.Customer != "acme" {
		t.Errorf("the connection is %+v", c)
	}
	if diff := cmp.Diff([]string{"install.created " + first.Install + " acme", "install.reconnected " + first.Install + " acme"}, r.events()); diff != "" {
		t.Error(diff)
	}
}

// lose does what a job does that finds an install gone.
func (r *rig) lose(name string) {
	r.t.Helper()
	c := r.connection(name)
	c.Lost, c.Enabled, c.Health, c.Detail = true, true, destination.NoAccess, "uninstalled"
	if err := r.ledger.SetHealth(r.t.Context(), r.pool(), c); err != nil {
		r.t.Fatal(err)
	}
}

func TestReconnect(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.connect(r.link("acme").ID, acmeJS)
	r.lose(first.Install)
	made, err := r.engine.Reconnect(t.Context(), first.Install, LinkRequest{ReturnURL: returnURL})
	if err != nil {
		t.Fatal(err)
	}
	o := r.connect(made.ID, acmeJS)
	if o.Status != StatusConnected || o.Install != first.Install || o.Customer != "acme" {
		t.Fatalf("the outcome is %+v", o)
	}
	if c := r.connection(first.Install); c.Lost || !c.Enabled || c.Health != "" || c.Detail != "" || string(c.Wanted.Settings["apiKey"]) != `"key-of-acme"` {
		t.Errorf("the connection is %+v", c)
	}
	if diff := cmp.Diff([]string{"install.created " + first.Install + " acme", "install.reconnected " + first.Install + " acme"}, r.events()); diff != "" {
		t.Error(diff)
	}
	if len(r.outbox.connected) != 2 {
		t.Errorf("jobs for %v", r.outbox.connected)
	}
}

// TestReconnectWithOtherSettings, by a link of its own for the same customer as well.
func TestReconnectWithOtherSettings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.connect(r.link("acme").ID, acmeJS)
	made, err := r.engine.Reconnect(t.Context(), "999", LinkRequest{})
	if !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("an install that is not there: %+v, %v", made, err)
	}
	var refused *RequestError
	if _, err := r.engine.Reconnect(t.Context(), first.Install, LinkRequest{Customer: "globex"}); !errors.As(err, &refused) || refused.Field != "customer" {
		t.Errorf("another customer: %v", err)
	}
	made, err = r.engine.Reconnect(t.Context(), first.Install, LinkRequest{
		Customer: "acme", Label: "Acme", Settings: map[string]json.RawMessage{"apiKey": json.RawMessage(`"another-key"`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if o := r.connect(made.ID, acmeJS); o.Status != StatusConnected || o.Location != "" {
		t.Errorf("the outcome is %+v", o)
	}
	kept, err := r.store.Get(t.Context(), first.Install)
	if c := r.connection(first.Install); err != nil || string(c.Wanted.Settings["apiKey"]) != `"another-key"` || kept.Label != "Acme" {
		t.Errorf("the connection has %s, the label is %q, %v", c.Wanted.Settings, kept.Label, err)
	}
}

// TestReconnectElsewhere ends in another install than the one that was to be reconnected: that one is created, and the old
// one stays as it was.
func TestReconnectElsewhere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.connect(r.link("acme").ID, acmeJS)
	r.lose(first.Install)
	made, err := r.engine.Reconnect(t.Context(), first.Install, LinkRequest{})
	if err != nil {
		t.Fatal(err)
	}
	o := r.connect(made.ID, globexJS)
	if o.Status != StatusConnected || o.Install == first.Install {
		t.Fatalf("the outcome is %+v", o)
	}
	if c := r.connection(first.Install); !c.Lost {
		t.Errorf("the old connection is %+v", c)
	}
	if c := r.connection(o.Install); c.Lost || c.Customer != "acme" || string(c.Wanted.Settings["apiKey"]) != `"key-of-acme"` {
		t.Errorf("the new connection is %+v", c)
	}
	if diff := cmp.Diff([]string{"install.created " + first.Install + " acme", "install.created " + o.Install + " acme"}, r.events()); diff != "" {
		t.Error(diff)
	}
}

// TestOtherServersInstall: a record of the name belongs to another server. It is never replaced, and what was granted is
// reported as lost, with its name.
func TestOtherServersInstall(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(c *install.Card){
		"another server": func(c *install.Card) { c.Origin = "https://platform.segmentapis.com" },
		"another App":    func(c *install.Card) { c.ClientID = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			kept := install.Install{Token: "the-token-of-before", Card: install.Card{
				Name: "installs/1", ClientID: sandbox.DemoClientID, Origin: wire.Origin(r.url), ObtainedAt: r.now(), ExpiresAt: r.now().Add(time.Hour),
			}}
			change(&kept.Card)
			if err := r.store.Update(t.Context(), kept.Name, func(*install.Install) (*install.Install, error) { return &kept, nil }); err != nil {
				t.Fatal(err)
			}
			made := r.link("acme")
			o := r.connect(made.ID, acmeJS)
			if o.Status != StatusFailed || o.Detail != detailForeign || r.state(made.ID) != Open {
				t.Errorf("the outcome is %+v, the link %s", o, r.state(made.ID))
			}
			if got, err := r.store.Get(t.Context(), kept.Name); err != nil || got.Token != kept.Token {
				t.Errorf("the record is %+v, %v", got.Card, err)
			}
			if diff := cmp.Diff([]string{"install.lost installs/1 acme"}, r.events()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSavedInstallIsConnected: an install that the command line has saved before becomes the customer's, and keeps its label.
func TestSavedInstallIsConnected(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	kept := install.Install{Card: install.Card{Name: "installs/1", Label: "the first of all", ClientID: sandbox.DemoClientID}}
	if err := r.store.Update(t.Context(), kept.Name, func(*install.Install) (*install.Install, error) { return &kept, nil }); err != nil {
		t.Fatal(err)
	}
	err := r.ledger.Tx(t.Context(), func(tx pgx.Tx) error { // as jobs do that look after such an install
		return r.ledger.SaveConnection(t.Context(), tx, ledger.Connection{Install: kept.Name, Health: destination.IsDisabled})
	})
	if err != nil {
		t.Fatal(err)
	}
	o := r.connect(r.link("acme").ID, acmeJS)
	if diff := cmp.Diff([]string{"install.created installs/1 acme"}, r.events()); diff != "" || r.connection(kept.Name).Customer != "acme" {
		t.Errorf("it is connected for %q %s", r.connection(kept.Name).Customer, diff)
	}
	got, err := r.store.Get(t.Context(), kept.Name)
	if o.Status != StatusConnected || o.Install != kept.Name || err != nil || got.Label != kept.Label || got.Token == "" {
		t.Errorf("the outcome is %+v, the install %+v, %v", o, got.Card, err)
	}
}

// TestLeaseIsBroken: a renewal that is under way while the owner consents again does not overwrite the new token.
func TestLeaseIsBroken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.connect(r.link("acme").ID, acmeJS)
	made, err := r.engine.Reconnect(t.Context(), first.Install, LinkRequest{})
	if err != nil {
		t.Fatal(err)
	}
	b := r.consent(made.ID, acmeJS)
	err = r.store.Update(context.WithoutCancel(t.Context()), first.Install, func(old *install.Install) (*install.Install, error) {
		if o := r.callback(r.other, b); o.Status != StatusConnected {
			t.Errorf("the outcome is %+v", o)
		}
		late := *old
		late.Token = "a-token-that-is-late"
		return &late, nil
	})
	t.Logf("the late renewal: %v", err)
	if kept, err := r.store.Get(t.Context(), first.Install); err != nil || kept.Token == "a-token-that-is-late" {
		t.Errorf("the late token is kept, %v", err)
	}
}

// TestOtherAppMeanwhile: the service was set up for another App since the flow began. The code is sent to nobody.
func TestOtherAppMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	if _, err := r.pool().Exec(t.Context(), "UPDATE segctl_flows SET issuer = 'https://id.segmentapis.com'"); err != nil {
		t.Fatal(err)
	}
	if o := r.callback(r.engine, b); o.Status != StatusFailed || o.Detail != detailChanged || r.exchanges() != 0 || r.state(made.ID) != Open {
		t.Errorf("the outcome is %+v, after %d exchanges", o, r.exchanges())
	}
}

// TestDatabaseCut: the connections are cut before the owner comes back.
func TestDatabaseCut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.consent(r.link("acme").ID, acmeJS)
	pool, err := r.other.ledger.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.pool().Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	if o := r.callback(r.other, b); o.Status != StatusConnected {
		t.Errorf("the outcome is %+v", o)
	}
}
