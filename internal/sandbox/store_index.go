package sandbox

import "fmt"

// keyed is a value that is looked up by a key as well. No two values have the same one.
type keyed interface{ key() string }

// sized is a value that a client can make as large as it likes.
type sized interface{ size() int }

// index notes what a record is looked up by beside its name.
func (s *store) index(list string, r *record) {
	if v, ok := r.value.(keyed); ok {
		if key := v.key(); s.keys[key] == nil {
			s.keys[key] = r
		}
	}
	if v, ok := r.value.(sized); ok {
		s.sizes[list] += v.size()
	}
}

// unindex is the opposite of index.
func (s *store) unindex(list string, r *record) {
	if v, ok := r.value.(keyed); ok {
		if key := v.key(); s.keys[key] == r {
			delete(s.keys, key)
		}
	}
	if v, ok := r.value.(sized); ok {
		s.sizes[list] -= v.size()
	}
}

// byKey returns the value with a key, if it is a T.
func byKey[T keyed](t *tx, key string) (T, bool) {
	var none T
	r := t.store.keys[key]
	if r == nil {
		return none, false
	}
	v, ok := t.lookup(r.name).(T)
	return v, ok
}

// next makes the next name in a numbered collection, such as installs/8 after installs/7.
func (t *tx) next(collection string) string {
	return fmt.Sprintf("%s/%d", collection, t.store.numbers[collection]+1)
}
