package fleet

import (
	"context"
	"sync"
)

// each calls do for every item, for up to n of them at once, and then done with what it returned, one after another. When
// ctx ends, no more are begun, and those that were go on to their end.
func each[T, R any](ctx context.Context, items []T, n int, do func(ctx context.Context, item T) R, done func(item T, result R)) {
	type finished struct {
		item   T
		result R
	}
	work, results := make(chan T), make(chan finished)
	go func() {
		defer close(work)
		for _, item := range items {
			if ctx.Err() != nil { // select would choose by chance
				return
			}
			select {
			case <-ctx.Done():
				return
			case work <- item:
			}
		}
	}()
	// What was begun is finished: a request that is cut may have changed something.
	inFlight := context.WithoutCancel(ctx)
	var workers sync.WaitGroup
	for range min(max(n, 1), len(items)) {
		workers.Go(func() {
			for item := range work {
				results <- finished{item, do(inFlight, item)}
			}
		})
	}
	go func() {
		workers.Wait()
		close(results)
	}()
	for f := range results {
		done(f.item, f.result)
	}
}
