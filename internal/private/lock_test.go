package private

import (
	"bufio"
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLockIsExclusive(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			unlock, err := f.Lock(context.Background(), "lock", nil)
			if err != nil {
				t.Error(err)
				return
			}
			if n := inside.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(100 * time.Microsecond) // gives others the chance to be let in by mistake
			inside.Add(-1)
			unlock()
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d held the lock at once", most.Load())
	}
	unlock, err := f.Lock(context.Background(), "lock", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	other, err := f.Lock(context.Background(), "another", nil)
	if err != nil {
		t.Fatal(err)
	}
	other()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := f.Lock(ctx, "lock", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a waiter that is stopped: %v", err)
	}
}

func TestWaiterIsToldOnce(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		first, err := f.Lock(t.Context(), "lock", func(int) { t.Error("nobody holds it") })
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(10*time.Second, first)
		var told []int
		second, err := f.Lock(t.Context(), "lock", func(holder int) {
			told = append(told, holder)
			if waited := time.Since(start); waited != noteAfter {
				t.Errorf("told after %v", waited)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer second()
		if len(told) != 1 || told[0] != os.Getpid() {
			t.Errorf("told of %d; want %d, once", told, os.Getpid())
		}
		if waited := time.Since(start); waited > 10*time.Second+longestPoll {
			t.Errorf("it was free after 10s, and taken after %v", waited)
		}
	})
}

func TestLockHoldsAcrossProcesses(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	c := helper(t, f.Path)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the helper did not get the lock")
	}
	told := 0
	var unlock func()
	// Killed, it lets go of the lock, and the file that it leaves is in nobody's way.
	unlock, err = f.Lock(t.Context(), "lock", func(holder int) {
		told = holder
		if err := c.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	if told != c.Process.Pid {
		t.Errorf("told of %d; the holder is %d", told, c.Process.Pid)
	}
	_ = in.Close()
	_ = c.Wait()
}
