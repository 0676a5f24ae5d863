package install

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// BenchmarkAdd adds ten thousand installs, which must take less than two seconds. It stands first, and deletes nothing
// before its end: for some seconds after many files were deleted, ext4 takes a hundred times as long to make new ones.
func BenchmarkAdd(b *testing.B) {
	all := manyCards(10_000)
	for b.Loop() {
		if err := openFiles(b.TempDir()).Add(context.Background(), all); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCards lists ten thousand installs.
func BenchmarkCards(b *testing.B) {
	store := openFiles(b.TempDir())
	if err := store.Add(context.Background(), manyCards(10_000)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if cards, err := store.Cards(context.Background()); err != nil || len(cards) != 10_000 {
			b.Fatal(len(cards), err)
		}
	}
}

const benchWorkers = 32

// BenchmarkRenew refreshes installs of a file store, one worker or 32 at once. A refresh must cost the same with 10,000
// installs as with 10, and 32 workers must get more done than one: compare ns/op. Each worker has installs of its own, so
// that none waits for another; in the large store, they are spread over all of it.
func BenchmarkRenew(b *testing.B) {
	for _, others := range []int{10, 10_000} {
		store := openFiles(b.TempDir())
		fill(b, store, others+benchWorkers)
		for _, workers := range []int{1, benchWorkers} {
			b.Run(fmt.Sprintf("installs=%d/workers=%d", others, workers), func(b *testing.B) {
				var left, failed atomic.Int64
				left.Store(int64(b.N))
				var all sync.WaitGroup
				for w := range workers {
					all.Go(func() {
						for n := w; left.Add(-1) >= 0; n += benchWorkers {
							if n >= others+benchWorkers {
								n = w
							}
							if err := renewOnce(store, n); err != nil {
								failed.Add(1)
							}
						}
					})
				}
				all.Wait()
				if failed.Load() > 0 {
					b.Errorf("%d refreshes failed", failed.Load())
				}
			})
		}
	}
}

func renewOnce(store Store, n int) error {
	r := &Renewer{
		Store: store, Name: numbered(n), Origin: wire.SegmentAPI,
		Refresh: func(_ context.Context, name string) (wire.Grant, error) {
			return wire.Grant{AccessToken: fmt.Sprintf("token-%d", time.Now().UnixNano()), Lifetime: time.Hour, InstallName: name}, nil
		},
	}
	_, err := r.Renew(context.Background())
	return err
}

func numbered(n int) string { return fmt.Sprintf("installs/%d", n) }

// fill keeps installs with their tokens. It replaces no file, for the reason that BenchmarkAdd gives.
func fill(b *testing.B, store Store, n int) {
	b.Helper()
	cards := manyCards(n)
	var all sync.WaitGroup
	for w := range benchWorkers {
		all.Go(func() {
			for i := w; i < n; i += benchWorkers {
				kept := Install{cards[i], "first"}
				kept.ObtainedAt, kept.ExpiresAt = noon, noon.Add(time.Hour)
				err := store.Update(context.Background(), kept.Name, func(*Install) (*Install, error) { return &kept, nil })
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func manyCards(n int) []Card {
	all := make([]Card, n)
	for i := range all {
		all[i] = Card{
			Name: numbered(i), Label: fmt.Sprintf("customer %d", i), ClientID: "client", Scope: "destination/clearbrain",
			Issuer: wire.SegmentID, Origin: wire.SegmentAPI, Sources: []string{fmt.Sprintf("workspaces/w%d/sources/js", i)},
		}
	}
	return all
}
