// Package local is a sandbox on this machine: it listens, speaks TLS and answers for Segment's host names where that is
// asked for, and runs commands in an environment that uses it. It prints nothing, and knows only package sandbox.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/segctl/segctl/internal/sandbox"
)

// Options say how a sandbox listens.
type Options struct {
	Addr      string   // HOST:PORT; port 0 is a free one
	TLS       bool     // https, with a throw-away certificate
	Intercept bool     // a proxy beside it answers for Segment's host names
	Hosts     []string // other names that it answers to as it does to Segment's, checked by sandbox.CheckHost
}

// Sandbox is a sandbox that listens.
type Sandbox struct {
	*sandbox.Server
	URL       string // such as "http://127.0.0.1:8899"; always one that this machine can use
	Authority string // file with the certificate to trust; "" when nothing speaks TLS
	Proxy     string // URL of the intercepting proxy; "" without one

	preload   string // file that leads Node.js to the sandbox; "" without a proxy
	folder    string // temporary, of this sandbox alone; "" until something is put there
	authority *sandbox.Authority
	http      *http.Server
	proxy     *proxy
	stop      context.CancelFunc // ends the streams of the request log
	done      chan error
}

// Start makes a sandbox listen. The caller closes it, and server with it; where Start fails, server is closed already.
func Start(ctx context.Context, server *sandbox.Server, o Options) (*Sandbox, error) {
	s := &Sandbox{Server: server, done: make(chan error, 1)}
	if err := s.listen(ctx, o); err != nil {
		_ = server.Close() // nothing was written yet
		return nil, errors.Join(err, s.removeFolder())
	}
	return s, nil
}

func (s *Sandbox) listen(ctx context.Context, o Options) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return fmt.Errorf("start sandbox on %s: %w", o.Addr, err)
	}
	at := listener.Addr().(*net.TCPAddr)
	names := append(slices.Clone(o.Hosts), ownNames(o.Addr, at.IP)...)
	if at.IP.IsUnspecified() {
		at = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: at.Port}
	}
	if o.TLS || o.Intercept {
		if err := s.trust(names); err != nil {
			listener.Close()
			return err
		}
	}
	if o.Intercept {
		if err := s.intercept(ctx, o.Hosts); err != nil {
			listener.Close()
			return err
		}
	}
	// Streams of the request log end with the base context; Shutdown alone would wait for them.
	base, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.http = newServer(sandbox.NewGuard(s.Server, names...))
	s.http.BaseContext = func(net.Listener) context.Context { return base }
	s.URL = "http://" + at.String()
	serve := s.http.Serve
	if o.TLS {
		s.URL = "https://" + at.String()
		s.http.TLSConfig = s.authority.TLSConfig()
		serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
	}
	go func() { s.done <- serve(listener) }()
	return nil
}

// newServer returns an HTTP server that says nothing on standard error: what a client does wrong is the client's.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
}

// ownNames returns the names and addresses that a sandbox has by its address, beside the loopback ones: none on a
// loopback address, and "" for every address.
func ownNames(addr string, ip net.IP) []string {
	host, remote, err := Reachable(addr)
	switch {
	case err != nil, !remote:
		return nil
	case ip.IsUnspecified():
		return []string{""}
	case net.ParseIP(host) == nil:
		return []string{host, ip.String()}
	}
	return []string{ip.String()}
}

// trust makes the throw-away authority, for other names and addresses too.
func (s *Sandbox) trust(others []string) (err error) {
	others = slices.DeleteFunc(slices.Clone(others), func(name string) bool { return name == "" })
	if s.authority, err = sandbox.NewAuthority(others...); err != nil {
		return err
	}
	if err := s.makeFolder(); err != nil {
		return err
	}
	s.Authority = filepath.Join(s.folder, "authority.pem")
	if err := os.WriteFile(s.Authority, s.authority.PEM, 0o600); err != nil {
		return fmt.Errorf("write certificate authority: %w", err)
	}
	return nil
}

// intercept starts the proxy, and writes what leads Node.js to it.
func (s *Sandbox) intercept(ctx context.Context, others []string) (err error) {
	if s.proxy, err = startProxy(ctx, s.Server, s.authority.Certificate, others); err != nil {
		return err
	}
	s.Proxy = s.proxy.URL
	if err := s.writePreload(append(sandbox.Hosts(), others...)); err != nil {
		s.proxy.close()
		return err
	}
	return nil
}

// makeFolder makes the sandbox's temporary folder, unless it is there.
func (s *Sandbox) makeFolder() (err error) {
	if s.folder != "" {
		return nil
	}
	if s.folder, err = os.MkdirTemp("", "segctl-sandbox-"); err != nil {
		return fmt.Errorf("make temporary folder: %w", err)
	}
	return nil
}

func (s *Sandbox) removeFolder() error {
	if s.folder == "" {
		return nil
	}
	if err := os.RemoveAll(s.folder); err != nil {
		return fmt.Errorf("remove temporary folder: %w", err)
	}
	return nil
}

// Wait returns nil when ctx ends or the terminal is gone, and an error when the server fails before that.
func (s *Sandbox) Wait(ctx context.Context) error {
	if !signal.Ignored(syscall.SIGHUP) {
		hung, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
		defer stop()
		ctx = hung
	}
	select {
	case err := <-s.done:
		return fmt.Errorf("serve sandbox: %w", err)
	case <-ctx.Done():
		return nil
	}
}

// Close lets the requests under way finish, for a moment, then writes what a state file lacks, and removes the temporary
// folder.
func (s *Sandbox) Close() error {
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.proxy != nil {
		s.proxy.close()
	}
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
	err := s.removeFolder()
	if closing := s.Server.Close(); closing != nil {
		return errors.Join(err, fmt.Errorf("stop sandbox: %w", closing))
	}
	return err
}
