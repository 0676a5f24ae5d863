package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/seal"
)

// Who can write to the database, and has no key, can neither read a token, nor give an install another one's, nor send a
// token to another server.
func TestDatabaseIsNotTrusted(t *testing.T) {
	t.Parallel()
	s, url := seven(t)
	eight := installtest.Named(t, "installs/8")
	installtest.Put(t, s, eight)
	dump := answer[string](t, url, "SELECT string_agg(i::text, '') FROM segctl_installs i")
	if strings.Contains(dump, "token-of") || strings.Contains(dump, fmt.Sprintf("%x", "token-of")) {
		t.Errorf("a token is in the dump: %s", dump)
	}
	ask(t, url, `UPDATE segctl_installs SET card = card || '{"origin":"https://evil.example","issuer":"https://evil.example"}' WHERE name = 'installs/8'`)
	if i, err := s.Get(t.Context(), "8"); err != nil || i.Origin != eight.Origin || i.Issuer != eight.Issuer {
		t.Errorf("the token goes to %s, %v", i.Origin, err)
	}
	ask(t, url, `UPDATE segctl_installs SET token = (SELECT token FROM segctl_installs WHERE name = 'installs/7') WHERE name = 'installs/8'`)
	if _, err := s.Get(t.Context(), "8"); kindOf(t, err) != install.Corrupt {
		t.Errorf("the token of another install: %v", err)
	}
	// A secret is no record, wherever it is put.
	if err := s.Vault().Set(t.Context(), "default/installs/8", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	ask(t, url, "UPDATE segctl_installs SET token = (SELECT sealed FROM segctl_secrets) WHERE name = 'installs/8'")
	if _, err := s.Get(t.Context(), "8"); kindOf(t, err) != install.Corrupt {
		t.Errorf("a secret as a record: %v", err)
	}
	for _, change := range []string{
		"UPDATE segctl_installs SET token = 'nothing' WHERE name = 'installs/8'",
		"UPDATE segctl_installs SET token = overlay(token placing 'x' from 200 for 1) WHERE name = 'installs/8'",
		`UPDATE segctl_installs SET card = '{"v":2,"name":"installs/7"}', token = NULL WHERE name = 'installs/8'`,
		`UPDATE segctl_installs SET card = '[]', token = NULL WHERE name = 'installs/8'`,
		`UPDATE segctl_installs SET card = '{"v":2,"name":"installs/8","origin":"javascript:alert(1)"}', token = NULL WHERE name = 'installs/8'`,
	} {
		ask(t, url, change)
		if _, err := s.Get(t.Context(), "8"); kindOf(t, err) != install.Corrupt {
			t.Errorf("%s: %v", change, err)
		}
		// A damaged one can be replaced, and the others are not affected.
		installtest.Put(t, s, eight)
		if i, err := s.Get(t.Context(), "8"); err != nil || i.Token != eight.Token {
			t.Errorf("%s: after it was replaced: %q, %v", change, i.Token, err)
		}
	}
	ask(t, url, `UPDATE segctl_installs SET card = '{"v":99}' WHERE name = 'installs/8'`)
	// A damaged card is made anew from the record, one of a newer segctl is left alone, and no install has another name.
	if _, err := s.Cards(t.Context()); kindOf(t, err) != install.Newer {
		t.Errorf("a newer card: %v", err)
	}
	ask(t, url, `UPDATE segctl_installs SET card = '"damaged"' WHERE name = 'installs/8'`)
	ask(t, url, `INSERT INTO segctl_installs (profile, name, card) VALUES ('default', '../etc', '{}'), ('default', '7', '{}'), ('other', 'installs/9', '{}')`)
	if got := strings.Join(installtest.List(t, s), " "); got != "installs/7 installs/8" {
		t.Errorf("there are %s", got)
	}
	if card, err := s.Card(t.Context(), "8"); err != nil || card.Origin != eight.Origin {
		t.Errorf("%+v, %v", card, err)
	}
	wantToken(t, s, installtest.Named(t, "installs/7").Token)
}

// Profiles share a database and see nothing of each other.
func TestProfilesAreApart(t *testing.T) {
	t.Parallel()
	s, url := seven(t)
	other := postgres.New(postgres.Options{URL: url, Profile: "other", Keys: s.Keys()})
	t.Cleanup(other.Close)
	if err := s.Vault().Set(t.Context(), "default/client_secret", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Get(t.Context(), "7"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := other.Vault().Get(t.Context(), "default/client_secret"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if err := other.Vault().Delete(t.Context(), "default/client_secret"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	installtest.Put(t, other, installtest.Named(t, "installs/7"))
	installtest.Remove(t, other, "installs/7")
	wantToken(t, s, installtest.Named(t, "installs/7").Token)
}

func TestVault(t *testing.T) {
	t.Parallel()
	s, url := seven(t)
	v := s.Vault()
	const name = "default/client_secret"
	if err := v.Delete(t.Context(), name); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	for _, secret := range []string{"one", "two"} {
		if err := v.Set(t.Context(), name, []byte(secret)); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Get(t.Context(), name); err != nil || string(got) != secret {
			t.Errorf("%q, %v", got, err)
		}
	}
	if sealed := answer[[]byte](t, url, "SELECT sealed FROM segctl_secrets"); bytes.Contains(sealed, []byte("two")) {
		t.Error("it is not sealed")
	}
	p, err := v.Prepare(t.Context(), name, []byte("two"), 2000)
	if err != nil {
		t.Fatal(err)
	}
	p.Abort()
	if err := p.Commit(t.Context(), []byte("three")); err != nil {
		t.Fatal(err)
	}
	ask(t, url, "INSERT INTO segctl_secrets SELECT profile, 'default/other', sealed, seal FROM segctl_secrets")
	if _, err := v.Get(t.Context(), "default/other"); kindOf(t, err) != install.Corrupt {
		t.Errorf("a secret under another name: %v", err)
	}
	if got, err := v.Get(t.Context(), name); err != nil || string(got) != "three" {
		t.Errorf("%q, %v", got, err)
	}
	if err := v.Delete(t.Context(), name); err != nil {
		t.Error(err)
	}
	if _, err := v.Get(t.Context(), name); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// Where what is obtained could not be sealed, or not be opened again here, nothing is obtained.
func TestNothingIsObtainedWithoutKeys(t *testing.T) {
	t.Parallel()
	_, url := seven(t)
	identity, _ := newKeys(t)
	_, recipient := newKeys(t)
	mismatched, err := seal.New([]string{recipient}, []string{identity})
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range []*seal.Keys{nil, mismatched} {
		s := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: keys})
		defer s.Close()
		for _, name := range []string{"7", "8"} {
			err := s.Update(t.Context(), name, func(*install.Install) (*install.Install, error) {
				t.Errorf("a token for %s would be asked for", name)
				return nil, errors.New("stop")
			})
			if got := kindOf(t, err); got != install.NoKey {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Everything is sealed anew to the new recipient while renewals go on, and then the old identity is not needed any more.
func TestRotate(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	oldIdentity, oldRecipient := newKeys(t)
	newIdentity, newRecipient := newKeys(t)
	open := func(recipients, identities []string) *postgres.Store {
		keys, err := seal.New(recipients, identities)
		if err != nil {
			t.Fatal(err)
		}
		s := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: keys, MaxConns: 8})
		t.Cleanup(s.Close)
		return s
	}
	before := open([]string{oldRecipient}, []string{oldIdentity})
	between := open([]string{newRecipient}, []string{oldIdentity, newIdentity})
	after := open([]string{newRecipient}, []string{newIdentity})
	more := postgres.Schema{Component: "test", Steps: []string{
		"CREATE TABLE test_sealed (profile text, id text, sealed bytea, seal text); INSERT INTO test_sealed VALUES ('default', '1', NULL, NULL)",
	}}
	if applied, err := before.Migrate(t.Context(), more); err != nil || len(applied) != 2 {
		t.Fatalf("%q, %v", applied, err)
	}
	column := postgres.Sealed{Table: "test_sealed", Key: "id", Column: "sealed", KeyID: "seal", Context: "'test:' || id"}
	sealed, err := before.Keys().Seal("test:2", []byte("settings"))
	if err != nil {
		t.Fatal(err)
	}
	ask(t, url, "INSERT INTO test_sealed VALUES ('default', '2', $1, $2)", sealed, before.Keys().ID())
	ask(t, url, "INSERT INTO test_sealed VALUES ('other', '2', $1, $2)", sealed, before.Keys().ID())
	const installs = 60
	for n := range installs {
		installtest.Put(t, before, installtest.Named(t, fmt.Sprintf("installs/%d", n+1)))
	}
	if err := before.Vault().Set(t.Context(), "default/x", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	// Half of them are renewed meanwhile, to the new recipient or by those who do not know it yet.
	var all sync.WaitGroup
	var want [installs]string // what was kept last: those who do not know the new keys may come too late
	for n := range installs {
		want[n] = installtest.Named(t, fmt.Sprintf("installs/%d", n+1)).Token
	}
	for n := range installs / 2 {
		all.Go(func() {
			s := []*postgres.Store{before, between}[n%2]
			for round := range 5 {
				token := fmt.Sprintf("renewed-%d", round)
				switch err := s.Update(t.Context(), fmt.Sprint(n+1), with(token, nil)); {
				case err == nil:
					want[n] = token
				case s == between || kindOf(t, err) != install.NoKey:
					t.Error(err)
				}
			}
		})
	}
	for range 3 {
		all.Go(func() {
			if _, err := between.Rotate(t.Context(), 7, column); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if _, err := between.Rotate(t.Context(), 7, column); err != nil {
		t.Fatal(err)
	}
	if n, err := between.Rotate(t.Context(), 7, column); n != 0 || err != nil {
		t.Errorf("%d are left, %v", n, err)
	}
	for n := range installs {
		i, err := after.Get(t.Context(), fmt.Sprint(n+1))
		if err != nil || i.Token != want[n] {
			t.Errorf("installs/%d: %q, %v; want %q", n+1, i.Token, err, want[n])
		}
	}
	if got, err := after.Vault().Get(t.Context(), "default/x"); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	settings, err := after.Keys().Open("test:2", answer[[]byte](t, url, "SELECT sealed FROM test_sealed WHERE id = '2' AND profile = 'default'"))
	if diff := cmp.Diff("settings", string(settings)); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	if !bytes.Equal(sealed, answer[[]byte](t, url, "SELECT sealed FROM test_sealed WHERE profile = 'other'")) {
		t.Error("what another profile has sealed was changed")
	}
	// What cannot be opened is left as it is, and said; the rest is done.
	ask(t, url, "UPDATE test_sealed SET sealed = 'damaged', seal = 'x' WHERE profile = 'default' AND id = '2'")
	if err := before.Vault().Set(t.Context(), "default/x", []byte("again")); err != nil {
		t.Fatal(err)
	}
	if n, err := between.Rotate(context.Background(), 7, column); n != 1 || err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("%d, %v", n, err)
	}
}
