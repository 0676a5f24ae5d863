package install

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// locks is the folder of lock files. A lock belongs to an open file, so each is taken on a file opened anew: that holds
// between goroutines as between processes, and the system frees it when a process dies. The files themselves stay, since
// removing one that someone waits for would let two in.
type locks struct{ path string }

// writeLock is held while a file of a store is written or removed; it is taken last.
const writeLock = "write"

// lockPoll is how often a lock that is taken is tried again.
const lockPoll = 5 * time.Millisecond

// lock waits until the lock is free or ctx ends.
func (l locks) lock(ctx context.Context, name string) (unlock func(), err error) {
	file, err := l.open(name)
	if err != nil {
		return nil, err
	}
	if _, err := file.TryLockContext(ctx, lockPoll); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("wait for the lock of %q: %w", name, ctx.Err())
		}
		return nil, l.fault(name, err)
	}
	return func() { _ = file.Unlock() }, nil
}

// tryLock takes the lock if nobody has it.
func (l locks) tryLock(name string) (unlock func(), ok bool) {
	file, err := l.open(name)
	if err != nil {
		return nil, false
	}
	if ok, err := file.TryLock(); err != nil || !ok {
		return nil, false
	}
	return func() { _ = file.Unlock() }, true
}

func (l locks) open(name string) (*flock.Flock, error) {
	root, err := folder{path: l.path}.open(true)
	if err != nil {
		return nil, l.fault(name, err)
	}
	_ = root.Close()
	return flock.New(filepath.Join(l.path, fileName(name)), flock.SetFlag(lockFlags)), nil
}

func (l locks) fault(name string, err error) error {
	return folder{path: l.path}.fault("lock", name, fileName(name), err)
}
