// Package pgtest gives tests a real PostgreSQL: one cluster for each test process, and a database for each test.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/cluster"
	"github.com/segctl/segctl/internal/seal"
)

// shared is the cluster of this test process.
var shared = new(processCluster)

type processCluster struct {
	mu        sync.Mutex
	dir       string
	cluster   *cluster.Cluster
	err       error
	databases int
}

// Main runs the tests of a package, and stops the cluster when they have ended. A TestMain calls it:
// os.Exit(pgtest.Main(m)).
func Main(m *testing.M) int {
	defer shared.stop()
	return m.Run()
}

func (p *processCluster) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cluster != nil {
		_ = p.cluster.Stop()
		_ = os.RemoveAll(p.dir)
		p.cluster = nil
	}
}

func (p *processCluster) database() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cluster == nil && p.err == nil {
		if p.dir, p.err = os.MkdirTemp("", "segctl-pgtest-"); p.err == nil {
			p.cluster, p.err = cluster.Start(context.Background(), p.dir)
		}
		if p.err != nil {
			_ = os.RemoveAll(p.dir)
		}
	}
	if p.err != nil {
		return "", p.err
	}
	p.databases++
	return p.cluster.Database(context.Background(), fmt.Sprintf("test_%d", p.databases))
}

// Database returns the URL of a new and empty database, which only this test uses.
func Database(tb testing.TB) string {
	tb.Helper()
	url, err := shared.database()
	need(tb, err)
	return url
}

// Cluster returns a cluster of the test's own, which it may stop and restart.
func Cluster(tb testing.TB) *cluster.Cluster {
	tb.Helper()
	dir, err := os.MkdirTemp("", "segctl-pgtest-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	c, err := cluster.Start(context.Background(), dir)
	need(tb, err)
	tb.Cleanup(func() { _ = c.Stop() })
	return c
}

// need ends the test where there is an error: a machine without PostgreSQL skips it, but for one of CI.
func need(tb testing.TB, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case errors.Is(err, cluster.ErrMissing) && os.Getenv("CI") != "true":
		tb.Skip(err)
	default:
		tb.Fatal(err)
	}
}

// Keys returns new keys that seal and open.
func Keys(tb testing.TB) *seal.Keys {
	tb.Helper()
	identity, recipient, err := seal.Generate()
	if err != nil {
		tb.Fatal(err)
	}
	keys, err := seal.New([]string{recipient}, []string{identity})
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// Store returns a store in a database, of the profile "default", with new keys. The database is migrated.
func Store(tb testing.TB, url string) *postgres.Store {
	tb.Helper()
	s := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: Keys(tb), Choice: install.ChoiceIn(filepath.Join(tb.TempDir(), "current"))})
	tb.Cleanup(s.Close)
	if _, err := s.Migrate(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return s
}
