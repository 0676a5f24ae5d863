package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/serve/demo"
)

const (
	backendDocs = "../docs/examples/backend"

	backendToken    = "sgb_canary-token-of-the-backend-0000000000000000"
	backendSecret   = "whsec_Y2FuYXJ5LW9mLXRoZS13ZWJob29rLXNlY3JldC0x"
	backendSession  = "canary-session"
	backendCustomer = "Ärger & Söhne/~*'()!+%2B <b>"
)

// eachBackend runs a test for each program of docs/examples/backend.
func eachBackend(t *testing.T, test func(t *testing.T, program []string)) {
	for _, name := range []string{"go", "node"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, backendProgram(t, name))
		})
	}
}

// backendProgram returns the command line of a program.
func backendProgram(t testing.TB, name string) []string {
	t.Helper()
	if name == "node" {
		return []string{needTool(t, "node"), backendDocs + "/node/server.mjs"}
	}
	program := filepath.Join(t.TempDir(), "backend")
	if text, err := exec.Command("go", "build", "-o", program, backendDocs+"/go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return []string{program}
}

// backend is one of the programs, which listens.
type backend struct {
	testing.TB
	url    string
	client *http.Client

	mu     sync.Mutex
	out    bytes.Buffer  // what it keeps of events
	events chan struct{} // gets one for each of them
}

// startBackend starts a program for a service, with a customer signed in at it.
func startBackend(t testing.TB, program []string, service, token, secret string) *backend {
	t.Helper()
	addr := strings.TrimSuffix(strings.TrimPrefix(quietRedirectURL(t), "http://"), "/auth/segment/callback")
	b := &backend{TB: t, url: "http://" + addr, events: make(chan struct{}, 100)}
	b.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c := exec.Command(program[0], program[1:]...)
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "ADDR=" + addr, "SELF=" + b.url, "SEGCTL_URL=" + service, "BACKEND_TOKEN=" + token,
		"WEBHOOK_SECRET=" + secret, "DEMO_SESSION=" + backendSession, "DEMO_CUSTOMER=" + backendCustomer,
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			b.mu.Lock()
			b.out.WriteString(lines.Text() + "\n")
			b.mu.Unlock()
			b.events <- struct{}{}
		}
	}()
	lines := bufio.NewScanner(said)
	if !lines.Scan() || !strings.Contains(lines.Text(), "listening") {
		t.Fatalf("it does not listen: %s", lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return b
}

// kept returns the events that the program has printed.
func (b *backend) kept() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}

// await returns the event of a type that the program has printed, or will within a minute.
func (b *backend) await(kind string) (string, error) {
	for tooLong := time.After(time.Minute); ; {
		for line := range strings.Lines(b.kept()) {
			if strings.Contains(line, `"type":"`+kind+`"`) {
				return line, nil
			}
		}
		select {
		case <-b.events:
		case <-tooLong:
			return "", fmt.Errorf("no event %s was kept; these were:\n%s", kind, b.kept())
		}
	}
}

// do sends a request, of the customer who is signed in unless anonymous, and returns the answer with its body.
func (b *backend) do(method, path, body string, anonymous bool, headers http.Header) (*http.Response, string) {
	b.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	for name, values := range headers {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if !anonymous {
		req.AddCookie(&http.Cookie{Name: "session", Value: backendSession})
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp, string(text)
}

// The button makes a link for the customer who is signed in, with that customer's key, and for nobody else.
func TestBackendMakesLinks(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, program []string) {
		asked, status := make(chan string, 10), http.StatusCreated
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, _ := io.ReadAll(r.Body)
			asked <- fmt.Sprint(r.Method, " ", r.URL, " ", r.Header.Get("Authorization"), " ", r.Header.Get("Content-Type"), " ", string(text))
			w.WriteHeader(status)
			fmt.Fprint(w, `{"id":"abc","url":"https://connect.example/connect/abc","expires_at":"2026-01-01T00:00:00Z"}`)
		}))
		t.Cleanup(service.Close)
		b := startBackend(t, program, service.URL, backendToken, backendSecret)
		resp, _ := b.do(http.MethodPost, "/connect", "", false, nil)
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || got != "https://connect.example/connect/abc?go=1" {
			t.Errorf("%s to %q", resp.Status, got)
		}
		head, body, _ := strings.Cut(<-asked, "json ")
		if head != "POST /v1/links Bearer "+backendToken+" application/" {
			t.Errorf("asked %s", head)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"customer": backendCustomer, "settings": map[string]any{"apiKey": "key-of-" + backendCustomer}, "return_url": b.url + "/connected"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		status = http.StatusUnauthorized
		if resp, text := b.do(http.MethodPost, "/connect", "", false, nil); resp.StatusCode != http.StatusBadGateway || strings.Contains(text, backendToken) {
			t.Errorf("where the service refuses: %s %s", resp.Status, text)
		}
		<-asked
		if resp, _ := b.do(http.MethodPost, "/connect", "", true, nil); resp.StatusCode != http.StatusUnauthorized || len(asked) != 0 {
			t.Errorf("signed out: %s, and %d requests", resp.Status, len(asked))
		}
	})
}

// signed are the headers of a webhook, or what stands in the query of a return URL.
func signed(t *testing.T, secret, id string, at time.Time, text string) http.Header {
	t.Helper()
	signer, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(id, at, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {signature}}
}

const anotherSecret = "whsec_YW5vdGhlci1zZWNyZXQtb2YtdGhpcnR5LXR3by0w"

// A result is believed where the service has signed it, lately and for the customer who is signed in.
func TestBackendChecksResults(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, program []string) {
		b := startBackend(t, program, "http://127.0.0.1:1", backendToken, backendSecret)
		for _, c := range []struct {
			what     string
			want     int
			secret   string
			customer string
			age      time.Duration
			signedIn bool
			change   func(q url.Values)
		}{
			{what: "as it is", want: http.StatusOK, signedIn: true},
			{what: "signed out", want: http.StatusBadRequest},
			{what: "another customer's", want: http.StatusBadRequest, customer: "globex", signedIn: true},
			{what: "another secret", want: http.StatusBadRequest, secret: anotherSecret, signedIn: true},
			{what: "old", want: http.StatusBadRequest, age: 6 * time.Minute, signedIn: true},
			{what: "of the future", want: http.StatusBadRequest, age: -6 * time.Minute, signedIn: true},
			{what: "another status", want: http.StatusBadRequest, signedIn: true, change: func(q url.Values) { q.Set("segctl_status", "connected") }},
			{what: "another install", want: http.StatusBadRequest, signedIn: true, change: func(q url.Values) { q.Set("segctl_install", "installs/8") }},
			{what: "another id", want: http.StatusBadRequest, signedIn: true, change: func(q url.Values) { q.Set("segctl_id", "x") }},
			{what: "no signature", want: http.StatusBadRequest, signedIn: true, change: func(q url.Values) { q.Del("segctl_signature") }},
			{what: "no timestamp", want: http.StatusBadRequest, signedIn: true, change: func(q url.Values) { q.Del("segctl_timestamp") }},
			{what: "nothing at all", want: http.StatusBadRequest, signedIn: true, change: func(q url.Values) { clear(q) }},
		} {
			customer, secret := backendCustomer, backendSecret
			if c.customer != "" {
				customer = c.customer
			}
			if c.secret != "" {
				secret = c.secret
			}
			text := "status=denied&install=installs%2F7&customer=" + url.QueryEscape(customer)
			h := signed(t, secret, "res_1", time.Now().Add(-c.age), text)
			q := url.Values{
				"segctl_status": {"denied"}, "segctl_install": {"installs/7"}, "segctl_customer": {customer}, "segctl_id": {"res_1"},
				"segctl_timestamp": {h.Get("webhook-timestamp")}, "segctl_signature": {h.Get("webhook-signature")},
			}
			if c.change != nil {
				c.change(q)
			}
			resp, page := b.do(http.MethodGet, "/connected?"+q.Encode(), "", !c.signedIn, nil)
			if resp.StatusCode != c.want {
				t.Errorf("%s: %s, want %d: %s", c.what, resp.Status, c.want, page)
			}
			if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
				t.Errorf("%s: a page of the type %q may run what is in a name", c.what, kind)
			}
			if shown := page == customer+": denied"; shown != (c.want == http.StatusOK) {
				t.Errorf("%s: the page is %q", c.what, page)
			}
		}
	})
}

// A webhook is kept once where the service has signed it lately, and refused else.
func TestBackendReceivesWebhooks(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, program []string) {
		b := startBackend(t, program, "http://127.0.0.1:1", backendToken, backendSecret)
		event := `{"id":"evt_1","type":"destination.enabled","timestamp":"2026-11-25T01:00:00Z","data":{"install":"installs/7","customer":"Söhne"}}`
		now := time.Now()
		both := signed(t, anotherSecret, "evt_2", now, event)
		both.Set("webhook-signature", both.Get("webhook-signature")+" v1a,x v1 "+signed(t, backendSecret, "evt_2", now, event).Get("webhook-signature"))
		later := signed(t, backendSecret, "evt_8", now, event)
		later.Set("webhook-signature", "v2"+strings.TrimPrefix(later.Get("webhook-signature"), "v1"))
		without := signed(t, backendSecret, "evt_3", now, event)
		without.Del("webhook-timestamp")
		large := strings.Repeat("x", 65537)
		for _, c := range []struct {
			what    string
			body    string
			headers http.Header
			want    int
			kept    bool
		}{
			{"as it is", event, signed(t, backendSecret, "evt_1", now, event), http.StatusNoContent, true},
			{"again", event, signed(t, backendSecret, "evt_1", now, event), http.StatusNoContent, false},
			{"with two secrets, while they are rotated", event, both, http.StatusNoContent, true},
			{"changed", strings.Replace(event, "installs/7", "installs/8", 1), signed(t, backendSecret, "evt_4", now, event), http.StatusBadRequest, false},
			{"another secret", event, signed(t, anotherSecret, "evt_5", now, event), http.StatusBadRequest, false},
			{"old", event, signed(t, backendSecret, "evt_6", now.Add(-6*time.Minute), event), http.StatusBadRequest, false},
			{"without a timestamp", event, without, http.StatusBadRequest, false},
			{"of another version", event, later, http.StatusBadRequest, false},
			{"unsigned", event, nil, http.StatusBadRequest, false},
			{"too large", large, signed(t, backendSecret, "evt_7", now, large), http.StatusBadRequest, false},
		} {
			before := b.kept()
			resp, text := b.do(http.MethodPost, "/webhooks", c.body, true, c.headers)
			if resp.StatusCode != c.want {
				t.Errorf("%s: %s, want %d: %s", c.what, resp.Status, c.want, text)
			}
			want := before
			if c.kept && resp.StatusCode == c.want {
				want += c.body + "\n"
				<-b.events
			}
			if diff := cmp.Diff(want, b.kept()); diff != "" {
				t.Errorf("%s: what was kept (-want +got):\n%s", c.what, diff)
			}
		}
	})
}

// Neither program starts with a secret that anybody can guess.
func TestBackendNeedsASecret(t *testing.T) {
	t.Parallel()
	eachBackend(t, func(t *testing.T, program []string) {
		for _, secret := range []string{"", "whsec_", "whsec_c2hvcnQ="} {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // one that starts does not end by itself
			defer cancel()
			c := exec.CommandContext(ctx, program[0], program[1:]...)
			c.Env = []string{"PATH=" + os.Getenv("PATH"), "ADDR=127.0.0.1:0", "SELF=http://127.0.0.1", "WEBHOOK_SECRET=" + secret}
			text, err := c.CombinedOutput()
			if err == nil || !strings.Contains(string(text), "WEBHOOK_SECRET is not set") {
				t.Errorf("%q: %v: %s", secret, err, text)
			}
		}
	})
}

// startBackendOfScript starts a program as the product of a script. The service that is started afterwards knows its URLs.
func startBackendOfScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: backend go|node")
	}
	test := ts.Value(scriptTest{}).(testing.TB)
	ts.Check(ts.Exec("segctl", "serve", "token", "create", "backend-"+args[0]))
	token := strings.TrimSpace(ts.ReadFile("stdout"))
	secret := demo.NewSecret()
	service := strings.TrimSuffix(ts.Getenv("SEGCTL_REDIRECT_URL"), "/auth/segment/callback") // as startServe has it
	b := startBackend(test, backendProgram(test, args[0]), service, token, secret)
	ts.Setenv("SEGCTL_SERVE_WEBHOOK_URL", b.url+"/webhooks")
	ts.Setenv("SEGCTL_SERVE_ALLOW_RETURN_URL", b.url)
	ts.Setenv("SEGCTL_WEBHOOK_SECRET", secret)
	hostedIn(ts).backend = b
}

// pressButton is the customer who is signed in, whose browser keeps cookies.
func pressButton(ts *testscript.TestScript, neg bool, args []string) {
	b := hostedIn(ts).backend
	at, err := url.Parse(b.url)
	ts.Check(err)
	jar := plainJar{at.Host: {{Name: "session", Value: backendSession}}}
	resp, err := (&http.Client{Jar: jar}).Post(b.url+"/connect", "", nil)
	ts.Check(err)
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s %d\n%s\n", resp.Request.URL.Path, resp.StatusCode, page)
}

func awaitKept(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: kept TYPE")
	}
	event, err := hostedIn(ts).backend.await(args[0])
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), event)
}
