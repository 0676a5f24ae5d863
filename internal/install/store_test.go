package install

import (
	"context"
	"strings"
	"testing"
)

func named(t *testing.T, name string) Install {
	t.Helper()
	g := grant("token-of-" + strings.ReplaceAll(name, "/", "-"))
	g.InstallName = name
	i, err := New(g, binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func remove(t *testing.T, s Store, name string) {
	t.Helper()
	if err := s.Update(context.Background(), name, func(*Install) (*Install, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
}

// list returns the names of the installs in a store.
func list(t *testing.T, s Store) []string {
	t.Helper()
	cards, err := s.Cards(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range cards {
		names = append(names, c.Name)
	}
	return names
}
