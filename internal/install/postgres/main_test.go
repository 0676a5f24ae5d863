package postgres_test

import (
	"os"
	"testing"

	"github.com/segctl/segctl/internal/install/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
