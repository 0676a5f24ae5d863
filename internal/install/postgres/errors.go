package postgres

// fault says as a *install.StoreError what went wrong.
func (s *Store) fault(op, item string, err error) error { return err }
