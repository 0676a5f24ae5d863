package cmd

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

const installed = "installs/1"

// TestProcessesRefreshOnce lets 64 processes meet a token that has expired. The refresh of the first is held until every
// one of them was refused, so that without a lock each would ask for one of its own.
func TestProcessesRefreshOnce(t *testing.T) {
	t.Parallel()
	inAllStores(t, func(t *testing.T, s *rig) {
		const processes = 64
		refused := make(chan struct{})
		var mu sync.Mutex
		left := processes
		s.intercept(func(w http.ResponseWriter, r *http.Request) {
			if isRefresh(r) {
				select {
				case <-refused:
				case <-time.After(deadline):
				}
			}
			answer := httptest.NewRecorder()
			s.ServeHTTP(answer, r)
			if answer.Code == http.StatusUnauthorized {
				mu.Lock()
				if left--; left == 0 {
					close(refused)
				}
				mu.Unlock()
			}
			passOn(w, answer)
		})
		for _, o := range s.together(processes, func(int) []string {
			return []string{"dest", "get", "--request-timeout", "2m", "-o", "json", "--jq", ".enabled"}
		}) {
			if o.status != problem.ExitOK || o.stdout != "true\n" {
				t.Error(o)
			}
		}
		if n := s.Counters().Refreshes[installed]; n != 1 {
			t.Errorf("%d refreshes, want exactly 1", n)
		}
	})
}

// TestProcessesBesideTokenRefresh mixes the same with processes that refresh on purpose, and so kill tokens that others
// have just read.
func TestProcessesBesideTokenRefresh(t *testing.T) {
	t.Parallel()
	inAllStores(t, func(t *testing.T, s *rig) {
		const processes, every = 64 + 8, 9
		for _, o := range s.together(processes, func(n int) []string {
			if n%every == 0 {
				return []string{"token", "refresh"}
			}
			return []string{"dest", "get", "--request-timeout", "2m"}
		}) {
			if o.status != problem.ExitOK {
				t.Error(o)
			}
		}
		before := s.Counters().Refreshes[installed]
		if most := 1 + processes/every; before < 1 || before > most {
			t.Errorf("%d refreshes, want 1 for the expired token and at most %d that were asked for", before, most-1)
		}
		s.must(t, "dest", "get")
		if n := s.Counters().Refreshes[installed]; n != before {
			t.Errorf("the token that is saved in the end does not work: it took %d more refreshes", n-before)
		}
	})
}

// TestTokenKilledTwice lets another process refresh each time that this one has read the token and sends it.
func TestTokenKilledTwice(t *testing.T) {
	t.Parallel()
	s := newRig(t, sandbox.Options{})
	s.must(t, "install", "--enable", "--api-key", "abcd1234")
	var kills atomic.Int32
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/destinations/") && kills.Add(1) <= 2 {
			if o := s.run("token", "refresh"); o.status != problem.ExitOK {
				t.Error(o)
			}
		}
		s.ServeHTTP(w, r)
	})
	s.must(t, "dest", "get")
	if n := s.Counters().Refreshes[installed]; n != 2 {
		t.Errorf("%d refreshes, want the 2 of the other process", n)
	}
}

// inAllStores runs test with an install whose token has just expired at the server, in each store.
func inAllStores(t *testing.T, test func(*testing.T, *rig)) {
	for _, store := range []string{"file", "keyring", "postgres"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			s := newRig(t, sandbox.Options{})
			switch store {
			case "keyring":
				s.withKeyring(t)
			case "postgres":
				s.withPostgres(t)
			}
			s.must(t, "install", "--enable", "--api-key", "abcd1234")
			s.Advance(2 * time.Hour)
			test(t, s)
		})
	}
}

// together runs n processes at once: those that share a database, as if on four machines.
func (s *rig) together(n int, args func(int) []string) []outcome {
	outcomes := make([]outcome, n)
	var all sync.WaitGroup
	for i := range outcomes {
		all.Go(func() {
			c := s.command(args(i)...)
			if s.shared != nil {
				c.Env = s.machine(i)
			}
			outcomes[i] = finish(c, "")
		})
	}
	all.Wait()
	return outcomes
}

func isRefresh(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/v1beta/installs/") && strings.HasSuffix(r.URL.Path, "/token")
}

// passOn sends a recorded answer.
func passOn(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
