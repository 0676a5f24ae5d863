package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
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
	"github.com/segctl/segctl/internal/serve/jobs"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	webhookSecret = "whsec_c2VnY3RsLWNhbmFyeS13ZWJob29rLXNlY3JldC0wMQ=="
	apiKey        = "canary-api-key-0123456789"
)

// patience is how long a test waits for what must come. Nothing takes that long.
const patience = 90 * time.Second

// rig is a sandbox with customers, a database, and the partner's receiver of webhooks.
type rig struct {
	t       *testing.T
	box     *sandbox.Server
	world   *account.World // of the store
	store   *postgres.Store
	ledger  *ledger.Ledger
	log     *bytes.Buffer
	logger  *slog.Logger
	logLock sync.Mutex
	hooks   *receiver
}

func newRig(t *testing.T, o sandbox.Options) *rig {
	t.Helper()
	return rigOn(t, o, pgtest.Database(t))
}

func rigOn(t *testing.T, o sandbox.Options, url string) *rig {
	t.Helper()
	box, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	env := map[string]string{
		"SEGCTL_API_URL": server.URL, "SEGCTL_ID_URL": server.URL, "SEGCTL_CLIENT_ID": sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET": sandbox.DemoClientSecret, "SEGCTL_SCOPE": "destination/clearbrain",
	}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	store := pgtest.Store(t, url)
	r := &rig{t: t, box: box, store: store, log: new(bytes.Buffer), ledger: ledger.New(store, nil), hooks: newReceiver(t)}
	r.logger = slog.New(slog.NewTextHandler(r, nil))
	r.world = &account.World{
		Settings: settings, Store: store, Transport: wire.NewTransport(nil, nil), Redactor: new(secret.Redactor), UserAgent: "segctl/test",
	}
	migrate(t, store)
	return r
}

func migrate(t *testing.T, s *postgres.Store) {
	t.Helper()
	if _, err := s.Migrate(t.Context(), ledger.Schema()); err != nil {
		t.Fatal(err)
	}
	pool, err := s.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
}

// Write is the log's.
func (r *rig) Write(p []byte) (int, error) {
	r.logLock.Lock()
	defer r.logLock.Unlock()
	return r.log.Write(p)
}

func (r *rig) logged() string {
	r.logLock.Lock()
	defer r.logLock.Unlock()
	return r.log.String()
}

// options are those of jobs that check each second.
func (r *rig) options() jobs.Options {
	signer, err := jobs.NewSigner([]string{webhookSecret})
	if err != nil {
		r.t.Fatal(err)
	}
	return jobs.Options{CheckEvery: time.Second, TidyEvery: time.Second, WebhookURL: r.hooks.URL, Signer: signer, Log: r.logger, Grace: time.Second}
}

// replica returns jobs on a store of their own, which nobody works on yet.
func (r *rig) replica(o jobs.Options) *jobs.Jobs { return r.replicaOf(r.store, o) }

func (r *rig) replicaOf(of *postgres.Store, o jobs.Options) *jobs.Jobs {
	r.t.Helper()
	o.Store = of.Beside(6)
	r.t.Cleanup(o.Store.Close)
	pool, err := o.Store.Pool(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	o.Pool, o.World, o.Ledger = pool, r.world.On(o.Store), ledger.New(o.Store, nil)
	j, err := jobs.New(r.t.Context(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	return j
}

// start is replica, and works on the jobs until the test ends.
func (r *rig) start(o jobs.Options) *jobs.Jobs {
	r.t.Helper()
	j := r.replica(o)
	r.run(j)
	return j
}

func (r *rig) run(j *jobs.Jobs) {
	r.t.Helper()
	if err := j.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			r.t.Errorf("stop: %v", err)
		}
	})
}

// card is that of an install of the sandbox's nth customer, from 1.
func (r *rig) card(n int) install.Card {
	in := r.box.Installs()[n-1]
	_, api := r.world.Settings.Server()
	w := "workspaces/" + in.Workspace
	return install.Card{
		Name: in.Name, App: in.App, Scope: wire.Scope(in.Scope), Workspaces: []string{w}, Sources: []string{w + "/sources/" + in.Source},
		ClientID: sandbox.DemoClientID, Issuer: api, Origin: api,
	}
}

// connect has an install as a customer's consent leaves it behind, but for its token: the first refresh gets one.
func (r *rig) connect(j *jobs.Jobs, card install.Card, settings map[string]string) {
	r.t.Helper()
	wanted := ledger.Wanted{Settings: map[string]json.RawMessage{}}
	for name, value := range settings {
		text, err := json.Marshal(value)
		if err != nil {
			r.t.Fatal(err)
		}
		wanted.Settings[name] = text
	}
	ctx := r.t.Context()
	if err := r.store.Add(ctx, []install.Card{card}); err != nil {
		r.t.Fatal(err)
	}
	r.tx(func(tx pgx.Tx) error {
		c, err := r.ledger.LockConnection(ctx, tx, card.Name)
		if err != nil { // there is none yet
			c = ledger.Connection{Install: card.Name, Customer: "customer of " + card.Name, CreatedAt: time.Now()}
		}
		c.Wanted = wanted
		if err := r.ledger.SaveConnection(ctx, tx, c); err != nil {
			return err
		}
		return j.Connected(ctx, tx, card.Name)
	})
}

// tx does something in a transaction.
func (r *rig) tx(do func(tx pgx.Tx) error) {
	r.t.Helper()
	pool, err := r.store.Pool(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if err := pgx.BeginFunc(r.t.Context(), pool, do); err != nil {
		r.t.Fatal(err)
	}
}

// sql runs a statement on the jobs' tables.
func (r *rig) sql(text string, args ...any) {
	r.t.Helper()
	r.tx(func(tx pgx.Tx) error {
		_, err := tx.Exec(r.t.Context(), text, args...)
		return err
	})
}

// until waits until something is so, and asks again and again.
func (r *rig) until(what string, so func() bool) {
	r.t.Helper()
	deadline := time.After(patience)
	for !so() {
		select {
		case <-deadline:
			r.t.Fatalf("never: %s\n%s", what, r.logged())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// delivery is one request of a webhook.
type delivery struct {
	header http.Header
	body   []byte
	event  ledger.Event
}

// receiver is the partner's server: it takes webhooks whose signature is right.
type receiver struct {
	*httptest.Server
	t   *testing.T
	all chan delivery

	mu     sync.Mutex
	answer func(w http.ResponseWriter, d delivery) // nil: takes it
	seen   []delivery
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t, all: make(chan delivery, 10_000)}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	d := delivery{header: req.Header, body: body}
	verifier, err := standardwebhooks.NewWebhook(webhookSecret)
	if err == nil {
		err = verifier.Verify(body, req.Header)
	}
	if err == nil {
		err = json.Unmarshal(body, &d.event)
	}
	if err != nil || d.event.ID != req.Header.Get("webhook-id") {
		r.t.Errorf("a webhook that is not ours: %v\n%s", err, body)
	}
	r.mu.Lock()
	r.seen = append(r.seen, d)
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		answer(w, d)
	}
	r.all <- d
}

// answers says how the receiver answers from now on.
func (r *receiver) answers(f func(w http.ResponseWriter, d delivery)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

// next waits for an event of a type about an install, "" for any.
func (r *rig) next(kind ledger.EventType, name string) ledger.Event {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case d := <-r.hooks.all:
			if d.event.Type == kind && (name == "" || d.event.Data.Install == name) {
				return d.event
			}
		case <-deadline:
			r.t.Fatalf("no event %s about %s; the log:\n%s", kind, name, r.logged())
		}
	}
}

// events returns the types of the events about an install, in their order.
func (r *rig) events(name string) string {
	r.t.Helper()
	all, err := r.ledger.Events(r.t.Context(), "", 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	var types []string
	for _, e := range all {
		if e.Data.Install == name {
			types = append(types, string(e.Type))
		}
	}
	return strings.Join(types, " ")
}

// key are the settings that the sandbox's customers want.
func key() map[string]string { return map[string]string{"apiKey": apiKey} }

func (r *rig) pool() *pgxpool.Pool {
	r.t.Helper()
	pool, err := r.store.Pool(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return pool
}

// wake has the sleeping jobs of a kind run now, and returns when they have.
func (r *rig) wake(kind string) {
	r.t.Helper()
	var began time.Time
	r.tx(func(tx pgx.Tx) error {
		return tx.QueryRow(r.t.Context(), "SELECT clock_timestamp()").Scan(&began)
	})
	r.until(kind+" ran", func() bool {
		r.sql("UPDATE segctl_river.river_job SET state = 'available', scheduled_at = now() WHERE kind = $1 AND (attempted_at IS NULL OR attempted_at < $2) AND (state IN ('scheduled', 'retryable') OR state = 'available' AND scheduled_at > now())", kind, began)
		return r.count("kind = $1 AND state NOT IN ('completed', 'cancelled', 'discarded') AND (attempted_at IS NULL OR attempted_at < $2 OR state = 'running')", kind, began) == 0
	})
}

// count counts jobs.
func (r *rig) count(where string, args ...any) (n int) {
	r.t.Helper()
	if err := r.pool().QueryRow(r.t.Context(), "SELECT count(*) FROM segctl_river.river_job WHERE "+where, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// seldom are options of jobs that do nothing by themselves for a long time.
func (r *rig) seldom() jobs.Options {
	o := r.options()
	o.CheckEvery, o.TidyEvery = time.Hour, time.Hour
	return o
}
