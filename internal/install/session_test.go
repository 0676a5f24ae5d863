package install

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// issuer stands for Segment: it issues token-1, token-2, … and knows that only the last one is alive.
type issuer struct {
	mu     sync.Mutex
	issued int
	ttl    int64
	err    error
}

func (s *issuer) refresh(context.Context, string) (Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return Grant{}, s.err
	}
	s.issued++
	g := grant(fmt.Sprintf("token-%d", s.issued))
	g.SourceNames = nil
	if s.ttl != 0 {
		g.ExpiresIn = s.ttl
	}
	return g, nil
}

// clock is a local clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func session(store Store, from *issuer, c *clock) *Session {
	return &Session{Store: store, Origin: testOrigin, Refresh: from.refresh, Now: c.read}
}

// want asks for a token and compares it, and the number of refreshes so far.
func (s *issuer) want(t *testing.T, from *Session, rejected, token string, refreshes int) {
	t.Helper()
	got, err := from.Token(context.Background(), rejected)
	if err != nil || got != token || s.issued != refreshes {
		t.Errorf("Token(%q) = %q, %v after %d refreshes; want %q after %d", rejected, got, err, s.issued, token, refreshes)
	}
}

func TestRefreshBeforeExpiry(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	s := session(store, from, c)
	from.want(t, s, "", "old", 0)
	c.move(54 * time.Minute)
	from.want(t, s, "", "old", 0)
	c.move(2 * time.Minute)
	from.want(t, s, "", "token-1", 1)
	from.want(t, s, "", "token-1", 1)
	i, err := store.Get(context.Background(), "7")
	if err != nil || i.Token != "token-1" || len(i.Sources) != 1 {
		t.Errorf("saved: %q with sources %q, %v", i.Token, i.Sources, err)
	}
}

func TestShortLivedTokenIsUsed(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{ttl: 5}, &clock{now: noon}
	put(t, store, installed(t, "old", noon.Add(-time.Hour)))
	s := session(store, from, c)
	from.want(t, s, "", "token-1", 1)
	from.want(t, session(store, from, c), "", "token-1", 1)
	c.move(4 * time.Second)
	from.want(t, s, "", "token-1", 1)
	c.move(time.Second)
	from.want(t, s, "", "token-2", 2)
}

func TestRefreshOnceAfterRefusal(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	s := session(store, from, c)
	from.want(t, s, "", "old", 0)
	from.want(t, s, "old", "token-1", 1)
	// Another request was on its way with the old token.
	from.want(t, s, "old", "token-1", 1)
	// Still refused: it was not the token's age.
	from.want(t, s, "token-1", "token-1", 1)
	// A later run finds out for itself.
	from.want(t, session(store, from, c), "token-1", "token-2", 2)
	// And what that one obtained is reused here.
	from.want(t, s, "token-1", "token-2", 2)
}

func TestRenewReusesWhatAnotherObtained(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	first, second := session(store, from, c), session(store, from, c)
	for _, s := range []*Session{first, second} {
		if _, err := s.Install(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*Session{first, second} {
		if i, err := s.Renew(context.Background()); err != nil || i.Token != "token-1" {
			t.Errorf("Renew: %q, %v", i.Token, err)
		}
	}
	if i, err := session(store, from, c).Renew(context.Background()); err != nil || i.Token != "token-2" {
		t.Errorf("a token that works is renewed all the same: got %q, %v", i.Token, err)
	}
}

func TestWrongClocks(t *testing.T) {
	t.Parallel()
	store, from := NewMemory(), &issuer{}
	put(t, store, installed(t, "old", noon))
	fast, right, slow := &clock{now: noon.Add(time.Hour)}, &clock{now: noon}, &clock{now: noon.Add(-time.Hour)}
	for range 20 {
		for _, c := range []*clock{fast, right, slow} {
			s := session(store, from, c)
			for range 3 {
				if _, err := s.Token(context.Background(), ""); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if from.issued != 1 {
		t.Errorf("%d refreshes; only the first of the fast clock was due", from.issued)
	}
	// The clock is set back by an hour in the middle of a run, then forward by two.
	s := session(store, from, right)
	for range 3 {
		right.move(-time.Hour)
		from.want(t, s, "", "token-1", 1)
		right.move(time.Hour)
	}
	right.move(2 * time.Hour)
	for range 3 {
		from.want(t, s, "", "token-2", 2)
	}
}

func TestTokenStaysWithItsOrigin(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon.Add(2 * time.Hour)}
	put(t, store, installed(t, "canary", noon))
	for _, origin := range []string{
		"http://127.0.0.1:8080", "http://platform.segmentapis.com", "https://platform.segmentapis.com:8443",
		"https://platform.segmentapis.com.evil.example", "https://evil.example/https://platform.segmentapis.com",
	} {
		s := session(store, from, c)
		s.Origin = origin
		var other *OriginError
		if token, err := s.Token(context.Background(), ""); !errors.As(err, &other) || token != "" {
			t.Errorf("%s: %q, %v", origin, token, err)
		}
		if i, err := s.Renew(context.Background()); !errors.As(err, &other) || i.Token != "" {
			t.Errorf("%s: Renew: %q, %v", origin, i.Token, err)
		}
	}
	if from.issued != 0 {
		t.Error("a token was refreshed at another origin")
	}
	s := session(store, from, c)
	s.Origin = "https://PLATFORM.segmentapis.com:443/"
	from.want(t, s, "", "token-1", 1)
	s = session(store, from, c)
	s.Origin = "https://user:canary@platform.segmentapis.com"
	if _, err := s.Token(context.Background(), ""); err == nil {
		t.Error("an origin with a user is accepted")
	}
}

func TestGivenTokenIsNotRefreshed(t *testing.T) {
	t.Parallel()
	store, err := Given("personal", "SEGCTL_TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{Store: store, Origin: testOrigin}
	for _, rejected := range []string{"", "personal"} {
		if token, err := s.Token(context.Background(), rejected); err != nil || token != "personal" {
			t.Errorf("Token(%q) = %q, %v", rejected, token, err)
		}
	}
	var no *NoRefreshError
	if _, err := s.Renew(context.Background()); !errors.As(err, &no) {
		t.Errorf("Renew: %v", err)
	}
	var readOnly *ReadOnlyError
	if err := store.Update(context.Background(), "7", nil); !errors.As(err, &readOnly) {
		t.Errorf("Update: %v", err)
	}
	for _, token := range []string{"", "two words", "line\n"} {
		if _, err := Given(token, "standard input"); err == nil {
			t.Errorf("%q is taken for a token", token)
		}
	}
}

// brokenVault keeps what it has and takes nothing new.
type brokenVault struct {
	Vault
	broken bool
}

func (v *brokenVault) Set(ctx context.Context, account string, secret []byte) error {
	if v.broken {
		return &StoreError{Kind: DiskFull, Op: "write", Item: account, Store: v.String()}
	}
	return v.Vault.Set(ctx, account, secret)
}

func TestRefreshedButNotSaved(t *testing.T) {
	t.Parallel()
	vault := &brokenVault{Vault: &MemoryVault{}}
	store, from, c := Open(t.TempDir(), "default", vault), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	vault.broken = true
	s := session(store, from, c)
	from.want(t, s, "old", "token-1", 1)
	from.want(t, s, "", "token-1", 1)
	// What is on record is the dead token: neither a refusal nor anything else may bring it back.
	from.want(t, s, "token-1", "token-1", 1)
	var unsaved *SaveError
	var cause *StoreError
	if err := s.Unsaved(); !errors.As(err, &unsaved) || !errors.As(err, &cause) || cause.Kind != DiskFull {
		t.Errorf("Unsaved: %v", err)
	}
	if i, err := s.Renew(context.Background()); !errors.As(err, &unsaved) || i.Token != "token-2" {
		t.Errorf("Renew: %q, %v", i.Token, err)
	}
	c.move(2 * time.Hour)
	vault.broken = false
	from.want(t, s, "", "token-3", 3)
	if err := s.Unsaved(); err != nil {
		t.Errorf("saved, but still: %v", err)
	}
	from.want(t, session(store, from, c), "", "token-3", 3)
}

func TestFailedRefreshChangesNothing(t *testing.T) {
	t.Parallel()
	down := errors.New("no answer")
	store, from, c := NewMemory(), &issuer{err: down}, &clock{now: noon.Add(2 * time.Hour)}
	put(t, store, installed(t, "old", noon))
	if _, err := session(store, from, c).Token(context.Background(), ""); !errors.Is(err, down) {
		t.Errorf("Token: %v", err)
	}
	if i, err := store.Get(context.Background(), "7"); err != nil || i.Token != "old" {
		t.Errorf("the record is %q, %v", i.Token, err)
	}
}

func TestNothingInstalled(t *testing.T) {
	t.Parallel()
	s := session(NewMemory(), &issuer{}, &clock{now: noon})
	if _, err := s.Token(context.Background(), ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("without a name: %v", err)
	}
	s.Name = "installs/9"
	if _, err := s.Token(context.Background(), ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("with a name: %v", err)
	}
}
