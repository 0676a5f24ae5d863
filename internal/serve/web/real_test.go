package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/serve/logging"
	"github.com/segctl/segctl/internal/wire"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// rig is two replicas of the service on one database, over the sandbox. Whoever asks gets one after the other.
type rig struct {
	t       *testing.T
	url     string // the public URL
	partner string // where links may send the browser
	token   string
	ledger  *ledger.Ledger
	store   *postgres.Store
	log     *logBuffer
	turn    atomic.Int64
	both    [2]http.Handler
	engine  *flow.Engine
}

// outbox keeps events; nobody works.
type outbox struct{ ledger *ledger.Ledger }

func (o outbox) Emit(ctx context.Context, tx pgx.Tx, e ledger.Event) error {
	return o.ledger.AddEvent(ctx, tx, &e)
}
func (outbox) Connected(context.Context, pgx.Tx, string) error             { return nil }
func (outbox) Resume(context.Context, pgx.Tx, []byte, time.Duration) error { return nil }

func newRig(t *testing.T, autoApprove bool) *rig {
	t.Helper()
	return newRigOn(t, pgtest.Database(t), autoApprove)
}

func newRigOn(t *testing.T, database string, autoApprove bool) *rig {
	t.Helper()
	r := &rig{t: t, store: pgtest.Store(t, database), log: &logBuffer{}}
	if _, err := r.store.Migrate(t.Context(), ledger.Schema()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.both[r.turn.Add(1)%2].ServeHTTP(w, req)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	partner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		writeText(w, http.StatusOK, "back at the partner with "+req.URL.Query().Get("segctl_status"))
	}))
	t.Cleanup(partner.Close)
	r.partner = partner.URL + "/done"
	box, err := sandbox.New(sandbox.Options{RedirectURLs: []string{r.url + flow.CallbackPath}, AutoApprove: autoApprove})
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
	signer, err := standardwebhooks.NewWebhook(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := description()
	if err != nil {
		t.Fatal(err)
	}
	other := postgres.New(postgres.Options{
		URL: database, Profile: r.store.Profile(), Keys: r.store.Keys(), Choice: install.ChoiceIn(filepath.Join(t.TempDir(), "current")),
	})
	t.Cleanup(other.Close)
	for i, store := range []*postgres.Store{r.store, other} {
		redactor := new(secret.Redactor)
		log, err := logging.New(r.log, "json", "debug", redactor)
		if err != nil {
			t.Fatal(err)
		}
		world := &account.World{
			Settings: settings, Store: store, Transport: wire.NewTransport(nil, nil), Redactor: redactor, UserAgent: "segctl/test", Now: time.Now,
		}
		books := ledger.New(store, nil)
		engine, err := flow.New(flow.Options{
			World: func() *account.World { return world }, Store: store, Ledger: books, Outbox: outbox{books},
			PublicURL: r.url, ReturnURLs: []string{r.partner}, Sign: signer.Sign, Log: log,
		})
		if err != nil {
			t.Fatal(err)
		}
		r.ledger, r.engine = books, engine
		r.both[i] = spec.Test(t, New(Options{
			Engine: engine, Ledger: books, Store: store, PublicURL: r.url, Name: "ClearBrain", Log: log, Redactor: redactor,
			Redeliver: func(context.Context, string) error { return nil },
		}))
	}
	if r.token, err = r.ledger.NewToken(t.Context(), "backend"); err != nil {
		t.Fatal(err)
	}
	return r
}

// call asks the API, and reads its answer.
func (r *rig) call(method, path, body string, answer any) int {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "segctl/test")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		r.t.Fatalf("%s %s: %s: %v", method, path, resp.Status, err)
	}
	return resp.StatusCode
}

// link makes a link for a customer whose key is a canary.
func (r *rig) link(customer, returnURL string) createdBody {
	r.t.Helper()
	body := map[string]any{"customer": customer, "settings": map[string]string{"apiKey": theKey}}
	if returnURL != "" {
		body["return_url"] = returnURL
	}
	text, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	var made createdBody
	if code := r.call("POST", "/v1/links", string(text), &made); code != http.StatusCreated || !strings.HasPrefix(made.URL, r.url+"/connect/") {
		r.t.Fatalf("a link is answered with %d: %+v", code, made)
	}
	return made
}

// owner is a browser. It keeps the cookies of the service, which Go's jar would only send over https.
type owner struct {
	r       *rig
	cookies map[string]*http.Cookie
	trail   []string // where it was
}

func (r *rig) owner() *owner { return &owner{r: r, cookies: map[string]*http.Cookie{}} }

// goTo opens a URL and follows to where that leads. It returns the last answer.
func (o *owner) goTo(to string) (status int, body string) {
	o.r.t.Helper()
	for range 10 {
		o.trail = append(o.trail, to)
		req, err := http.NewRequestWithContext(o.r.t.Context(), http.MethodGet, to, nil)
		if err != nil {
			o.r.t.Fatal(err)
		}
		ours := strings.HasPrefix(to, o.r.url)
		for _, c := range o.cookies {
			if ours {
				req.AddCookie(c)
			}
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			o.r.t.Fatal(err)
		}
		var text strings.Builder
		_ = resp.Write(&text)
		_ = resp.Body.Close()
		for _, c := range resp.Cookies() {
			if ours && c.MaxAge >= 0 {
				o.cookies[c.Name] = c
			} else if ours {
				delete(o.cookies, c.Name)
			}
		}
		location := resp.Header.Get("Location")
		if location == "" {
			return resp.StatusCode, text.String()
		}
		next, err := req.URL.Parse(location)
		if err != nil {
			o.r.t.Fatal(err)
		}
		to = next.String()
	}
	o.r.t.Fatal("redirected without end")
	return 0, ""
}

// expect fails unless an answer has a status and words.
func expect(t *testing.T, status int, body string, want int, words ...string) {
	t.Helper()
	for _, w := range words {
		if status != want || !strings.Contains(body, w) {
			t.Errorf("answered with %d, want %d and %q:\n%s", status, want, w, body)
		}
	}
}

// A link is made, consented to, and used up: by two replicas, on a real database, over the sandbox.
func TestRealFlow(t *testing.T) {
	t.Parallel()
	r := newRig(t, true)
	made := r.link("acme", "")
	o := r.owner()
	status, body := o.goTo(made.URL)
	expect(t, status, body, 200, "Connect Segment to ClearBrain", "acme", "clearbrain")
	status, body = o.goTo(made.URL + "?go=1")
	expect(t, status, body, 200, "Connected, being switched on", "acme")
	callback := o.trail[len(o.trail)-2]
	if !strings.HasPrefix(callback, r.url+flow.CallbackPath+"?code=") || o.trail[len(o.trail)-1] != made.URL {
		t.Errorf("the browser went to %q", o.trail)
	}

	status, body = o.goTo(callback)
	expect(t, status, body, 200, "Connected, being switched on")
	status, body = r.owner().goTo(callback)
	expect(t, status, body, 400, "Not begun in this browser")
	status, body = r.owner().goTo(made.URL)
	expect(t, status, body, 410, "used already")
	if strings.Contains(body, "acme") {
		t.Errorf("another browser sees\n%s", body)
	}
	status, body = r.owner().goTo(made.URL + "?go=1")
	expect(t, status, body, 410, "used already")

	var installs installsBody
	if code := r.call("GET", "/v1/installs", "", &installs); code != 200 || len(installs.Installs) != 1 || installs.More {
		t.Fatalf("%d %+v", code, installs)
	}
	one := installs.Installs[0]
	if one.Customer != "acme" || one.Enabled || len(one.Workspaces) != 1 || len(one.Sources) != 1 || one.TokenExpiresAt.IsZero() {
		t.Errorf("%+v", one)
	}
	var again installBody
	id := strings.TrimPrefix(one.Install, "installs/")
	for _, name := range []string{id, url.PathEscape(one.Install)} {
		if code := r.call("GET", "/v1/installs/"+name, "", &again); code != 200 || again.Install != one.Install {
			t.Errorf("%s: %d %+v", name, code, again)
		}
	}
	var events eventsBody
	if code := r.call("GET", "/v1/events", "", &events); code != 200 || len(events.Events) != 1 || events.Events[0].Type != ledger.InstallCreated {
		t.Fatalf("%d %+v", code, events)
	}
	if code := r.call("GET", "/v1/events?after="+events.Next, "", &events); code != 200 || len(events.Events) != 0 || events.Next == "" {
		t.Errorf("%d %+v", code, events)
	}
	var refused errorBody
	if code := r.call("GET", "/v1/events?after=evt_nosuch", "", &refused); code != 400 || refused.Error.Field != "after" {
		t.Errorf("%d %+v", code, refused)
	}
	if code := r.call("GET", "/v1/installs/nosuch", "", &refused); code != 404 {
		t.Errorf("%d %+v", code, refused)
	}
	var accepted map[string]string
	if code := r.call("POST", "/v1/events/"+events.Next+"/redeliver", "", &accepted); code != 202 {
		t.Errorf("%d %+v", code, accepted)
	}

	r.health(one.Install, destination.Healthy)
	status, body = o.goTo(made.URL)
	expect(t, status, body, 200, "Connected, and live")

	var back createdBody
	if code := r.call("POST", "/v1/installs/"+id+"/reconnect", "", &back); code != 201 {
		t.Fatalf("%d %+v", code, back)
	}
	status, body = o.goTo(back.URL + "?go=1")
	expect(t, status, body, 200, "Connected")
	if code := r.call("POST", "/v1/installs/nosuch/reconnect", "", &refused); code != 404 {
		t.Errorf("%d %+v", code, refused)
	}
	if code := r.call("POST", "/v1/installs/"+id+"/reconnect", `{"customer":"globex"}`, &refused); code != 400 || refused.Error.Field != "customer" {
		t.Errorf("%d %+v", code, refused)
	}
	r.nothingLeaked(made.ID, back.ID, callback)
}

// health does what the jobs do.
func (r *rig) health(name string, h destination.Health) {
	r.t.Helper()
	pool, err := r.store.Pool(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := r.ledger.Connection(r.t.Context(), pool, name, false)
	if err != nil {
		r.t.Fatal(err)
	}
	c.Health, c.Enabled = h, h == destination.Healthy
	if err := r.ledger.SetHealth(r.t.Context(), pool, c); err != nil {
		r.t.Fatal(err)
	}
}

// nothingLeaked looks for what opens a door in the log of both replicas.
func (r *rig) nothingLeaked(links ...string) {
	r.t.Helper()
	logged := r.log.String()
	canaries := slices.Concat(links, []string{r.token, theKey, sandbox.DemoClientSecret})
	for _, link := range links {
		if _, query, ok := strings.Cut(link, "?"); ok {
			values, _ := url.ParseQuery(query)
			canaries = append(canaries, values.Get("code"), values.Get("state"))
		}
	}
	for _, canary := range canaries {
		if canary != "" && strings.Contains(logged, canary) {
			r.t.Errorf("the log has %s", canary)
		}
	}
	if !strings.Contains(logged, `"route":"/connect/{id}"`) || !strings.Contains(logged, `"request_id":"`) || strings.Contains(logged, `"request_id":"<`) {
		r.t.Errorf("the log does not say what was asked for:\n%s", logged)
	}
}

// The browser goes back to the partner with a result that the webhook secret proves.
func TestRealReturn(t *testing.T) {
	t.Parallel()
	r := newRig(t, true)
	made := r.link("acme", r.partner+"?tab=1")
	o := r.owner()
	status, body := o.goTo(made.URL + "?go=1&return_url=https://evil.example")
	expect(t, status, body, 200, "back at the partner with connected")
	u, err := url.Parse(o.trail[len(o.trail)-1])
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	verifier, err := standardwebhooks.NewWebhook(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	headers := http.Header{"Webhook-Id": {q.Get("segctl_id")}, "Webhook-Timestamp": {q.Get("segctl_timestamp")}, "Webhook-Signature": {q.Get("segctl_signature")}}
	text := "status=connected&install=" + url.QueryEscape(q.Get("segctl_install")) + "&customer=acme"
	if err := verifier.Verify([]byte(text), headers); err != nil || q.Get("tab") != "1" {
		t.Errorf("%s: %v", u, err)
	}
	var refused errorBody
	if code := r.call("POST", "/v1/links", `{"customer":"acme","return_url":"https://evil.example/done"}`, &refused); code != 400 || refused.Error.Field != "return_url" {
		t.Errorf("%d %+v", code, refused)
	}
}

// What an owner refuses is told kindly, and the link is still good; what is forged is not told at all.
func TestRealRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t, true)
	made := r.link("acme", "")
	begun, err := r.engine.Begin(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(begun.URL)
	if err != nil {
		t.Fatal(err)
	}
	o := r.owner()
	o.cookies[begun.Cookie.Name] = begun.Cookie
	denied := r.url + flow.CallbackPath + "?error=access_denied&error_description=canary-description&state=" + u.Query().Get("state")
	status, body := r.owner().goTo(denied)
	expect(t, status, body, 400, "Not begun in this browser")
	status, body = o.goTo(denied)
	expect(t, status, body, 403, "You said no", `href="/connect/`+made.ID+`"`)
	if strings.Contains(body, "canary-description") {
		t.Errorf("the page repeats the query:\n%s", body)
	}
	status, body = o.goTo(r.url + flow.CallbackPath + "?error=access_denied")
	expect(t, status, body, 400, "Not begun in this browser")
	status, body = o.goTo(made.URL)
	expect(t, status, body, 200, "Continue to Segment")
	status, body = o.goTo(made.URL + "?go=1")
	expect(t, status, body, 200, "Connected")
	status, body = o.goTo(r.url + "/connect/" + strings.Repeat("A", 43))
	expect(t, status, body, 404, "not known")
	r.nothingLeaked(made.ID, denied)
}

// Two that answer at once are told the same in the end: one install, one event.
func TestRealCallbackTwiceAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, true)
	made := r.link("acme", "")
	o := r.owner()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	begun, err := r.engine.Begin(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(begun.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	callback := resp.Header.Get("Location")
	o.cookies[begun.Cookie.Name] = begun.Cookie
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			one := r.owner()
			one.cookies[begun.Cookie.Name] = begun.Cookie
			if status, body := one.goTo(callback); status != http.StatusOK && status != http.StatusAccepted {
				t.Errorf("%d\n%s", status, body)
			}
		})
	}
	both.Wait()
	status, body := o.goTo(callback)
	expect(t, status, body, 200, "Connected")
	var events eventsBody
	if r.call("GET", "/v1/events", "", &events); len(events.Events) != 1 {
		t.Errorf("%+v", events)
	}
}

// Without the database nothing is told but that, to the browser as to the backend, and the service goes on when it is back.
func TestRealDatabaseAway(t *testing.T) {
	t.Parallel()
	c := pgtest.Cluster(t)
	r := newRigOn(t, c.URL(), true)
	made := r.link("acme", "")
	c.Halt()
	for range 2 { // replicas
		status, body := r.owner().goTo(made.URL)
		expect(t, status, body, 503, "One moment, please")
		status, body = r.owner().goTo(made.URL + "?go=1")
		expect(t, status, body, 503, "One moment, please")
		var refused errorBody
		if code := r.call("GET", "/v1/installs", "", &refused); code != 503 {
			t.Errorf("%d %+v", code, refused)
		}
	}
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, body := r.owner().goTo(made.URL + "?go=1")
	expect(t, status, body, 200, "Connected")
	r.nothingLeaked(made.ID)
}
