package sandbox

import (
	"context"
	"errors"
	"strings"
)

const (
	// maxTallied is how many kinds of requests are told apart.
	maxTallied = 100_000
	// maxTalliedBytes bounds their methods and paths, in bytes.
	maxTalliedBytes = 16 << 20
)

// Wanted is what to wait for in the request log.
type Wanted struct {
	Count  int    // how many requests, at least
	Method string // "" is any
	Route  string // as of a Fault; "" is any
	Status *int   // of the answers, 0 for connections that were cut; nil is any
}

// Waited is how many requests of a kind there were since the start or the last full reset.
type Waited struct {
	Count   int  `json:"count"`
	Reached bool `json:"reached"`          // as many as were wanted
	Untold  int  `json:"untold,omitempty"` // requests that nobody can say it of: there were too many paths to keep all
}

// tallied is a kind of requests that nothing tells apart.
type tallied struct {
	method, path string
	status       int
}

// tally counts all requests, for the log forgets. Once there are too many kinds, only the status of new ones is kept.
type tally struct {
	counts  map[tallied]int
	bytes   int
	waiting map[*waiter]struct{}
}

// waiter is somebody who waits for requests.
type waiter struct {
	wanted Wanted
	count  int
	untold int
	done   chan struct{} // closed when there are enough
}

func (w Wanted) check() error {
	switch {
	case w.Count < 1:
		return errors.New("a wait is for at least one request")
	case strings.Contains(w.Method, " ") || strings.Contains(w.Route, " "):
		return errors.New("neither the method nor the route of a wait has a space in it")
	}
	return nil
}

func (w Wanted) matches(k tallied) bool {
	return (w.Status == nil || *w.Status == k.status) && (w.Method == "" || w.Method == k.method) &&
		(w.Route == "" || matchRoute(w.Route, k.method, wordsOf(k.path)))
}

// wordsOf splits a decoded path as segments does one that is not decoded yet.
func wordsOf(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

func (t *tally) add(k tallied) {
	for w := range t.waiting {
		if w.wanted.matches(k) {
			w.add(1)
		}
	}
	if _, known := t.counts[k]; !known {
		size := len(k.method) + len(k.path)
		if len(t.counts) >= maxTallied || t.bytes+size > maxTalliedBytes {
			k, size = tallied{status: k.status}, 0
		}
		t.bytes += size
	}
	if t.counts == nil {
		t.counts = map[tallied]int{}
	}
	t.counts[k]++
}

func (w *waiter) add(n int) {
	before := w.count
	w.count += n
	if before < w.wanted.Count && w.count >= w.wanted.Count {
		close(w.done)
	}
}

// addKind adds the requests of a kind, if they are wanted and as far as that is known.
func (w *waiter) addKind(k tallied, n int) {
	unknown := k.method == "" && w.wanted.Method+w.wanted.Route != ""
	switch {
	case unknown && (w.wanted.Status == nil || *w.wanted.Status == k.status):
		w.untold += n
	case !unknown && w.wanted.matches(k):
		w.add(n)
	}
}

// reset begins to count anew, for those who wait as well.
func (t *tally) reset() {
	t.counts, t.bytes = nil, 0
	for w := range t.waiting {
		if w.count < w.wanted.Count {
			w.count, w.untold = 0, 0
		}
	}
}

func (l *requestLog) forgetCounts() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tally.reset()
}

// wait returns how many requests of a kind there were, as soon as they are enough or ctx ends.
func (l *requestLog) wait(ctx context.Context, wanted Wanted) Waited {
	w := &waiter{wanted: wanted, done: make(chan struct{})}
	l.mu.Lock()
	for k, n := range l.tally.counts {
		w.addKind(k, n)
	}
	if l.tally.waiting == nil {
		l.tally.waiting = map[*waiter]struct{}{}
	}
	l.tally.waiting[w] = struct{}{}
	l.mu.Unlock()
	select {
	case <-w.done:
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tally.waiting, w)
	return Waited{w.count, w.count >= wanted.Count, w.untold}
}

// Waiting is how many wait for requests at present.
func (s *Server) Waiting() int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return len(s.log.tally.waiting)
}

// Wait returns as soon as there were as many requests as are wanted, since the start or the last full reset, or when ctx
// ends. The error says what makes no sense about the wish.
func (s *Server) Wait(ctx context.Context, wanted Wanted) (Waited, error) {
	wanted.Method = strings.ToUpper(wanted.Method)
	if err := wanted.check(); err != nil {
		return Waited{}, err
	}
	return s.log.wait(ctx, wanted), nil
}
