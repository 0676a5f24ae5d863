package fleet

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEachIsBoundedAndDoesAll(t *testing.T) {
	t.Parallel()
	items := make([]int, 500)
	for i := range items {
		items[i] = i
	}
	const most = 7
	var now, peak atomic.Int32
	full := make(chan struct{}) // closed when as many as may be are at work at once
	seen := map[int]bool{}
	each(t.Context(), items, most, func(_ context.Context, i int) int {
		n := now.Add(1)
		defer now.Add(-1)
		for old := peak.Load(); n > old && !peak.CompareAndSwap(old, n); old = peak.Load() {
		}
		if n == most {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		<-full
		return i * 2
	}, func(i, result int) {
		if result != 2*i || seen[i] {
			t.Errorf("item %d: result %d, seen before: %t", i, result, seen[i])
		}
		seen[i] = true
	})
	if len(seen) != len(items) || peak.Load() != most {
		t.Errorf("did %d of %d, at most %d at once, want %d", len(seen), len(items), peak.Load(), most)
	}
}

// What is in flight when a run is interrupted goes on to its end, and nothing new begins.
func TestEachFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun := make(chan int, 4)
	cancelled := make(chan struct{}) // after both are in flight
	var done []int
	each(ctx, []int{0, 1, 2, 3}, 2, func(ctx context.Context, i int) error {
		begun <- i
		if len(begun) == 2 {
			cancel()
			close(cancelled)
		}
		<-cancelled
		return ctx.Err()
	}, func(i int, err error) {
		if err != nil {
			t.Errorf("item %d was cut: %v", i, err)
		}
		done = append(done, i)
	})
	if len(done) != 2 || len(begun) != 2 {
		t.Errorf("%d begun, %d done, want 2 and 2", len(begun), len(done))
	}
}

func TestEachOfNothing(t *testing.T) {
	t.Parallel()
	each(t.Context(), nil, 16, func(context.Context, int) int { return 0 }, func(int, int) { t.Error("done was called") })
}

func TestShare(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"0": 0, "3": 3, "500": 500, "5%": 10, "0%": 0, "100%": 200, "2.5%": 5, "0.4%": 0} {
		s, err := ParseShare(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, ok := s.Of(200); !ok || got != want {
			t.Errorf("%q of 200 is %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"-1", "x", "5 %", "%", "101%", "-1%", "NaN%", "1e3", "Inf%"} {
		if s, err := ParseShare(text); err == nil {
			t.Errorf("%q was read as %v", text, s)
		}
	}
	none, err := ParseShare("")
	if _, ok := none.Of(10); ok || err != nil {
		t.Errorf("no share is a bound, or %v", err)
	}
	if diff := cmp.Diff(Share{}, none, cmp.AllowUnexported(Share{})); diff != "" {
		t.Error(diff)
	}
}
