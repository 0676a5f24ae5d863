package doctor

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
)

const withoutSecret = "SEGCTL_CLIENT_SECRET" // to be set to ""

func TestToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		env       map[string]string
		token     string // of the saved install; "-": nothing is saved
		age       time.Duration
		given     string
		status    Status
		want      string
		presented bool // a token is sent to the API
	}{
		{"nothing is saved", nil, "-", 0, "", Warning, "no install is saved", false},
		{"accepted", nil, "g00d-token", 0, "", OK, "accepted by the API", true},
		{"due", nil, "g00d-token", 59 * time.Minute, "", OK, "the next command refreshes it", true},
		{"due, and cannot be refreshed", map[string]string{withoutSecret: ""}, "g00d-token", 59 * time.Minute, "", Warning, "not for long", true},
		{"refused", nil, "0ld-token", 0, "", Warning, "refused by the API; the next command refreshes it", true},
		{"refused, and cannot be refreshed", map[string]string{withoutSecret: ""}, "0ld-token", 0, "", Failure, "refused by the API", true},
		{"none yet", nil, "", 0, "", OK, "the next command gets one", false},
		{"none yet, and none to be had", map[string]string{withoutSecret: ""}, "", 0, "", Failure, "none can be had", false},
		{"given", nil, "-", 0, "g00d-token", OK, "from SEGCTL_TOKEN; accepted", true},
		{"given and refused", nil, "-", 0, "0ld-token", Failure, "from SEGCTL_TOKEN; refused by the API", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, c.env)
			if c.token != "-" {
				r.save(t, c.token, c.age)
			}
			if c.given != "" {
				r.world.Given, r.world.GivenFrom = c.given, "SEGCTL_TOKEN"
			}
			f := r.tokenFinding(t.Context())
			if f.Status != c.status || !strings.Contains(f.Message, c.want) {
				t.Errorf("%s: %s, want %s: …%s…", f.Status, f.Message, c.status, c.want)
			}
			if f.Status != OK && len(f.Hints) == 0 {
				t.Errorf("no hint with %q", f.Message)
			}
			if c.env != nil && f.Hints[0].Args[0] != "config" {
				t.Errorf("the first hint is %v, want how to set what is missing", f.Hints[0].Args)
			}
			presented := false
			for _, request := range r.api.seen() {
				presented = presented || strings.Contains(request, "-token")
				if strings.Contains(request, "/installs/") || strings.Contains(request, "Basic") {
					t.Errorf("a diagnosis has refreshed: %s", request)
				}
			}
			if presented != c.presented {
				t.Errorf("a token was sent: %t, want %t (%v)", presented, c.presented, r.api.seen())
			}
		})
	}
}

func TestTokenIsNotTriedOffline(t *testing.T) {
	t.Parallel()
	r := newRun(t, nil)
	r.save(t, "g00d-token", 0)
	f := r.token(t.Context(), vault{readable: true}, host{})
	if f.Status != Warning || !strings.Contains(f.Message, "not checked: network") || len(r.api.seen()) > 0 {
		t.Errorf("%+v, requests %v", f, r.api.seen())
	}
}

// A client secret in the vault that is for another server makes nothing renewable here, and is not shown as present.
func TestClientSecret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		env    map[string]string
		kept   vault
		status Status
		want   string
	}{
		{"in the environment", nil, vault{readable: true}, OK, "present (SEGCTL_CLIENT_SECRET)"},
		{"nowhere", map[string]string{withoutSecret: ""}, vault{readable: true}, Warning, "not set"},
		{"in a vault for another server", map[string]string{withoutSecret: ""}, vault{readable: true, hasSecret: true}, Warning, "for another server"},
		{
			"in the vault, for Segment",
			map[string]string{withoutSecret: "", "SEGCTL_ID_URL": "", "SEGCTL_API_URL": ""},
			vault{readable: true, hasSecret: true},
			OK, "present (keyring)",
		},
		{"in a vault that cannot be read", map[string]string{withoutSecret: ""}, vault{}, Warning, "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, c.env)
			f := r.clientSecret(c.kept)
			if f.Status != c.status || !strings.Contains(f.Message, c.want) || strings.Contains(f.Message, "c4nary") {
				t.Errorf("%s: %s, want %s: %s", f.Status, f.Message, c.status, c.want)
			}
			if c.status == Warning && r.renewable(c.kept) {
				t.Error("a refresh is thought possible")
			}
		})
	}
}

// A store that cannot be read stops commands, but not those with a token that was given.
func TestVaultThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]Status{"": Failure, "g00d-token": Warning} {
		r := newRun(t, nil)
		r.world.Vault = brokenVault{r.vault}
		r.world.Given, r.world.GivenFrom = given, "SEGCTL_TOKEN"
		kept := r.checkup.vault(t.Context())
		if kept.Status != want || kept.readable || !strings.Contains(kept.Message, "the keyring does not answer") {
			t.Errorf("given %q: %+v, want %s", given, kept, want)
		}
		f := r.tokenFinding(t.Context())
		if unknown := strings.Contains(f.Message, "unknown"); unknown != (given == "") {
			t.Errorf("given %q: %+v", given, f)
		}
	}
}

// brokenVault cannot be read.
type brokenVault struct{ *install.MemoryVault }

func (brokenVault) Get(_ context.Context, account string) ([]byte, error) {
	return nil, &install.StoreError{Kind: install.Slow, Op: "read", Item: account, Store: "keyring"}
}

func TestVaultIsLookedInto(t *testing.T) {
	t.Parallel()
	r := newRun(t, nil)
	ctx := t.Context()
	if err := r.vault.Set(ctx, account.SecretAccount(r.world.Settings.Profile), []byte("c4nary-secret")); err != nil {
		t.Fatal(err)
	}
	if kept := r.checkup.vault(ctx); !kept.readable || !kept.hasSecret || kept.Status != OK {
		t.Errorf("%+v", kept)
	}
}

// unreadyVault is a database whose secrets can be read, and that is not ready.
type unreadyVault struct{ *install.MemoryVault }

func (unreadyVault) Ready(context.Context) error {
	return &install.StoreError{Kind: install.NotMigrated, Op: "read", Item: "the schema", Store: "PostgreSQL"}
}

func TestSharedStoreMustBeReady(t *testing.T) {
	t.Parallel()
	r := newRun(t, nil)
	r.world.Vault = unreadyVault{r.vault}
	kept := r.checkup.vault(t.Context())
	if kept.Status != Failure || kept.readable || !strings.Contains(kept.Message, "not set up") || len(kept.Hints) == 0 {
		t.Errorf("%+v", kept)
	}
}
