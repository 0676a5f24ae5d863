package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/doctor"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	webhookSecret = "whsec_c2VnY3RsLWNhbmFyeS13ZWJob29rLXNlY3JldC0wMQ=="
	patience      = 60 * time.Second
)

// rig is a sandbox, a database, and what a service is to be.
type rig struct {
	t       *testing.T
	box     *sandbox.Server
	store   *postgres.Store
	options serve.Options
	hooks   chan ledger.Event

	mu  sync.Mutex
	log bytes.Buffer
}

// Write is the log's.
func (r *rig) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func newRig(t *testing.T) *rig {
	t.Helper()
	// The public URL stands for a proxy in front of all replicas, which a test is itself.
	const public = "http://localhost:8999"
	box, err := sandbox.New(sandbox.Options{AutoApprove: true, RedirectURLs: []string{public + flow.CallbackPath}})
	if err != nil {
		t.Fatal(err)
	}
	segment := httptest.NewServer(box)
	t.Cleanup(segment.Close)
	env := map[string]string{
		"SEGCTL_API_URL": segment.URL, "SEGCTL_ID_URL": segment.URL, "SEGCTL_CLIENT_ID": sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET": sandbox.DemoClientSecret, "SEGCTL_SCOPE": "destination/clearbrain",
	}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, box: box, hooks: make(chan ledger.Event, 1000)}
	receiver := httptest.NewServer(http.HandlerFunc(r.receive))
	t.Cleanup(receiver.Close)
	r.store = postgres.New(postgres.Options{
		URL: pgtest.Database(t), Profile: "default", Keys: pgtest.Keys(t), Choice: install.ChoiceIn(filepath.Join(t.TempDir(), "current")),
	})
	t.Cleanup(r.store.Close)
	world := &account.World{
		Settings: settings, Store: r.store, Transport: wire.NewTransport(nil, nil), Redactor: new(secret.Redactor), UserAgent: "segctl/test",
	}
	r.options = serve.Options{
		Addr: "127.0.0.1:0", PublicURL: public, CheckEvery: time.Second, Grace: 5 * time.Second, WebhookURL: receiver.URL,
		WebhookSecrets: []string{webhookSecret}, World: func() (*account.World, error) { return world, nil }, Store: r.store,
		Log: slog.New(slog.NewTextHandler(r, nil)),
	}
	return r
}

func (r *rig) receive(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	var e ledger.Event
	verifier, err := standardwebhooks.NewWebhook(webhookSecret)
	if err == nil {
		err = verifier.Verify(body, req.Header)
	}
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		r.t.Errorf("a webhook that is not ours: %v", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.hooks <- e
}

func (r *rig) migrate() {
	r.t.Helper()
	if _, err := serve.Migrate(r.t.Context(), r.store); err != nil {
		r.t.Fatal(err)
	}
}

// run runs a replica, and returns its address and what ends it.
func (r *rig) run() (addr string, stop func() error) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	o, listening, ended := r.options, make(chan string, 1), make(chan error, 1)
	o.Listening = func(addr string) { listening <- addr }
	go func() { ended <- serve.Run(ctx, o) }()
	stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
			return errors.New("it does not end")
		}
	})
	r.t.Cleanup(func() {
		if err := stop(); err != nil {
			r.t.Errorf("the service ended with %v", err)
		}
	})
	select {
	case addr = <-listening:
	case err := <-ended:
		r.t.Fatalf("the service did not start: %v", err)
	}
	return addr, stop
}

// ask sends a request to one replica as it comes from the proxy, and returns the answer without following it.
func (r *rig) ask(addr, method, path, body string, header http.Header) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+addr+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Host = "localhost:8999"
	resp, err := wire.WithoutRedirects(http.DefaultTransport).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp, string(text)
}

// TestTwoReplicas serves the halves of one flow from two replicas. The destination is live with the customer's key after it,
// and the partner is told so.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.migrate()
	first, stop := r.run()
	second, _ := r.run()
	token, err := ledger.New(r.store, nil).NewToken(t.Context(), "backend")
	if err != nil {
		t.Fatal(err)
	}
	resp, text := r.ask(first, "POST", "/v1/links", `{"customer":"acme","settings":{"apiKey":"canary-api-key-0123456789"}}`,
		http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}})
	var link struct{ URL string }
	if err := json.Unmarshal([]byte(text), &link); resp.StatusCode != http.StatusCreated || err != nil {
		t.Fatalf("%s\n%s", resp.Status, text)
	}
	resp, text = r.ask(first, "GET", strings.TrimPrefix(link.URL, r.options.PublicURL)+"?go=1", "", nil)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s\n%s", resp.Status, text)
	}
	cookie := http.Header{"Cookie": {strings.SplitN(resp.Header.Get("Set-Cookie"), ";", 2)[0]}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, resp.Header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	consent, err := wire.WithoutRedirects(http.DefaultTransport).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = consent.Body.Close()
	callback := strings.TrimPrefix(consent.Header.Get("Location"), r.options.PublicURL)
	if err := stop(); err != nil { // of two replicas, the one that began is gone
		t.Errorf("the first replica ended with %v", err)
	}
	if resp, text = r.ask(second, "GET", callback, "", cookie); resp.StatusCode >= 400 {
		t.Fatalf("%s\n%s", resp.Status, text)
	}
	for _, want := range []ledger.EventType{ledger.InstallCreated, ledger.DestinationEnabled} {
		r.await(want)
	}
	if _, err := r.box.Act(sandbox.Act{Verb: "disable"}); err != nil {
		t.Fatal(err)
	}
	r.await("destination.disabled")
	resp, text = r.ask(second, "GET", "/metrics", "", nil)
	for _, want := range []string{`segctl_jobs_total{kind="enable",outcome="enabled"} 1`, `pool="requests"`, `pool="jobs"`, "process_resident_memory_bytes"} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s (%s)", want, resp.Status)
		}
	}
	if resp, text = r.ask(second, "GET", "/readyz", "", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("readyz: %s\n%s", resp.Status, text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, canary := range []string{"canary-api-key", token, sandbox.DemoClientSecret, "c2VnY3RsLWNhbmFyeS"} {
		if strings.Contains(r.log.String(), canary) {
			t.Errorf("%s is in the log:\n%s", canary, r.log.String())
		}
	}
}

func (r *rig) await(want ledger.EventType) {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-r.hooks:
			if e.Type == want {
				return
			}
		case <-deadline:
			r.mu.Lock()
			defer r.mu.Unlock()
			r.t.Fatalf("no %s\n%s", want, r.log.String())
		}
	}
}

// TestMigrateAtOnce has several replicas' migrations run at the same time. Each step is done once.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var done sync.WaitGroup
	var mu sync.Mutex
	applied := map[string]int{}
	for range 4 {
		done.Go(func() {
			s := r.store.Beside(3)
			defer s.Close()
			steps, err := serve.Migrate(t.Context(), s)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			for _, step := range steps {
				applied[step]++
			}
		})
	}
	done.Wait()
	for step, n := range applied {
		if n != 1 {
			t.Errorf("%s was applied %d times", step, n)
		}
	}
	if err := serve.CheckSchema(t.Context(), r.store); err != nil || len(applied) < 3 {
		t.Errorf("%v after %v", err, applied)
	}
}

// TestSchema has a service refuse a database that is older or newer than it knows, River's tables included.
func TestSchema(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	refused := func(want install.Kind) {
		t.Helper()
		err := serve.Run(t.Context(), r.options)
		if e, ok := errors.AsType[*install.StoreError](err); !ok || e.Kind != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	refused(install.NotMigrated)
	r.migrate()
	exec := func(sql string) {
		t.Helper()
		pool, err := r.store.Pool(t.Context())
		if err == nil {
			_, err = pool.Exec(t.Context(), sql)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	exec("INSERT INTO segctl_river.river_migration (line, version) VALUES ('main', 999)")
	refused(install.Newer)
	if _, err := serve.Migrate(t.Context(), r.store); err == nil {
		t.Error("a newer schema was migrated")
	}
	exec("DELETE FROM segctl_river.river_migration WHERE version = 999")
	exec("UPDATE segctl_schema SET version = 999 WHERE component = 'ledger'")
	refused(install.Newer)
}

// TestStrangersRiver has another program keep its jobs in River's usual tables of the same database. They are left alone.
func TestStrangersRiver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	pool, err := r.store.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), "CREATE TABLE river_job (theirs text); CREATE TABLE river_migration (version int); INSERT INTO river_job VALUES ('kept')"); err != nil {
		t.Fatal(err)
	}
	r.migrate()
	_, stop := r.run()
	if err := stop(); err != nil {
		t.Error(err)
	}
	rows, err := pool.Query(t.Context(), "SELECT theirs FROM river_job")
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(kept) != 1 {
		t.Errorf("%v, %v", kept, err)
	}
}

// TestStopInGrace ends a service while a request hangs in it: the grace is not exceeded by much, and the port is free.
func TestStopInGrace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.migrate()
	r.options.Grace = time.Second
	addr, stop := r.run()
	hanging, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer hanging.Close()
	if _, err := io.WriteString(hanging, "POST /v1/links HTTP/1.1\r\nHost: localhost:8999\r\nContent-Length: 10\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	again, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}

// TestCheck says what is missing before a start, one thing after another.
func TestCheck(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	status := func(check string, o serve.Options) doctor.Status {
		t.Helper()
		for _, f := range serve.Check(t.Context(), o) {
			if f.Check == check {
				if f.Status == doctor.Failure && len(f.Hints) == 0 {
					t.Errorf("%s: %s, and no hint", check, f.Message)
				}
				return f.Status
			}
		}
		return ""
	}
	if got := status("schema", r.options); got != doctor.Failure {
		t.Errorf("a database that is not migrated is %q", got)
	}
	r.migrate()
	if found := serve.Check(t.Context(), r.options); doctor.Failed(found) {
		t.Errorf("findings %+v", found)
	}
	for check, change := range map[string]func(o *serve.Options){
		"public_url":   func(o *serve.Options) { o.PublicURL = "http://connect.example.com" },
		"redirect_url": func(o *serve.Options) { o.PublicURL = "http://localhost:8998" },
		"webhooks":     func(o *serve.Options) { o.WebhookSecrets = nil },
		"tls":          func(o *serve.Options) { o.TLSCert, o.TLSKey = "none.pem", "none.pem" },
		"database": func(o *serve.Options) {
			o.Store = postgres.New(postgres.Options{URL: "postgres://127.0.0.1:1/none", Profile: "default", Keys: r.store.Keys()})
		},
		"logo":        func(o *serve.Options) { o.Logo = "none.png" },
		"return_urls": func(o *serve.Options) { o.ReturnURLs = []string{"javascript:alert(1)"} },
	} {
		o := r.options
		change(&o)
		if got := status(check, o); got != doctor.Failure {
			t.Errorf("%s is %q where it is wrong", check, got)
		}
	}
	o := r.options
	o.Store = postgres.New(postgres.Options{URL: "postgres://127.0.0.1:1/none", Profile: "default", Keys: r.store.Keys()})
	for _, f := range serve.Check(t.Context(), o) {
		if f.Check == "database" && !strings.Contains(f.Message, "PostgreSQL (database none at 127.0.0.1:1): the database cannot be reached") {
			t.Errorf("a database that cannot be reached is told as %q", f.Message)
		}
	}
	o = r.options
	if got := status("logo", o); got != "" {
		t.Errorf("logo is %q where there is none", got)
	}
	o.Logo = filepath.Join(t.TempDir(), "logo.svg")
	if err := os.WriteFile(o.Logo, []byte(`<svg xmlns="http://www.w3.org/2000/svg"></svg>`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := status("logo", o); got != doctor.OK {
		t.Errorf("logo is %q where it is a picture", got)
	}
}
