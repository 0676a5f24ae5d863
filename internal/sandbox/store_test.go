package sandbox

import (
	"fmt"
	"testing"
)

// A look-up sees the last change of its transaction, whether there are few or many, and does not go through many.
func TestLookupOfManyChanges(t *testing.T) {
	t.Parallel()
	s := newStore()
	s.apply([]change{{"workspaces/kept", 0}, {"workspaces/5", 0}})
	tx := &tx{store: s}
	for i := range 10_000 {
		tx.put(fmt.Sprintf("workspaces/%d", i), i)
		if got := tx.lookup(fmt.Sprintf("workspaces/%d", i)); got != i {
			t.Fatalf("%d: %v", i, got)
		}
		if n := len(tx.changes) - tx.indexed; n > maxUnindexed {
			t.Fatalf("%d changes were gone through one by one", n)
		}
	}
	tx.put("workspaces/7", "again")
	tx.remove("workspaces/8")
	for name, want := range map[string]any{"7": "again", "8": nil, "5": 5, "kept": 0, "nosuch": nil} {
		if got := tx.lookup("workspaces/" + name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
