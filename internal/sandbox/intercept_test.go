package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// intercepted is an intercepting proxy, and what a program under it knows: its address and an authority.
type intercepted struct {
	*Server
	*Intercept
	proxy  *url.URL
	roots  *x509.CertPool
	client *http.Client
}

func startIntercept(t *testing.T, o Options, others ...string) *intercepted {
	t.Helper()
	o.Tokens = []string{"t0ken"}
	server := newSandbox(t, o)
	authority, err := NewAuthority(others...)
	if err != nil {
		t.Fatal(err)
	}
	intercept := NewIntercept(server, authority.Certificate, others...)
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
	transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &intercepted{server, intercept, address, roots, client}
}

// answer asks a host for something that it serves.
func answer(t *testing.T, client *http.Client, origin string) *http.Response {
	t.Helper()
	path, shows := "/v1beta/workspaces", "workspaces/acme"
	switch name := strings.ToLower(origin); {
	case strings.Contains(name, hostID):
		path, shows = "/oauth2/auth", "invalid_client"
	case strings.Contains(name, hostApp):
		path, shows = "/login", "Log in"
	}
	req, _ := http.NewRequest(http.MethodGet, origin+path, nil)
	req.Header.Set("Authorization", "Bearer t0ken")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if !strings.Contains(string(body), shows) {
		t.Errorf("%s answered %s: %s", origin, resp.Status, body)
	}
	return resp
}

// A name has no case, may end with a dot, and is answered in HTTP/2 where the client can.
func TestInterceptAnswersForSegment(t *testing.T) {
	t.Parallel()
	i := startIntercept(t, Options{}, "api.example.com")
	for _, host := range append(Hosts(), "eu1.api.segmentapis.com", "api.example.com", "ID.SegmentAPIs.com", "app.segment.com.", "id.segmentapis.com:443") {
		if resp := answer(t, i.client, "https://"+host); resp.ProtoMajor != 2 {
			t.Errorf("%s answered in %s, want HTTP/2", host, resp.Proto)
		}
	}
	// The sandbox sees the names in one form.
	for _, r := range i.Requests() {
		if r.Host != strings.ToLower(r.Host) || strings.HasSuffix(r.Host, ".") || strings.Contains(r.Host, ":") {
			t.Errorf("the log has the host %q", r.Host)
		}
	}
	old := &http.Transport{Proxy: http.ProxyURL(i.proxy), TLSClientConfig: &tls.Config{RootCAs: i.roots}}
	t.Cleanup(old.CloseIdleConnections)
	if resp := answer(t, &http.Client{Transport: old}, "https://id.segmentapis.com"); resp.ProtoMajor != 1 {
		t.Errorf("a client that does not offer HTTP/2 is answered in %s", resp.Proto)
	}
}

// Some clients send the proxy the whole request for an https URL, in the clear.
func TestInterceptAbsoluteForm(t *testing.T) {
	t.Parallel()
	i := startIntercept(t, Options{})
	for line, status := range map[string]string{
		"GET https://id.segmentapis.com/oauth2/auth?response_type=code":       "401",
		"GET https://platform.segmentapis.com:443/v1beta/catalog/sources":     "401",
		"GET https://PLATFORM.segmentapis.com./v1beta/catalog/sources":        "401",
		"GET https://platform.segmentapis.com:8443/v1beta/catalog/sources":    "403",
		"GET http://platform.segmentapis.com/v1beta/catalog/sources":          "403",
		"GET https://example.com/v1beta/catalog/sources":                      "403",
		"GET https://platform.segmentapis.com.example/v1beta/catalog/sources": "403",
	} {
		if got := i.raw(t, line+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 "+status+" ") {
			t.Errorf("%s: %q, want %s", line, got, status)
		}
	}
	for _, r := range i.Requests() {
		if r.Status == 401 && (r.Host != "id.segmentapis.com" && r.Host != "platform.segmentapis.com" || !strings.HasPrefix(r.Path, "/")) {
			t.Errorf("the log has %v", r)
		}
	}
}

// raw sends the proxy bytes, and returns what it answers.
func (i *intercepted) raw(t *testing.T, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", i.proxy.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// A connection that was led here without a proxy begins with TLS.
func TestInterceptDirect(t *testing.T) {
	t.Parallel()
	i := startIntercept(t, Options{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- i.ServeDirect(listener) }()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: i.roots}, ForceAttemptHTTP2: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return net.Dial("tcp", listener.Addr().String())
		},
	}
	answer(t, &http.Client{Transport: transport}, "https://platform.segmentapis.com")
	transport.CloseIdleConnections()
	listener.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("it ended with %v", err)
	}
}

// Who is refused is told why, in the status line too; it is in the log, and each host is told of once.
func TestInterceptTellsRefusals(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	i := startIntercept(t, Options{Refused: func(why string) { told <- why }})
	const refusal = "HTTP/1.1 403 Forbidden by segctl sandbox: "
	for range 2 {
		if got := i.raw(t, "CONNECT registry.example:443 HTTP/1.1\r\nHost: registry.example:443\r\n\r\n"); !strings.HasPrefix(got, refusal+"registry.example is none of Segment's hosts\r\n") {
			t.Errorf("%q", got)
		}
	}
	if got := i.raw(t, "CONNECT id.segmentapis.com:22 HTTP/1.1\r\nHost: id.segmentapis.com:22\r\n\r\n"); !strings.HasPrefix(got, refusal+"id.segmentapis.com is answered on port 443 alone\r\n") {
		t.Errorf("%q", got)
	}
	i.raw(t, "GET http://plain.example/a?code=c0de HTTP/1.1\r\nHost: plain.example\r\nConnection: close\r\n\r\n")
	close(told)
	var lines, logged []string
	for line := range told {
		lines = append(lines, line)
	}
	for _, r := range i.Requests() {
		logged = append(logged, fmt.Sprintf("%s %s %s %s %d %s", r.Method, r.Host, r.Path, r.Query, r.Status, r.Refused))
	}
	registry := "CONNECT registry.example:443   403 registry.example is none of Segment's hosts"
	if diff := cmp.Diff([]string{
		registry, registry, "CONNECT id.segmentapis.com:22   403 id.segmentapis.com is answered on port 443 alone",
		"GET plain.example /a code=" + masked + " 403 plain.example is none of Segment's hosts",
	}, logged); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"registry.example is none of Segment's hosts",
		"id.segmentapis.com is answered on port 443 alone",
		"plain.example is none of Segment's hosts",
	}, lines); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// What is not Segment is refused, and nobody is asked: neither over TLS nor in the clear.
func TestInterceptRefusesTheRest(t *testing.T) {
	t.Parallel()
	client := startIntercept(t, Options{}).client
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
	client := startIntercept(t, Options{}).client
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
	authority, err := NewAuthority("api.example.com", "id.segmentapis.com")
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(authority.Certificate.Certificate[1])
	if err != nil {
		t.Fatal(err)
	}
	if !root.IsCA || !root.PermittedDNSDomainsCritical || len(root.PermittedDNSDomains) != 6 || len(root.PermittedIPRanges) != 2 {
		t.Errorf("authority: CA %v, critical %v, names %v, addresses %v", root.IsCA, root.PermittedDNSDomainsCritical, root.PermittedDNSDomains, root.PermittedIPRanges)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM)
	leaf, err := x509.ParseCertificate(authority.Certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(Hosts(), "localhost", "127.0.0.1", "::1", "api.example.com") {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("verify for %s: %v", name, err)
		}
	}
}
