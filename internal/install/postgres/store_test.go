package postgres_test

import (
	"testing"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
)

func TestStores(t *testing.T) {
	t.Parallel()
	installtest.Stores(t, func(t *testing.T) install.Store { return pgtest.Store(t, pgtest.Database(t)) })
}
