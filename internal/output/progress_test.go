package output

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// screen keeps what was written to a terminal, and tells of each writing.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{}
}

func newScreen() *screen { return &screen{written: make(chan struct{}, 1)} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	select {
	case s.written <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// await waits until the text that was written has something in it.
func (s *screen) await(t *testing.T, what string) {
	t.Helper()
	tooLong := time.After(20 * time.Second)
	for !strings.Contains(s.String(), what) {
		select {
		case <-s.written:
		case <-tooLong:
			t.Fatalf("%q was never drawn: %q", what, s.String())
		}
	}
}

// left returns what is on the screen in the end, for output that goes up some lines and erases what is below, as the bar's
// does.
func (s *screen) left() string {
	var lines []string
	erase := regexp.MustCompile(`^\x1b\[(\d+)A\x1b\[J`)
	for rest := s.String(); rest != ""; {
		if up := erase.FindStringSubmatch(rest); up != nil {
			var n int
			_, _ = fmt.Sscan(up[1], &n)
			lines = lines[:max(len(lines)-n, 0)]
			rest = rest[len(up[0]):]
			continue
		}
		line, after, _ := strings.Cut(rest, "\n")
		lines, rest = append(lines, line+"\n"), after
	}
	return strings.Join(lines, "")
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	out := newScreen()
	now := time.Unix(1000, 0)
	p := NewProgress(ProgressOptions{Out: out, TTY: true, Width: 90, Now: func() time.Time { return now }})
	p.Print("before")
	p.Phase("planning", 4)
	p.Done(false)
	p.Done(true)
	out.await(t, "planning [==============>---------------] 2 of 4, 1 failed")
	p.Print("in between")
	out.await(t, "in between")
	p.Done(false)
	p.Done(false) // the last one ends nothing
	out.await(t, "4 of 4, 1 failed")
	p.Phase("working", 2)
	out.await(t, "working [")
	p.Print("at the end")
	p.Close()
	p.Print("after")
	p.Close()
	if diff := cmp.Diff("before\nin between\nat the end\nafter\n", out.left()); diff != "" {
		t.Errorf("left on the terminal (-want +got)\n%s", diff)
	}
	if strings.Contains(out.String(), "\x1b[3") {
		t.Error("coloured without being asked")
	}
}

func TestProgressTellsThePace(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	s := &phase{name: "working", total: 100, began: now}
	if got := s.pace(now.Add(time.Minute)); got != "" {
		t.Errorf("before anything is done: %q", got)
	}
	s.done.Store(20)
	for after, want := range map[time.Duration]string{
		500 * time.Millisecond: "",
		time.Second:            ", 20/s, 4s left",
		40 * time.Second:       ", 0.5/s, 2m40s left",
	} {
		if got := s.pace(now.Add(after)); got != want {
			t.Errorf("after %v: %q, want %q", after, got, want)
		}
	}
}

// Piped, there is a line every five seconds and no escape sequence; a terminal that calls itself dumb is no other.
func TestProgressPiped(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	p := NewProgress(ProgressOptions{Out: &out, Color: true, Now: func() time.Time { return now }})
	p.Done(false) // belongs to no phase
	p.Phase("working", 100)
	for i := range 100 {
		now = now.Add(200 * time.Millisecond)
		p.Done(i%30 == 29)
		if i == 10 {
			p.Print("a line")
		}
	}
	p.Close()
	want := "a line\n" +
		"working: 25 of 100, 5.0/s, 15s left\n" +
		"working: 50 of 100, 1 failed, 5.0/s, 10s left\n" +
		"working: 75 of 100, 2 failed, 5.0/s, 5s left\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestProgressQuiet(t *testing.T) {
	t.Parallel()
	for _, tty := range []bool{false, true} {
		var out bytes.Buffer
		now := time.Unix(1000, 0)
		p := NewProgress(ProgressOptions{Out: &out, TTY: tty, Quiet: true, Now: func() time.Time { return now }})
		p.Phase("working", 3)
		now = now.Add(time.Minute)
		p.Done(true)
		p.Print("an error")
		p.Close()
		if got := out.String(); got != "an error\n" {
			t.Errorf("tty %v: %q", tty, got)
		}
	}
}

func TestUseBar(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		term string
		tty  bool
		want bool
	}{{"xterm", true, true}, {"", true, true}, {"dumb", true, false}, {"xterm", false, false}} {
		if got := UseBar(func(string) (string, bool) { return test.term, true }, test.tty); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestProgressWithoutTargets(t *testing.T) {
	t.Parallel()
	out := newScreen()
	p := NewProgress(ProgressOptions{Out: out, TTY: true})
	p.Phase("planning", 0)
	p.Close()
	if out.String() != "" {
		t.Errorf("got %q", out.String())
	}
}

// What many goroutines tell at once is counted once each.
func TestProgressIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	out := newScreen()
	p := NewProgress(ProgressOptions{Out: out, TTY: true, Color: true})
	p.Phase("working", 800)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 100 {
				p.Done(i == 0)
				if i%50 == 0 {
					p.Print("line")
				}
			}
		})
	}
	all.Wait()
	out.await(t, "800 of 800\x1b[31m, 8 failed\x1b[0m")
	p.Close()
	if got := strings.Count(out.left(), "line\n"); got != 16 {
		t.Errorf("%d lines, want 16", got)
	}
}
