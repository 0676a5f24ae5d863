package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A restored state is the one that was saved in all that it holds, its order and its tokens included.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{Customers: 3, AutoApprove: true, Tokens: []string{workspaceToken}, Now: clock.Now})
	a := startAdmin(t, s)
	in := installed(t, s, "destination/clearbrain")
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	api(s, workspaceToken, "POST", clearbrainPath+"/filters", dropEvent)
	s.Advance(30 * time.Minute)
	code := newCodeFrom(t, s)
	seeded, err := s.AddFault(Fault{Kind: "status", Status: 500, Route: "/v1beta/catalog/sources", Probability: 0.5, Seed: 1, Count: 10})
	if err != nil {
		t.Fatal(err)
	}
	draw := func() (hits string) {
		for range 20 {
			hits += fmt.Sprint(api(s, workspaceToken, "GET", "/v1beta/catalog/sources", "").Code, " ")
		}
		return hits
	}
	state := func() string {
		exported, err := s.Export()
		if err != nil {
			t.Fatal(err)
		}
		return string(exported) + api(s, workspaceToken, "GET", clearbrainPath+"/filters", "").Body.String() +
			api(s, workspaceToken, "GET", "/v1beta/workspaces?page_size=100", "").Body.String() + fmt.Sprint(s.Faults(), s.now())
	}
	before := state()
	saved, err := a.SaveSnapshot(t.Context(), "one")
	if err != nil || saved.Name != "one" || !saved.Time.Equal(s.now()) || saved.Records < 20 {
		t.Fatalf("%+v, %v", saved, err)
	}
	drawn := draw()
	for range 2 { // the snapshot stays as it is
		refresh(s, in.InstallName)
		for _, act := range []Act{{Verb: "change", Install: in.InstallName}, {Verb: "uninstall", Install: "customer-0002"}} {
			if _, err := s.Act(act); err != nil {
				t.Fatal(err)
			}
		}
		api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/js", "")
		serve(s, tokenRequest(code))
		s.Advance(5 * time.Hour)
		s.ClearFaults(seeded.ID)
		if err := s.SetQuirk("pkce", "ignored"); err != nil {
			t.Fatal(err)
		}
		if state() == before {
			t.Fatal("nothing has changed")
		}
		check(t, "restore", saved)(a.RestoreSnapshot(t.Context(), "one"))
		check(t, "counters", Counters{Refreshes: map[string]int{}})(a.Counters(t.Context()))
		check(t, "wait", Waited{})(a.Wait(t.Context(), Wanted{Count: 1}, 0))
		if diff := cmp.Diff(before, state()); diff != "" {
			t.Errorf("state (-saved +restored):\n%s", diff)
		}
		if w := api(s, in.AccessToken, "GET", clearbrainPath, ""); w.Code != 200 {
			t.Errorf("the token of then: %d", w.Code)
		}
		if s.quirk("pkce") != "enforced" {
			t.Error("the quirk is another one")
		}
		if diff := cmp.Diff(drawn, draw()); diff != "" {
			t.Errorf("requests that the fault hit (-then +now):\n%s", diff)
		}
		s.ClearFaults(0)
	}
	if w := serve(s, tokenRequest(code)); w.Code != 200 {
		t.Errorf("the code of then: %d %s", w.Code, w.Body)
	}
}

func TestSnapshotNames(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	a := startAdmin(t, s)
	ctx := t.Context()
	refused := func(err error, missing, words string) {
		t.Helper()
		if got, ok := errors.AsType[*AdminError](err); !ok || got.Missing != missing || !strings.Contains(got.Message, words) {
			t.Errorf("%T %v, want %q missing and %q", err, err, missing, words)
		}
	}
	_, err := a.RestoreSnapshot(ctx, "one")
	refused(err, "snapshot", "there is no snapshot")
	for i := range maxSnapshots {
		if _, err := a.SaveSnapshot(ctx, fmt.Sprintf("s%02d", maxSnapshots-1-i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = a.SaveSnapshot(ctx, "one-more")
	refused(err, "", "20 snapshots")
	if _, err := a.SaveSnapshot(ctx, "s03"); err != nil {
		t.Errorf("replace: %v", err)
	}
	_, err = a.RestoreSnapshot(ctx, "nosuch")
	refused(err, "snapshot", `"nosuch", but s00, s01, s02`)
	_, err = a.RemoveSnapshot(ctx, "nosuch")
	refused(err, "snapshot", "nosuch")
	for _, name := range []string{"", "a/b", "a b"} {
		_, err = a.SaveSnapshot(ctx, name)
		refused(err, "", "not a slug")
	}
	rest, err := a.RemoveSnapshot(ctx, "s03")
	if err != nil || len(rest) != maxSnapshots-1 || rest[3].Name != "s04" {
		t.Errorf("%v, %v", rest, err)
	}
	all, err := a.Snapshots(ctx)
	if diff := cmp.Diff(rest, all); diff != "" || err != nil {
		t.Errorf("%v (-remove +list):\n%s", err, diff)
	}
	for path, method := range map[string]string{"snapshots": "DELETE", "snapshots/s01": "GET", "snapshots/s01/other": "POST", "snapshots/s01/restore": "GET"} {
		if w := admin(s, method, path, ""); w.Code != 404 {
			t.Errorf("%s %s: %d", method, path, w.Code)
		}
	}
}

// What was restored is in the state file.
func TestSnapshotInStateFile(t *testing.T) {
	t.Parallel()
	o := Options{StateFile: filepath.Join(t.TempDir(), "state"), Tokens: []string{workspaceToken}}
	s := newSandbox(t, o)
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	if _, err := s.SaveSnapshot("one"); err != nil {
		t.Fatal(err)
	}
	api(s, workspaceToken, "DELETE", clearbrainPath, "")
	api(s, workspaceToken, "DELETE", "/v1beta/workspaces/globex/sources/web", "")
	if _, err := s.RestoreSnapshot("one"); err != nil {
		t.Fatal(err)
	}
	killed(t, s)
	s = newSandbox(t, o)
	for _, path := range []string{clearbrainPath, "/v1beta/workspaces/globex/sources/web"} {
		if w := api(s, workspaceToken, "GET", path, ""); w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if len(s.Snapshots()) != 0 {
		t.Error("the snapshots were kept")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
