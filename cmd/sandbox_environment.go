package cmd

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/segctl/segctl/internal/sandbox"
)

// environment returns the variables with which segctl, and programs in the example app's style, use the sandbox.
// segctl itself always uses the loopback address: its tokens of a sandbox go to no other, not even to one that is
// intercepted.
func (b *localSandbox) environment(redirectURL string) []string {
	return []string{
		"SEGCTL_PROFILE=" + sandboxProfile,
		"SEGCTL_ID_URL=" + b.URL,
		"SEGCTL_API_URL=" + b.URL,
		"SEGCTL_CLIENT_ID=" + sandbox.DemoClientID,
		"SEGCTL_CLIENT_SECRET=" + sandbox.DemoClientSecret,
		"SEGCTL_REDIRECT_URL=" + redirectURL,
		"CLIENT_ID=" + sandbox.DemoClientID,
		"CLIENT_SECRET=" + sandbox.DemoClientSecret,
	}
}

// trustEnvironment returns the variables with which programs trust the sandbox's certificate, and go through its proxy
// if there is one. Every library has its own; those that take a list of authorities take it in place of the system's.
func (b *localSandbox) trustEnvironment() []string {
	var variables []string
	if b.Authority != "" {
		for _, name := range []string{"SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"} {
			variables = append(variables, name+"="+b.Authority)
		}
	}
	if b.Proxy != "" {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
			variables = append(variables, name+"="+b.Proxy)
		}
		// Callbacks, and what a test starts on this machine, are reached without the proxy.
		for _, name := range []string{"NO_PROXY", "no_proxy"} {
			variables = append(variables, name+"=localhost,127.0.0.1,::1,[::1]")
		}
		variables = append(variables, "NODE_USE_ENV_PROXY=1") // Node.js 24 and later heed the others only then
	}
	return variables
}

// interceptor is the forward proxy of `sandbox run --intercept`, listening.
type interceptor struct {
	URL       string
	intercept *sandbox.Intercept
	http      *http.Server
}

func startInterceptor(ctx context.Context, handler http.Handler, certificate tls.Certificate) (*interceptor, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start intercepting proxy: %w", err)
	}
	intercept := sandbox.NewIntercept(handler, certificate)
	i := &interceptor{
		URL:       "http://" + listener.Addr().String(),
		intercept: intercept,
		http:      &http.Server{Handler: intercept, ReadHeaderTimeout: 10 * time.Second},
	}
	go func() { _ = i.http.Serve(listener) }()
	return i, nil
}

// close ends the proxy; the command that used it is gone.
func (i *interceptor) close() {
	_ = i.http.Close()
	_ = i.intercept.Close()
}
