package jobs

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// TestDueIn has tokens replaced within the margin, and well before a command would replace them by itself.
func TestDueIn(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct{ life, from, to time.Duration }{
		{time.Hour, 50 * time.Minute, 52*time.Minute + 30*time.Second},
		{24 * time.Hour, 24*time.Hour - 10*time.Minute, 24*time.Hour - 7*time.Minute - 30*time.Second},
		{10 * time.Second, 8 * time.Second, 8500 * time.Millisecond},
		{0, 0, 0},
		{-time.Hour, 0, 0}, // an expiry before the beginning
	} {
		i := install.Install{Token: "token", Card: install.Card{ObtainedAt: now, ExpiresAt: now.Add(c.life)}}
		for range 100 {
			in := dueIn(i.Card, now)
			if in < c.from || in > c.to {
				t.Errorf("a life of %s: replaced after %s, want %s to %s", c.life, in, c.from, c.to)
			}
			if c.life > 0 && i.Due(now.Add(in)) {
				t.Errorf("a life of %s: after %s a command has replaced it before", c.life, in)
			}
		}
	}
	if in := dueIn(install.Card{ObtainedAt: now}, now); in != unknownLife {
		t.Errorf("an unknown expiry: %s", in)
	}
}

// TestSlots spreads the turns of many installs evenly, and keeps each where it is.
func TestSlots(t *testing.T) {
	t.Parallel()
	const every, installs, parts = 5 * time.Minute, 10_000, 10
	now := time.Date(2026, 11, 25, 1, 2, 3, 4, time.UTC)
	var in [parts]int
	for n := range installs {
		name := "installs/" + strconv.Itoa(n)
		turn := slot(name, every, now)
		if turn <= 0 || turn > every {
			t.Fatalf("the next turn is in %s", turn)
		}
		if next := slot(name, every, now.Add(turn)); next != every {
			t.Fatalf("after a turn, the next one is in %s", next)
		}
		in[min(parts-1, int(turn*parts/every))]++
	}
	for part, n := range in {
		if n < installs/parts*8/10 || n > installs/parts*12/10 {
			t.Errorf("%d of %d turns are in part %d of %d", n, installs, part, parts)
		}
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	var all time.Duration
	attempts := 1
	for ; all < webhookPatience; attempts++ {
		wait := webhookBackoff().wait(attempts)
		if wait <= 0 || wait > webhookBackoff().most {
			t.Fatalf("attempt %d waits %s", attempts, wait)
		}
		all += wait
	}
	if attempts < 15 || attempts > 40 {
		t.Errorf("%d attempts in three days", attempts)
	}
	if wait := webhookBackoff().wait(1 << 40); wait > 6*time.Hour || wait < 4*time.Hour {
		t.Errorf("a job that always failed waits %s", wait)
	}
}

// TestSigner has receivers with the old and with the new secret take what is signed while one replaces the other.
func TestSigner(t *testing.T) {
	t.Parallel()
	secret := func(fill string, n int) string {
		return secretPrefix + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(fill, n)))
	}
	newer, older := secret("n", 32), secret("o", 24)
	s, err := NewSigner([]string{newer, older})
	if err != nil {
		t.Fatal(err)
	}
	now, payload := time.Now(), []byte(`{"id":"evt_1"}`)
	signature, err := s.Sign("evt_1", now, payload)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("webhook-id", "evt_1")
	header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	header.Set("webhook-signature", signature)
	for text, want := range map[string]bool{newer: true, older: true, secret("x", 24): false} {
		receiver, err := standardwebhooks.NewWebhook(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := receiver.Verify(payload, header); (err == nil) != want {
			t.Errorf("verified: %v, want %t", err, want)
		}
	}
	for _, bad := range []string{"", "whsec_", "plain-text-secret", secret("x", 23), secret("x", 65), "whsec_" + strings.Repeat("!", 40)} {
		if _, err := NewSigner([]string{bad}); err == nil {
			t.Errorf("%q is taken for a secret", bad)
		} else if bad != "" && bad != secretPrefix && strings.Contains(err.Error(), strings.TrimPrefix(bad, secretPrefix)) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

func TestWebhookURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"https://example.com/hooks?key=1": true, "http://127.0.0.1:9/hooks": true, "http://localhost/": true,
		"http://example.com/hooks": false, "https://user:password@example.com/": false, "ftp://example.com": false,
		"https:///hooks": false, "https://example.com/#x": false, "://": false, "/hooks": false, "http://127.0.0.1.example.com/": false,
	} {
		err := CheckWebhookURL(raw)
		if (err == nil) != want {
			t.Errorf("%s: %v", raw, err)
		}
		if err != nil && strings.Contains(err.Error(), "password@") {
			t.Errorf("the error tells a password: %v", err)
		}
	}
}

// TestTransition goes through what can follow on what.
func TestTransition(t *testing.T) {
	t.Parallel()
	const lost = destination.Health("lost")
	for _, c := range []struct {
		name     string
		customer string
		seen     []destination.Health
		want     string
	}{
		{"well from the first", "acme", []destination.Health{"ok", "ok"}, ""},
		{"ill from the first", "acme", []destination.Health{"missing", "missing", "ok"}, "destination.missing destination.recovered"},
		{"one after another", "acme", []destination.Health{"ok", "changed", "disabled", "ok"}, "destination.changed destination.disabled destination.recovered"},
		{"for nobody", "", []destination.Health{"disabled", "disabled", "missing"}, "destination.missing"},
		{"lost", "acme", []destination.Health{"ok", lost, lost, "unreachable", lost, "unrefreshable", lost}, "install.lost"},
		{"lost at first", "acme", []destination.Health{lost}, "install.lost"},
		{"back and well", "acme", []destination.Health{"ok", lost, "ok", "ok"}, "install.lost destination.recovered"},
		{"back and ill", "acme", []destination.Health{"no_access", lost, "no_access", "no_access"}, "destination.no_access install.lost destination.no_access"},
		{"lost again", "acme", []destination.Health{lost, "ok", lost}, "install.lost destination.recovered install.lost"},
	} {
		connection := ledger.Connection{Install: "installs/1", Customer: c.customer, Enabled: true}
		var told []string
		for _, health := range c.seen {
			s := seen{health: health, detail: "because"}
			if health == lost {
				s.health, s.lost = destination.NoAccess, true
			}
			var events []ledger.Event
			events, connection = transition(connection, s)
			for _, e := range events {
				told = append(told, string(e.Type))
			}
		}
		if got := strings.Join(told, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestQueues has queues of profiles apart, whatever they are called.
func TestQueues(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for _, profile := range []string{"default", "Default", "sandbox", "a b", "ü", strings.Repeat("x", 300), ""} {
		for class := range workers() {
			name, what := queue(profile, class), fmt.Sprintf("%q %s", profile, class)
			if other, ok := names[name]; ok || len(name) > 60 {
				t.Errorf("%s and %s share the queue %s", what, other, name)
			}
			names[name] = what
		}
	}
}
