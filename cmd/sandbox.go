package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/sandbox"
)

// sandboxAddr is where `sandbox start` listens, and where the sandbox profile looks for it.
const sandboxAddr = "127.0.0.1:8899"

// sandboxProfile is the profile that --sandbox chooses.
const sandboxProfile = "sandbox"

// sandboxScope is the scope that a sandbox's demo App is registered with, unless --scope names another.
const sandboxScope = "destination/clearbrain"

func newSandbox(app *App) *cobra.Command {
	return group("sandbox", "A local Segment to try things on, and to test with",
		newSandboxDemo(app), newSandboxRequests(app), newSandboxRun(app), newSandboxStart(app))
}

// sandboxSettings are the built-in settings of the sandbox profile: the demo App, on the default address.
func sandboxSettings() map[string]string {
	return map[string]string{
		"id_url":        "http://" + sandboxAddr,
		"api_url":       "http://" + sandboxAddr,
		"client_id":     sandbox.DemoClientID,
		"client_secret": sandbox.DemoClientSecret,
		"scope":         sandboxScope,
	}
}

// sandboxFlags are the flags of every command that starts a sandbox.
type sandboxFlags struct {
	scope        string
	autoApprove  bool
	tokenTTL     time.Duration
	tokens       []string
	redirectURLs []string
}

func (f *sandboxFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.scope, "scope", sandboxScope, "scope that the demo App is registered with")
	flags.BoolVar(&f.autoApprove, "auto-approve", false, "answer authorization requests at once, without login and consent")
	flags.DurationVar(&f.tokenTTL, "token-ttl", time.Hour, "how long install tokens live")
	flags.StringArrayVar(&f.redirectURLs, "redirect-url", nil, "redirect `URL` to register with the demo App as well (repeatable)")
	flags.StringArrayVar(&f.tokens, "token", nil, "preset personal token, as `TOKEN[:SCOPE]` (repeatable)")
}

// localSandbox is a sandbox that listens.
type localSandbox struct {
	*sandbox.Server
	URL  string // such as "http://127.0.0.1:8899"
	http *http.Server
	done chan error
}

// start serves a sandbox on addr. The caller closes it.
func (f *sandboxFlags) start(ctx context.Context, app *App, addr string) (*localSandbox, error) {
	server, err := sandbox.New(sandbox.Options{
		Scope:        f.scope,
		AutoApprove:  f.autoApprove,
		TokenTTL:     f.tokenTTL,
		Tokens:       f.tokens,
		RedirectURLs: f.redirectURLs,
		Now:          app.Now,
	})
	if err != nil {
		return nil, usagef("start sandbox: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start sandbox on %s: %w", addr, err)
	}
	box := &localSandbox{
		Server: server,
		URL:    "http://" + listener.Addr().String(),
		http:   &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second},
		done:   make(chan error, 1),
	}
	go func() { box.done <- box.http.Serve(listener) }()
	return box, nil
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

// close lets the requests under way finish, for a moment.
func (b *localSandbox) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := b.http.Shutdown(ctx); err != nil {
		_ = b.http.Close()
	}
}

// environment returns the variables with which segctl, and programs in the example app's style, use the sandbox.
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

// freeRedirectURL returns the guide's redirect URL with a port that is free on both loopback addresses.
func freeRedirectURL() (string, error) {
	for range 20 {
		v4, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
		if err != nil {
			return "", fmt.Errorf("find free port: %w", err)
		}
		port := strconv.Itoa(v4.Addr().(*net.TCPAddr).Port)
		v6, err := net.Listen("tcp", net.JoinHostPort("::1", port)) //nolint:noctx // closed at once
		v4.Close()
		var taken *net.OpError
		switch {
		case err == nil:
			v6.Close()
		case errors.As(err, &taken) && isAddressInUse(err):
			continue
		}
		return "http://localhost:" + port + "/auth/segment/callback", nil
	}
	return "", errors.New("find free port: none is free on both 127.0.0.1 and ::1")
}
