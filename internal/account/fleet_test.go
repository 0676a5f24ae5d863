package account_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// answers answers requests without a network, so that time stands still around it (testing/synctest).
type answers func(r *http.Request) (status int, body string)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// offline returns a World with the installs 1 and 2, whose tokens work for an hour.
func offline(t *testing.T, f answers) *account.World {
	t.Helper()
	env := map[string]string{
		"SEGCTL_API_URL": "https://api.example", "SEGCTL_ID_URL": "https://api.example", "SEGCTL_CLIENT_ID": "app", "SEGCTL_CLIENT_SECRET": "app-secret-0001",
	}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	store := install.NewMemory()
	for _, name := range []string{"installs/1", "installs/2"} {
		i := install.Install{Token: "token-of-" + name[9:] + "-0001", Card: install.Card{
			Name: name, Scope: "destination/clearbrain", Sources: []string{"workspaces/w/sources/s"}, Origin: "https://api.example",
			ObtainedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
		}}
		if err := store.Update(t.Context(), name, func(*install.Install) (*install.Install, error) { return &i, nil }); err != nil {
			t.Fatal(err)
		}
	}
	return &account.World{Settings: settings, Store: store, Transport: wire.NewTransport(f, nil), Redactor: new(secret.Redactor)}
}

// TestOneLimitForEachToken opens one install again and again, as a watch does for days: Segment counts by token.
func TestOneLimitForEachToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := map[string]int{}
		w := offline(t, func(r *http.Request) (int, string) {
			sent[r.Header.Get("Authorization")]++
			return http.StatusOK, `{"workspaces":[{"name":"workspaces/w"}]}`
		}).Fleet(nil)
		ask := func(name string) {
			card, err := w.Store.Card(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			acc, err := w.OpenCard(card)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := segment.Collect(acc.API().Workspaces(t.Context())); err != nil {
				t.Fatal(err)
			}
			w = w.Anew()
		}
		began := time.Now()
		for range 250 {
			ask("installs/1")
		}
		if took := time.Since(began); took < time.Minute {
			t.Errorf("250 requests with one token took %s, and Segment allows 200 a minute", took)
		}
		began = time.Now()
		for range 50 {
			ask("installs/2")
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("another token waited for %s", took)
		}
	})
}

// TestKeepToken has a request refused for what the token may not do: no other token would do.
func TestKeepToken(t *testing.T) {
	t.Parallel()
	refreshed := 0
	w := offline(t, func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			refreshed++
			return http.StatusOK, `{"access_token":"fresh-token-0001","token_type":"bearer","expires_in":3600,"install_name":"installs/1"}`
		}
		return http.StatusUnauthorized, `{"error":"malformed token","code":16}`
	})
	card, err := w.Store.Card(t.Context(), "installs/1")
	if err != nil {
		t.Fatal(err)
	}
	acc, err := w.OpenCard(card)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		ctx  context.Context
		want int
	}{{segment.KeepToken(t.Context()), 0}, {t.Context(), 1}} {
		_, err := acc.CatalogDestination(test.ctx, "clearbrain")
		if !segment.HasReason(err, segment.Unauthenticated) || refreshed != test.want {
			t.Errorf("%v; %d refreshes, want %d", err, refreshed, test.want)
		}
	}
}
