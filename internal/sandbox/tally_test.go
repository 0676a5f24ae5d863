package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// untilWaiting returns when somebody waits for requests.
func untilWaiting(s *Server) {
	for s.Waiting() == 0 {
		runtime.Gosched()
	}
}

// Counts are right beyond what the log remembers, and by all that tells requests apart.
func TestWaitCounts(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	a := startAdmin(t, s)
	for i := range logSize + 500 {
		api(s, workspaceToken, "GET", fmt.Sprintf("/v1beta/workspaces/%d", i%3), "")
	}
	api(s, workspaceToken, "GET", "//v1beta/workspaces/acme/", "")
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	if _, err := s.AddFault(Fault{Kind: "drop-after", Route: "/v1beta/catalog/sources"}); err != nil {
		t.Fatal(err)
	}
	if resp, err := http.Get(a.BaseURL + "/v1beta/catalog/sources"); err == nil {
		resp.Body.Close()
		t.Fatal("the fault did not hit")
	}
	ok, missing, cut := 200, 404, 0
	for _, c := range []struct {
		wanted Wanted
		count  int
	}{
		{Wanted{}, logSize + 503},
		{Wanted{Method: "get"}, logSize + 502},
		{Wanted{Route: "/v1beta/**"}, logSize + 503},
		{Wanted{Route: "/v1beta/workspaces/*"}, logSize + 501},
		{Wanted{Route: "v1beta/workspaces/1"}, (logSize + 500) / 3},
		{Wanted{Route: "/v1beta/workspaces/acme"}, 1},
		{Wanted{Route: "/v1beta/workspaces/*", Status: &ok}, 1},
		{Wanted{Method: "GET", Route: "/v1beta/workspaces/*", Status: &missing}, logSize + 500},
		{Wanted{Method: "POST", Status: &ok}, 1},
		{Wanted{Status: &cut}, 1},
		{Wanted{Method: "PATCH"}, 0},
		{Wanted{Route: "/v1beta/catalog"}, 0},
	} {
		c.wanted.Count = max(1, c.count)
		check(t, fmt.Sprintf("%+v", c.wanted), Waited{Count: c.count, Reached: c.count > 0})(a.Wait(t.Context(), c.wanted, 0))
		c.wanted.Count = c.count + 1
		check(t, fmt.Sprintf("%+v", c.wanted), Waited{Count: c.count})(a.Wait(t.Context(), c.wanted, 0))
	}
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	check(t, "after a reset", Waited{})(a.Wait(t.Context(), Wanted{Count: 1}, 0))
}

// The request that makes it enough ends the wait; others do not, and a reset begins anew.
func TestWaitEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	a := startAdmin(t, s)
	get := func(id string) { api(s, workspaceToken, "GET", "/v1beta/workspaces/"+id, "") }
	get("acme")
	type answer struct {
		Waited
		error
	}
	done := make(chan answer, 1)
	go func() {
		got, err := a.Wait(t.Context(), Wanted{Count: 2, Route: "/v1beta/workspaces/acme"}, time.Hour)
		done <- answer{got, err}
	}()
	untilWaiting(s)
	if err := s.Reset(""); err != nil {
		t.Fatal(err)
	}
	get("acme")
	get("globex")
	select {
	case got := <-done:
		t.Fatalf("it ended early: %+v", got)
	default:
	}
	get("acme")
	if got := <-done; got.error != nil || got.Waited != (Waited{Count: 2, Reached: true}) {
		t.Errorf("%+v", got)
	}
	if n := s.Waiting(); n != 0 {
		t.Errorf("%d waiters are left", n)
	}
}

// The longest wait for one answer does not cut a wait for requests short.
func TestWaitOutlastsTheTimeout(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	a := startAdmin(t, s)
	a.Timeout = time.Nanosecond
	api(s, workspaceToken, "GET", "/v1beta/workspaces", "")
	check(t, "wait", Waited{Count: 1, Reached: true})(a.Wait(t.Context(), Wanted{Count: 1}, time.Hour))
}

// Who goes away is not waited for any longer, and a sandbox that stops ends every wait.
func TestWaitIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	a := startAdmin(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := a.Wait(ctx, Wanted{Count: 1}, time.Hour)
		done <- err
	}()
	untilWaiting(s)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for s.Waiting() > 0 {
		runtime.Gosched()
	}
}

func TestWaitThatMakesNoSense(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for query, want := range map[string]string{
		"":                      "count",
		"count=0":               "at least one",
		"count=1&status=ok":     "status",
		"count=1&timeout=soon":  "timeout",
		"count=1&rout=/v1beta":  "no rout",
		"count=1&route=GET+/v1": "space",
	} {
		if w := admin(s, "GET", "wait?"+query, ""); w.Code != 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// Paths without end do not take memory without end, and what cannot be told apart any more is said.
func TestTallyIsBounded(t *testing.T) {
	t.Parallel()
	var l requestLog
	long := strings.Repeat("x", 1000)
	for i := range 20_000 {
		l.tally.add(tallied{"GET", fmt.Sprintf("/%s/%d", long, i), 200})
	}
	if l.tally.bytes > maxTalliedBytes || len(l.tally.counts) > 17_000 {
		t.Errorf("%d bytes, %d kinds", l.tally.bytes, len(l.tally.counts))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := l.wait(ctx, Wanted{Count: 20_001, Route: "/*/*"})
	if got.Count+got.Untold != 20_000 || got.Untold == 0 {
		t.Errorf("%+v", got)
	}
	ok, other := 200, 404
	if got := l.wait(ctx, Wanted{Count: 20_001, Status: &ok}); got.Count != 20_000 || got.Untold != 0 {
		t.Errorf("%+v", got)
	}
	if got := l.wait(ctx, Wanted{Count: 1, Status: &other, Method: "GET"}); got.Count != 0 || got.Untold != 0 {
		t.Errorf("%+v", got)
	}
}
