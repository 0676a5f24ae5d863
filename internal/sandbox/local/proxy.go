package local

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/segctl/segctl/internal/sandbox"
)

// proxy is the forward proxy that answers for Segment's host names, listening; and beside it a port for TLS connections
// that were led to it without a CONNECT.
type proxy struct {
	URL        string
	directPort int

	intercept *sandbox.Intercept
	http      *http.Server
	direct    net.Listener
}

func startProxy(ctx context.Context, server *sandbox.Server, certificate tls.Certificate, names []string) (*proxy, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start intercepting proxy: %w", err)
	}
	direct, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("start intercepting proxy: %w", err)
	}
	intercept := sandbox.NewIntercept(server, certificate, names...)
	p := &proxy{
		URL:        "http://" + listener.Addr().String(),
		directPort: direct.Addr().(*net.TCPAddr).Port,
		intercept:  intercept,
		http:       newServer(intercept),
		direct:     direct,
	}
	go func() { _ = p.http.Serve(listener) }()
	go func() { _ = intercept.ServeDirect(direct) }()
	return p, nil
}

// close ends the proxy; the command that used it is gone.
func (p *proxy) close() {
	_ = p.http.Close()
	p.direct.Close()
	_ = p.intercept.Close()
}
