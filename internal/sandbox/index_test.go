package sandbox

import (
	"fmt"
	"runtime"
	"testing"
)

// Names are given and installs are found at the same cost, however many there are.
func TestLookupsDoNotScan(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	s := newStore()
	tx := &tx{store: s}
	const many = 10_000
	for i := range many {
		in := &install{Name: fmt.Sprintf("installs/%d", i+1), App: "apps/2", Workspace: fmt.Sprintf("workspaces/w%d", i)}
		s.apply([]change{{in.Name, in}})
	}
	var next string
	var found *install
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	next = tx.next("installs")
	found = findInstall(tx, "apps/2", "workspaces/w9999", "")
	runtime.ReadMemStats(&after)
	// The list of all is 80 KB, and the number in each name was read into memory of its own.
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 10_000 {
		t.Errorf("two look-ups allocate %d bytes", bytes)
	}
	if next != "installs/10001" || found == nil || found.Name != "installs/10000" {
		t.Errorf("the next is %s, and %v is found", next, found)
	}
}

// An index follows its record: changed, deleted, and after everything is gone.
func TestIndexFollows(t *testing.T) {
	t.Parallel()
	s := newStore()
	view := &tx{store: s}
	at := func(workspace string) *install { return findInstall(view, "apps/2", workspace, "") }
	put := func(name, workspace string) {
		s.apply([]change{{name, &install{Name: name, App: "apps/2", Workspace: workspace}}})
	}
	put("installs/7", "workspaces/a")
	put("installs/3", "workspaces/b")
	put("installs/mine", "workspaces/c")
	if got := view.next("installs"); got != "installs/8" {
		t.Errorf("after 7, 3 and a word: %s", got)
	}
	put("installs/7", "workspaces/z")
	if at("workspaces/a") != nil || at("workspaces/z") == nil || at("workspaces/c") == nil {
		t.Error("the index does not follow a change")
	}
	s.apply([]change{{"installs/7", nil}})
	if at("workspaces/z") != nil {
		t.Error("a deleted install is found")
	}
	if got := view.next("installs"); got != "installs/8" {
		t.Errorf("a name is given twice: %s", got)
	}
	s.apply([]change{{"installs/3", nil}, {"installs/mine", nil}})
	if got := view.next("installs"); got != "installs/1" || len(s.keys) > 0 {
		t.Errorf("when all are gone: %s, and %d keys are left", got, len(s.keys))
	}
}
