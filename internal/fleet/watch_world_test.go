package fleet

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
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

type transport func(r *http.Request) string

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(f(r))), Request: r}, nil
}

// TestWatchForDays refreshes tokens as they expire, reads the catalog anew, and follows an install that is removed.
func TestWatchForDays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		env := map[string]string{
			"SEGCTL_API_URL": "https://api.example", "SEGCTL_ID_URL": "https://api.example", "SEGCTL_CLIENT_ID": "app", "SEGCTL_CLIENT_SECRET": "app-secret-0001",
		}
		settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
		if err != nil {
			t.Fatal(err)
		}
		store := install.NewMemory()
		card := install.Card{Name: "installs/1", Scope: "destination/clearbrain", Sources: []string{"workspaces/w/sources/s"}, Origin: "https://api.example"}
		if err := store.Add(t.Context(), []install.Card{card}); err != nil {
			t.Fatal(err)
		}
		refreshes, catalog, checks := 0, 0, 0
		answer := transport(func(r *http.Request) string {
			switch path := r.URL.Path; {
			case strings.HasSuffix(path, "/token"):
				refreshes++
				return `{"access_token":"fresh-token-0001","token_type":"bearer","expires_in":3600,"install_name":"installs/1"}`
			case strings.HasPrefix(path, "/v1beta/catalog/"):
				catalog++
				return `{"name":"catalog/destinations/clearbrain","settings":[]}`
			case strings.HasSuffix(path, "/filters"):
				return `{"filters":[]}`
			}
			checks++
			return `{"name":"workspaces/w/sources/s/destinations/clearbrain","enabled":true}`
		})
		world := &account.World{Settings: settings, Store: store, Transport: wire.NewTransport(answer, nil), Redactor: new(secret.Redactor)}
		follow := &Following{World: world, Cards: []install.Card{card}}
		time.AfterFunc(24*time.Hour+time.Minute, func() {
			_ = store.Update(t.Context(), card.Name, func(*install.Install) (*install.Install, error) { return nil, nil })
		})
		events := &told{began: time.Now()}
		w := Watch{
			Run: Run{World: world.Fleet(nil), Task: CheckTask(), Observer: events}, Interval: 10 * time.Minute, Seen: NewSeen(),
			Choose: func(ctx context.Context) ([]Target, error) {
				cards, err := follow.Now(ctx)
				return Targets(cards, destination.Wanted{}), err
			},
		}
		s, err := w.Do(t.Context())
		if p := problem.Of(err, problem.Context{}); p.Exit != problem.ExitSignIn || s.ExitCode != problem.ExitSignIn {
			t.Errorf("after the last install was removed: %v, %+v", err, s)
		}
		if len(events.lines) != 0 {
			t.Errorf("told %q", events.lines)
		}
		if checks != 145 || catalog != 145 || refreshes < 24 || refreshes > 29 {
			t.Errorf("in a day: %d checks, the catalog was read %d times, and there were %d refreshes", checks, catalog, refreshes)
		}
	})
}
