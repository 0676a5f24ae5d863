package local

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/segctl/segctl/internal/sandbox"
)

// proxy is the forward proxy that answers for Segment's host names, listening.
type proxy struct {
	URL       string
	intercept *sandbox.Intercept
	http      *http.Server
}

func startProxy(ctx context.Context, handler http.Handler, certificate tls.Certificate) (*proxy, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start intercepting proxy: %w", err)
	}
	intercept := sandbox.NewIntercept(handler, certificate)
	p := &proxy{
		URL:       "http://" + listener.Addr().String(),
		intercept: intercept,
		http:      newServer(intercept),
	}
	go func() { _ = p.http.Serve(listener) }()
	return p, nil
}

// close ends the proxy; the command that used it is gone.
func (p *proxy) close() {
	_ = p.http.Close()
	_ = p.intercept.Close()
}
