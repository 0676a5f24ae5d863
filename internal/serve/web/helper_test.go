package web

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox/openapi"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// What must not be seen anywhere but where it belongs.
const (
	theToken = "sgb_canary-token-nP4Ry0uW7cYt1vK3mZ5qL8sD2fG6hJ9"
	theLink  = "canary-link-Xk2mT9wQ4vR7yB1nC5zL8pD3fG6hJ0sA"
	theCode  = "canary-code-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV"
	theKey   = "canary-api-key-7f3e"
)

// description is that of the service, which every answer to a test is held against.
var description = sync.OnceValues(func() (*openapi.Spec, error) {
	return openapi.Load("../../../docs/schema/serve-api.yaml")
})

// theTime is the service's clock in tests.
func theTime() time.Time { return time.Date(2026, 11, 25, 9, 30, 0, 0, time.UTC) }

// fakeEngine answers as it is told, and notes what it was asked.
type fakeEngine struct {
	mu      sync.Mutex
	asked   []string
	link    flow.LinkRequest // the last one that was asked for
	cookies []*http.Cookie   // of the last callback
	view    flow.View
	outcome flow.Outcome
	err     error
	begin   error
	panics  any
	called  func(ctx context.Context) // in a callback
}

func (f *fakeEngine) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	if f.panics != nil {
		panic(f.panics)
	}
	return f.err
}

func (f *fakeEngine) NewLink(_ context.Context, r flow.LinkRequest) (flow.Created, error) {
	f.link = r
	return created(), f.note("new link")
}

func (f *fakeEngine) Reconnect(_ context.Context, name string, r flow.LinkRequest) (flow.Created, error) {
	f.link = r
	return created(), f.note("reconnect " + name)
}

func (f *fakeEngine) Look(_ context.Context, id string) (flow.View, error) {
	return f.view, f.note("look " + id)
}

func (f *fakeEngine) Begin(_ context.Context, id string) (flow.Begun, error) {
	if err := f.note("begin " + id); err != nil {
		return flow.Begun{}, err
	}
	cookie := &http.Cookie{Name: "__Host-segctl-12345678", Value: "x", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	return flow.Begun{URL: "https://id.segmentapis.com/oauth2/auth?state=s", Cookie: cookie}, f.begin
}

func (f *fakeEngine) Callback(ctx context.Context, rawQuery string, cookies []*http.Cookie) (flow.Outcome, error) {
	f.cookies = cookies
	if f.called != nil {
		f.called(ctx)
	}
	return f.outcome, f.note("callback " + rawQuery)
}

func created() flow.Created {
	return flow.Created{ID: theLink, URL: "https://connect.partner.example/connect/" + theLink, ExpiresAt: theTime().Add(24 * time.Hour)}
}

// fakeLedger has a token, connections and events.
type fakeLedger struct {
	mu          sync.Mutex
	checked     int
	connections []ledger.Connection
	events      []ledger.Event
	err         error
}

func (f *fakeLedger) CheckToken(_ context.Context, token string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checked++
	if f.err == nil && token != theToken {
		return "", ledger.ErrNotFound
	}
	return "backend", f.err
}

func (f *fakeLedger) Connection(_ context.Context, _ ledger.DB, name string, _ bool) (ledger.Connection, error) {
	for _, c := range f.connections {
		if c.Install == name {
			return c, nil
		}
	}
	return ledger.Connection{}, ledger.ErrNotFound
}

func (f *fakeLedger) Connections(_ context.Context, after string, limit int) (some []ledger.Connection, err error) {
	for _, c := range f.connections {
		if c.Install > after && len(some) < limit {
			some = append(some, c)
		}
	}
	return some, nil
}

func (f *fakeLedger) Events(_ context.Context, after string, limit int) ([]ledger.Event, error) {
	from := 0
	if after != "" {
		from = 1 + slices.IndexFunc(f.events, func(e ledger.Event) bool { return e.ID == after })
		if from == 0 {
			return nil, ledger.ErrNotFound
		}
	}
	return slices.Clone(f.events[from:min(from+limit, len(f.events))]), nil
}

// fakeStore has cards.
type fakeStore map[string]install.Card

func (f fakeStore) CardsOf(_ context.Context, names []string) (found []install.Card, _ error) {
	for _, name := range names {
		if c, ok := f[name]; ok {
			found = append(found, c)
		}
	}
	return found, nil
}

func (fakeStore) Pool(context.Context) (*pgxpool.Pool, error) { return nil, nil }

// stage is a service over fakes.
type stage struct {
	t       *testing.T
	engine  *fakeEngine
	ledger  *fakeLedger
	store   fakeStore
	service *service
	judged  http.Handler // the service, whose answers are held against the description
	log     *logBuffer
	now     time.Time
	header  http.Header // of every request
}

// logBuffer is a log that is read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

func newStage(t *testing.T, change ...func(*Options)) *stage {
	t.Helper()
	s := &stage{t: t, engine: &fakeEngine{}, ledger: &fakeLedger{}, store: fakeStore{}, log: &logBuffer{}, now: theTime(), header: http.Header{}}
	o := Options{
		Engine: s.engine, Ledger: s.ledger, Store: s.store, PublicURL: "https://connect.partner.example", Name: "ClearBrain",
		Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return s.now }, Redactor: &secret.Redactor{},
	}
	for _, c := range change {
		c(&o)
	}
	s.service = newService(o)
	spec, err := description()
	if err != nil {
		t.Fatal(err)
	}
	s.judged = spec.Test(t, s.service)
	return s
}

// request is one to the public URL. Where path has a host, it is to that one.
func (s *stage) request(method, path, body string) *http.Request {
	if strings.HasPrefix(path, "/") {
		path = s.service.PublicURL + path
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:4711"
	for name, values := range s.header {
		r.Header[name] = values
	}
	return r
}

// serve answers a request, and holds the answer against the description.
func (s *stage) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.judged.ServeHTTP(w, r)
	return w
}

func (s *stage) get(path string) *httptest.ResponseRecorder {
	return s.serve(s.request(http.MethodGet, path, ""))
}

// call is a request of the backend, with its token. It is one of segctl's own, so that the judge has a look at it, too, but
// where it is wrong on purpose.
func (s *stage) call(method, path, body string) *httptest.ResponseRecorder {
	r := s.backend(method, path, body)
	r.Header.Set("User-Agent", "segctl/test")
	return s.serve(r)
}

func (s *stage) backend(method, path, body string) *http.Request {
	r := s.request(method, path, body)
	r.Header.Set("Authorization", "Bearer "+theToken)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// refused returns the error of an API answer.
func refused(t *testing.T, w *httptest.ResponseRecorder) errorText {
	t.Helper()
	var body errorBody
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	if body.Error.Status != w.Code {
		t.Errorf("status %d says %d in its body", w.Code, body.Error.Status)
	}
	return body.Error
}
