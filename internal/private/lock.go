package private

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	// A lock that is taken is tried again soon, and then ever more slowly: it may be held for a millisecond, or for as long
	// as a request takes.
	firstPoll   = time.Millisecond
	longestPoll = 50 * time.Millisecond

	// noteAfter is when a waiter is told for whom it waits.
	noteAfter = 2 * time.Second
)

// Lock waits until no other process, and nobody else in this one, holds the lock of that name, or until ctx ends. After
// two seconds it calls waiting once, with the id of the process that holds the lock, 0 if unknown; nil: nobody is told.
//
// The lock is a file of the folder. It belongs to an open file, so the system frees it when its holder dies. The file
// itself stays: removing one that someone waits for would let two in. The folder must be one that nobody else can write;
// that others can read it does no harm.
func (f Folder) Lock(ctx context.Context, name string, waiting func(holder int)) (unlock func(), err error) {
	path := f.file(name)
	root, err := f.open(true, writeOthers)
	if err != nil {
		return nil, fault("lock", path, err)
	}
	_ = root.Close()
	l := flock.New(path, flock.SetFlag(openToLock))
	var note <-chan time.Time
	for poll := time.Duration(0); ; poll = min(max(poll*3/2, firstPoll), longestPoll) {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("wait for the lock %s: %w", path, ctx.Err())
		}
		ok, err := l.TryLock()
		if err != nil {
			return nil, fault("lock", path, err)
		}
		if ok {
			break
		}
		if poll == 0 && waiting != nil {
			timer := time.NewTimer(noteAfter)
			defer timer.Stop()
			note = timer.C
		}
		select {
		case <-ctx.Done():
		case <-note:
			waiting(holder(path))
		case <-time.After(poll):
		}
	}
	if err := checkLock(l, path); err != nil {
		_ = l.Unlock()
		return nil, fault("lock", path, err)
	}
	noted := leaveNote(path)
	return func() {
		_ = l.Unlock()
		// Only now: on file systems that keep locks by process, such as NFS, closing any file of that name frees the lock.
		if noted != nil {
			_ = noted.Close()
		}
	}, nil
}

func checkLock(l *flock.Flock, path string) error {
	info, err := l.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &Error{Kind: NotRegular, Path: path}
	}
	return checkAccess(info, path, writeOthers)
}

// leaveNote writes the id of this process into the lock file, for those who wait. It is of a fixed width, so that one
// write replaces the one before, and begins with the second byte: Windows lets nobody read the first, which is locked.
// Nothing depends on it, so it may fail.
func leaveNote(path string) *os.File {
	file, err := os.OpenFile(path, openToNote, 0)
	if err != nil {
		return nil
	}
	_, _ = fmt.Fprintf(io.NewOffsetWriter(file, 1), "%10d\n", os.Getpid())
	return file
}

// holder returns the id of the process that holds a lock, 0 if it left none.
func holder(path string) int {
	file, err := os.OpenFile(path, openToNote, 0)
	if err != nil {
		return 0
	}
	defer file.Close()
	text := make([]byte, 10)
	if _, err := file.ReadAt(text, 1); err != nil {
		return 0
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return id
}
