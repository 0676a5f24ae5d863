package flow

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

const tokenRoute = "POST /oauth2/token"

func (r *rig) fault(f sandbox.Fault) {
	r.t.Helper()
	if _, err := r.box.AddFault(f); err != nil {
		r.t.Fatal(err)
	}
}

// claimed is what is left of a flow whose replica was killed before the exchange.
func (r *rig) claimed(b tab) attempt {
	r.t.Helper()
	f, err := r.ledger.Flow(r.t.Context(), flowOf(r.t, b))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.engine.unseal(r.world, &f); err != nil {
		r.t.Fatal(err)
	}
	f.Code = b.code()
	a := attempt{flow: f, holder: ledger.NewSecret()}
	if ok, err := r.engine.claimTx(r.t.Context(), a); err != nil || !ok {
		r.t.Fatal(ok, err)
	}
	return a
}

// TestKilledBeforeExchange: the safety net connects the install, and nobody has to come back for that.
func TestKilledBeforeExchange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	a := r.claimed(b)
	if len(r.outbox.resume) != 1 || r.state(made.ID) != Used {
		t.Fatalf("%d safety nets, the link is %s", len(r.outbox.resume), r.state(made.ID))
	}
	if o := r.callback(r.other, b); o.Status != StatusPending {
		t.Errorf("meanwhile, the outcome is %+v", o)
	}
	var busy *BusyError
	if err := r.other.Resume(t.Context(), a.flow.Hash); !errors.As(err, &busy) {
		t.Errorf("while the lease lasts, Resume returned %v", err)
	}
	r.expireLease()
	if err := r.other.Resume(t.Context(), a.flow.Hash); err != nil {
		t.Fatal(err)
	}
	o := r.callback(r.engine, b)
	if o.Status != StatusConnected || o.Location == "" {
		t.Errorf("the outcome is %+v", o)
	}
	if err := r.other.Resume(t.Context(), a.flow.Hash); err != nil {
		t.Errorf("of a flow that has ended, Resume returned %v", err)
	}
	if r.exchanges() != 1 || len(r.events()) != 1 {
		t.Errorf("%d exchanges, events %v", r.exchanges(), r.events())
	}
}

// TestOwnerComesBack: the page that reloads itself does what the safety net would do.
func TestOwnerComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.consent(r.link("acme").ID, acmeJS)
	r.claimed(b)
	r.expireLease()
	if o := r.callback(r.other, b); o.Status != StatusConnected {
		t.Errorf("the outcome is %+v", o)
	}
}

// TestKilledAfterExchange: the code was redeemed, and the token is nowhere.
func TestKilledAfterExchange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	a := r.claimed(b)
	if _, _, err := r.engine.exchange(t.Context(), r.world, a.flow); err != nil {
		t.Fatal(err)
	}
	r.expireLease()
	if err := r.other.Resume(t.Context(), a.flow.Hash); err != nil {
		t.Fatal(err)
	}
	r.wantLost(made, b)
}

// wantLost expects that a grant was reported as lost, and that its link can be used again.
func (r *rig) wantLost(made Created, b tab) {
	r.t.Helper()
	if diff := cmp.Diff([]string{"install.lost  acme"}, r.events()); diff != "" {
		r.t.Errorf("events (-want +got):\n%s", diff)
	}
	if o := r.callback(r.engine, b); o.Status != StatusFailed || o.Detail != detailLost || o.LinkID != made.ID {
		r.t.Errorf("the outcome is %+v", o)
	}
	if r.state(made.ID) != Open {
		r.t.Fatalf("the link is %s", r.state(made.ID))
	}
	if o := r.connect(made.ID, globexJS); o.Status != StatusConnected {
		r.t.Errorf("with the same link, the outcome is then %+v", o)
	}
}

// TestAnswerCut: the server redeems the code, and its answer never comes.
func TestAnswerCut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	r.fault(sandbox.Fault{Route: tokenRoute, Kind: "drop-after", Count: 1})
	if o := r.callback(r.engine, b); o.Status != StatusPending {
		t.Fatalf("the outcome is %+v", o)
	}
	if r.events() != nil {
		t.Errorf("events %v", r.events())
	}
	if err := r.other.Resume(t.Context(), r.outbox.resume[0]); err != nil {
		t.Fatal(err)
	}
	r.wantLost(made, b)
}

// TestServerDown: the server cannot do it just now, and can later.
func TestServerDown(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]sandbox.Fault{
		"cut before": {Kind: "drop", Count: 2}, "failure": {Kind: "status", Status: 500, Count: 2}, "rate": {Kind: "rate-limited", Count: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			b := r.consent(r.link("acme").ID, acmeJS)
			f.Route = tokenRoute
			r.fault(f)
			if o := r.callback(r.engine, b); o.Status != StatusPending {
				t.Fatalf("the outcome is %+v", o)
			}
			if err := r.other.Resume(t.Context(), r.outbox.resume[0]); err == nil {
				t.Error("Resume returned no error, and would not be called again")
			}
			if err := r.other.Resume(t.Context(), r.outbox.resume[0]); err != nil {
				t.Error(err)
			}
			if o := r.callback(r.engine, b); o.Status != StatusConnected {
				t.Errorf("the outcome is %+v", o)
			}
		})
	}
}

// TestServerStaysDown: a code dies, so that the flow ends some day.
func TestServerStaysDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	r.fault(sandbox.Fault{Route: tokenRoute, Kind: "drop", Count: 2})
	if o := r.callback(r.engine, b); o.Status != StatusPending {
		t.Fatalf("the outcome is %+v", o)
	}
	r.advance(16 * time.Minute)
	if err := r.other.Resume(t.Context(), r.outbox.resume[0]); err != nil {
		t.Fatal(err)
	}
	r.wantLost(made, b)
}

// TestExchangeRefused: nothing was granted, so nothing is lost, and the link is free at once.
func TestExchangeRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	wrong := strings.Replace(b.query, "code=", "code=x", 1)
	o := r.callback(r.engine, b.with(wrong))
	if o.Status != StatusFailed || o.Location == "" || r.state(made.ID) != Open || r.events() != nil {
		t.Errorf("the outcome is %+v, the link %s, events %v", o, r.state(made.ID), r.events())
	}
}

// TestAnswerUseless: a grant that names no install, or has no token, was made all the same.
func TestAnswerUseless(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	made := r.link("acme")
	b := r.consent(made.ID, acmeJS)
	r.fault(sandbox.Fault{Route: tokenRoute, Kind: "malformed", Count: 1})
	if o := r.callback(r.engine, b); o.Status != StatusFailed || o.Detail != detailLost {
		t.Fatalf("the outcome is %+v", o)
	}
	r.wantLost(made, b)
}

// TestSavedInTheEnd cuts the connections to the database again and again while an install is saved.
func TestSavedInTheEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.consent(r.link("acme").ID, acmeJS)
	cuts := 0
	r.outbox.fail(func() error {
		if cuts++; cuts > 3 {
			return nil
		}
		admin, err := pgx.Connect(t.Context(), r.pool().Config().ConnString())
		if err != nil {
			return err
		}
		defer func() { _ = admin.Close(t.Context()) }()
		_, err = admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		return err
	})
	o := r.callback(r.other, b)
	if o.Status != StatusConnected || cuts != 4 {
		t.Fatalf("after %d cuts, the outcome is %+v", cuts, o)
	}
	r.pool().Reset() // the connections of this pool were cut as well
	if kept, err := r.store.Get(t.Context(), o.Install); err != nil || kept.Token == "" {
		t.Errorf("the install is %v, %v", kept, err)
	}
	if r.exchanges() != 1 || len(r.events()) != 1 {
		t.Errorf("%d exchanges, events %v", r.exchanges(), r.events())
	}
	if !strings.Contains(r.log.String(), "segctl installs import "+o.Install) {
		t.Errorf("the log does not say how the install is got back:\n%s", r.log)
	}
}

// TestNothingHalfDone fails the last step of all: what came before is gone with it.
func TestNothingHalfDone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.consent(r.link("acme").ID, acmeJS)
	a := r.claimed(b)
	grant, app, err := r.engine.exchange(t.Context(), r.world, a.flow)
	if err != nil {
		t.Fatal(err)
	}
	r.outbox.fail(func() error { return errors.New("no") })
	if _, err := r.engine.saveOnce(t.Context(), r.world, a, granted{grant, app}); err == nil {
		t.Fatal("it was saved")
	}
	if _, err := r.store.Get(t.Context(), grant.InstallName); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("the install is kept: %v", err)
	}
	if f, err := r.ledger.Flow(t.Context(), a.flow.Hash); err != nil || f.Status != "" {
		t.Errorf("the flow is %q, %v", f.Status, err)
	}
	// A replica that was given up saves what it has all the same.
	r.expireLease()
	r.outbox.fail(nil)
	if err := r.other.Resume(t.Context(), a.flow.Hash); err != nil {
		t.Fatal(err)
	}
	if o, err := r.engine.save(t.Context(), r.world, a, granted{grant, app}, ""); err != nil || o.Status != StatusConnected {
		t.Errorf("the outcome is %+v, %v", o, err)
	}
	if diff := cmp.Diff([]string{"install.lost  acme", "install.created " + grant.InstallName + " acme"}, r.events()); diff != "" {
		t.Error(diff)
	}
	if o := r.callback(r.engine, b); o.Status != StatusConnected {
		t.Errorf("the outcome is %+v", o)
	}
}

// TestBrowserGone: the owner closes the page during the exchange, and is connected all the same.
func TestBrowserGone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.consent(r.link("acme").ID, acmeJS)
	ctx, leave := context.WithCancel(t.Context())
	var once sync.Once
	front := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		once.Do(leave)
		r.box.ServeHTTP(w, req)
	})
	r.front.Store(&front)
	o, err := r.engine.Callback(ctx, b.query, b.cookies)
	if err != nil || o.Status != StatusConnected || ctx.Err() == nil {
		t.Errorf("the outcome is %+v, %v", o, err)
	}
}
