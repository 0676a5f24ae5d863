package sandbox

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Hosts are the names that programs know Segment by.
func Hosts() []string {
	return []string{"id.segmentapis.com", "platform.segmentapis.com", "app.segment.com"}
}

// Intercept is a forward proxy that answers for Hosts over TLS, and refuses every other destination: it opens no
// connection to anywhere. It is an http.Handler for a server of its own.
type Intercept struct {
	certificate tls.Certificate
	server      *http.Server
	tunnels     *tunnels
}

// NewIntercept returns a proxy behind which handler answers, with the certificate of an Authority. Close ends it.
func NewIntercept(handler http.Handler, certificate tls.Certificate) *Intercept {
	i := &Intercept{certificate: certificate, tunnels: &tunnels{opened: make(chan net.Conn), closed: make(chan struct{})}}
	i.server = &http.Server{
		Handler:           onlyHosts(handler),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // a client that does not trust the certificate says so itself
	}
	go func() { _ = i.server.Serve(i.tunnels) }()
	return i
}

// Close cuts the tunnels that are open.
func (i *Intercept) Close() error { return i.server.Close() }

// ServeHTTP opens a tunnel to the sandbox for CONNECT to one of Hosts, RFC 9110 §9.3.6. Anything else is 403.
func (i *Intercept) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil || port != "443" || !slices.Contains(Hosts(), host) {
		http.Error(w, "the sandbox's proxy answers for Segment's host names over https only, and passes nothing on", http.StatusForbidden)
		return
	}
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
	i.tunnels.put(tls.Server(&tunnel{Conn: conn, early: slices.Clone(early)}, &tls.Config{
		Certificates: []tls.Certificate{i.certificate},
		NextProtos:   []string{"http/1.1"},
		MinVersion:   tls.VersionTLS12,
	}))
}

// onlyHosts refuses a request that came through a tunnel but is for another host, RFC 9110 §15.5.20.
func onlyHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, port, err := net.SplitHostPort(host); err == nil && port == "443" {
			host = name
		}
		if !slices.Contains(Hosts(), host) {
			http.Error(w, "this is not "+host, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// tunnel is a connection of which the first bytes were read already.
type tunnel struct {
	net.Conn
	early []byte
}

func (t *tunnel) Read(b []byte) (int, error) {
	if len(t.early) == 0 {
		return t.Conn.Read(b)
	}
	n := copy(b, t.early)
	t.early = t.early[n:]
	return n, nil
}

// tunnels is the net.Listener of the server behind the proxy.
type tunnels struct {
	opened chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *tunnels) put(conn net.Conn) {
	select {
	case l.opened <- conn:
	case <-l.closed:
		_ = conn.Close()
	}
}

// Accept returns the next tunnel, until Close.
func (l *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-l.opened:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close makes Accept and put end.
func (l *tunnels) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr says that there is no address.
func (l *tunnels) Addr() net.Addr { return &net.UnixAddr{Name: "proxy", Net: "tunnel"} }
