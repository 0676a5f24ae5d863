package cmd

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/segctl/segctl/internal/sandbox"
)

// localSandbox is a sandbox that listens.
type localSandbox struct {
	*sandbox.Server
	URL       string // such as "http://127.0.0.1:8899"; always one that this machine can use
	Authority string // file with the certificate to trust; "" when nothing speaks TLS
	Proxy     string // URL of the intercepting proxy, "" without one

	authority *sandbox.Authority
	http      *http.Server
	proxy     *interceptor
	stop      context.CancelFunc
	done      chan error
}

// start serves a sandbox on addr. A certificate authority, if one is needed, is left in folder. The caller closes it.
func (f *sandboxFlags) start(ctx context.Context, app *App, addr, folder string) (*localSandbox, error) {
	options, err := f.options(app.Now)
	if err != nil {
		return nil, err
	}
	server, err := sandbox.New(options)
	if err != nil {
		return nil, usagef("start sandbox: %w", err)
	}
	box := &localSandbox{Server: server, done: make(chan error, 1)}
	if err := box.listen(ctx, f, addr, folder); err != nil {
		_ = server.Close() // nothing was written yet
		return nil, err
	}
	return box, nil
}

func (b *localSandbox) listen(ctx context.Context, f *sandboxFlags, addr, folder string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("start sandbox on %s: %w", addr, err)
	}
	at := listener.Addr().(*net.TCPAddr)
	if at.IP.IsUnspecified() {
		at = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: at.Port}
	}
	b.URL = "http://" + at.String()
	if f.tls || f.intercept {
		if err := b.trust(folder, at.IP); err != nil {
			listener.Close()
			return err
		}
	}
	if f.intercept {
		if b.proxy, err = startInterceptor(ctx, b.Server, b.authority.Certificate); err != nil {
			listener.Close()
			return err
		}
		b.Proxy = b.proxy.URL
	}
	// Streams of the request log end with the base context; Shutdown alone would wait for them.
	base, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.http = &http.Server{Handler: b.Server, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return base }}
	if !f.tls {
		go func() { b.done <- b.http.Serve(listener) }()
		return nil
	}
	b.URL = "https://" + at.String()
	b.http.TLSConfig = b.authority.TLSConfig()
	go func() { b.done <- b.http.ServeTLS(listener, "", "") }()
	return nil
}

// trust makes the throw-away authority, for the address as well if it is not a loopback one.
func (b *localSandbox) trust(folder string, address net.IP) (err error) {
	var others []net.IP
	if !address.IsLoopback() {
		others = append(others, address)
	}
	if b.authority, err = sandbox.NewAuthority(others...); err != nil {
		return err
	}
	b.Authority = filepath.Join(folder, "authority.pem")
	if err := os.WriteFile(b.Authority, b.authority.PEM, 0o600); err != nil {
		return fmt.Errorf("write certificate authority: %w", err)
	}
	return nil
}

// wait returns when ctx ends, or when the server fails.
func (b *localSandbox) wait(ctx context.Context) error {
	select {
	case err := <-b.done:
		return err
	case <-ctx.Done():
		return nil
	}
}

// close lets the requests under way finish, for a moment, and then writes what a state file lacks.
func (b *localSandbox) close() error {
	b.stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if b.proxy != nil {
		b.proxy.close()
	}
	if err := b.http.Shutdown(ctx); err != nil {
		_ = b.http.Close()
	}
	if err := b.Close(); err != nil {
		return fmt.Errorf("stop sandbox: %w", err)
	}
	return nil
}
