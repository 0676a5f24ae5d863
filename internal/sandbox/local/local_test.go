package local

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/sandbox"
)

func start(t *testing.T, o Options) *Sandbox {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{AutoApprove: true, Tokens: []string{"t0ken"}})
	if err != nil {
		t.Fatal(err)
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	s, err := Start(t.Context(), server, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, client *http.Client, url string) *http.Response {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// A stream of the request log would keep http.Server.Shutdown waiting. It is ended properly instead, not cut.
func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	get(t, http.DefaultClient, s.URL+"/v1beta/workspaces").Body.Close()
	stream := get(t, http.DefaultClient, s.URL+"/_sandbox/requests?follow")
	defer stream.Body.Close()
	lines := bufio.NewReader(stream.Body)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("the stream ended with %v after %q, want its proper end", err, rest)
	}
	if err := s.Wait(t.Context()); err == nil {
		t.Error("the server is there after Close")
	}
}

// A client that waits for a request is told that there is no sandbox any more, when it stops.
func TestCloseEndsWaits(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	admin := &sandbox.Admin{BaseURL: s.URL}
	done := make(chan error, 1)
	go func() {
		_, err := admin.Wait(t.Context(), sandbox.Wanted{Count: 1}, time.Hour)
		done <- err
	}()
	for s.Waiting() == 0 {
		runtime.Gosched()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*sandbox.NoSandboxError](<-done); !ok {
		t.Error("the wait did not end with the sandbox")
	}
}

func TestWaitEndsWithContext(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Over TLS, only who trusts the authority's file gets an answer. The file is for the owner alone.
func TestTLS(t *testing.T) {
	t.Parallel()
	s := start(t, Options{TLS: true})
	defer s.Close()
	pem, err := os.ReadFile(s.Authority)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.Authority); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of %s: %v, %v", s.Authority, info.Mode(), err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	get(t, &http.Client{Transport: transport}, s.URL+"/_sandbox/counters").Body.Close()
	if resp, err := http.Get(s.URL); err == nil {
		resp.Body.Close()
		t.Error("it is trusted without the authority")
	}
}

// Where Start fails, it leaves nothing behind: the address and the state file can be used again.
func TestStartFailsCleanly(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	state := filepath.Join(t.TempDir(), "state")
	for name, o := range map[string]Options{
		"address in use": {Addr: taken.Addr().String()},
		"no address":     {Addr: "nowhere", TLS: true},
	} {
		server, err := sandbox.New(sandbox.Options{StateFile: state})
		if err != nil {
			t.Fatalf("%s: the state file is still held: %v", name, err)
		}
		if s, err := Start(t.Context(), server, o); err == nil {
			t.Errorf("%s: it listens on %s", name, s.URL)
		}
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for addr, remote := range map[string]bool{
		"127.0.0.1:8899": false, "127.8.9.1:0": false, "[::1]:0": false, "localhost:80": false,
		"0.0.0.0:80": true, "[::]:80": true, ":80": true, "192.0.2.1:80": true, "localhost.example:80": true, "127.0.0.1.example:80": true,
	} {
		if _, got, err := Reachable(addr); err != nil || got != remote {
			t.Errorf("Reachable(%q) = %v, %v, want %v", addr, got, err, remote)
		}
	}
	if _, _, err := Reachable("nowhere"); err == nil || !strings.Contains(err.Error(), "HOST:PORT") {
		t.Errorf("an address without a port: %v", err)
	}
}

// The visitor follows the redirects to the callback.
func TestVisit(t *testing.T) {
	t.Parallel()
	visited := make(chan string, 1)
	mux := http.NewServeMux()
	mux.Handle("/start", http.RedirectHandler("/callback?code=1", http.StatusFound))
	mux.HandleFunc("/callback", func(_ http.ResponseWriter, r *http.Request) { visited <- r.URL.RawQuery })
	server := httptest.NewServer(mux)
	defer server.Close()
	if err := Visit(t.Context(), server.URL+"/start"); err != nil {
		t.Fatal(err)
	}
	if query := <-visited; query != "code=1" {
		t.Errorf("the callback got %q", query)
	}
	if err := Visit(t.Context(), ":"); err == nil {
		t.Error("a URL that is none was visited")
	}
}

// It answers to this machine, to Segment's names, and to what it was told; and with a certificate for those.
func TestStartAnswersToItsNames(t *testing.T) {
	t.Parallel()
	status := func(s *Sandbox, host string) int {
		pem, err := os.ReadFile(s.Authority)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: strings.TrimPrefix(host, "evil.")}}
		defer transport.CloseIdleConnections()
		r, _ := http.NewRequest(http.MethodGet, s.URL+"/_sandbox/export", nil)
		r.Host = host
		resp, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	s := start(t, Options{TLS: true, Hosts: []string{"sandbox"}})
	defer s.Close()
	for host, want := range map[string]int{"localhost": 200, "sandbox": 200, "id.segmentapis.com": 200, "evil.sandbox": 421, "evil.localhost": 421} {
		if got := status(s, host); got != want {
			t.Errorf("%s: %d, want %d", host, got, want)
		}
	}
	for addr, want := range map[string][]string{
		"127.0.0.1:0": nil, "localhost:0": nil, "[::1]:0": nil, "0.0.0.0:0": {""}, ":0": {""},
		"192.0.2.1:80": {"192.0.2.1"}, "box.example:80": {"box.example", "192.0.2.1"},
	} {
		ip := net.ParseIP("192.0.2.1")
		if host, _, _ := net.SplitHostPort(addr); host == "" || host == "0.0.0.0" {
			ip = net.IPv4zero
		}
		if got := ownNames(addr, ip); !slices.Equal(got, want) {
			t.Errorf("ownNames(%q) = %q, want %q", addr, got, want)
		}
	}
}

// alone is a writer that knows when two write at once.
type alone struct{ writing, mixed atomic.Bool }

func (a *alone) Write(b []byte) (int, error) {
	if !a.writing.CompareAndSwap(false, true) {
		a.mixed.Store(true)
	}
	runtime.Gosched()
	a.writing.Store(false)
	return len(b), nil
}

// A writer that is shared is written to by one at a time, and a file stays one.
func TestShared(t *testing.T) {
	t.Parallel()
	var under alone
	w := Shared(&under)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				_, _ = io.WriteString(w, "line\n")
			}
		})
	}
	all.Wait()
	if under.mixed.Load() {
		t.Error("two wrote at once")
	}
	if Shared(w) != w || Shared(os.Stderr) != io.Writer(os.Stderr) {
		t.Error("what needs no sharing is wrapped")
	}
}
