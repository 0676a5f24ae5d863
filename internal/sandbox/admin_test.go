package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func admin(s *Server, method, path, body string) *httptest.ResponseRecorder {
	return serve(s, httptest.NewRequest(method, "/_sandbox/"+path, strings.NewReader(body)))
}

func TestFaults(t *testing.T) {
	t.Parallel()
	type seen struct {
		status  int
		body    string
		header  http.Header
		cut     bool
		changed bool
	}
	for name, c := range map[string]struct {
		fault string
		ok    func(seen) bool
	}{
		"status":       {`{"kind":"status","status":504}`, func(g seen) bool { return g.status == 504 && !g.changed }},
		"delay":        {`{"kind":"delay","delay_ms":1}`, func(g seen) bool { return g.status == 200 && g.changed }},
		"drop":         {`{"kind":"drop"}`, func(g seen) bool { return g.cut && !g.changed }},
		"drop-after":   {`{"kind":"drop-after"}`, func(g seen) bool { return g.cut && g.changed }},
		"malformed":    {`{"kind":"malformed"}`, func(g seen) bool { return g.status == 200 && !strings.HasSuffix(g.body, "}\n") && g.changed }},
		"unavailable":  {`{"kind":"unavailable"}`, func(g seen) bool { return g.status == 503 && strings.HasPrefix(g.body, "upstream connect error") }},
		"slow":         {`{"kind":"slow","delay_ms":10}`, func(g seen) bool { return g.status == 200 && strings.HasSuffix(g.body, "}\n") }},
		"rate-limited": {`{"kind":"rate-limited","retry_after":7}`, func(g seen) bool { return g.status == 429 && g.header.Get("Retry-After") == "7" }},
		"no hint":      {`{"kind":"rate-limited"}`, func(g seen) bool { return g.status == 429 && g.header["Retry-After"] == nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newAPI(t)
			server := httptest.NewServer(checked(s))
			defer server.Close()
			body := strings.Replace(c.fault, "{", `{"route":"POST /v1beta/workspaces/*/sources/**","count":1,`, 1)
			if w := admin(s, "POST", "faults", body); w.Code != 200 {
				t.Fatal(w.Body)
			}
			send := func(method string) seen {
				r, _ := http.NewRequestWithContext(t.Context(), method, server.URL+destinationsPath, strings.NewReader(createClearbrain))
				r.Header.Set("Authorization", "Bearer "+workspaceToken)
				resp, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					return seen{cut: true}
				}
				defer resp.Body.Close()
				b, err := io.ReadAll(resp.Body)
				return seen{status: resp.StatusCode, body: string(b), header: resp.Header, cut: err != nil}
			}
			if got := send("GET"); got.status != 200 {
				t.Errorf("another route was hit: %+v", got)
			}
			got := send("POST")
			got.changed = api(s, workspaceToken, "GET", clearbrainPath, "").Code == 200
			if !c.ok(got) {
				t.Errorf("%+v", got)
			}
			if len(s.Faults()) != 0 {
				t.Error("the count did not end it")
			}
		})
	}
}

func TestTokenTypeFault(t *testing.T) {
	t.Parallel()
	s := auto(t)
	if _, err := s.AddFault(Fault{Route: "/oauth2/token", Kind: "token-type"}); err != nil {
		t.Fatal(err)
	}
	if got := installed(t, s, "destination/clearbrain"); got.TokenType != "mac" {
		t.Errorf("%+v", got)
	}
	s.ClearFaults(0)
	if got := installed(t, s, "destination/clearbrain"); got.TokenType != "bearer" {
		t.Errorf("%+v", got)
	}
}

// 2,000 draws at 0.3 have a standard deviation of 20: 150 to either side is chance once in 10^13 runs.
func TestFaultProbability(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	if _, err := s.AddFault(Fault{Kind: "unavailable", Probability: 0.3}); err != nil {
		t.Fatal(err)
	}
	hit := 0
	for range 2000 {
		if api(s, workspaceToken, "GET", "/v1beta/workspaces", "").Code == 503 {
			hit++
		}
	}
	if hit < 450 || hit > 750 {
		t.Errorf("a fault of probability 0.3 hit %d of 2,000 requests", hit)
	}
	s.ClearFaults(0)
	if _, err := s.AddFault(Fault{Kind: "unavailable", Probability: 1, Count: 2}); err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{503, 503, 200} {
		if w := api(s, workspaceToken, "GET", "/v1beta/workspaces", ""); w.Code != status {
			t.Errorf("%d, want %d", w.Code, status)
		}
	}
}

// With a seed, the same requests are hit in every run, and as many as the probability says.
func TestFaultSeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (hits []int) {
		s := newAPI(t)
		if _, err := s.AddFault(Fault{Kind: "status", Status: 500, Probability: 0.05, Seed: seed, Route: "GET /v1beta/workspaces/*"}); err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			api(s, workspaceToken, "GET", "/v1beta/workspaces", "") // others draw nothing
			if api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", "").Code == 500 {
				hits = append(hits, i)
			}
		}
		return hits
	}
	first := run(1)
	if len(first) < 30 || len(first) > 70 {
		t.Errorf("a fault of probability 0.05 hit %d of 1,000 requests", len(first))
	}
	if diff := cmp.Diff(first, run(1)); diff != "" {
		t.Errorf("the same seed hit others (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, run(2)) {
		t.Error("another seed hit the same requests")
	}
}

// What a fleet has to survive: a share of the changes is made, and the answers are lost.
func TestFaultCutsAShareAfterTheCommit(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	server := httptest.NewServer(checked(s))
	defer server.Close()
	if _, err := s.AddFault(Fault{Kind: "drop-after", Probability: 0.2, Seed: 7, Route: "PATCH /v1beta/workspaces/*/sources/**"}); err != nil {
		t.Fatal(err)
	}
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	cut := 0
	for i := range 100 {
		key := fmt.Sprintf("key-number-%d", i)
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPatch, server.URL+clearbrainPath, strings.NewReader(
			`{"destination":{"config":[{"name":"`+strings.TrimPrefix(clearbrainPath, "/v1beta/")+`/config/apiKey","value":"`+key+`"}]},"update_mask":{"paths":["config"]}}`))
		r.Header.Set("Authorization", "Bearer "+workspaceToken)
		if resp, err := http.DefaultTransport.RoundTrip(r); err != nil {
			cut++
		} else {
			resp.Body.Close()
		}
		if got := api(s, workspaceToken, "GET", clearbrainPath, "").Body.String(); !strings.Contains(got, key) {
			t.Fatalf("change %d is not there: %s", i, got)
		}
	}
	if cut < 8 || cut > 32 {
		t.Errorf("%d of 100 answers were cut", cut)
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for _, body := range []string{`{"kind":"nosuch"}`, `{"kind":"status"}`, `{"kind":"delay"}`, `{"kind":"drop","probability":2}`, `{"kind":"drop","count":-1}`, `{"kind":"drop","seed":1}`, `x`} {
		if w := admin(s, "POST", "faults", body); w.Code != 400 {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{Tokens: []string{"a", "b"}, RateLimit: 200, Now: clock.Now})
	for range 200 {
		if w := api(s, "a", "GET", "/v1beta/workspaces", ""); w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	w := api(s, "a", "GET", "/v1beta/workspaces", "")
	want(t, w, 429, apiErrorBody("resource exhausted", 8))
	if w.Header()["Retry-After"] != nil {
		t.Error("Retry-After is not documented")
	}
	if w := api(s, "b", "GET", "/v1beta/workspaces", ""); w.Code != 200 {
		t.Errorf("another token: %d", w.Code)
	}
	clock.advance(time.Minute)
	if w := api(s, "a", "GET", "/v1beta/workspaces", ""); w.Code != 200 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

func TestClockCountersAndQuirksOverAdmin(t *testing.T) {
	t.Parallel()
	s := auto(t)
	in := installed(t, s, "destination/clearbrain")
	want(t, admin(s, "POST", "clock", `{"advance":"1h"}`), 200, `{"now":"2019-05-25T00:43:02.905Z"}`)
	want(t, admin(s, "GET", "clock", ""), 200, `{"now":"2019-05-25T00:43:02.905Z"}`)
	want(t, api(s, in.AccessToken, "GET", clearbrainPath, ""), 401, apiErrorBody("malformed token", 16))
	refresh(s, in.InstallName)
	want(t, admin(s, "GET", "counters", ""), 200, `{"codes_redeemed":1,"refreshes":{"installs/1":1}}`)
	if w := admin(s, "POST", "quirks", `{"name":"refresh-install-name","value":"off"}`); w.Code != 200 {
		t.Fatal(w.Body)
	}
	if got := decode[tokenAnswer](t, refresh(s, in.InstallName)); got.InstallName != "installs/1" {
		t.Errorf("%+v", got)
	}
	for path, body := range map[string]string{"clock": `{"advance":"-1h"}`, "quirks": `{"name":"nosuch","value":"on"}`, "reset": `{"only":"nosuch"}`} {
		if w := admin(s, "POST", path, body); w.Code != 400 {
			t.Errorf("%s %s: %d", path, body, w.Code)
		}
	}
	if w := admin(s, "GET", "nosuch", ""); w.Code != 404 {
		t.Errorf("unknown: %d", w.Code)
	}
}

// A fault's ID that is none must not stand for all of them.
func TestClearOneFaultNeedsAnID(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	if _, err := s.AddFault(Fault{Route: "/nosuch", Kind: "drop"}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"0", "-1", "one"} {
		if w := admin(s, "DELETE", "faults/"+id, ""); w.Code != 404 || len(s.Faults()) != 1 {
			t.Errorf("DELETE faults/%s: %d, %d faults are left", id, w.Code, len(s.Faults()))
		}
	}
}

// No other site can change anything through a person's browser.
func TestAdminRefusesOtherOrigins(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	r := httptest.NewRequest(http.MethodPost, "/_sandbox/reset", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := serve(s, r); w.Code != 403 {
		t.Errorf("%d", w.Code)
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	server := httptest.NewServer(checked(s))
	defer server.Close()
	api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", "")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/_sandbox/requests?follow", nil)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for _, path := range []string{"acme", "globex"} {
		if path == "globex" {
			api(s, workspaceToken, "GET", "/v1beta/workspaces/globex", "")
		}
		if !lines.Scan() || !strings.Contains(lines.Text(), "/v1beta/workspaces/"+path) {
			t.Fatalf("%q, want a line for %s", lines.Text(), path)
		}
	}
	stop()
	if lines.Scan() || !errors.Is(lines.Err(), context.Canceled) {
		t.Errorf("%q %v", lines.Text(), lines.Err())
	}
}

// Nothing secret is in the log, the dashboard or on a page.
func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true})
	code := newCodeFrom(t, s, "code_challenge", challenge, "code_challenge_method", "S256")
	in := decode[tokenAnswer](t, serve(s, tokenRequest(code, "code_verifier", verifier)))
	api(s, in.AccessToken, "POST", destinationsPath, createClearbrain)
	fresh := decode[tokenAnswer](t, refresh(s, in.InstallName)).AccessToken
	for _, page := range []string{"/_sandbox/requests", "/"} {
		w := serve(s, httptest.NewRequest(http.MethodGet, page, nil))
		if !strings.Contains(w.Body.String(), "clearbrain") {
			t.Errorf("%s does not show the destination", page)
		}
		for _, secret := range []string{code, verifier, in.AccessToken, fresh, "abcd1234", DemoClientSecret} {
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("%s shows %s", page, secret)
			}
		}
	}
}

// The dashboard works without JavaScript: its forms come back to it.
func TestDashboardForms(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	post := func(path, form string) {
		r := httptest.NewRequest(http.MethodPost, "/_sandbox/"+path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if w := serve(s, r); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	page := func() string { return serve(s, httptest.NewRequest(http.MethodGet, "/", nil)).Body.String() }
	post("quirks", "name=duplicate-create&value=409")
	post("faults", "kind=status&status=500&route=GET+/v1beta/nosuch")
	if got := page(); !strings.Contains(got, `value="409" aria-pressed="true"`) || !strings.Contains(got, "GET /v1beta/nosuch") {
		t.Errorf("%s", got)
	}
	post("faults/1", "id=1")
	post("clock", "advance=1h")
	post("reset", "only=destinations")
	if got := page(); !strings.Contains(got, "Everything goes right") || !strings.Contains(got, "2019-05-25 00:43:02 UTC") {
		t.Errorf("%s", got)
	}
}
