package sandbox

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// store holds everything the sandbox knows as records addressed by resource name, and in each collection in order of
// creation. Every change is one transaction, so answers are linearisable. Values are never modified once they are
// stored: a change stores a new value, and a reader may go on using the old one after it let go of the lock.
type store struct {
	mu      sync.RWMutex
	records map[string]*record
	lists   map[string][]*record
	numbers map[string]int     // the highest number that was given in a collection, while there is anything in it
	keys    map[string]*record // those that are found by something else than their name
	sizes   map[string]int     // of collections whose values have a size, in bytes
	seq     uint64
	changed uint64   // how many changes there ever were
	journal *journal // nil: memory only
}

type record struct {
	name  string
	seq   uint64 // grows with every creation; a page token holds the last one seen
	value any
}

// change is one step of a transaction; a nil value deletes.
type change struct {
	name  string
	value any
}

func newStore() *store {
	return &store{
		records: map[string]*record{}, lists: map[string][]*record{},
		numbers: map[string]int{}, keys: map[string]*record{}, sizes: map[string]int{},
	}
}

// collection is where the resource called name is listed: its name without the last word.
func collection(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return ""
}

// lastWord is the id at the end of a resource name.
func lastWord(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}

// tx sees the store together with its own changes, except that lists show only what was there before.
type tx struct {
	store   *store
	changes []change
	index   map[string]int // of the first changes by name, once there are many
	indexed int            // how many those are
}

// view runs read while nothing changes.
func (s *store) view(read func(*tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return read(&tx{store: s})
}

// update runs write alone. When it returns an error, nothing has changed.
func (s *store) update(write func(*tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{store: s}
	if err := write(t); err != nil {
		return err
	}
	if s.journal != nil && len(t.changes) > 0 {
		if err := s.journal.append(t.changes); err != nil {
			return err
		}
	}
	s.apply(t.changes)
	if s.journal != nil && s.journal.size > s.journal.full {
		s.journal.compactLater(s)
	}
	return nil
}

func (s *store) apply(changes []change) {
	s.changed += uint64(len(changes))
	for _, c := range changes {
		old := s.records[c.name]
		list := collection(c.name)
		switch {
		case c.value == nil && old != nil:
			s.unindex(list, old)
			delete(s.records, c.name)
			s.unlist(list, old.seq)
		case c.value == nil:
		case old != nil:
			s.unindex(list, old)
			old.value = c.value
			s.index(list, old)
		default:
			s.seq++
			r := &record{name: c.name, seq: s.seq, value: c.value}
			s.records[c.name] = r
			s.lists[list] = append(s.lists[list], r)
			if word := lastWord(c.name); strings.Trim(word, "0123456789") == "" { // tokens are spared the error of Atoi
				if n, err := strconv.Atoi(word); err == nil {
					s.numbers[list] = max(s.numbers[list], n)
				}
			}
			s.index(list, r)
		}
	}
}

// state returns everything but the catalog as changes that make it, oldest first.
func (s *store) state() []change {
	all := make([]*record, 0, len(s.records))
	for _, r := range s.records {
		if !isCatalog(r.name) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *record) int { return cmp.Compare(a.seq, b.seq) })
	changes := make([]change, len(all))
	for i, r := range all {
		changes[i] = change{r.name, r.value}
	}
	return changes
}

func (s *store) unlist(list string, seq uint64) {
	records := s.lists[list]
	i := after(records, seq-1)
	switch {
	case len(records) == 1:
		delete(s.lists, list)
		delete(s.numbers, list)
	case i == 0:
		records[0] = nil // the oldest leave first among codes and consents: no need to move the others
		s.lists[list] = records[1:]
	default:
		s.lists[list] = slices.Delete(records, i, i+1)
	}
}

// after is the index of the first record younger than seq.
func after(records []*record, seq uint64) int {
	return sort.Search(len(records), func(i int) bool { return records[i].seq > seq })
}

// maxUnindexed is how many changes a look-up goes through one by one. Few transactions have more: a seed does.
const maxUnindexed = 64

func (t *tx) lookup(name string) any {
	if len(t.changes)-t.indexed > maxUnindexed {
		if t.index == nil {
			t.index = map[string]int{}
		}
		for ; t.indexed < len(t.changes); t.indexed++ {
			t.index[t.changes[t.indexed].name] = t.indexed
		}
	}
	for _, c := range slices.Backward(t.changes[t.indexed:]) {
		if c.name == name {
			return c.value
		}
	}
	if at, ok := t.index[name]; ok {
		return t.changes[at].value
	}
	if r := t.store.records[name]; r != nil {
		return r.value
	}
	return nil
}

func (t *tx) put(name string, value any) { t.changes = append(t.changes, change{name, value}) }

// childCollections are the words under which a resource can have children.
var childCollections = [...]string{"sources", "destinations", "filters", "tracking-plans", "source-connections"}

// remove deletes the resource and everything below it; a source's connection to a tracking plan, too.
func (t *tx) remove(name string) {
	for _, word := range childCollections {
		for _, child := range t.store.lists[name+"/"+word] {
			t.remove(child.name)
		}
	}
	for _, single := range t.store.lists[name] {
		t.remove(single.name)
	}
	if collectionWord(name) == "sources" {
		for _, plan := range t.store.lists[collection(collection(name))+"/tracking-plans"] {
			if connected := connectionName(plan.name, name); t.store.records[connected] != nil {
				t.changes = append(t.changes, change{name: connected})
			}
		}
	}
	t.changes = append(t.changes, change{name: name})
}

// get returns the record called name, if it is there and a T.
func get[T any](t *tx, name string) (T, bool) {
	v, ok := t.lookup(name).(T)
	return v, ok
}

// list returns the collection's resources, oldest first.
func list[T any](t *tx, collection string) []T {
	records := t.store.lists[collection]
	all := make([]T, 0, len(records))
	for _, r := range records {
		if v, ok := r.value.(T); ok {
			all = append(all, v)
		}
	}
	return all
}

// trim keeps a collection of short-lived things small: it drops the oldest while they are finished, and beyond limit or
// beyond maxPendingBytes.
func trim[T any](t *tx, collection string, limit int, finished func(T) bool) {
	records, size := t.store.lists[collection], t.store.sizes[collection]
	for i, r := range records {
		v, ok := r.value.(T)
		if ok && !finished(v) && len(records)-i < limit && size <= maxPendingBytes {
			return
		}
		if v, ok := r.value.(sized); ok {
			size -= v.size()
		}
		t.changes = append(t.changes, change{name: r.name})
	}
}
