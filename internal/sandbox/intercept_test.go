package sandbox

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// startIntercept returns a client that knows only a proxy and an authority, as a program under it does.
func startIntercept(t *testing.T) *http.Client {
	t.Helper()
	server, err := New(Options{Tokens: []string{"t0ken"}})
	if err != nil {
		t.Fatal(err)
	}
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	intercept := NewIntercept(server, authority.Certificate)
	t.Cleanup(func() { intercept.Close() })
	proxy := httptest.NewServer(intercept)
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority.PEM) {
		t.Fatal("the authority's PEM holds no certificate")
	}
	transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestInterceptAnswersForSegment(t *testing.T) {
	t.Parallel()
	client := startIntercept(t)
	for host, c := range map[string]struct{ path, shows string }{
		"platform.segmentapis.com": {"/v1beta/workspaces", "workspaces/acme"},
		"app.segment.com":          {"/login", "Log in"},
		"id.segmentapis.com":       {"/oauth2/auth", "invalid_client"},
	} {
		req, _ := http.NewRequest(http.MethodGet, "https://"+host+c.path, nil)
		req.Header.Set("Authorization", "Bearer t0ken")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(string(body), c.shows) {
			t.Errorf("%s answered %s: %s", host, resp.Status, body)
		}
	}
}

// What is not Segment is refused, and nobody is asked: neither over TLS nor in the clear.
func TestInterceptRefusesTheRest(t *testing.T) {
	t.Parallel()
	client := startIntercept(t)
	var leaks atomic.Int32
	elsewhere := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaks.Add(1) }))
	elsewhere.Start()
	t.Cleanup(elsewhere.Close)
	for _, target := range []string{
		"https://example.com/", "https://segmentapis.com/", "https://evil.id.segmentapis.com/", "https://id.segmentapis.com.evil.example/",
		"https://id.segmentapis.com:8443/", strings.Replace(elsewhere.URL, "http:", "https:", 1),
	} {
		if resp, err := client.Get(target); err == nil {
			resp.Body.Close()
			t.Errorf("GET %s through the proxy answered %s, want no tunnel", target, resp.Status)
		} else if !strings.Contains(err.Error(), "Forbidden") {
			t.Errorf("GET %s through the proxy: %v, want Forbidden", target, err)
		}
	}
	for _, target := range []string{"http://example.com/", "http://id.segmentapis.com/oauth2/auth", elsewhere.URL} {
		resp, err := client.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("GET %s through the proxy answered %s, want 403", target, resp.Status)
		}
	}
	if n := leaks.Load(); n != 0 {
		t.Errorf("%d requests reached another server", n)
	}
}

// A tunnel to Segment is not a way to another host of the same server.
func TestInterceptMisdirected(t *testing.T) {
	t.Parallel()
	client := startIntercept(t)
	req, _ := http.NewRequest(http.MethodGet, "https://id.segmentapis.com/", nil)
	req.Host = "example.com"
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("the answer is %s, want 421", resp.Status)
	}
}

// Who trusts the authority trusts it for Segment's names and this machine alone.
func TestAuthorityIsBound(t *testing.T) {
	t.Parallel()
	authority, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(authority.Certificate.Certificate[1])
	if err != nil {
		t.Fatal(err)
	}
	if !root.IsCA || !root.PermittedDNSDomainsCritical || len(root.PermittedDNSDomains) != 4 || len(root.PermittedIPRanges) != 2 {
		t.Errorf("authority: CA %v, critical %v, names %v, addresses %v", root.IsCA, root.PermittedDNSDomainsCritical, root.PermittedDNSDomains, root.PermittedIPRanges)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM)
	leaf, err := x509.ParseCertificate(authority.Certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(Hosts(), "localhost", "127.0.0.1", "::1") {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("verify for %s: %v", name, err)
		}
	}
}
