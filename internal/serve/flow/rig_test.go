package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	publicURL     = "https://connect.partner.example"
	returnURL     = "https://app.partner.example/settings"
	webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

	acmeJS   = "workspaces/acme/sources/js"
	globexJS = "workspaces/globex/sources/web"
)

// rig is a sandbox, a database, and two replicas of the service that share it.
type rig struct {
	t      testing.TB
	box    *sandbox.Server
	url    string // of the sandbox
	store  *postgres.Store
	ledger *ledger.Ledger
	world  *account.World
	outbox *outbox
	engine *Engine
	other  *Engine // on a pool of its own
	log    *lockedBuffer
	ahead  atomic.Int64 // of the service's clock
	front  atomic.Pointer[http.HandlerFunc]
}

// outbox keeps events for real, and remembers what else it is told.
type outbox struct {
	ledger *ledger.Ledger

	mu        sync.Mutex
	connected []string
	resume    [][]byte
	failing   func() error // "" in Emit: what a replica that dies there never does
}

func (o *outbox) Emit(ctx context.Context, tx pgx.Tx, e ledger.Event) error {
	o.mu.Lock()
	failing := o.failing
	o.mu.Unlock()
	if failing != nil {
		if err := failing(); err != nil {
			return err
		}
	}
	return o.ledger.AddEvent(ctx, tx, &e)
}

func (o *outbox) Connected(_ context.Context, _ pgx.Tx, install string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.connected = append(o.connected, install)
	return nil
}

func (o *outbox) Resume(_ context.Context, _ pgx.Tx, flow []byte, after time.Duration) error {
	if after <= lease {
		return errors.New("the safety net comes before the lease has ended")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.resume = append(o.resume, flow)
	return nil
}

func (o *outbox) fail(f func() error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failing = f
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newRig(t testing.TB) *rig {
	t.Helper()
	url := pgtest.Database(t)
	r := &rig{t: t, store: pgtest.Store(t, url), log: &lockedBuffer{}}
	if _, err := r.store.Migrate(t.Context(), ledger.Schema()); err != nil {
		t.Fatal(err)
	}
	var err error
	o := sandbox.Options{RedirectURLs: []string{publicURL + CallbackPath}}
	if _, isBench := t.(*testing.B); isBench {
		o.Customers = 500
	}
	if r.box, err = sandbox.New(o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if front := r.front.Load(); front != nil {
			(*front)(w, req)
			return
		}
		r.box.ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	env := map[string]string{
		"SEGCTL_API_URL": r.url, "SEGCTL_ID_URL": r.url, "SEGCTL_CLIENT_ID": sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET": sandbox.DemoClientSecret, "SEGCTL_SCOPE": "destination/clearbrain",
	}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	r.world = &account.World{
		Settings: settings, Store: r.store, Transport: wire.NewTransport(nil, nil), Redactor: new(secret.Redactor), UserAgent: "segctl/test",
		Now: r.now,
	}
	r.ledger = ledger.New(r.store, r.now)
	r.outbox = &outbox{ledger: r.ledger}
	r.engine = r.newEngine(r.store)
	second := postgres.New(postgres.Options{
		URL: url, Profile: r.store.Profile(), Keys: r.store.Keys(), Choice: install.ChoiceIn(filepath.Join(t.TempDir(), "current")),
	})
	t.Cleanup(second.Close)
	r.other = r.newEngine(second)
	return r
}

func (r *rig) newEngine(s *postgres.Store) *Engine {
	r.t.Helper()
	webhook, err := standardwebhooks.NewWebhook(webhookSecret)
	if err != nil {
		r.t.Fatal(err)
	}
	e, err := New(Options{
		World: func() *account.World { return r.world }, Store: s, Ledger: ledger.New(s, r.now), Outbox: r.outbox,
		PublicURL: publicURL, ReturnURLs: []string{returnURL}, Sign: webhook.Sign,
		Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: r.now,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

func (r *rig) now() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }

func (r *rig) advance(d time.Duration) { r.ahead.Add(int64(d)) }

func (r *rig) pool() *pgxpool.Pool {
	r.t.Helper()
	pool, err := r.store.Pool(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return pool
}

// link makes a link for a customer, with a key of that customer's own.
func (r *rig) link(customer string) Created {
	r.t.Helper()
	made, err := r.engine.NewLink(r.t.Context(), LinkRequest{
		Customer: customer, ReturnURL: returnURL + "?tab=segment", Settings: map[string]json.RawMessage{"apiKey": json.RawMessage(`"key-of-` + customer + `"`)},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return made
}

// tab is one browser's flow, up to the answer.
type tab struct {
	cookies []*http.Cookie
	query   string // of the redirect URL
}

// consent begins a flow for a link, and answers as an owner: with a source to allow, or "" to deny.
func (r *rig) consent(id, source string) tab {
	r.t.Helper()
	begun, err := r.engine.Begin(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return tab{[]*http.Cookie{begun.Cookie}, r.answer(begun.URL, source)}
}

func (r *rig) callback(e *Engine, b tab) Outcome {
	r.t.Helper()
	o, err := e.Callback(r.t.Context(), b.query, b.cookies)
	if err != nil {
		r.t.Fatal(err)
	}
	return o
}

// connect plays a whole flow.
func (r *rig) connect(id, source string) Outcome {
	r.t.Helper()
	return r.callback(r.other, r.consent(id, source))
}

// flowOf is the hash of the flow that a browser comes back to.
func flowOf(t testing.TB, b tab) []byte {
	t.Helper()
	values, err := url.ParseQuery(b.query)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Hash(values.Get("state"))
}

// expireLease does what time does.
func (r *rig) expireLease() {
	r.t.Helper()
	if _, err := r.pool().Exec(r.t.Context(), "UPDATE segctl_flows SET lease_until = now() WHERE lease_until > now()"); err != nil {
		r.t.Fatal(err)
	}
}

// events returns what happened, each as its type, install and customer.
func (r *rig) events() []string {
	r.t.Helper()
	all, err := r.ledger.Events(r.t.Context(), "", 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	var texts []string
	for _, e := range all {
		texts = append(texts, string(e.Type)+" "+e.Data.Install+" "+e.Data.Customer)
	}
	return texts
}

func (r *rig) connection(name string) ledger.Connection {
	r.t.Helper()
	c, err := r.ledger.Connection(r.t.Context(), r.pool(), name, false)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rig) state(id string) State {
	r.t.Helper()
	view, err := r.engine.Look(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return view.State
}
