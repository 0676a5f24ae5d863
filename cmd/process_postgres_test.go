package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/seal"
)

// withPostgres makes the processes to come keep installs in a database.
func (s *rig) withPostgres(t *testing.T) {
	t.Helper()
	identity, recipient, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.home, "identity")
	if err := os.WriteFile(file, []byte(identity+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := pgtest.Database(t)
	s.unset("SEGCTL_STORE")
	s.set("SEGCTL_STORE=postgres", "SEGCTL_DATABASE_URL="+url, "SEGCTL_SEAL_RECIPIENTS="+recipient, "SEGCTL_SEAL_IDENTITIES="+file)
	keys, err := seal.New([]string{recipient}, []string{identity})
	if err != nil {
		t.Fatal(err)
	}
	s.shared = postgres.New(postgres.Options{
		URL: url, Profile: config.SandboxProfile, Keys: keys, Choice: install.ChoiceIn(filepath.Join(s.home, "tests")),
	})
	t.Cleanup(s.shared.Close)
	s.must(t, "serve", "migrate")
}

// machine returns the environment of the nth of four machines: a home of its own, with what is in the environment beside.
func (s *rig) machine(n int) []string {
	home := filepath.Join(s.home, fmt.Sprintf("machine-%d", n%4))
	return append(append([]string{}, s.env...),
		"HOME="+home, "SEGCTL_CONFIG_DIR="+filepath.Join(home, "config"), "SEGCTL_STATE_DIR="+filepath.Join(home, "state"))
}
