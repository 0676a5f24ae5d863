package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	theSecret   = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	otherSecret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	theToken    = "sgb_canary-of-the-backends-token-0000000000000"
)

// rig is a backend that listens, and a service that makes links.
type rig struct {
	*testing.T
	backend *Backend
	url     string
	asked   chan linkRequest
	answer  func(w http.ResponseWriter)
	client  *http.Client
}

func start(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, asked: make(chan linkRequest, 10)}
	r.answer = func(w http.ResponseWriter) {
		fmt.Fprint(w, `{"id":"abc","url":"http://service.example/connect/abc","expires_at":"2026-01-01T00:00:00Z"}`)
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost || req.URL.Path != "/v1/links" || req.Header.Get("Authorization") != "Bearer "+theToken {
			t.Errorf("the service was asked %s %s", req.Method, req.URL)
		}
		var asked linkRequest
		if err := json.NewDecoder(req.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		r.asked <- asked
		r.answer(w)
	}))
	t.Cleanup(service.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.backend.ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	r.url = server.URL
	var err error
	r.backend, err = New(Options{URL: r.url, Service: service.URL, Token: theToken, WebhookSecret: theSecret, Segment: "http://127.0.0.1:1", Login: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	r.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return r
}

// do sends a request and returns the answer with its body.
func (r *rig) do(method, path, body string, header ...string) (*http.Response, string) {
	r.Helper()
	req, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
	}
	resp, err := r.client.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp, string(text)
}

func (r *rig) page() string {
	r.Helper()
	resp, text := r.do(http.MethodGet, "/", "")
	if resp.StatusCode != http.StatusOK {
		r.Fatalf("the page answered %s", resp.Status)
	}
	return text
}

func (r *rig) press(customer, how string, header ...string) *http.Response {
	r.Helper()
	form := url.Values{"customer": {customer}, "how": {how}}.Encode()
	resp, _ := r.do(http.MethodPost, "/connect", form, append(header, "Content-Type: application/x-www-form-urlencoded")...)
	return resp
}

// send sends a webhook, signed with a secret at a time.
func (r *rig) send(secret string, at time.Time, id, body string) int {
	r.Helper()
	resp, _ := r.do(http.MethodPost, WebhookPath, body,
		"webhook-id: "+id, "webhook-timestamp: "+strconv.FormatInt(at.Unix(), 10), "webhook-signature: "+sign(r.T, secret, id, at, body))
	return resp.StatusCode
}

func sign(t *testing.T, secret, id string, at time.Time, text string) string {
	t.Helper()
	signer, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(id, at, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func body(id, kind string, at time.Time, customer string) string {
	return fmt.Sprintf(`{"id":%q,"type":%q,"timestamp":%q,"data":{"install":"installs/7","customer":%q,"source_names":["workspaces/acme/sources/js"],"detail":"<b>why</b>"}}`,
		id, kind, at.UTC().Format(time.RFC3339Nano), customer)
}

func TestConnect(t *testing.T) {
	t.Parallel()
	r := start(t)
	resp := r.press("acme", "now")
	if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || got != "http://service.example/connect/abc?go=1" {
		t.Errorf("%s to %s", resp.Status, got)
	}
	asked := <-r.asked
	key := asked.Settings["apiKey"]
	if asked.Customer != "acme" || len(key) != 32 || asked.ReturnURL != r.url+ReturnPath {
		t.Errorf("asked for %+v", asked)
	}
	r.press("globex", "mail")
	if other := (<-r.asked).Settings["apiKey"]; other == key || len(other) != 32 {
		t.Errorf("the keys of two customers are %s and %s", key, other)
	}
	page := r.page()
	if !strings.Contains(page, `href="http://service.example/connect/abc"`) {
		t.Errorf("the link to send is not shown:\n%s", page)
	}
	for _, secret := range []string{key, theToken, theSecret} {
		if strings.Contains(page, secret) {
			t.Errorf("the page shows %s", secret)
		}
	}
	if resp := r.press("nobody", "now"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("for a customer that there is none of: %s", resp.Status)
	}
}

func TestConnectFails(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.answer = func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"status":401,"message":"no <such> token"}}`)
	}
	if resp := r.press("acme", "now"); resp.Header.Get("Location") != "/" {
		t.Errorf("it leads to %q", resp.Header.Get("Location"))
	}
	if page := r.page(); !strings.Contains(page, "No link could be made: the service answered 401 Unauthorized: no &lt;such&gt; token") {
		t.Errorf("the page does not say why:\n%s", page)
	}
}

func TestWebhooksAreVerified(t *testing.T) {
	t.Parallel()
	r := start(t)
	now := time.Now()
	created := body("evt_1", "install.created", now, "acme")
	for _, c := range []struct {
		name, secret, id, body string
		at                     time.Time
		want                   int
	}{
		{"signed", theSecret, "evt_1", created, now, http.StatusNoContent},
		{"again", theSecret, "evt_1", created, now, http.StatusNoContent},
		{"another secret", otherSecret, "evt_2", body("evt_2", "install.lost", now, "acme"), now, http.StatusUnauthorized},
		{"old", theSecret, "evt_3", body("evt_3", "install.lost", now, "acme"), now.Add(-6 * time.Minute), http.StatusUnauthorized},
		{"early", theSecret, "evt_3", body("evt_3", "install.lost", now, "acme"), now.Add(6 * time.Minute), http.StatusUnauthorized},
		{"no event", theSecret, "evt_4", `{}`, now, http.StatusBadRequest},
		{"too long", theSecret, "evt_5", strings.Repeat(" ", maxAnswer+1), now, http.StatusRequestEntityTooLarge},
	} {
		if got := r.send(c.secret, c.at, c.id, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if resp, _ := r.do(http.MethodPost, WebhookPath, created); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("unsigned: %s", resp.Status)
	}
	page := r.page()
	for _, want := range []string{"came 2 times", `id="refused">4 refused`, "connected: the destination is being enabled", "installs/7", "on acme/js", "&lt;b&gt;why"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "install.lost") || strings.Contains(page, "<b>") {
		t.Errorf("the page shows what was refused, or markup of an event:\n%s", page)
	}
	if _, list := r.do(http.MethodGet, WebhookPath, ""); strings.TrimSpace(list) != "["+strings.ReplaceAll(strings.ReplaceAll(created, "<", `\u003c`), ">", `\u003e`)+"]" {
		t.Errorf("as JSON: %s", list)
	}
}

// Webhooks come in any order: what is shown is what happened last.
func TestLaterEventCounts(t *testing.T) {
	t.Parallel()
	r := start(t)
	now := time.Now()
	for i, c := range []struct {
		kind  string
		after time.Duration
		want  string
	}{
		{"destination.enabled", 2 * time.Second, "live: events flow"},
		{"install.created", time.Second, "live: events flow"},
		{"destination.disabled", 4 * time.Second, `class="bad">disabled`},
		{"destination.recovered", 3 * time.Second, `class="bad">disabled`},
		{"destination.recovered", 5 * time.Second, "live: events flow"},
		{"destination.no_access", 6 * time.Second, `class="bad">no access`},
		{"install.lost", 7 * time.Second, `class="bad">lost`},
		{"install.reconnected", 8 * time.Second, "connected: the destination is being enabled"},
	} {
		id := fmt.Sprint("evt_", i)
		if got := r.send(theSecret, now, id, body(id, c.kind, now.Add(c.after), "acme")); got != http.StatusNoContent {
			t.Fatalf("%s: %d", c.kind, got)
		}
		page := r.page()
		if acme, _, _ := strings.Cut(page, "customer-globex"); !strings.Contains(acme, c.want) {
			t.Errorf("after %s the page does not say %q:\n%s", c.kind, c.want, acme)
		}
	}
}

func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	r := start(t)
	now := time.Now()
	for i := range maxEvents + 5 {
		id := fmt.Sprint("evt_", i)
		r.send(theSecret, now, id, body(id, "destination.enabled", now, "acme"))
	}
	if got := len(r.backend.events); got != maxEvents || len(r.backend.byID) != maxEvents {
		t.Errorf("%d events are kept, %d of them by id", got, len(r.backend.byID))
	}
}

func returning(t *testing.T, secret, status, customer string, at time.Time) url.Values {
	t.Helper()
	signed := "status=" + status + "&install=installs%2F7&customer=" + url.QueryEscape(customer)
	return url.Values{
		"segctl_status": {status}, "segctl_install": {"installs/7"}, "segctl_customer": {customer}, "segctl_id": {"ret_1"},
		"segctl_timestamp": {strconv.FormatInt(at.Unix(), 10)}, "segctl_signature": {sign(t, secret, "ret_1", at, signed)},
	}
}

func TestReturnIsVerified(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct {
		name   string
		change func(url.Values)
		secret string
		at     time.Time
		want   int
	}{
		{"signed", func(url.Values) {}, theSecret, now, http.StatusSeeOther},
		{"another secret", func(url.Values) {}, otherSecret, now, http.StatusBadRequest},
		{"old", func(url.Values) {}, theSecret, now.Add(-6 * time.Minute), http.StatusBadRequest},
		{"another status", func(q url.Values) { q.Set("segctl_status", "connected") }, theSecret, now, http.StatusBadRequest},
		{"another customer", func(q url.Values) { q.Set("segctl_customer", "globex") }, theSecret, now, http.StatusBadRequest},
		{"another install", func(q url.Values) { q.Set("segctl_install", "installs/8") }, theSecret, now, http.StatusBadRequest},
		{"another id", func(q url.Values) { q.Set("segctl_id", "ret_2") }, theSecret, now, http.StatusBadRequest},
		{"twice", func(q url.Values) { q.Add("segctl_status", "connected") }, theSecret, now, http.StatusBadRequest},
		{"none", func(q url.Values) { clear(q) }, theSecret, now, http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			q := returning(t, c.secret, "denied", "acme", c.at)
			c.change(q)
			resp, text := r.do(http.MethodGet, ReturnPath+"?"+q.Encode(), "")
			if resp.StatusCode != c.want || strings.Contains(text, "installs") {
				t.Errorf("%s: %s", resp.Status, text)
			}
			if shown := strings.Contains(r.page(), "came back: denied"); shown != (c.want == http.StatusSeeOther) {
				t.Errorf("the result is on the page: %t", shown)
			}
		})
	}
}

// A result is taken once: gone back to later, it does not hide what came after.
func TestReturnCountsOnce(t *testing.T) {
	t.Parallel()
	r := start(t)
	denied := ReturnPath + "?" + returning(t, theSecret, "denied", "acme", time.Now()).Encode()
	r.do(http.MethodGet, denied, "")
	r.backend.customers[0].Status = "connected"
	r.do(http.MethodGet, denied, "")
	if page := r.page(); strings.Contains(page, "came back: denied") {
		t.Errorf("the old result counts again:\n%s", page)
	}
}

// Another site can neither read the page under a name of its own nor press the button.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	r := start(t)
	port := r.url[strings.LastIndex(r.url, ":"):]
	for host, want := range map[string]int{
		"127.0.0.1" + port: 200, "localhost" + port: 200, "[::1]" + port: 200,
		"evil.example" + port: 421, "127.0.0.1.evil.example" + port: 421, "127.0.0.1:1": 421, "localhost": 421,
	} {
		if resp, _ := r.do(http.MethodGet, "/", "", "Host: "+host); resp.StatusCode != want {
			t.Errorf("as %s: %s", host, resp.Status)
		}
	}
	if resp := r.press("acme", "now", "Sec-Fetch-Site: cross-site"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %s", resp.Status)
	}
	if len(r.asked) > 0 {
		t.Error("a link was made for another site")
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	t.Parallel()
	r := start(t)
	resp, text := r.do(http.MethodGet, "/", "")
	for _, part := range []string{"<script", "src=", "url(", "<link", " style="} {
		if strings.Contains(text, part) {
			t.Errorf("the page has %q", part)
		}
	}
	for _, part := range []string{`name="viewport" content="width=device-width`, `http-equiv="refresh"`, "prefers-color-scheme: dark"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page has no %q", part)
		}
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") {
		t.Errorf("the policy is %s", policy)
	}
}

func TestNewRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no URL":    {WebhookSecret: theSecret},
		"no secret": {URL: "http://127.0.0.1:1", WebhookSecret: "whsec_canary!"},
		"empty":     {URL: "http://127.0.0.1:1", WebhookSecret: "whsec_"},
	} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
