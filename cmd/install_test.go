package cmd

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
)

// stageInstall returns an App whose sandbox says yes to everything, and what the App prints.
func stageInstall(t *testing.T, change func(environment map[string]string)) (app *App, said *bytes.Buffer) {
	t.Helper()
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(sandbox.Options{Scope: sandboxScope, AutoApprove: true, RedirectURLs: []string{redirect}})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(judged(t, server))
	t.Cleanup(listener.Close)
	home := t.TempDir()
	environment := map[string]string{
		"SEGCTL_CONFIG_DIR": filepath.Join(home, "config"),
		"SEGCTL_STATE_DIR":  filepath.Join(home, "state"),
		"SEGCTL_STORE":      "file",
	}
	for _, variable := range (&local.Sandbox{URL: listener.URL}).Environment(redirect) {
		name, value, _ := strings.Cut(variable, "=")
		environment[name] = value
	}
	if change != nil {
		change(environment)
	}
	said = &bytes.Buffer{}
	return &App{
		In: strings.NewReader(""), Out: said, Err: said, Now: time.Now,
		Env: envOf(environment),
	}, said
}

// answerTo gets a URL without following redirects, and returns status, Location and body.
func answerTo(t *testing.T, url string) (status int, location, page string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(url)
	if err != nil {
		t.Error(err)
		return 0, "", ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, resp.Header.Get("Location"), string(body)
}

// TestInstallStrayCallbacks answers with a wrong state, then rightly, and the page never shows what came in the query.
func TestInstallStrayCallbacks(t *testing.T) {
	t.Parallel()
	app, said := stageInstall(t, nil)
	pages := make(chan string, 1)
	app.OpenURL = func(_ context.Context, authorization string) error {
		go func() {
			_, callback, _ := answerTo(t, authorization)
			u, err := url.Parse(callback)
			if err != nil {
				t.Error(err)
			}
			query := u.Query()
			code, state := query.Get("code"), query.Get("state")
			query.Set("state", strings.Repeat("x", len(state)))
			wrong := *u
			wrong.RawQuery = query.Encode()
			if status, _, _ := answerTo(t, wrong.String()); status != http.StatusBadRequest {
				t.Errorf("a callback with a wrong state is answered with %d, want 400", status)
			}
			_, _, page := answerTo(t, callback)
			if strings.Contains(page, code) || strings.Contains(page, state) {
				t.Errorf("the final page shows the query:\n%s", page)
			}
			pages <- page
		}()
		return nil
	}
	if status := app.Run(t.Context(), []string{"install"}); status != problem.ExitOK {
		t.Fatalf("exit status %d\n%s", status, said)
	}
	if page := <-pages; !strings.Contains(page, "installs/1") && !strings.Contains(page, "clearbrain") {
		t.Errorf("the final page does not say what was installed:\n%s", page)
	}
	if strings.Contains(said.String(), sandbox.DemoClientSecret) {
		t.Errorf("the client secret shows:\n%s", said)
	}
}

// TestInstallSecondCallback holds the exchange until a second callback was answered.
func TestInstallSecondCallback(t *testing.T) {
	t.Parallel()
	app, said := stageInstall(t, nil)
	callbacks := make(chan string, 1)
	app.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		if status, _, _ := answerTo(t, <-callbacks); status != http.StatusConflict {
			t.Errorf("a second callback is answered with %d, want 409", status)
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	app.OpenURL = func(_ context.Context, authorization string) error {
		go func() {
			_, callback, _ := answerTo(t, authorization)
			callbacks <- callback
			answerTo(t, callback)
		}()
		return nil
	}
	if status := app.Run(t.Context(), []string{"install"}); status != problem.ExitOK {
		t.Fatalf("exit status %d\n%s", status, said)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestInstallPortTaken finds the port taken on one address alone: a browser might call back on that one.
func TestInstallPortTaken(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			var redirect string
			app, said := stageInstall(t, func(environment map[string]string) { redirect = environment["SEGCTL_REDIRECT_URL"] })
			u, err := url.Parse(redirect)
			if err != nil {
				t.Fatal(err)
			}
			taken, err := net.Listen("tcp", net.JoinHostPort(host, u.Port()))
			if err != nil {
				t.Skipf("this machine has no %s: %v", host, err)
			}
			defer taken.Close()
			app.OpenURL = func(context.Context, string) error { t.Error("a browser was opened"); return nil }
			if status := app.Run(t.Context(), []string{"install"}); status != problem.ExitFailure {
				t.Errorf("exit status %d, want %d", status, problem.ExitFailure)
			}
			for _, want := range []string{taken.Addr().String(), "end the program that listens there", "hint: segctl config set redirect_url"} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
		})
	}
}

// TestInstallUnregisteredRedirect: the authorization server shows the error to the browser and never calls back.
func TestInstallUnregisteredRedirect(t *testing.T) {
	t.Parallel()
	app, said := stageInstall(t, func(environment map[string]string) {
		redirect, err := loopback.FreeRedirectURL()
		if err != nil {
			t.Fatal(err)
		}
		environment["SEGCTL_REDIRECT_URL"] = redirect
	})
	app.OpenURL = func(_ context.Context, authorization string) error {
		if status, location, _ := answerTo(t, authorization); status != http.StatusBadRequest || location != "" {
			t.Errorf("answered with %d and the location %q", status, location)
		}
		return nil
	}
	if status := app.Run(t.Context(), []string{"install", "--timeout", "50ms"}); status != problem.ExitSignIn {
		t.Errorf("exit status %d, want %d", status, problem.ExitSignIn)
	}
	if !strings.Contains(said.String(), "if the browser showed an error about the client or the redirect URI") {
		t.Errorf("no hint at the redirect URL:\n%s", said)
	}
}

// TestInstallInterrupted frees the port and exits with 130.
func TestInstallInterrupted(t *testing.T) {
	t.Parallel()
	var redirect string
	app, said := stageInstall(t, func(environment map[string]string) { redirect = environment["SEGCTL_REDIRECT_URL"] })
	ctx, interrupt := context.WithCancel(t.Context())
	app.OpenURL = func(context.Context, string) error { interrupt(); return nil }
	if status := app.Run(ctx, []string{"install"}); status != problem.ExitInterrupted {
		t.Errorf("exit status %d, want %d\n%s", status, problem.ExitInterrupted, said)
	}
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:"+u.Port())
	if err != nil {
		t.Fatalf("the port is still held: %v", err)
	}
	free.Close()
}
