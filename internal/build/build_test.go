package build

import (
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What Go writes into a binary differs with the way it was built; package gen's tests build in these ways.
func TestFrom(t *testing.T) {
	t.Parallel()
	vcs := func(revision, time, modified string) []debug.BuildSetting {
		return []debug.BuildSetting{
			{Key: "vcs", Value: "git"},
			{Key: "vcs.revision", Value: revision},
			{Key: "vcs.time", Value: time},
			{Key: "vcs.modified", Value: modified},
		}
	}
	const hash, committed = "725a885f0c1d2e3b4a5968778695a4b3c2d1e0f1", "2026-11-25T00:10:11Z"
	for name, c := range map[string]struct {
		main     string
		settings []debug.BuildSetting
		want     Info
	}{
		"go build without version control": {"(devel)", nil, Info{Version: "devel"}},
		"go test":                          {"", nil, Info{Version: "devel"}},
		"go build in a checkout": {
			"v1.2.4-0.20261125001011-725a885f0c1d", vcs(hash, committed, "false"),
			Info{Version: "1.2.4-0.20261125001011-725a885f0c1d", Commit: hash, Date: committed},
		},
		"go build in a changed checkout": {
			"v1.2.3+dirty", vcs(hash, committed, "true"),
			Info{Version: "1.2.3+dirty", Commit: hash, Date: committed, Modified: true},
		},
		"go install of a tag": {"v1.2.3", nil, Info{Version: "1.2.3"}},
		"go install of a commit": {
			"v0.0.0-20261125001011-725a885f0c1d", nil,
			Info{Version: "0.0.0-20261125001011-725a885f0c1d", Commit: "725a885f0c1d", Date: committed},
		},
	} {
		got := from(&debug.BuildInfo{Main: debug.Module{Version: c.main}, Settings: c.settings})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := from(nil); got.Version != "devel" {
		t.Errorf("without any information the version is %q", got.Version)
	}
}
