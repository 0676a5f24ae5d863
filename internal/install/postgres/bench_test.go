package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/wire"
)

// many returns that many cards, of the size that they have.
func many(tb testing.TB, n int) []install.Card {
	tb.Helper()
	cards := make([]install.Card, n)
	for i := range cards {
		cards[i] = install.Card{
			Name: fmt.Sprintf("installs/%d", i+1), Label: fmt.Sprintf("customer %d", i+1), Scope: "destination/clearbrain", ClientID: "client",
			Issuer: wire.SegmentID, Origin: wire.SegmentAPI,
			Workspaces: []string{fmt.Sprintf("workspaces/customer-%d", i+1)}, Sources: []string{fmt.Sprintf("workspaces/customer-%d/sources/js", i+1)},
		}
	}
	return cards
}

// refreshAll makes that many workers want a token of every install at once, each by itself.
func refreshAll(tb testing.TB, stores []*postgres.Store, installs, workers int, answer time.Duration) (refreshes int64) {
	tb.Helper()
	var count atomic.Int64
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		store := stores[w%len(stores)]
		all.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= installs*4 { // each is wanted four times
					return
				}
				r := &install.Renewer{
					Store: store, Name: fmt.Sprintf("installs/%d", n%installs+1), Origin: wire.SegmentAPI,
					Refresh: func(_ context.Context, name string) (wire.Grant, error) {
						count.Add(1)
						time.Sleep(answer) // as long as the server takes
						return wire.Grant{AccessToken: "token-of-" + strings.ReplaceAll(name, "/", "-"), Lifetime: time.Hour}, nil
					},
				}
				if _, err := r.Token(context.Background(), ""); err != nil {
					tb.Error(err)
				}
			}
		})
	}
	all.Wait()
	return count.Load()
}

func storesOf(tb testing.TB, n int) []*postgres.Store {
	tb.Helper()
	url := pgtest.Database(tb)
	stores := []*postgres.Store{pgtest.Store(tb, url)}
	for range n - 1 {
		s := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: stores[0].Keys(), MaxConns: 8})
		tb.Cleanup(s.Close)
		stores = append(stores, s)
	}
	return stores
}

// 64 workers on four machines want tokens of 200 installs that have none: each install is refreshed once.
func TestWorkersRefreshOnce(t *testing.T) {
	t.Parallel()
	stores := storesOf(t, 4)
	if err := stores[0].Add(t.Context(), many(t, 200)); err != nil {
		t.Fatal(err)
	}
	if n := refreshAll(t, stores, 200, 64, time.Millisecond); n != 200 {
		t.Errorf("%d refreshes, want 200", n)
	}
}

func BenchmarkRefresh200By64(b *testing.B) {
	for range b.N {
		b.StopTimer()
		stores := storesOf(b, 4)
		if err := stores[0].Add(b.Context(), many(b, 200)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if n := refreshAll(b, stores, 200, 64, 50*time.Millisecond); n != 200 {
			b.Fatalf("%d refreshes, want 200", n)
		}
	}
}

// A renewal costs the same however many installs there are.
func BenchmarkRenew(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := storesOf(b, 1)[0]
			if err := s.Add(b.Context(), many(b, n)); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if err := s.Update(b.Context(), "1", with(fmt.Sprintf("token-%d", i), nil)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAdd10000(b *testing.B) {
	for range b.N {
		b.StopTimer()
		s := storesOf(b, 1)[0]
		cards := many(b, 10_000)
		b.StartTimer()
		if err := s.Add(b.Context(), cards); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCards10000(b *testing.B) {
	s := storesOf(b, 1)[0]
	if err := s.Add(b.Context(), many(b, 10_000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if cards, err := s.Cards(b.Context()); err != nil || len(cards) != 10_000 {
			b.Fatal(len(cards), err)
		}
	}
}
