package wire

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestOnceIsNotRepeated has a server that answers one request on each connection and then hangs up on the next one:
// net/http sends that one again, but not over Once.
func TestOnceIsNotRepeated(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var received atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				requests := bufio.NewReader(conn)
				for i := range 2 {
					if _, err := http.ReadRequest(requests); err != nil {
						return
					}
					received.Add(1)
					if i == 0 {
						_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
					}
				}
			}()
		}
	}()
	transport := NewTransport(nil, nil)
	get := func(rt http.RoundTripper) {
		req, err := http.NewRequest(http.MethodGet, "http://"+listener.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	get(transport)
	get(transport)
	if n := received.Load(); n != 3 {
		t.Fatalf("over the shared side: %d requests, want 3, of which one was repeated", n)
	}
	received.Store(0)
	get(transport.Once())
	get(transport.Once())
	if n := received.Load(); n != 2 {
		t.Errorf("over Once: %d requests, want 2", n)
	}
}

func TestTransportWrapsBothSides(t *testing.T) {
	t.Parallel()
	var wrapped []http.RoundTripper
	transport := NewTransport(http.NewFileTransport(http.Dir(t.TempDir())), func(next http.RoundTripper) http.RoundTripper {
		wrapped = append(wrapped, next)
		return next
	})
	transport.Once()
	transport.Once()
	if len(wrapped) != 2 {
		t.Errorf("%d sides are wrapped, want 2", len(wrapped))
	}
}

func TestWithoutRedirects(t *testing.T) {
	t.Parallel()
	answer := func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"https://evil.example"}}, Body: io.NopCloser(strings.NewReader(""))}, nil
	}
	resp, err := WithoutRedirects(roundTripper(answer)).Get("http://127.0.0.1")
	if err != nil || resp.StatusCode != http.StatusFound {
		t.Errorf("%v, %v, want the redirect as it is", resp, err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
