package sandbox

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A page that is open hears of everything that it shows, and of the time.
func TestChangesAreStreamed(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}, Now: clock.Now})
	server := httptest.NewServer(s)
	defer server.Close()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/_sandbox/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Error(kind)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func(what, want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
			if lines.Text() != "" && !strings.HasPrefix(lines.Text(), "event: clock") && !strings.HasPrefix(lines.Text(), "data:") {
				t.Errorf("%s: %s", what, lines.Text())
			}
		}
		t.Fatalf("%s: %v", what, lines.Err())
	}
	next("the start", "data: 2019-05-24 23:43:02 UTC")
	next("the start", "event: change")
	known := s.revision()
	for _, test := range []struct {
		what   string
		change func() error
	}{
		{"a request", func() error { api(s, "", "GET", "/v1beta/workspaces", ""); return nil }},
		{"an install", func() error { installed(t, s, "destination/clearbrain"); return nil }},
		{"what the customer did", func() error { _, err := s.Act(Act{Verb: "uninstall"}); return err }},
		{"a fault", func() error { _, err := s.AddFault(Fault{Kind: faultDrop}); return err }},
		{"a fault's end", func() error { s.ClearFaults(0); return nil }},
		{"a quirk", func() error { return s.SetQuirk(quirkReinstall, "refused") }},
		{"the clock", func() error { s.Advance(time.Hour); return nil }},
		{"a reset", func() error { return s.Reset("") }},
	} {
		if err := test.change(); err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		if now := s.revision(); now == known {
			t.Errorf("%s changes nothing", test.what)
		} else {
			known = now
		}
		next(test.what, "event: change")
	}
	if s.revision() != known {
		t.Error("what nobody changed is different")
	}
	clock.advance(time.Second)
	next("the time", "data: 2019-05-25 00:43:03 UTC")
}
