package loopback

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/wire"
)

func TestStrayRequests(t *testing.T) {
	t.Parallel()
	f := flow(t, answering(200, granted))
	r := start(t, t.Context(), f)
	good := r.callbackURL("code=" + theCode)
	port := strings.TrimPrefix(r.host, "localhost:")
	for _, tc := range []struct {
		name, method, url, host string
		status                  int
	}{
		{"wrong state", "GET", r.callbackURL("code=canary&state=wrong"), "", 400},
		{"state's beginning", "GET", r.redirect + "?code=canary&state=" + r.request.State[:42], "", 400},
		{"no state", "GET", r.redirect + "?code=canary", "", 400},
		{"empty state", "GET", r.redirect + "?code=canary&state=", "", 400},
		{"error with a wrong state", "GET", r.callbackURL("error=access_denied&error_description=<b>canary&state=wrong"), "", 400},
		{"code twice", "GET", good + "&code=canary", "", 400},
		{"state twice", "GET", good + "&state=canary", "", 400},
		{"code and error", "GET", good + "&error=access_denied", "", 400},
		{"neither", "GET", r.callbackURL("x=canary"), "", 400},
		{"broken query", "GET", good + "&canary=%zz", "", 400},
		{"other issuer", "GET", good + "&iss=https%3A%2F%2Fcanary.example", "", 400},
		{"POST", "POST", good, "", 405},
		{"HEAD", "HEAD", good, "", 405},
		{"favicon", "GET", "http://" + r.host + "/favicon.ico", "", 404},
		{"path below", "GET", strings.Replace(good, "callback?", "callback/?", 1), "", 404},
		{"path escaped", "GET", strings.Replace(good, "callback?", "c%61llback?", 1), "", 404},
		{"rebound name", "GET", good, "evil.example:" + port, 421},
		{"name below localhost", "GET", good, "localhost.evil.example:" + port, 421},
		{"no port", "GET", good, "localhost", 421},
		{"other port", "GET", good, "localhost:1", 421},
		{"other loopback address", "GET", good, "127.0.0.2:" + port, 421},
	} {
		req, err := http.NewRequest(tc.method, tc.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = tc.host
		page := r.do(req)
		if page.status != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, page.status, tc.status)
		}
		if strings.Contains(page.body, "canary") {
			t.Errorf("%s: the answer repeats the request: %s", tc.name, page.body)
		}
	}
	if page := r.get(good + "&iss=" + url.QueryEscape(string(f.App.ID))); page.status != 200 {
		t.Errorf("the right callback got %d", page.status)
	}
	if _, err := r.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	close(r.notes)
	told := map[string]bool{}
	for note := range r.notes {
		if told[note] {
			t.Errorf("told twice: %s", note)
		}
		told[note] = true
		if strings.Contains(note, "canary") {
			t.Errorf("the note repeats the request: %s", note)
		}
	}
}

func TestEveryLoopbackName(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost", "127.0.0.1", "[::1]"} {
		f := flow(t, answering(200, granted))
		r := start(t, t.Context(), f)
		page := r.get(strings.Replace(r.callbackURL("code="+theCode), "localhost", host, 1))
		if _, err := r.end(); err != nil || page.status != 200 {
			t.Errorf("%s: page %d, error %v", host, page.status, err)
		}
	}
}

func TestSecondCallback(t *testing.T) {
	t.Parallel()
	finishing, finish := make(chan struct{}), make(chan struct{})
	f := flow(t, answering(200, granted))
	f.Finish = func(context.Context, wire.Grant) (string, error) {
		close(finishing)
		<-finish
		return "", nil
	}
	r := start(t, t.Context(), f)
	first := make(chan answer, 1)
	go func() { first <- r.get(r.callbackURL("code=" + theCode)) }()
	<-finishing
	if second := r.get(r.callbackURL("code=another")); second.status != http.StatusConflict {
		t.Errorf("second callback got %d", second.status)
	}
	select {
	case page := <-first:
		t.Errorf("the browser was answered %d before the grant was saved", page.status)
	default:
	}
	close(finish)
	if page := <-first; page.status != http.StatusOK {
		t.Errorf("first callback got %d", page.status)
	}
	if _, err := r.end(); err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestSlowClients(t *testing.T) {
	t.Parallel()
	r := start(t, t.Context(), flow(t, answering(200, granted)))
	var slow []net.Conn
	for range 50 {
		conn, err := net.Dial("tcp", r.host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "GET /auth/segment/callback HTTP/1.1\r\nHost: "+r.host+"\r\nX-Slow: ")
		slow = append(slow, conn)
	}
	if page := r.get(r.callbackURL("code=" + theCode)); page.status != http.StatusOK {
		t.Errorf("page %d", page.status)
	}
	if _, err := r.end(); err != nil { // also sees that the port is free
		t.Errorf("Run returned %v", err)
	}
	for _, conn := range slow {
		if body, _ := io.ReadAll(conn); len(body) != 0 {
			t.Errorf("a slow client was answered %q", body)
		}
	}
}

func TestLargeHeader(t *testing.T) {
	t.Parallel()
	r := start(t, t.Context(), flow(t, answering(200, granted)))
	conn, err := net.Dial("tcp", r.host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		_, _ = io.WriteString(conn, "GET /auth/segment/callback HTTP/1.1\r\nHost: "+r.host+"\r\nX-Large: "+strings.Repeat("x", 2*maxHeader))
	}()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %s", resp.Status)
	}
}
