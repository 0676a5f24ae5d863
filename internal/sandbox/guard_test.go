package sandbox

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCheckHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"api.example.com": "api.example.com", "API.Example.com.": "api.example.com", "sandbox": "sandbox", "a-1.b2": "a-1.b2",
	} {
		if got, err := CheckHost(host); got != want || err != nil {
			t.Errorf("CheckHost(%q) = %q, %v, want %q", host, got, err, want)
		}
	}
	for _, host := range []string{
		"", ".", "a..b", "api.example.com:443", "https://api.example.com", "a b", "*.example.com", "-a.example", "127.0.0.1", "::1", "[::1]",
		"localhost", "LOCALHOST.", "ex\u00e4mple.com", strings.Repeat("a.", 127) + "com",
	} {
		if got, err := CheckHost(host); err == nil {
			t.Errorf("CheckHost(%q) = %q, want an error", host, got)
		}
	}
}

// A page of a name that was made to point at this machine (DNS rebinding) gets nothing.
func TestGuard(t *testing.T) {
	t.Parallel()
	var told []string
	s := newSandbox(t, Options{Refused: func(why string) { told = append(told, why) }})
	status := func(g *Guard, host string) int {
		r := httptest.NewRequest(http.MethodGet, "/_sandbox/export", nil)
		r.Host = host
		return serve(g, r).Code
	}
	own := NewGuard(s)
	for _, host := range []string{
		"localhost", "localhost:8899", "LOCALHOST.:1", "127.0.0.1", "127.0.0.1:80", "127.9.9.9:1", "[::1]", "[::1]:8899", "id.segmentapis.com",
		"App.Segment.com.:443", "eu1.api.segmentapis.com:8899",
	} {
		if got := status(own, host); got != 200 {
			t.Errorf("%s: %d", host, got)
		}
	}
	if len(told) > 0 {
		t.Errorf("%q were told of as refused", told)
	}
	for _, host := range []string{
		"", "evil.example", "evil.example:8899", "192.0.2.1:8899", "[2001:db8::1]:80", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0",
		"id.segmentapis.com.evil.example", "sandbox.localhost", "evil.example\r\nX: y",
	} {
		if got := status(own, host); got != http.StatusMisdirectedRequest {
			t.Errorf("%q: %d, want 421", host, got)
		}
	}
	if log := s.Requests(); len(log) != 11 || log[1].Host != "evil.example" || log[1].Status != 421 || log[1].Refused != "evil.example is none of the sandbox's names" || log[1].Path != "/_sandbox/export" {
		t.Errorf("the log has %d requests, %+v", len(log), log)
	}
	if len(told) != 10 { // evil.example is told of once
		t.Errorf("told of: %q", told)
	}
	for host, want := range map[string]int{"box.example:80": 200, "192.0.2.1": 200, "[2001:DB8:0::1]:1": 200, "192.0.2.2": 421, "other.example": 421, "localhost": 200} {
		if got := status(NewGuard(s, "box.example", "192.0.2.1", "2001:db8::1"), host); got != want {
			t.Errorf("with names of its own, %s: %d, want %d", host, got, want)
		}
	}
	for host, want := range map[string]int{"192.0.2.1": 200, "[2001:db8::1]:1": 200, "other.example": 421, "": 421} {
		if got := status(NewGuard(s, ""), host); got != want {
			t.Errorf("on every address, %q: %d, want %d", host, got, want)
		}
	}
}

// Not every host is told of: somebody can make up as many as he likes.
func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	told := 0
	s := newSandbox(t, Options{Refused: func(string) { told++ }})
	for i := range 3 * maxRefusals {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = fmt.Sprintf("h%d.example", i%(2*maxRefusals))
		serve(NewGuard(s), r)
	}
	if told != maxRefusals {
		t.Errorf("%d hosts were told of, want %d", told, maxRefusals)
	}
}
