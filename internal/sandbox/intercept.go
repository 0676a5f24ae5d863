package sandbox

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"time"
)

// Intercept is a forward proxy that answers for Segment's host names over TLS, and refuses every other destination: it
// opens no connection to anywhere. It is an http.Handler for a server of its own.
type Intercept struct {
	sandbox *Server
	inside  *Guard
	tls     *tls.Config
	server  *http.Server
	tunnels *tunnels
}

// NewIntercept returns a proxy behind which a sandbox answers, with the certificate of an Authority, for Segment's host
// names and others. Close ends it.
func NewIntercept(s *Server, certificate tls.Certificate, others ...string) *Intercept {
	i := &Intercept{
		sandbox: s,
		inside:  &Guard{server: s, names: newHostSet(others)},
		tunnels: &tunnels{opened: make(chan net.Conn), closed: make(chan struct{})},
		tls: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			NextProtos:   []string{"h2", "http/1.1"},
			MinVersion:   tls.VersionTLS12,
		},
	}
	i.server = &http.Server{
		Handler:           i.inside,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a client that does not trust the certificate says so itself
	}
	go func() { _ = i.server.Serve(i.tunnels) }()
	return i
}

// Close cuts the tunnels that are open.
func (i *Intercept) Close() error { return i.server.Close() }

// ServeDirect takes the connections of a listener for connections to Segment, until it is closed: they begin with TLS,
// without a proxy's CONNECT.
func (i *Intercept) ServeDirect(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		i.tunnels.put(tls.Server(conn, i.tls))
	}
}

// ServeHTTP opens a tunnel to the sandbox for CONNECT to one of the names, RFC 9110 §9.3.6, and answers a request for
// an https URL as a whole, which some clients send to a proxy (§7.2 knows it for http alone). Anything else is 403.
func (i *Intercept) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, port := hostName(r.Host)
	switch {
	case !i.inside.answersTo(name):
		i.refuse(w, r, printableHost(name)+" is none of Segment's hosts")
	case r.Method == http.MethodConnect && port == "443":
		i.tunnel(w)
	case r.Method != http.MethodConnect && r.URL.Scheme == "https" && (port == "443" || port == ""):
		i.inside.ServeHTTP(w, originForm(r))
	case r.Method == http.MethodConnect || r.URL.Scheme == "https":
		i.refuse(w, r, name+" is answered on port 443 alone")
	default:
		i.refuse(w, r, name+" is answered over https alone")
	}
}

// originForm returns a request for a whole URL as its server gets it.
func originForm(r *http.Request) *http.Request {
	changed, address := *r, *r.URL
	address.Scheme, address.Host = "", ""
	changed.URL = &address
	changed.RequestURI = address.RequestURI()
	return &changed
}

// refuse answers 403, with the reason in the status line too: a program shows little else of a refused CONNECT.
func (i *Intercept) refuse(w http.ResponseWriter, r *http.Request, why string) {
	i.sandbox.refuse(r, http.StatusForbidden, why)
	body := "the sandbox's proxy answers for Segment's host names over https only, and passes nothing on: " + why + "\n"
	if r.Method != http.MethodConnect {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, body)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, body, http.StatusForbidden)
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 403 Forbidden by segctl sandbox: %s\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", why, len(body), body)
}

// tunnel makes the connection of a CONNECT one of the server behind the proxy.
func (i *Intercept) tunnel(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = conn.SetDeadline(time.Time{}) // those of the proxy's own server are over
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = conn.Close()
		return
	}
	// A client may send its hello without waiting for the 200: the server has read it already, then.
	early, _ := buffered.Peek(buffered.Reader.Buffered())
	i.tunnels.put(tls.Server(&tunnel{Conn: conn, early: slices.Clone(early)}, i.tls))
}
