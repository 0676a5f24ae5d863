package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/wire"
)

// fullStore is one that lets a record be read and a refresh happen, and then has no room for it.
type fullStore struct{ install.Store }

func (s fullStore) Update(ctx context.Context, name string, change func(*install.Install) (*install.Install, error)) error {
	return s.Store.Update(ctx, name, func(old *install.Install) (*install.Install, error) {
		if _, err := change(old); err != nil {
			return nil, err
		}
		return nil, &install.StoreError{Kind: install.DiskFull, Op: "write", Item: name, Store: "files"}
	})
}

// busyStore is one in which another process saves a new token just before the first change.
type busyStore struct {
	install.Store
	once *sync.Once
}

func (s busyStore) Update(ctx context.Context, name string, change func(*install.Install) (*install.Install, error)) error {
	s.once.Do(func() {
		_ = s.Store.Update(ctx, name, func(old *install.Install) (*install.Install, error) {
			theirs := *old
			theirs.Token = "theirs"
			return &theirs, nil
		})
	})
	return s.Store.Update(ctx, name, change)
}

// What was asked for is a new token and its answer: the token that another process has just got is neither.
func TestAPIRefreshOfABusyInstallIsSent(t *testing.T) {
	t.Parallel()
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		_, _ = io.WriteString(w, `{"access_token":"fresh","install_name":"installs/10"}`)
	}))
	defer server.Close()
	app, stdout := refreshApp(t, server.URL, false)
	app.Store = busyStore{app.Store, new(sync.Once)}
	status := app.Run(t.Context(), []string{"api", "installs/10/token", "--jq", ".access_token"})
	if status != problem.ExitOK || stdout.String() != "fresh\n" || requests != 1 {
		t.Errorf("status %d, %d requests, printed %q", status, requests, stdout)
	}
	if i, err := app.Store.Get(t.Context(), "installs/10"); err != nil || i.Token != "fresh" {
		t.Errorf("saved: %q, %v", i.Token, err)
	}
}

// A refresh whose token cannot be saved, or that says what nobody understands, is printed all the same: the old token is
// dead, and this is the only copy of the new one.
func TestAPIRefreshIsPrintedWhateverHappens(t *testing.T) {
	t.Parallel()
	const good = `{"access_token":"4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8","token_type":"bearer","expires_in":3600,"scope":"workspace","install_name":"install/10"}`
	tests := map[string]struct {
		full   bool
		answer string
		status int
		saved  string
	}{
		"saved":        {false, good, problem.ExitOK, "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8"},
		"disk full":    {true, good, problem.ExitStore, "old"},
		"of another":   {false, strings.Replace(good, "install/10", "install/11", 1), problem.ExitNetwork, "old"},
		"not JSON":     {false, "tok=abc", problem.ExitNetwork, "old"},
		"not a bearer": {false, strings.Replace(good, "bearer", "mac", 1), problem.ExitNetwork, "old"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if id, secret, _ := r.BasicAuth(); id != "id" || secret != "s3cret" || r.URL.Path != "/v1beta/installs/10/token" {
					t.Errorf("%s %s as %q", r.Method, r.URL, id)
				}
				requests++
				_, _ = w.Write([]byte(test.answer))
			}))
			defer server.Close()
			app, stdout := refreshApp(t, server.URL, test.full)
			status := app.Run(t.Context(), []string{"api", "installs/10/token"})
			if status != test.status || strings.TrimSpace(stdout.String()) != test.answer || requests != 1 {
				t.Errorf("status %d, %d requests, printed %q", status, requests, stdout)
			}
			if i, err := app.Store.Get(t.Context(), "installs/10"); err != nil || i.Token != test.saved {
				t.Errorf("saved: %q, %v", i.Token, err)
			}
		})
	}
}

// A record that another server issued is left alone, and nothing is sent to this one.
func TestAPIRefreshKeepsToTheOrigin(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s", r.Method, r.URL) }))
	defer server.Close()
	app, stdout := refreshApp(t, "https://platform.segmentapis.com", false)
	app.Env = variables(t, server.URL)
	if status := app.Run(t.Context(), []string{"api", "installs/10/token"}); status != problem.ExitSignIn || stdout.Len() > 0 {
		t.Errorf("status %d, printed %q", status, stdout)
	}
}

// refreshApp returns an App with installs/10 saved, whose token a server at origin issued.
func refreshApp(t *testing.T, origin string, full bool) (*App, *bytes.Buffer) {
	t.Helper()
	store := install.NewMemory()
	grant := wire.Grant{AccessToken: "old", Lifetime: time.Hour, Scope: "workspace", InstallName: "installs/10"}
	server := wire.Origin(origin)
	saved, err := install.New(grant, install.Binding{ClientID: "id", Issuer: server, Origin: server, Scope: "workspace"}, time.Now())
	if err == nil {
		err = store.Update(t.Context(), "installs/10", func(*install.Install) (*install.Install, error) { return &saved, nil })
	}
	if err = errors.Join(err, store.Use(t.Context(), "installs/10")); err != nil {
		t.Fatal(err)
	}
	if full {
		store = fullStore{store}
	}
	var stdout bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &stdout, Err: new(bytes.Buffer), Now: time.Now, Store: store, Env: variables(t, origin)}
	return app, &stdout
}

// variables is an environment with credentials and an API.
func variables(t *testing.T, origin string) func(string) (string, bool) {
	set := map[string]string{
		"HOME": t.TempDir(), "SEGCTL_CONFIG_DIR": t.TempDir(), "SEGCTL_STATE_DIR": t.TempDir(),
		"SEGCTL_API_URL": origin, "SEGCTL_ID_URL": origin, "SEGCTL_CLIENT_ID": "id", "SEGCTL_CLIENT_SECRET": "s3cret",
	}
	return func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
}
