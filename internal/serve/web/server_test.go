package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/serve/flow"
)

// listen serves a stage on a free port, as the service does, after a change to the server.
func (s *stage) listen(change func(*http.Server)) (addr string) {
	s.t.Helper()
	l, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	server := Server(s.service, s.service.Log)
	if change != nil {
		change(server)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	s.t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return l.Addr().String()
}

// dial sends what a client begins with.
func dial(t *testing.T, addr, begin string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, begin); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestServerHasLimits(t *testing.T) {
	t.Parallel()
	server := Server(http.NotFoundHandler(), nil)
	for name, d := range map[string]time.Duration{
		"header": server.ReadHeaderTimeout, "read": server.ReadTimeout, "write": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("%s: %s", name, d)
		}
	}
	if server.MaxHeaderBytes != 16<<10 || server.ErrorLog == nil {
		t.Errorf("header %d, log %v", server.MaxHeaderBytes, server.ErrorLog)
	}
}

// Who sends a request a little at a time loses the connection, in the header as in the body.
func TestSlowRequestsEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const soon = 20 * time.Millisecond
	header := dial(t, s.listen(func(server *http.Server) { server.ReadHeaderTimeout = soon }), "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ")
	if _, err := io.ReadAll(header); err != nil {
		t.Errorf("in the header: %v", err)
	}
	addr := s.listen(func(server *http.Server) { server.ReadHeaderTimeout, server.ReadTimeout = time.Minute, soon })
	body := dial(t, addr, "POST /v1/links HTTP/1.1\r\nHost: connect.partner.example\r\nAuthorization: Bearer "+theToken+
		"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"customer\"")
	resp, err := http.ReadResponse(bufio.NewReader(body), nil)
	if err != nil || resp.StatusCode != http.StatusBadRequest || !resp.Close {
		t.Errorf("in the body: %v, %v", resp, err)
	}
	if len(s.engine.asked) > 0 {
		t.Errorf("asked %v", s.engine.asked)
	}
}

// A body without an end is read up to the limit, and answered before it ends.
func TestLargeRequestsEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	addr := s.listen(nil)
	const head = " HTTP/1.1\r\nHost: connect.partner.example\r\nAuthorization: Bearer " + theToken + "\r\nContent-Type: application/json\r\n"
	endless := dial(t, addr, "POST /v1/links"+head+"Transfer-Encoding: chunked\r\n\r\n")
	go func() {
		for {
			if _, err := io.WriteString(endless, "400\r\n"+strings.Repeat(" ", 1024)+"\r\n"); err != nil {
				return
			}
		}
	}()
	resp, err := http.ReadResponse(bufio.NewReader(endless), nil)
	if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge || !resp.Close {
		t.Errorf("an endless body: %v, %v", resp, err)
	}
	header := dial(t, addr, "GET /connect/x"+head+"X: "+strings.Repeat("x", maxHeader+8<<10)+"\r\n\r\n")
	resp, err = http.ReadResponse(bufio.NewReader(header), nil)
	if err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a large header: %v, %v", resp, err)
	}
	if len(s.engine.asked) > 0 {
		t.Errorf("asked %v", s.engine.asked)
	}
}

// deadlined notes until when an answer may be written.
type deadlined struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (d *deadlined) SetWriteDeadline(until time.Time) error {
	d.until = until
	return nil
}

// An exchange may take longer than any other request.
func TestCallbackMayTakeLonger(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.engine.outcome = flow.Outcome{Status: flow.StatusForeign}
	w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
	begun := time.Now()
	s.service.ServeHTTP(w, s.request(http.MethodGet, flow.CallbackPath+"?code=x", ""))
	if w.until.Before(begun.Add(callbackTimeout)) {
		t.Errorf("until %s", w.until)
	}
}
