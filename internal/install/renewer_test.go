package install

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// issuer stands for Segment: it issues token-1, token-2, … and knows that only the last one is alive.
type issuer struct {
	mu     sync.Mutex
	issued int
	ttl    time.Duration
	err    error
}

func (s *issuer) refresh(context.Context, string) (wire.Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return wire.Grant{}, s.err
	}
	s.issued++
	g := grant(fmt.Sprintf("token-%d", s.issued))
	g.SourceNames = nil
	if s.ttl != 0 {
		g.Lifetime = s.ttl
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

func renewer(store Store, from *issuer, c *clock) *Renewer {
	return &Renewer{Store: store, Origin: wire.SegmentAPI, Refresh: from.refresh, Now: c.read}
}

// want asks for a token and compares it, and the number of refreshes so far.
func (s *issuer) want(t *testing.T, from *Renewer, rejected, token string, refreshes int) {
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
	s := renewer(store, from, c)
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
	store, from, c := NewMemory(), &issuer{ttl: 5 * time.Second}, &clock{now: noon}
	put(t, store, installed(t, "old", noon.Add(-time.Hour)))
	s := renewer(store, from, c)
	from.want(t, s, "", "token-1", 1)
	from.want(t, renewer(store, from, c), "", "token-1", 1)
	c.move(4 * time.Second)
	from.want(t, s, "", "token-1", 1)
	c.move(time.Second)
	from.want(t, s, "", "token-2", 2)
}

func TestRefreshOnceAfterRefusal(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	s := renewer(store, from, c)
	from.want(t, s, "", "old", 0)
	from.want(t, s, "old", "token-1", 1)
	// Another request was on its way with the old token.
	from.want(t, s, "old", "token-1", 1)
	// Still refused: it was not the token's age.
	from.want(t, s, "token-1", "token-1", 1)
	// A later run finds out for itself.
	from.want(t, renewer(store, from, c), "token-1", "token-2", 2)
	// And what that one obtained is reused here.
	from.want(t, s, "token-1", "token-2", 2)
}

func TestRenewReusesWhatAnotherObtained(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	first, second := renewer(store, from, c), renewer(store, from, c)
	for _, s := range []*Renewer{first, second} {
		if _, err := s.Install(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*Renewer{first, second} {
		if i, err := s.Renew(context.Background()); err != nil || i.Token != "token-1" {
			t.Errorf("Renew: %q, %v", i.Token, err)
		}
	}
	if i, err := renewer(store, from, c).Renew(context.Background()); err != nil || i.Token != "token-2" {
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
			s := renewer(store, from, c)
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
	s := renewer(store, from, right)
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
	store, from := NewMemory(), &issuer{}
	put(t, store, installed(t, "canary", noon))
	late := &clock{now: noon.Add(2 * time.Hour)}
	for _, c := range []*clock{{now: noon}, late} {
		for _, origin := range []wire.Origin{
			"http://127.0.0.1:8080", "http://platform.segmentapis.com", "https://platform.segmentapis.com:8443",
			"https://platform.segmentapis.com.evil.example", wire.SegmentID,
		} {
			r := renewer(store, from, c)
			r.Origin = origin
			var other *OriginError
			if token, err := r.Token(context.Background(), ""); !errors.As(err, &other) || token != "" {
				t.Errorf("%s: %q, %v", origin, token, err)
			}
			if i, err := r.Renew(context.Background()); !errors.As(err, &other) || i.Token != "" {
				t.Errorf("%s: Renew: %q, %v", origin, i.Token, err)
			}
		}
	}
	if from.issued != 0 {
		t.Error("a token was refreshed at another origin")
	}
	from.want(t, renewer(store, from, late), "", "token-1", 1)
}

// Between the reading and the lock, another process may have replaced the record.
func TestOriginIsCheckedUnderTheLock(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon.Add(2 * time.Hour)}
	put(t, store, installed(t, "old", noon))
	r := renewer(store, from, c)
	if _, err := r.Install(context.Background()); err != nil {
		t.Fatal(err)
	}
	moved := installed(t, "canary", noon)
	moved.Origin = "http://127.0.0.1:8899"
	put(t, store, moved)
	var other *OriginError
	if token, err := r.Token(context.Background(), ""); !errors.As(err, &other) || token != "" || from.issued != 0 {
		t.Errorf("%q, %v, %d refreshes", token, err, from.issued)
	}
}

func TestFirstTokenOfAnInstall(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, store := range map[string]Store{"memory": NewMemory(), "files": openFiles(t.TempDir())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, c := &issuer{}, &clock{now: noon}
			if err := store.Add(ctx, []Card{{Name: "installs/7", Label: "acme", Sources: []string{"workspaces/acme/sources/js"}}}); err != nil {
				t.Fatal(err)
			}
			r := renewer(store, from, c)
			if i, err := r.Install(ctx); err != nil || i.Token != "" || i.Label != "acme" {
				t.Errorf("before: %+v, %v", i.Card, err)
			}
			from.want(t, r, "", "token-1", 1)
			from.want(t, r, "", "token-1", 1)
			from.want(t, renewer(store, from, c), "", "token-1", 1)
			i, err := store.Get(ctx, "7")
			if err != nil || i.Label != "acme" || i.Origin != wire.SegmentAPI || len(i.Sources) != 1 || len(i.Workspaces) != 1 {
				t.Errorf("after: %+v, %v", i.Card, err)
			}
		})
	}
}

func TestTokensAreLearned(t *testing.T) {
	t.Parallel()
	store, from, c := NewMemory(), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	r := renewer(store, from, c)
	var learned []string
	r.Learn = func(token string) { learned = append(learned, token) }
	r.Refresh = func(ctx context.Context, name string) (wire.Grant, error) {
		if !slices.Equal(slices.Compact(slices.Clone(learned)), []string{"old"}) {
			t.Errorf("before the refresh: %q", learned)
		}
		g, err := from.refresh(ctx, name)
		g.InstallName = "installs/8" // unusable, and a secret all the same
		return g, err
	}
	if _, err := r.Renew(context.Background()); err == nil {
		t.Error("a token of another install was taken")
	}
	if !slices.Contains(learned, "token-1") {
		t.Errorf("learned: %q", learned)
	}
}

// brokenVault keeps what it has and takes nothing new.
type brokenVault struct {
	*MemoryVault
	broken bool // says no when it is written
	honest bool // says no when it is prepared
}

func (v *brokenVault) refusal(account string) error {
	return &StoreError{Kind: DiskFull, Op: "write", Item: account, Store: v.String()}
}

func (v *brokenVault) Set(ctx context.Context, account string, secret []byte) error {
	if v.broken {
		return v.refusal(account)
	}
	return v.MemoryVault.Set(ctx, account, secret)
}

func (v *brokenVault) Prepare(_ context.Context, account string, _ []byte, _ int) (Pending, error) {
	if v.honest {
		return nil, v.refusal(account)
	}
	return pendingSet{v, account}, nil
}

func TestStoreThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	vault := &brokenVault{MemoryVault: &MemoryVault{}}
	store, from, c := Open(t.TempDir(), "default", vault, nil), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	vault.honest = true
	r := renewer(store, from, c)
	if _, err := r.Renew(context.Background()); !isKind(err, DiskFull) {
		t.Errorf("Renew: %v", err)
	}
	if _, err := r.Token(context.Background(), "old"); !isKind(err, DiskFull) {
		t.Errorf("Token: %v", err)
	}
	from.want(t, r, "", "old", 0)
	if err := r.Unsaved(); err != nil {
		t.Errorf("there is nothing to save, but: %v", err)
	}
}

func TestRefreshedButNotSaved(t *testing.T) {
	t.Parallel()
	vault := &brokenVault{MemoryVault: &MemoryVault{}}
	store, from, c := Open(t.TempDir(), "default", vault, nil), &issuer{}, &clock{now: noon}
	put(t, store, installed(t, "old", noon))
	vault.broken = true
	s := renewer(store, from, c)
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
	from.want(t, renewer(store, from, c), "", "token-3", 3)
}

func TestFailedRefreshChangesNothing(t *testing.T) {
	t.Parallel()
	down := errors.New("no answer")
	store, from, c := NewMemory(), &issuer{err: down}, &clock{now: noon.Add(2 * time.Hour)}
	put(t, store, installed(t, "old", noon))
	if _, err := renewer(store, from, c).Token(context.Background(), ""); !errors.Is(err, down) {
		t.Errorf("Token: %v", err)
	}
	if i, err := store.Get(context.Background(), "7"); err != nil || i.Token != "old" {
		t.Errorf("the record is %q, %v", i.Token, err)
	}
}

func TestNothingInstalled(t *testing.T) {
	t.Parallel()
	s := renewer(NewMemory(), &issuer{}, &clock{now: noon})
	if _, err := s.Token(context.Background(), ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("without a name: %v", err)
	}
	s.Name = "installs/9"
	if _, err := s.Token(context.Background(), ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("with a name: %v", err)
	}
}
