package authorize

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// A redirecting token endpoint must not hand the secret or the code to another server.
func TestExchangeRedirected(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var reached atomic.Int32
		thief := appAt(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
		a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, string(thief.ID)+"/oauth2/token?error=invalid_grant", status)
		})
		_, err := a.Exchange(t.Context(), begin(t, a), theCode)
		var refused *Error
		if !errors.As(err, &refused) || refused.StatusCode != status || refused.Reason != BadAnswer || !strings.Contains(err.Error(), "redirect") {
			t.Errorf("HTTP %d: Exchange returned %v", status, err)
		}
		if n := reached.Load(); n != 0 {
			t.Errorf("HTTP %d: the other server got %d requests", status, n)
		}
	}
}

// One attempt, even over a connection that was idle when the server dropped it.
func TestExchangeNetwork(t *testing.T) {
	t.Parallel()
	hangUp := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}
	for name, answer := range map[string]string{
		"no answer":        "",
		"not HTTP":         "SSH-2.0-" + theCode + "\r\n\r\n",
		"body cut short":   "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + granted,
		"chunks cut short": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var exchanges atomic.Int32
			a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					exchanges.Add(1)
					hangUp(answer)(w, r)
				}
			})
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			a.Transport = wire.NewTransport(unrepeatable{transport, t}, nil)
			warm, err := (&http.Client{Transport: transport}).Get(string(a.ID))
			if err != nil {
				t.Fatal(err)
			}
			warm.Body.Close()

			_, err = a.Exchange(t.Context(), begin(t, a), theCode)
			var network *NetworkError
			if !errors.As(err, &network) || network.Stage != StageExchange || !strings.HasSuffix(string(a.ID), network.Host) {
				t.Fatalf("Exchange returned %v", err)
			}
			if strings.Contains(err.Error(), theCode) {
				t.Errorf("the error shows the code: %v", err)
			}
			if n := exchanges.Load(); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

// unrepeatable is a transport that cannot be told to open a new connection, so that all depends on the request: net/http
// must be unable to send it again.
type unrepeatable struct {
	http.RoundTripper
	t *testing.T
}

func (u unrepeatable) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && (req.GetBody != nil || !req.Close) {
		u.t.Error("the exchange can be sent a second time")
	}
	return u.RoundTripper.RoundTrip(req)
}

func TestExchangeTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	a := appAt(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) }) // before the server of appAt is closed
	a.Timeout = time.Millisecond
	_, err := a.Exchange(t.Context(), begin(t, a), theCode)
	var network *NetworkError
	if !errors.As(err, &network) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Exchange returned %v", err)
	}
}

// An answer without an end is not read to it.
func TestExchangeEndless(t *testing.T) {
	t.Parallel()
	a := appAt(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<16))
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	a.Timeout = 10 * time.Second
	_, err := a.Exchange(t.Context(), begin(t, a), theCode)
	var refused *Error
	if !errors.As(err, &refused) || refused.Reason != BadAnswer || !strings.Contains(err.Error(), "too large") {
		t.Errorf("Exchange returned %v", err)
	}
}

// A trace around the exchange must not put it on a connection that was kept.
func TestExchangeHasItsOwnConnection(t *testing.T) {
	t.Parallel()
	addresses := make(chan string, 2)
	a := appAt(t, func(w http.ResponseWriter, r *http.Request) {
		addresses <- r.RemoteAddr
		answering(200, granted)(w, r)
	})
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	var passed atomic.Int32
	a.Transport = wire.NewTransport(transport, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			passed.Add(1)
			return next.RoundTrip(r)
		})
	})
	warm, err := (&http.Client{Transport: transport}).Get(string(a.ID))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, warm.Body)
	warm.Body.Close()
	if _, err := a.Exchange(t.Context(), begin(t, a), theCode); err != nil {
		t.Fatal(err)
	}
	if kept, own := <-addresses, <-addresses; kept == own {
		t.Errorf("the exchange came over the kept connection from %s", kept)
	}
	if n := passed.Load(); n != 1 {
		t.Errorf("%d requests went through the trace", n)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
