package fleet_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

// TestPruneOfOneDestination: installs whose scope names a destination lose it where no entry is for them.
func TestPruneOfOneDestination(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 3, Enabled: 100})
	cards := r.saved(t, 3)
	d := desiredOf(t, nil, lines("version: 1", "destinations:", "- {destination: clearbrain, installs: [1, 2]}", "- {destination: mixpanel, installs: [3]}"))
	d.Narrow, d.Chosen = true, cards[:2]
	if got := prunedBy(t, r, d); got != "" {
		t.Errorf("among those that have an entry: %s", got)
	}
	d.Chosen = cards
	if got := prunedBy(t, r, d); got != "" {
		t.Errorf("with an entry for another destination, which is a mistake: %s", got)
	}
	d.Files[0].Entries = d.Files[0].Entries[:1]
	if got, want := prunedBy(t, r, d), "installs/3 clearbrain\n"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	d.Prune = true
	summary, told := r.run(t, d, fleet.DiffTask())
	if summary.Different != 1 || summary.OK != 2 || told.find("installs/3").Action != string(destination.Deleted) {
		t.Errorf("%+v, %+v", summary, told.results)
	}
	if got := told.find("installs/3").Unified(); len(got) != 5 || got[0] != "--- customer-0003/js clearbrain (Segment)" || got[1] != "+++ customer-0003/js clearbrain (deleted)" ||
		got[2] != "-enabled: true" || !strings.HasPrefix(got[4], "-apiKey: •") {
		t.Errorf("%q", got)
	}
	r.changes()
	summary, told = r.run(t, d, fleet.ApplyTask())
	sent := r.changes()
	if summary.Changed != 1 || len(sent) != 1 || sent[0].method != "DELETE" || sent[0].path != "/v1beta/workspaces/customer-0003/sources/js/destinations/clearbrain" {
		t.Errorf("%+v, %v, sent %v", summary, told.results, sent)
	}
	if summary, _ := r.run(t, d, fleet.ApplyTask()); summary.OK != 3 {
		t.Errorf("again: %+v", summary)
	}
	// An entry that leaves the destination to the scope names no slug.
	d = desiredOf(t, nil, lines("version: 1", "destinations:", "- {installs: [1]}"))
	d.Narrow, d.Chosen = true, cards
	if got := prunedBy(t, r, d); got != "" {
		t.Error(got)
	}
}

// prunedBy lists what a file's --prune adds to its targets.
func prunedBy(t *testing.T, r *rig, d *fleet.Desired) string {
	t.Helper()
	all := *d
	all.Prune = true
	targets, err := all.Targets(t.Context(), r.world.Fleet(nil), 2)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, target := range targets {
		if target.Want.Absent {
			b.WriteString(target.Card.Name + " " + target.Want.Destination)
			if target.Err != nil {
				b.WriteString(" " + target.Err.Error())
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// find returns what became of an install.
func (s *seen) find(name string) fleet.Result {
	for _, r := range s.results {
		if r.Install == name {
			return r
		}
	}
	return fleet.Result{}
}

// TestPruneWithinWorkspace: with a workspace scope all sources are looked at, and a slug that no entry names is never
// touched.
func TestPruneWithinWorkspace(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}})
	for name, workspace := range map[string]string{"installs/1": "acme", "installs/2": "globex"} {
		r.token(t, install.Card{Name: name, Label: workspace, Scope: "workspace", Workspaces: []string{"workspaces/" + workspace}}, "t0ken")
	}
	everywhere := lines("version: 1", "destinations:",
		"- {destination: webhooks, installs: [acme], source: js}", "- {destination: webhooks, installs: [acme], source: ios}",
		"- {destination: webhooks, installs: [globex]}", "- {destination: google-analytics, installs: [acme], source: js}",
		"- {destination: google-analytics, installs: [acme], source: ios}")
	if s, _ := r.run(t, desiredOf(t, nil, everywhere), fleet.ApplyTask()); s.Changed != 5 {
		t.Fatalf("%+v", s)
	}
	file := lines("version: 1", "destinations:", "- {destination: webhooks, installs: [acme], source: js}")
	const ios, web = "workspaces/acme/sources/ios/destinations/webhooks", "workspaces/globex/sources/web/destinations/webhooks"
	d := desiredOf(t, nil, file)
	if got, want := prunedBy(t, r, d), "installs/1 "+ios+"\n"; got != want {
		t.Errorf("on those that entries name: %s, want %s", got, want)
	}
	d.Narrow, d.Chosen = true, []install.Card{r.card(t, "installs/1"), r.card(t, "installs/2")}
	if got, want := prunedBy(t, r, d), "installs/1 "+ios+"\ninstalls/2 "+web+"\n"; got != want {
		t.Errorf("on those that are chosen: %s, want %s", got, want)
	}
	// What cannot be looked for fails, and stops nobody else.
	if _, err := r.AddFault(sandbox.Fault{Route: "GET /v1beta/workspaces/globex/sources", Kind: "status", Status: 400}); err != nil {
		t.Fatal(err)
	}
	d.Prune = true
	r.changes()
	summary, _ := r.run(t, d, fleet.ApplyTask())
	if diff := cmp.Diff([]sentRequest{{"DELETE", "/v1beta/" + ios, ""}}, r.changes(), cmp.AllowUnexported(sentRequest{})); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if summary.Changed != 1 || summary.OK != 1 || summary.Failed != 1 || summary.ExitCode != problem.ExitSomeFailed {
		t.Errorf("%+v", summary)
	}
}
