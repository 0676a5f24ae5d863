package postgres

// Beside returns a store of the same installs with connections of its own, up to maxConns: whoever uses it waits for nobody
// who uses the other. It is closed by itself.
func (s *Store) Beside(maxConns int32) *Store {
	o := s.o
	o.MaxConns = maxConns
	return New(o)
}
