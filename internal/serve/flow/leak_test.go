package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// TestNothingInTheClear plays flows of every kind, looks into the database while they are under way and at the end, and finds
// no secret there, nor in the log.
func TestNothingInTheClear(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const canary = "canary-key-0123456789"
	ask := func(customer string) Created {
		made, err := r.engine.NewLink(t.Context(), LinkRequest{
			Customer: customer, ReturnURL: returnURL + "?session=canary-session-0001",
			Settings: map[string]json.RawMessage{"apiKey": json.RawMessage(`"` + canary + `"`), "nested": json.RawMessage(`{"x":["` + canary + `"]}`)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	secrets := map[string]string{
		"setting": canary, "return URL": "canary-session-0001", "client secret": sandbox.DemoClientSecret,
	}
	remember := func(name string, made Created, b tab) {
		secrets["link of "+name], secrets["state of "+name], secrets["code of "+name] = made.ID, b.state(), b.code()
		f, err := r.ledger.Flow(t.Context(), flowOf(t, b))
		if err == nil {
			err = r.ledger.UnsealFlow(&f)
		}
		if err != nil || f.Verifier == "" {
			t.Fatalf("the verifier of %s: %v", name, err)
		}
		secrets["verifier of "+name] = f.Verifier
		for _, c := range b.cookies {
			_, secrets["browser's half of "+name], _ = strings.Cut(c.Value, ".")
		}
	}
	token, err := r.ledger.NewToken(t.Context(), "backend")
	if err != nil {
		t.Fatal(err)
	}
	secrets["token of the backend"] = token

	made := ask("acme")
	b := r.consent(made.ID, acmeJS)
	remember("the connected", made, b)
	r.wantClean("before the answer", secrets)
	r.fault(sandbox.Fault{Route: tokenRoute, Kind: "drop", Count: 1})
	r.callback(r.engine, b)
	r.wantClean("while it is pending", secrets)
	if err := r.engine.Resume(t.Context(), r.outbox.resume[0]); err != nil {
		t.Fatal(err)
	}
	o := r.callback(r.engine, b)
	if o.Status != StatusConnected {
		t.Fatalf("the outcome is %+v", o)
	}
	kept, err := r.store.Get(t.Context(), o.Install)
	if err != nil {
		t.Fatal(err)
	}
	secrets["token"] = kept.Token

	denied := ask("globex")
	b = r.consent(denied.ID, "")
	b.query = strings.Replace(b.query, "error_description=", "error_description="+canary+"+"+denied.ID+"+", 1)
	secrets["link of the denied"], secrets["state of the denied"] = denied.ID, b.state()
	if o := r.callback(r.engine, b); o.Status != StatusDenied {
		t.Errorf("the outcome is %+v", o)
	}

	refused := ask("initech")
	b = r.consent(refused.ID, acmeJS)
	remember("the refused", refused, b)
	r.callback(r.engine, b.with(strings.Replace(b.query, "code=", "code=x", 1)))
	r.callback(r.engine, b.with("error=x&error_description="+canary))
	r.callback(r.engine, tab{nil, b.query})
	r.connect(refused.ID, globexJS)
	r.wantClean("in the end", secrets)

	for name, value := range map[string]any{"request": LinkRequest{Settings: map[string]json.RawMessage{"apiKey": json.RawMessage(canary)}}, "wanted": r.connection(o.Install).Wanted} {
		if text := fmt.Sprintf("%v %+v %#v", value, value, value); strings.Contains(text, canary) {
			t.Errorf("a %s that is printed shows %s", name, text)
		}
	}
	// Once a flow has ended, its code and verifier are nowhere, not even sealed.
	var left int
	if err := r.pool().QueryRow(t.Context(), "SELECT count(*) FROM segctl_flows WHERE status <> '' AND secret IS NOT NULL").Scan(&left); err != nil || left > 0 {
		t.Errorf("%d flows that have ended keep their secrets, %v", left, err)
	}
}

// wantClean looks for secrets in all the columns of all the tables, as text and as bytes, and in the log.
func (r *rig) wantClean(when string, secrets map[string]string) {
	r.t.Helper()
	for table, dump := range r.dump() {
		for name, text := range secrets {
			if strings.Contains(dump, text) || strings.Contains(dump, fmt.Sprintf("%x", text)) {
				r.t.Errorf("%s, the %s is in %s", when, name, table)
			}
		}
	}
	for name, text := range secrets {
		if strings.Contains(r.log.String(), text) {
			r.t.Errorf("%s, the %s is in the log:\n%s", when, name, r.log)
		}
	}
}

// dump returns the rows of each table as text; bytes are in hex.
func (r *rig) dump() map[string]string {
	r.t.Helper()
	rows, err := r.pool().Query(r.t.Context(), "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
	if err != nil {
		r.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 7 {
		r.t.Fatalf("tables %q, %v", tables, err)
	}
	all := map[string]string{}
	for _, table := range tables {
		rows, err := r.pool().Query(r.t.Context(), "SELECT t::text FROM "+pgx.Identifier{table}.Sanitize()+" t")
		if err != nil {
			r.t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			r.t.Fatal(err)
		}
		all[table] = strings.Join(texts, "\n")
	}
	return all
}

// TestSealsStayInTheirRows moves sealed values between rows: they open nowhere else.
func TestSealsStayInTheirRows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, b := r.link("acme"), r.link("globex")
	if _, err := r.pool().Exec(t.Context(), "UPDATE segctl_links SET secret = (SELECT secret FROM segctl_links WHERE hash = $1) WHERE hash = $2",
		ledger.Hash(a.ID), ledger.Hash(b.ID)); err != nil {
		t.Fatal(err)
	}
	tab := r.consent(b.ID, globexJS)
	if o, err := r.engine.Callback(t.Context(), tab.query, tab.cookies); err == nil {
		t.Errorf("with the settings of another link, the outcome is %+v", o)
	}
	if r.exchanges() != 0 {
		t.Error("the code was used up for that")
	}
}
