// Package installtest holds what every [install.Store] must pass, wherever it keeps the installs.
package installtest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/wire"
)

// Named returns an install with a token.
func Named(tb testing.TB, name string) install.Install {
	tb.Helper()
	i, err := install.New(wire.Grant{
		AccessToken: "token-of-" + strings.ReplaceAll(name, "/", "-"), Lifetime: time.Hour, Scope: "destination/clearbrain",
		AppName: "apps/2", InstallName: name, WorkspaceNames: []string{"workspaces/acme"}, SourceNames: []string{"workspaces/acme/sources/js"},
	}, install.Binding{ClientID: "client", Issuer: wire.SegmentID, Origin: wire.SegmentAPI, Scope: "destination/clearbrain"},
		time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

// Put keeps an install.
func Put(tb testing.TB, s install.Store, i install.Install) {
	tb.Helper()
	err := s.Update(context.Background(), i.Name, func(*install.Install) (*install.Install, error) { return &i, nil })
	if err != nil {
		tb.Fatal(err)
	}
}

// Remove removes an install.
func Remove(tb testing.TB, s install.Store, name string) {
	tb.Helper()
	err := s.Update(context.Background(), name, func(*install.Install) (*install.Install, error) { return nil, nil })
	if err != nil {
		tb.Fatal(err)
	}
}

// List returns the names of the installs in a store.
func List(tb testing.TB, s install.Store) []string {
	tb.Helper()
	cards, err := s.Cards(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, c := range cards {
		names = append(names, c.Name)
	}
	return names
}

// Stores tests stores of one kind; open returns a new and empty one.
func Stores(t *testing.T, open func(t *testing.T) install.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, install.Store){
		"promises": promises, "exclusive": exclusive, "interrupted": interrupted, "added": added, "no token": noToken, "renamed": renamed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

type state struct {
	t *testing.T
	s install.Store
}

// want compares the current install and the names of all of them.
func (s state) want(current string, names ...string) {
	s.t.Helper()
	if diff := cmp.Diff(names, List(s.t, s.s)); diff != "" {
		s.t.Errorf("names (-want +got):\n%s", diff)
	}
	in, err := s.s.Current(context.Background())
	if in != current || (current == "") != errors.Is(err, install.ErrNotFound) {
		s.t.Errorf("current: %q, %v; want %q", in, err, current)
	}
}

func promises(t *testing.T, s install.Store) {
	ctx := context.Background()
	state := state{t, s}
	state.want("")
	if _, err := s.Get(ctx, "7"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Card(ctx, "7"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("Card: %v", err)
	}
	if err := s.Use(ctx, "7"); !errors.Is(err, install.ErrNotFound) {
		t.Errorf("Use: %v", err)
	}
	if err := s.Probe(ctx); err != nil {
		t.Errorf("Probe: %v", err)
	}
	state.want("")
	seven := Named(t, "installs/7")
	Put(t, s, seven)
	Put(t, s, Named(t, "installs/10"))
	Put(t, s, Named(t, "installs/8"))
	state.want("installs/7", "installs/10", "installs/7", "installs/8")
	got, err := s.Get(ctx, "install/7")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seven, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	card, err := s.Card(ctx, "install/7")
	if diff := cmp.Diff(seven.Card, card); diff != "" || err != nil {
		t.Errorf("card (-want +got):\n%s, %v", diff, err)
	}
	if err := s.Use(ctx, "8"); err != nil {
		t.Error(err)
	}
	state.want("installs/8", "installs/10", "installs/7", "installs/8")
	Remove(t, s, "installs/8")
	state.want("", "installs/10", "installs/7")
	Remove(t, s, "installs/10")
	state.want("installs/7", "installs/7")
	stop := errors.New("stop")
	calls := 0
	err = s.Update(ctx, "7", func(*install.Install) (*install.Install, error) {
		calls++
		return nil, stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("a change that fails: %v after %d calls", err, calls)
	}
	err = s.Update(ctx, "9", func(*install.Install) (*install.Install, error) { return nil, stop })
	if !errors.Is(err, stop) {
		t.Errorf("an install that is not made: %v", err)
	}
	state.want("installs/7", "installs/7")
	Remove(t, s, "installs/404")
	var bad *wire.InstallNameError
	if err := s.Update(ctx, "../7", nil); !errors.As(err, &bad) {
		t.Errorf("a bad name: %v", err)
	}
}

func exclusive(t *testing.T, s install.Store) {
	ctx := context.Background()
	Put(t, s, Named(t, "installs/7"))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			err := s.Update(ctx, "7", func(old *install.Install) (*install.Install, error) {
				i := *old
				i.App += "x"
				return &i, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if i, err := s.Get(ctx, "7"); err != nil || i.App != "apps/2"+strings.Repeat("x", 50) {
		t.Errorf("an update was lost: %q, %v", i.App, err)
	}
	// Whoever waits for the record stops when told to.
	err := s.Update(ctx, "7", func(old *install.Install) (*install.Install, error) {
		waiting, stop := context.WithCancel(ctx)
		stop()
		if err := s.Update(waiting, "7", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting for a record that is held: %v", err)
		}
		return old, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A token that has been obtained is saved even if the command is interrupted at that moment.
func interrupted(t *testing.T, s install.Store) {
	ctx, interrupt := context.WithCancel(context.Background())
	seven := Named(t, "installs/7")
	err := s.Update(ctx, "7", func(*install.Install) (*install.Install, error) {
		interrupt()
		return &seven, nil
	})
	if err != nil {
		t.Error(err)
	}
	if i, err := s.Get(context.Background(), "7"); err != nil || i.Token != seven.Token {
		t.Errorf("%q, %v", i.Token, err)
	}
}

// A change cannot put one install's record in the place of another one.
func renamed(t *testing.T, s install.Store) {
	seven, eight := Named(t, "installs/7"), Named(t, "installs/8")
	Put(t, s, seven)
	if err := s.Update(t.Context(), "7", func(*install.Install) (*install.Install, error) { return &eight, nil }); err == nil {
		t.Error("installs/8 is kept as installs/7")
	}
	state{t, s}.want(seven.Name, seven.Name)
	if i, err := s.Get(t.Context(), "7"); err != nil || i.Token != seven.Token {
		t.Errorf("%q, %v", i.Token, err)
	}
}

// A record whose token is taken away stays, and one without a token can get one.
func noToken(t *testing.T, s install.Store) {
	ctx := context.Background()
	seven := Named(t, "installs/7")
	Put(t, s, install.Install{Card: seven.Card})
	if got, err := s.Get(ctx, "7"); err != nil || got.Token != "" || got.Name != seven.Name {
		t.Errorf("%q, %v", got.Token, err)
	}
	Put(t, s, seven)
	if got, err := s.Get(ctx, "7"); err != nil || got.Token != seven.Token {
		t.Errorf("%q, %v", got.Token, err)
	}
	Put(t, s, install.Install{Card: seven.Card})
	if got, err := s.Get(ctx, "7"); err != nil || got.Token != "" {
		t.Errorf("%q, %v", got.Token, err)
	}
}

func added(t *testing.T, s install.Store) {
	ctx := context.Background()
	seven := Named(t, "installs/7")
	Put(t, s, seven)
	card := func(name, label string, origin wire.Origin) install.Card {
		return install.Card{Name: name, Label: label, Origin: origin, Workspaces: []string{"workspaces/beta"}}
	}
	err := s.Add(ctx, []install.Card{
		card("installs/7", "seven", wire.SegmentAPI), card("installs/8", "eight", wire.SegmentAPI), card("installs/9", "", "https://other.example"),
	})
	if err != nil {
		t.Fatal(err)
	}
	state{t, s}.want("installs/7", "installs/7", "installs/8", "installs/9")
	got, err := s.Get(ctx, "7")
	if err != nil || got.Label != "seven" || got.Token != seven.Token || got.Scope != seven.Scope || got.Workspaces[0] != "workspaces/beta" {
		t.Errorf("%+v, %v", got.Card, err)
	}
	if got, err := s.Get(ctx, "8"); err != nil || got.Label != "eight" || got.Token != "" {
		t.Errorf("%+v, %v", got.Card, err)
	}
	// One of another server is left alone, and the others are not for that.
	err = s.Add(ctx, []install.Card{card("installs/7", "stolen", "https://other.example"), card("installs/11", "", wire.SegmentAPI)})
	if _, ok := errors.AsType[*install.OriginError](err); !ok {
		t.Errorf("an install of another server: %v", err)
	}
	if got, err := s.Card(ctx, "7"); err != nil || got.Label != "seven" {
		t.Errorf("%+v, %v", got, err)
	}
	state{t, s}.want("installs/7", "installs/11", "installs/7", "installs/8", "installs/9")
	var bad *wire.InstallNameError
	if err := s.Add(ctx, []install.Card{{Name: "7"}}); !errors.As(err, &bad) {
		t.Errorf("a name in another spelling: %v", err)
	}
}
