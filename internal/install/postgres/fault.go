package postgres

// Fault says as a *install.StoreError what went wrong with a query of somebody who shares the store's database: whether it
// can be reached, and in words that hold no password. What the store itself returns stays as it is.
func (s *Store) Fault(op, item string, err error) error { return s.fault(op, item, err) }
