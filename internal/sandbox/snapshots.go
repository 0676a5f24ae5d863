package sandbox

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxSnapshots is how many a sandbox keeps.
const maxSnapshots = 20

// Snapshot is a state of a sandbox that has a name. It is kept in the memory of the sandbox.
type Snapshot struct {
	Name    string    `json:"name"`
	Time    time.Time `json:"time"`    // when it was saved, by the sandbox's clock
	Records int       `json:"records"` // how many things are in it
}

// savedState is a snapshot with what is in it.
type savedState struct {
	Snapshot
	changes []change // oldest first; the values are shared with the store, where they never change
	ahead   int64
	quirks  *map[string]string
	faults  []Fault
	draws   map[int]*rand.PCG
}

// snapshots are in order of their names.
type snapshots struct {
	mu  sync.Mutex
	all []*savedState
}

func (s *snapshots) find(name string) (int, bool) {
	return slices.BinarySearchFunc(s.all, name, func(one *savedState, name string) int { return strings.Compare(one.Name, name) })
}

// missing says which snapshots there are.
func (s *snapshots) missing(name string) error {
	if len(s.all) == 0 {
		return &missingError{"snapshot", "there is no snapshot"}
	}
	return &missingError{"snapshot", fmt.Sprintf("there is no snapshot %q, but %s", name, namesOf(s.all, func(one *savedState) string { return one.Name }))}
}

// Snapshots lists what was saved, by name.
func (s *Server) Snapshots() []Snapshot {
	s.snapshots.mu.Lock()
	defer s.snapshots.mu.Unlock()
	all := make([]Snapshot, len(s.snapshots.all))
	for i, one := range s.snapshots.all {
		all[i] = one.Snapshot
	}
	return all
}

// SaveSnapshot keeps the present state under a name, in place of what had that name: all that there is beside the catalog,
// and the clock, the quirks and the faults.
func (s *Server) SaveSnapshot(name string) (Snapshot, error) {
	if err := checkSlug("snapshot", name); err != nil {
		return Snapshot{}, err
	}
	s.snapshots.mu.Lock()
	defer s.snapshots.mu.Unlock()
	at, found := s.snapshots.find(name)
	if !found && len(s.snapshots.all) >= maxSnapshots {
		return Snapshot{}, fmt.Errorf("there are %d snapshots, and no room for more: remove one", maxSnapshots)
	}
	one := &savedState{Snapshot: Snapshot{Name: name}}
	_ = s.store.view(func(t *tx) error {
		one.changes = t.store.state()
		one.ahead, one.Time, one.quirks = s.ahead.Load(), s.now(), s.quirks.Load()
		return nil
	})
	one.Records = len(one.changes)
	one.faults, one.draws = s.faults.copy()
	if found {
		s.snapshots.all[at] = one
	} else {
		s.snapshots.all = slices.Insert(s.snapshots.all, at, one)
	}
	return one.Snapshot, nil
}

// RestoreSnapshot makes the state what it was when it was saved. What was counted is counted anew; the request log goes
// on, and the snapshot stays.
func (s *Server) RestoreSnapshot(name string) (Snapshot, error) {
	s.snapshots.mu.Lock()
	defer s.snapshots.mu.Unlock()
	at, found := s.snapshots.find(name)
	if !found {
		return Snapshot{}, s.snapshots.missing(name)
	}
	one := s.snapshots.all[at]
	err := s.store.update(func(t *tx) error {
		for _, c := range t.store.state() {
			t.put(c.name, nil)
		}
		t.changes = append(t.changes, one.changes...)
		return nil
	})
	if err != nil {
		return Snapshot{}, err
	}
	s.ahead.Store(one.ahead)
	s.quirks.Store(one.quirks)
	s.faults.restore(one.faults, one.draws)
	s.forgetCounts()
	return one.Snapshot, nil
}

// RemoveSnapshot forgets what was saved under a name.
func (s *Server) RemoveSnapshot(name string) error {
	s.snapshots.mu.Lock()
	defer s.snapshots.mu.Unlock()
	at, found := s.snapshots.find(name)
	if !found {
		return s.snapshots.missing(name)
	}
	s.snapshots.all = slices.Delete(s.snapshots.all, at, at+1)
	return nil
}

// copy returns the faults as they are, with how often each may still hit, and what will be drawn next.
func (l *faultList) copy() ([]Fault, map[int]*rand.PCG) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.faults), copyDraws(l.draws)
}

// restore puts a copy in place. IDs are never given twice.
func (l *faultList) restore(faults []Fault, draws map[int]*rand.PCG) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults, l.draws = slices.Clone(faults), copyDraws(draws)
}

func copyDraws(draws map[int]*rand.PCG) map[int]*rand.PCG {
	copied := maps.Clone(draws)
	for id, one := range copied {
		same := *one
		copied[id] = &same
	}
	return copied
}

// serveSnapshots answers the paths under /_sandbox/snapshots; words are those after it.
func (s *Server) serveSnapshots(x *exchange, words []string) {
	name := ""
	if len(words) > 0 {
		name = words[0]
	}
	type named struct {
		Name string `json:"name"`
	}
	list := func() any { return map[string]any{"snapshots": s.Snapshots()} }
	switch {
	case len(words) == 0 && x.r.Method == http.MethodGet:
		x.json(http.StatusOK, list())
	case len(words) == 0 && x.r.Method == http.MethodPost:
		answerCommand(x, func(in named) (Snapshot, error) { return s.SaveSnapshot(in.Name) })
	case len(words) == 2 && words[1] == "restore" && x.r.Method == http.MethodPost:
		answerCommand(x, func(struct{}) (Snapshot, error) { return s.RestoreSnapshot(name) })
	case len(words) == 1 && x.r.Method == http.MethodDelete:
		answerCommand(x, func(struct{}) (any, error) {
			err := s.RemoveSnapshot(name)
			return list(), err
		})
	default:
		notFound("admin path").write(x)
	}
}
