package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func startAdmin(t *testing.T, handler http.Handler) *Admin {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &Admin{BaseURL: server.URL, HTTP: server.Client().Transport, Timeout: time.Minute}
}

// check fails the test where a call of the client does not answer what is wanted.
func check[T any](t *testing.T, what string, want T) func(got T, err error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
		}
	}
}

func TestAdminClient(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}, Now: clock.Now})
	a := startAdmin(t, s)
	ctx := t.Context()
	in := installed(t, s, "destination/clearbrain")
	refresh(s, in.InstallName)

	requests, err := a.Requests(ctx)
	if err != nil || len(requests) != 3 || requests[2].Path != "/v1beta/installs/1/token" || requests[2].Status != 200 {
		t.Errorf("requests: %+v, %v", requests, err)
	}
	check(t, "counters", Counters{CodesRedeemed: 1, Refreshes: map[string]int{"installs/1": 1}})(a.Counters(ctx))
	check(t, "quirks", Quirks())(a.Quirks(ctx))
	quirk, err := a.SetQuirk(ctx, "pkce", "off")
	if err != nil || quirk.Name != "pkce" || quirk.Value != "ignored" || s.quirk("pkce") != "ignored" {
		t.Errorf("set quirk: %+v, %v; the sandbox has %s", quirk, err, s.quirk("pkce"))
	}
	first := Fault{ID: 1, Route: "GET /nosuch", Kind: "delay", DelayMS: 1, Count: 2, Probability: 0.5}
	second := Fault{ID: 2, Kind: "rate-limited", Route: "/nosuch", RetryAfter: 3}
	check(t, "add fault", first)(a.AddFault(ctx, Fault{Route: "GET /nosuch", Kind: "delay", DelayMS: 1, Count: 2, Probability: 0.5}))
	check(t, "add fault", second)(a.AddFault(ctx, Fault{Kind: "rate-limited", Route: "/nosuch", RetryAfter: 3}))
	check(t, "faults", []Fault{first, second})(a.Faults(ctx))
	check(t, "clear one fault", []Fault{second})(a.ClearFaults(ctx, 1))
	check(t, "clear all faults", []Fault{})(a.ClearFaults(ctx, 0))
	check(t, "clear none", []Fault{})(a.ClearFaults(ctx, 0))
	_, err = a.ClearFaults(ctx, 99)
	if refused, ok := errors.AsType[*AdminError](err); !ok || refused.Missing != "fault" {
		t.Errorf("clear a fault that is not there: %v", err)
	}
	check(t, "clock", Clock{clock.Now()})(a.Clock(ctx))
	check(t, "advance", Clock{clock.Now().Add(90 * time.Minute)})(a.Advance(ctx, 90*time.Minute))
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	seed, err := a.Export(ctx)
	if err != nil || !strings.Contains(string(seed), "name: clearbrain") {
		t.Errorf("export: %s, %v", seed, err)
	}
	if err := a.Reset(ctx, "destinations"); err != nil || api(s, workspaceToken, "GET", clearbrainPath, "").Code != 404 {
		t.Errorf("reset: %v, and the destination is there", err)
	}
}

// What a sandbox refuses is told apart from a server that is none.
func TestAdminClientRefused(t *testing.T) {
	t.Parallel()
	a := startAdmin(t, newAPI(t))
	_, badQuirk := a.SetQuirk(t.Context(), "nosuch", "on")
	_, badFault := a.AddFault(t.Context(), Fault{Kind: "nosuch"})
	_, badClock := a.Advance(t.Context(), -time.Hour)
	for what, err := range map[string]error{
		"nosuch": badQuirk, "drop-after": badFault, "duration": badClock, "destinations": a.Reset(t.Context(), "nosuch"),
	} {
		if refused, ok := errors.AsType[*AdminError](err); !ok || !strings.Contains(refused.Message, what) {
			t.Errorf("%T %v, want an AdminError about %s", err, err, what)
		}
	}
}

func TestAdminClientWithoutSandbox(t *testing.T) {
	t.Parallel()
	answer := func(status int, kind, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
	gone := startAdmin(t, http.NotFoundHandler())
	gone.BaseURL = "http://127.0.0.1:1"
	for name, a := range map[string]*Admin{
		"nobody":         gone,
		"no URL":         {BaseURL: ":"},
		"not found":      startAdmin(t, answer(404, "text/html", "<html>")),
		"API":            startAdmin(t, answer(404, "application/json", `{"error":"destination does not exist","code":5}`)),
		"page":           startAdmin(t, answer(200, "text/html", "<html>")),
		"error page":     startAdmin(t, answer(400, "text/html", "<html>")),
		"broken JSON":    startAdmin(t, answer(200, "application/json", "{")),
		"another answer": startAdmin(t, answer(200, "application/json", "[]")),
		"redirect": startAdmin(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/_sandbox") {
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
				return
			}
			t.Error("a redirect was followed")
		})),
	} {
		_, err := a.Counters(t.Context())
		if absent, ok := errors.AsType[*NoSandboxError](err); !ok || absent.URL != a.BaseURL {
			t.Errorf("%s: %T %v, want a NoSandboxError", name, err, err)
		}
		if _, err := a.Export(t.Context()); err == nil {
			t.Errorf("%s: an export", name)
		}
		if err := a.Follow(t.Context(), func(Request) error { return nil }); err == nil {
			t.Errorf("%s: a stream", name)
		}
	}
}

// A server that accepts requests and never answers is given up, while a stream that has begun may take its time.
func TestAdminClientTimeout(t *testing.T) {
	t.Parallel()
	a := startAdmin(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	a.Timeout = 10 * time.Millisecond
	_, err := a.Counters(t.Context())
	for _, err := range []error{err, a.Follow(t.Context(), func(Request) error { return nil })} {
		if _, ok := errors.AsType[*NoSandboxError](err); !ok || errors.Is(err, context.Canceled) {
			t.Errorf("%T %v, want a NoSandboxError about the time", err, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Follow(ctx, func(Request) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the interrupt", err)
	}
}

func TestAdminClientFollow(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	base, stop := context.WithCancel(context.Background())
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		context.AfterFunc(base, cancel)
		s.ServeHTTP(w, r.WithContext(ctx))
	}))
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(stop)
	a := &Admin{BaseURL: server.URL, Timeout: time.Minute}
	get := func(id string) { api(s, workspaceToken, "GET", "/v1beta/workspaces/"+id, "") }
	get("acme")
	var paths []string
	err := a.Follow(t.Context(), func(r Request) error {
		paths = append(paths, r.Path)
		if len(paths) == 1 {
			get("globex")
		} else {
			stop()
		}
		return nil
	})
	if diff := cmp.Diff([]string{"/v1beta/workspaces/acme", "/v1beta/workspaces/globex"}, paths); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// What the caller of Follow fails with is what Follow returns.
func TestAdminClientFollowStops(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	a := startAdmin(t, s)
	api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", "")
	if err := a.Follow(t.Context(), func(Request) error { return io.ErrClosedPipe }); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}
