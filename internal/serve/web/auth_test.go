package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Whatever is wrong with a token, the answer is the same, byte for byte, and nothing is done.
func TestUnauthorized(t *testing.T) {
	t.Parallel()
	var first string
	for name, change := range map[string]func(r *http.Request){
		"none":        func(r *http.Request) { r.Header.Del("Authorization") },
		"empty":       func(r *http.Request) { r.Header.Set("Authorization", "") },
		"no token":    func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") },
		"wrong":       func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+theToken+"x") },
		"a part":      func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+theToken[:20]) },
		"two words":   func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+theToken+" x") },
		"basic":       func(r *http.Request) { r.SetBasicAuth("x", theToken) },
		"no scheme":   func(r *http.Request) { r.Header.Set("Authorization", theToken) },
		"two headers": func(r *http.Request) { r.Header.Add("Authorization", "Bearer "+theToken) },
		"a cookie":    func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("Cookie", "token="+theToken) },
		"in the query": func(r *http.Request) {
			r.Header.Del("Authorization")
			r.URL.RawQuery = "access_token=" + theToken + "&token=" + theToken
		},
		"another header": func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("X-Api-Key", theToken) },
	} {
		for _, route := range []struct{ method, path string }{
			{"POST", "/v1/links"},
			{"GET", "/v1/installs"},
			{"GET", "/v1/installs/000"},
			{"GET", "/v1/installs/nosuch"},
			{"POST", "/v1/installs/000/reconnect"},
			{"GET", "/v1/events"},
			{"POST", "/v1/events/evt_1/redeliver"},
		} {
			s := newStage(t)
			s.ledger.connections, s.store = connections(1)
			r := s.backend(route.method, route.path, "")
			change(r)
			w := s.serve(r)
			got := w.Header().Get("WWW-Authenticate") + w.Header().Get("Content-Type") + w.Body.String()
			if first == "" {
				first = got
			}
			if w.Code != http.StatusUnauthorized || got != first || len(s.engine.asked) > 0 {
				t.Errorf("%s at %s: %d %s", name, route.path, w.Code, got)
			}
			if strings.Contains(s.log.String(), theToken[:20]) {
				t.Errorf("%s: logged %s", name, s.log)
			}
		}
	}
}

func TestAuthorized(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, scheme := range []string{"Bearer ", "bearer ", "BEARER  "} {
		r := s.backend("GET", "/v1/installs", "")
		r.Header.Set("Authorization", scheme+theToken)
		if w := s.serve(r); w.Code != http.StatusOK {
			t.Errorf("%q: %d", scheme, w.Code)
		}
	}
	if got := s.service.Redactor.Redact("x " + theToken); strings.Contains(got, theToken) {
		t.Errorf("the redactor has not learned the token: %s", got)
	}
	s.ledger.err = errors.New("the database fell over " + theToken)
	if w := s.call("GET", "/v1/installs", ""); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String()+s.log.String(), theToken) {
		t.Errorf("%d %s\n%s", w.Code, w.Body, s.log)
	}
}

// A token that was not valid is none that is hidden: what the redactor remembers is bounded, and would be driven out.
func TestWrongTokensAreNotLearned(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	r := s.backend("GET", "/v1/installs", "")
	r.Header.Set("Authorization", "Bearer wrong-token")
	s.serve(r)
	if got := s.service.Redactor.Redact("wrong-token"); got != "wrong-token" {
		t.Errorf("learned: %s", got)
	}
}

// Guessing costs the one who guesses, and neither the database nor others.
func TestGuessing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	guess := func(remote string) int {
		r := s.backend("GET", "/v1/installs", "")
		r.Header.Set("Authorization", "Bearer sgb_guess")
		r.RemoteAddr = remote
		return s.serve(r).Code
	}
	for range 50 * failuresAtOnce {
		guess("[2001:db8:1:2::1]:1")
	}
	if s.ledger.checked != failuresAtOnce {
		t.Errorf("%d guesses came to the database", s.ledger.checked)
	}
	if got := guess("[2001:db8:1:2:ffff::9]:2"); got != http.StatusTooManyRequests {
		t.Errorf("from the same network: %d", got)
	}
	if got := guess("[2001:db8:1:3::1]:1"); got != http.StatusUnauthorized {
		t.Errorf("from another network: %d", got)
	}
	s.now = s.now.Add(2 * time.Second)
	if got := guess("[2001:db8:1:2::1]:1"); got != http.StatusUnauthorized {
		t.Errorf("later: %d", got)
	}
}

// A backend is not held up by how fast it asks, up to what no backend needs.
func TestBackendIsFast(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	codes := map[int]int{}
	var last string
	for range callsAtOnce + 10 {
		w := s.call("GET", "/v1/installs", "")
		codes[w.Code]++
		last = w.Header().Get("Retry-After")
	}
	if codes[200] != callsAtOnce || codes[429] != 10 || last != "1" {
		t.Errorf("answers %v, Retry-After %q", codes, last)
	}
}
