package postgres

import "time"

// SetTerm makes leases shorter than they are.
func (s *Store) SetTerm(d time.Duration) { s.term = d }

// OwnSteps is how many steps the store's own part of the schema has.
func OwnSteps() int { return len(ownSchema().Steps) }
