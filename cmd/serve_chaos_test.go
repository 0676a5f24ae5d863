//go:build unix

package cmd

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/install/postgres/cluster"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// partner is the hosted flow as a partner runs it: replicas of `segctl serve` on a PostgreSQL, a proxy in front of them, and a
// backend that takes webhooks. Each replica and the shell are machines of their own, with a HOME each.
type partner struct {
	*rig
	t        *testing.T
	door     *door
	cluster  *cluster.Cluster
	canaries *canaries

	proxy    *httptest.Server
	backend  *httptest.Server
	hook     *standardwebhooks.Webhook
	replicas []*replica
	token    string // of the backend

	mu       sync.Mutex
	granted  map[string]bool // names of the installs that Segment has granted, in answers that arrived or not
	hooks    map[string][]ledger.Event
	pages    bytes.Buffer // all that browsers and backends were shown
	failures []string     // of webhooks that must not be
}

// replica is one process of the service, which is started again where it ends.
type replica struct {
	addr string
	out  *os.File
	env  []string

	mu      sync.Mutex
	process *exec.Cmd
	ended   chan struct{}
}

const webhookSecret = "whsec_Y2FuYXJ5LXdlYmhvb2stc2VjcmV0LTAxMjM0NTY3ODk="

// newPartner starts two replicas, for so many customers, each with a workspace and a source of its own.
func newPartner(t *testing.T, customers int) *partner {
	t.Helper()
	h := &partner{
		t: t, canaries: &canaries{known: map[string]string{}}, granted: map[string]bool{}, hooks: map[string][]ledger.Event{},
		cluster: pgtest.Cluster(t),
	}
	database, err := h.cluster.Database(t.Context(), "hosted")
	if err != nil {
		t.Fatal(err)
	}
	h.proxy = httptest.NewServer(http.HandlerFunc(h.forward))
	t.Cleanup(h.proxy.Close)
	h.backend = httptest.NewServer(http.HandlerFunc(h.receive))
	t.Cleanup(h.backend.Close)
	if h.hook, err = standardwebhooks.NewWebhook(webhookSecret); err != nil {
		t.Fatal(err)
	}
	seed := fmt.Sprintf("users: [{email: %s, password: %s}]\nworkspaces:\n", sandbox.DemoEmail, sandbox.DemoPassword)
	for i := range customers {
		seed += fmt.Sprintf("  - {name: %s, sources: [{name: js}]}\n", customer(i))
	}
	file := filepath.Join(t.TempDir(), "seed.yaml")
	writeFile(t, file, seed)
	h.rig = newAskingRig(t, sandbox.Options{SeedFile: file, RedirectURLs: []string{h.proxy.URL + "/auth/segment/callback"}, Tokens: []string{"canary-personal-token"}})
	h.door = newDoor(http.HandlerFunc(h.overhear), 1)
	h.intercept(h.door.ServeHTTP)
	identity, recipient, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	h.canaries.add("identity", strings.TrimSpace(identity))
	h.canaries.add("webhook secret", webhookSecret)
	h.canaries.add("client secret", sandbox.DemoClientSecret)
	key := filepath.Join(h.home, "identity.txt")
	writeFile(t, key, identity)
	h.set("SEGCTL_STORE=postgres", "SEGCTL_DATABASE_URL="+database, "SEGCTL_SEAL_RECIPIENTS="+recipient, "SEGCTL_SEAL_IDENTITIES="+key)
	h.must(t, "serve", "migrate")
	h.token = strings.TrimSpace(h.must(t, "serve", "token", "create", "backend").stdout)
	h.canaries.add("backend token", h.token)
	for range 2 {
		h.replicas = append(h.replicas, h.newReplica())
	}
	return h
}

func customer(i int) string { return fmt.Sprintf("customer-%d", i) }

func key(i int) string { return fmt.Sprintf("canary-key-%d-7f3e0c55aa", i) }

// newReplica starts a replica on a port that stays its own.
func (h *partner) newReplica() *replica {
	h.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	home := h.t.TempDir()
	out, err := os.Create(filepath.Join(home, "log"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		out.Close()
		if said, err := os.ReadFile(out.Name()); err == nil && h.t.Failed() {
			h.t.Logf("%s ended with:\n%s", addr, said[max(0, len(said)-4000):])
		}
	})
	r := &replica{addr: addr, out: out}
	r.env = append(slices.Clone(h.env), "HOME="+home, "SEGCTL_STATE_DIR="+home, "SEGCTL_CONFIG_DIR="+home,
		"SEGCTL_WEBHOOK_SECRET="+webhookSecret, "SEGCTL_SERVE_WEBHOOK_URL="+h.backend.URL, "SEGCTL_SERVE_PUBLIC_URL="+h.proxy.URL,
		"SEGCTL_SERVE_ADDR="+addr, "SEGCTL_SERVE_ALLOW_RETURN_URL="+h.backend.URL+"/done", "SEGCTL_SERVE_CHECK_EVERY=2s", "SEGCTL_SERVE_TRUST_PROXY=true", "SEGCTL_SERVE_LOG_FORMAT=json",
		"SEGCTL_SERVE_LOG_LEVEL=debug")
	r.start(h.t)
	h.t.Cleanup(func() { r.kill() })
	return r
}

func (r *replica) start(t *testing.T) {
	c := exec.Command("segctl", "serve")
	c.Env, c.Stdout, c.Stderr = r.env, r.out, r.out
	if err := c.Start(); err != nil {
		t.Errorf("start replica: %v", err)
		return
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	r.mu.Lock()
	r.process, r.ended = c, ended
	r.mu.Unlock()
}

// kill ends a replica with SIGKILL, whatever it is doing.
func (r *replica) kill() {
	r.mu.Lock()
	c, ended := r.process, r.ended
	r.mu.Unlock()
	_ = c.Process.Kill()
	<-ended
}

// forward is the load balancer: it sends each request to one of the replicas.
func (h *partner) forward(w http.ResponseWriter, r *http.Request) {
	to := h.replicas[rand.IntN(len(h.replicas))]
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: to.addr})
			p.Out.Host = p.In.Host
			p.Out.Header.Set("X-Forwarded-For", p.In.Header.Get("X-Test-Address"))
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}
	defer func() { // the answer was cut
		if p := recover(); p != nil {
			panic(http.ErrAbortHandler)
		}
	}()
	proxy.ServeHTTP(w, r)
}

// overhear is the sandbox; what it grants is noted, and the secrets in it.
func (h *partner) overhear(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	if r.URL.Path == "/oauth2/token" || isRefresh(r) {
		h.canaries.listen(r, body, answer)
		var grant struct {
			Install string `json:"install_name"`
		}
		if r.URL.Path == "/oauth2/token" && json.Unmarshal(answer.Body.Bytes(), &grant) == nil && grant.Install != "" {
			h.mu.Lock()
			h.granted[grant.Install] = true
			h.mu.Unlock()
		}
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// receive takes webhooks. One of ten is refused, and comes again.
func (h *partner) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the replica was killed as it sent it
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages.Write(body)
	var e ledger.Event
	if err := h.hook.Verify(body, r.Header); err != nil {
		h.failures = append(h.failures, fmt.Sprintf("%v: %s", err, body))
	} else if err := json.Unmarshal(body, &e); err != nil || e.ID != r.Header.Get("webhook-id") {
		h.failures = append(h.failures, fmt.Sprintf("not an event of its id: %s, %v", body, err))
	}
	if rand.IntN(10) == 0 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h.hooks[e.ID] = append(h.hooks[e.ID], e)
}

// show keeps what somebody was shown, so that it can be looked through for secrets.
func (h *partner) show(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages.Write(text)
}

// api sends a request of the backend until it is answered. It returns the status and the body.
func (h *partner) api(ctx context.Context, method, path string, body any) (int, []byte, error) {
	text := []byte(nil)
	if body != nil {
		text, _ = json.Marshal(body)
	}
	for {
		req, err := http.NewRequestWithContext(ctx, method, h.proxy.URL+path, bytes.NewReader(text))
		if err != nil {
			return 0, nil, err
		}
		req.Header.Set("Authorization", "Bearer "+h.token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Test-Address", fmt.Sprintf("10.1.%d.%d", rand.IntN(250), rand.IntN(250)))
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			answer, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err == nil && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
				h.show(answer)
				return resp.StatusCode, answer, nil
			}
		}
		if err := pause(ctx); err != nil {
			return 0, nil, err
		}
	}
}

// pause is how long a person waits before trying again: until a moment of other people's work has passed.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(200 * time.Millisecond):
		return nil
	}
}

// person is a customer with a browser, without JavaScript.
type person struct {
	h       *partner
	n       int
	segment *http.Client // with cookies
	cookies map[string]*http.Cookie
	address string
	last    string // how the last attempt ended
}

func (h *partner) newPerson(n int) *person {
	jar, _ := cookiejar.New(nil) // never fails
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &person{h: h, n: n, cookies: map[string]*http.Cookie{}, segment: &http.Client{Jar: jar, CheckRedirect: stay}, address: fmt.Sprintf("10.2.%d.%d", n/250, n%250)}
}

var errAgain = errors.New("to be tried again")

// open opens a page of the service. Its cookies are for https and for names of this machine, which Go's jar does not know.
func (p *person) open(ctx context.Context, address string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("X-Test-Address", p.address)
	for _, c := range p.cookies {
		req.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, nil, errAgain
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return nil, nil, errAgain
	}
	for _, c := range resp.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(p.cookies, c.Name)
			continue
		}
		p.cookies[c.Name] = c
		p.h.canaries.add("cookie", c.Value)
	}
	p.h.show(body)
	return resp, body, nil
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// consent logs in at Segment where that asks for it, allows the App on the person's own source, and returns where the
// browser is sent.
func (p *person) consent(ctx context.Context, address string) (string, error) {
	form := url.Values(nil)
	for range 10 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if form != nil {
			req, err = http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if err != nil {
			return "", err
		}
		resp, err := p.segment.Do(req)
		if err != nil {
			return "", errAgain
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode >= 400 {
			p.last = fmt.Sprintf("at Segment: %s %d %s", resp.Request.URL.Path, resp.StatusCode, mainText(body))
			return "", errAgain
		}
		form = nil
		if location, err := resp.Location(); err == nil {
			if strings.HasPrefix(location.String(), p.h.proxy.URL) {
				return location.String(), nil
			}
			address = location.String()
			continue
		}
		form = url.Values{}
		for _, field := range hiddenField.FindAllStringSubmatch(string(body), -1) {
			form.Set(field[1], field[2])
		}
		if strings.Contains(resp.Request.URL.Path, "login") {
			form.Set("email", sandbox.DemoEmail)
			form.Set("password", sandbox.DemoPassword)
		} else {
			workspace := "workspaces/" + customer(p.n)
			form.Set("workspace", workspace)
			form.Set("source", workspace+"/sources/js")
			form.Set("decision", "allow")
		}
		address = resp.Request.URL.Scheme + "://" + resp.Request.URL.Host + resp.Request.URL.Path
	}
	return "", errors.New("the pages of Segment lead nowhere")
}

// connect goes through the flow, as often as it takes a patient person: from the link again where something went wrong.
func (p *person) connect(ctx context.Context) error {
	status, body, err := p.h.api(ctx, http.MethodPost, "/v1/links", map[string]any{
		"customer": customer(p.n), "settings": map[string]any{"apiKey": key(p.n)}, "return_url": p.h.backend.URL + "/done",
	})
	if err != nil || status != http.StatusCreated {
		return fmt.Errorf("make link: %d %s %w", status, body, err)
	}
	var link struct{ ID, URL string }
	if err := json.Unmarshal(body, &link); err != nil {
		return err
	}
	for {
		done, err := p.attempt(ctx, link.URL)
		if done || err != nil && !errors.Is(err, errAgain) {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("customer %d is not connected, at last %s: %w", p.n, p.last, err)
		}
	}
}

func (p *person) attempt(ctx context.Context, link string) (done bool, err error) {
	resp, body, err := p.open(ctx, link+"?go=1")
	if err != nil {
		return false, err
	}
	switch {
	case resp.StatusCode == http.StatusSeeOther:
	case resp.StatusCode == http.StatusGone && strings.Contains(string(body), "used"):
		// An earlier attempt got through, or somebody is still at it and will give the link back.
		return p.isConnected(ctx)
	case resp.StatusCode == http.StatusOK:
		return p.isConnected(ctx)
	default:
		return false, fmt.Errorf("open link: %d %s, at last %s", resp.StatusCode, body, p.last)
	}
	back, err := p.consent(ctx, resp.Header.Get("Location"))
	if err != nil {
		return false, err
	}
	for range 50 {
		resp, body, err = p.open(ctx, back)
		if errors.Is(err, errAgain) || err == nil && resp.Header.Get("Refresh") != "" {
			if err := pause(ctx); err != nil {
				return false, err
			}
			continue
		}
		if err != nil {
			return false, err
		}
		location, err := url.Parse(resp.Header.Get("Location"))
		if err == nil && location.Query().Get("segctl_status") == "connected" {
			return true, p.h.checkResult(location.Query(), customer(p.n))
		}
		p.last = fmt.Sprintf("back at the service: %d %s %s", resp.StatusCode, resp.Header.Get("Location"), mainText(body))
		return false, errAgain
	}
	return false, errAgain
}

// mainText is what a page says.
func mainText(page []byte) string {
	_, text, _ := strings.Cut(string(page), "<main")
	return strings.Join(strings.Fields(regexp.MustCompile("<[^>]*>").ReplaceAllString(text, " ")), " ")
}

// isConnected asks the service whether the customer is.
func (p *person) isConnected(ctx context.Context) (bool, error) {
	for range 10 { // it is no hurry, and a long list
		if err := pause(ctx); err != nil {
			return false, err
		}
	}
	all, err := p.h.installs(ctx)
	if err != nil {
		return false, err
	}
	for _, i := range all {
		if i.Customer == customer(p.n) {
			return true, nil
		}
	}
	return false, nil
}

// checkResult verifies the result in a return URL as a backend does.
func (h *partner) checkResult(q url.Values, customer string) error {
	payload := "status=" + url.QueryEscape(q.Get("segctl_status")) + "&install=" + url.QueryEscape(q.Get("segctl_install")) +
		"&customer=" + url.QueryEscape(q.Get("segctl_customer"))
	header := http.Header{}
	header.Set("webhook-id", q.Get("segctl_id"))
	header.Set("webhook-timestamp", q.Get("segctl_timestamp"))
	header.Set("webhook-signature", q.Get("segctl_signature"))
	if err := h.hook.Verify([]byte(payload), header); err != nil || q.Get("segctl_customer") != customer {
		return fmt.Errorf("the result %v is not that of %s: %w", q, customer, err)
	}
	return nil
}

// connected is an install as the API tells it.
type connected struct {
	Install, Customer, Health string
	Enabled                   bool
}

// installs returns all the installs that the service knows.
func (h *partner) installs(ctx context.Context) (all []connected, err error) {
	for after := ""; ; {
		_, body, err := h.api(ctx, http.MethodGet, "/v1/installs?limit=100&after="+url.QueryEscape(after), nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Installs []connected
			More     bool
			Next     string
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("%s: %w", body, err)
		}
		all = append(all, page.Installs...)
		if !page.More {
			return all, nil
		}
		after = page.Next
	}
}

// events returns all the events.
func (h *partner) events(ctx context.Context) (all []ledger.Event, err error) {
	for after := ""; ; {
		_, body, err := h.api(ctx, http.MethodGet, "/v1/events?limit=100&after="+url.QueryEscape(after), nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Events []ledger.Event
			More   bool
			Next   string
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("%s: %w", body, err)
		}
		all = append(all, page.Events...)
		if !page.More {
			return all, nil
		}
		after = page.Next
	}
}

// until waits for something that the service brings about.
func (h *partner) until(ctx context.Context, what string, is func() (bool, error)) {
	h.t.Helper()
	for {
		ok, err := is()
		if err != nil {
			h.t.Fatalf("%s: %v", what, err)
		}
		if ok {
			return
		}
		if pause(ctx) != nil {
			h.t.Fatalf("%s: not in time", what)
		}
	}
}

// TestServeChaos sends customers through the hosted flow while its replicas are killed, PostgreSQL restarts twice, and
// answers of Segment fail or are lost. In the end each customer is connected with the key that is its own, no install that was
// granted is unaccounted for, every event was delivered and none forged, and no secret is anywhere. SEGCTL_CHAOS is another
// number of customers: with 300 it takes some five minutes, most of which are waits for the flows of killed replicas.
func TestServeChaos(t *testing.T) {
	t.Parallel()
	customers := thorough(100)
	if n, err := strconv.Atoi(os.Getenv("SEGCTL_CHAOS")); err == nil {
		customers = n
	}
	if underRace {
		customers = 20
	}
	h := newPartner(t, customers)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	var finished atomic.Int64
	chaos := make(chan struct{})
	go func() {
		defer close(chaos)
		h.harm(ctx, &finished, customers)
	}()
	next := make(chan int)
	var wait sync.WaitGroup
	for range 48 { // most wait for the minute after which a flow is taken over from a replica that was killed
		wait.Go(func() {
			for n := range next {
				if err := h.newPerson(n).connect(ctx); err != nil {
					t.Error(err)
				}
				finished.Add(1)
			}
		})
	}
	for n := range customers {
		next <- n
	}
	close(next)
	wait.Wait()
	<-chaos
	if t.Failed() {
		return
	}
	h.door.mu.Lock()
	h.door.calm = true
	h.door.mu.Unlock()
	h.checkAll(ctx, customers)
	h.checkLeaks()
}

// harm kills a replica after each few customers, and restarts PostgreSQL twice on the way.
func (h *partner) harm(ctx context.Context, finished *atomic.Int64, customers int) {
	restarts, kills := 0, 0
	for last := int64(0); ctx.Err() == nil && finished.Load() < int64(customers); {
		now := finished.Load()
		if restarts < 2 && now > int64((restarts+1)*customers/3) {
			restarts++
			if err := h.cluster.Restart(ctx); err != nil {
				h.t.Errorf("restart PostgreSQL: %v", err)
			}
		}
		if now-last < 5 {
			_ = pause(ctx)
			continue
		}
		last = now
		kills++
		r := h.replicas[kills%len(h.replicas)]
		r.kill()
		r.start(h.t)
	}
	h.t.Logf("%d replicas killed, PostgreSQL restarted %d times", kills, restarts)
}

// checkAll waits until all is as it was asked for, and checks the rest.
func (h *partner) checkAll(ctx context.Context, customers int) {
	t := h.t
	var all []connected
	h.until(ctx, "every destination is live", func() (bool, error) {
		var err error
		all, err = h.installs(ctx)
		live := 0
		for _, i := range all {
			if i.Enabled && i.Health == "ok" {
				live++
			}
		}
		return live == customers, err
	})
	saved := map[string]string{}
	for _, i := range all {
		saved[i.Install] = i.Customer
	}
	for n := range customers {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/v1beta/workspaces/"+customer(n)+"/sources/js/destinations/clearbrain", nil)
		r.Header.Set("Authorization", "Bearer canary-personal-token")
		h.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), `"enabled":true`) || !strings.Contains(w.Body.String(), key(n)+`"`) {
			t.Errorf("the destination of %s is %s", customer(n), w.Body)
		}
	}
	var events []ledger.Event
	h.until(ctx, "every event is delivered", func() (bool, error) {
		var err error
		if events, err = h.events(ctx); err != nil {
			return false, err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		return !slices.ContainsFunc(events, func(e ledger.Event) bool { return len(h.hooks[e.ID]) == 0 }), nil
	})
	h.checkEvents(events, saved)
	o := h.elsewhere("dest", "check", "--all", "-o", "json")
	if results, sum := o.events(t); o.status != problem.ExitOK || sum.OK != customers || len(results) != customers {
		t.Errorf("on another machine: %v", o)
	}
}

// checkEvents wants each install to be created once, each that was granted to be saved or told as lost, and nothing to be
// told that did not happen.
func (h *partner) checkEvents(events []ledger.Event, saved map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, failure := range h.failures {
		h.t.Errorf("webhook: %s", failure)
	}
	known, created, lost := map[string]ledger.Event{}, map[string]int{}, map[string]bool{}
	for _, e := range events {
		known[e.ID] = e
		switch e.Type {
		case ledger.InstallCreated:
			created[e.Data.Install]++
		case ledger.InstallLost:
			lost[e.Data.Install] = true
		default:
		}
		if e.Data.Install != "" && saved[e.Data.Install] != e.Data.Customer {
			h.t.Errorf("the event %+v is about the install of %q", e, saved[e.Data.Install])
		}
	}
	for id, all := range h.hooks {
		for _, e := range all {
			if got, want := fmt.Sprint(e.Type, e.Data), fmt.Sprint(known[id].Type, known[id].Data); got != want {
				h.t.Errorf("webhook %s tells %s, and the event is %s", id, got, want)
			}
		}
	}
	for name := range h.granted {
		if saved[name] == "" && !lost[name] {
			h.t.Errorf("%s was granted, and is neither saved nor told as lost", name)
		}
	}
	for name := range saved {
		if created[name] != 1 {
			h.t.Errorf("%s was created %d times", name, created[name])
		}
	}
	h.t.Logf("%d installs granted, %d saved, %d events, %d flows lost their answer", len(h.granted), len(saved), len(events), len(lost))
}

// elsewhere runs segctl on another machine: with another HOME, which has nothing in it.
func (h *partner) elsewhere(args ...string) outcome {
	home := h.t.TempDir()
	c := h.command(args...)
	c.Env = append(slices.Clone(h.env), "HOME="+home, "SEGCTL_STATE_DIR="+home+"/state", "SEGCTL_CONFIG_DIR="+home+"/config")
	return finish(c, "")
}

// checkLeaks looks for the secrets of the run in whatever has left the processes.
func (h *partner) checkLeaks() {
	t := h.t
	for n := range thorough(100) {
		h.canaries.add("API key", key(n))
	}
	texts := map[string]string{"database": h.dump(), "pages, webhooks and answers": h.pages.String()}
	for i, r := range h.replicas {
		said, err := os.ReadFile(r.out.Name())
		if err != nil || len(said) == 0 {
			t.Errorf("log of replica %d: %d bytes, %v", i, len(said), err)
		}
		texts[fmt.Sprintf("log of replica %d", i)] = string(said)
		resp, err := http.Get("http://" + r.addr + "/metrics")
		if err != nil {
			t.Error(err)
			continue
		}
		metrics, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !bytes.Contains(metrics, []byte("segctl")) {
			t.Errorf("metrics of replica %d: %s", i, metrics)
		}
		texts[fmt.Sprintf("metrics of replica %d", i)] = string(metrics)
	}
	for where, text := range texts {
		if found := h.canaries.in(text); len(found) > 0 {
			t.Errorf("%s: %s in it", where, strings.Join(found, ", "))
		}
	}
	for _, what := range []string{"token", "code", "verifier", "cookie", "API key", "backend token"} {
		if h.canaries.count(what) == 0 {
			t.Errorf("there is no %s to look for", what)
		}
	}
}

// dump returns all that is in the database, with what is binary as the text that it may be.
func (h *partner) dump() string {
	t := h.t
	address := ""
	for _, variable := range h.env {
		if value, ok := strings.CutPrefix(variable, "SEGCTL_DATABASE_URL="); ok {
			address = value
		}
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 6 {
		t.Fatalf("tables %q, %v", tables, err)
	}
	var all strings.Builder
	binary := regexp.MustCompile(`\\\\x[0-9a-f]+`)
	for _, table := range tables {
		rows, err := conn.Query(t.Context(), "SELECT t::text FROM "+table+" t")
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			all.WriteString(line + "\n")
			for _, text := range binary.FindAllString(line, -1) {
				plain, _ := hex.DecodeString(text[3:])
				all.Write(plain)
			}
		}
	}
	return all.String()
}
