package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkStart is from nothing to the first answer over a socket.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := New(Options{})
		if err != nil {
			b.Fatal(err)
		}
		server := httptest.NewServer(s)
		resp, err := server.Client().Get(server.URL + "/_sandbox/clock")
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		server.Close()
	}
}

// connections is how many clients the benchmarks over sockets have.
const connections = 32

// overSockets makes requests over 32 kept connections and reports how many are answered in a second.
func overSockets(b *testing.B, s *Server, request func(origin string) *http.Request) {
	server := httptest.NewServer(s)
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = connections
	b.SetParallelism((connections + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			resp, err := client.Do(request(server.URL))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Error(resp.Status)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

func BenchmarkDestinationGet(b *testing.B) {
	s, err := New(Options{Tokens: []string{workspaceToken}})
	if err != nil {
		b.Fatal(err)
	}
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	overSockets(b, s, func(origin string) *http.Request {
		r, _ := http.NewRequest(http.MethodGet, origin+clearbrainPath, nil)
		r.Header.Set("Authorization", "Bearer "+workspaceToken)
		return r
	})
}

// BenchmarkExchange redeems codes. Each comes from an authorization that costs no connection.
func BenchmarkExchange(b *testing.B) {
	s, err := New(Options{AutoApprove: true})
	if err != nil {
		b.Fatal(err)
	}
	overSockets(b, s, func(origin string) *http.Request {
		back, _ := url.Parse(serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)).Header().Get("Location"))
		form := url.Values{"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {DemoRedirectURL}}
		r, _ := http.NewRequest(http.MethodPost, origin+"/oauth2/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(DemoClientID, DemoClientSecret)
		return r
	})
}

// heapMB is how much memory is in use after a collection.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// BenchmarkMemoryOfRequests is the memory that a sandbox holds after 100,000 requests: its log is a ring.
func BenchmarkMemoryOfRequests(b *testing.B) {
	for b.Loop() {
		before := heapMB()
		s, err := New(Options{Tokens: []string{workspaceToken}})
		if err != nil {
			b.Fatal(err)
		}
		api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
		for range 100_000 {
			api(s, workspaceToken, "GET", clearbrainPath, "")
		}
		b.ReportMetric(heapMB()-before, "MB")
		runtime.KeepAlive(s)
	}
}

// BenchmarkMemoryOfState is the memory of 500 catalog entries and 10,000 destinations.
func BenchmarkMemoryOfState(b *testing.B) {
	catalog := filepath.Join(b.TempDir(), "catalog.json")
	var entries []catalogDestination
	for _, entry := range catalogSeed() {
		for i := range 56 {
			copied := *entry
			copied.Name = fmt.Sprintf("catalog/destinations/%s-%d", lastWord(entry.Name), i)
			for j := range copied.Settings {
				copied.Settings[j].Required = false
			}
			entries = append(entries, copied)
		}
	}
	entries = entries[:500]
	data, err := json.Marshal(map[string]any{"destinations": entries})
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(catalog, data, 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		before := heapMB()
		s, err := New(Options{Tokens: []string{workspaceToken}, CatalogFile: catalog})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 20 {
			src := fmt.Sprintf("workspaces/acme/sources/s%d", i)
			api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/sources", `{"source":{"name":"`+src+`","catalog_name":"catalog/sources/net"}}`)
			for _, entry := range entries {
				w := api(s, workspaceToken, "POST", "/v1beta/"+src+"/destinations", `{"destination":{"name":"`+src+`/destinations/`+lastWord(entry.Name)+`"}}`)
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		}
		b.ReportMetric(heapMB()-before, "MB")
		runtime.KeepAlive(s)
	}
}
