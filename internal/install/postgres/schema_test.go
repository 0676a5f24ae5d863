package postgres_test

import (
	"testing"

	"github.com/segctl/segctl/internal/install/postgres/pgtest"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	s := pgtest.Store(t, pgtest.Database(t))
	if err := s.CheckSchema(t.Context()); err != nil {
		t.Error(err)
	}
	if applied, err := s.Migrate(t.Context()); len(applied) > 0 || err != nil {
		t.Errorf("applied %v, %v", applied, err)
	}
}
