package destination_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// TestLife takes a destination through every verb, and wants each action said in the words of a person.
func TestLife(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	key := "k3y-0123456789ab"
	type step struct {
		verb    destination.Verb
		change  destination.Change
		action  destination.Action
		words   string
		changes []destination.Difference
	}
	none := destination.Change{}
	for _, s := range []step{
		{
			destination.ToCreate,
			destination.Change{Key: &key},
			destination.Created, "Amplitude created on acme/js, disabled",
			[]destination.Difference{{What: "connection mode", From: "UNSPECIFIED", To: "CLOUD"}, {What: "apiKey", To: "••••••••89ab"}},
		},
		{
			destination.ToEnable, none, destination.Enabled, "Amplitude enabled on acme/js",
			[]destination.Difference{{What: "enabled", From: "false", To: "true"}},
		},
		{destination.ToEnable, none, destination.Already, "Amplitude is already enabled on acme/js", nil},
		{destination.ToEnable, destination.Change{Key: &key}, destination.Already, "Amplitude is already enabled on acme/js", nil},
		{
			destination.ToEnable,
			destination.Change{Mode: "DEVICE"},
			destination.Updated, "Amplitude updated on acme/js",
			[]destination.Difference{{What: "connection mode", From: "CLOUD", To: "DEVICE"}},
		},
		{
			destination.ToUpdate,
			destination.Change{Set: set("trackAllPages=true")},
			destination.Updated, "Amplitude updated on acme/js",
			[]destination.Difference{{What: "trackAllPages", To: "true"}},
		},
		{destination.ToUpdate, destination.Change{Set: set("trackAllPages=true")}, destination.Unchanged, "Amplitude is as it was on acme/js, enabled", nil},
		{
			destination.ToUpdate,
			destination.Change{Unset: []string{"trackAllPages"}},
			destination.Updated, "Amplitude updated on acme/js",
			[]destination.Difference{{What: "trackAllPages", From: "true"}},
		},
		{
			destination.ToDisable, none, destination.Disabled, "Amplitude disabled on acme/js",
			[]destination.Difference{{What: "enabled", From: "true", To: "false"}},
		},
		{destination.ToDisable, none, destination.Already, "Amplitude is already disabled on acme/js", nil},
	} {
		got := r.apply(t, "amplitude", s.verb, s.change)
		if got.Action != s.action || got.String() != s.words {
			t.Errorf("%v: %s, %q, want %s, %q", s.change, got.Action, got, s.action, s.words)
		}
		if diff := cmp.Diff(s.changes, got.Changes); diff != "" {
			t.Errorf("%s: changes (-want +got):\n%s", s.words, diff)
		}
		if isChange := s.action != destination.Already && s.action != destination.Unchanged; got.IsChange() != isChange {
			t.Errorf("%s: IsChange is %v", s.words, got.IsChange())
		}
	}
	if n := len(r.sent(http.MethodPatch, "/amplitude")); n != 6 {
		t.Errorf("%d updates were sent, want 6", n)
	}
	deleted, err := destination.Delete(t.Context(), r.Account, name("amplitude"))
	if err != nil || deleted.String() != "Amplitude deleted on acme/js" {
		t.Errorf("%q, %v", deleted, err)
	}
	if _, err := destination.Delete(t.Context(), r.Account, name("amplitude")); !segment.HasReason(err, segment.NotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

// TestCreatedMeanwhile has somebody else create the destination between the look at it and the creation.
func TestCreatedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, duplicate := range []string{"500", "409"} {
		r := newRig(t, "workspace")
		if err := r.SetQuirk("duplicate-create", duplicate); err != nil {
			t.Fatal(err)
		}
		r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r.ServeHTTP(w, req)
			if req.Method == http.MethodGet && strings.HasSuffix(req.URL.Path, "/destinations/google-analytics") {
				r.handler = r.described
				r.apply(t, "google-analytics", destination.ToCreate, destination.Change{Mode: "DEVICE"})
			}
		})
		got, err := destination.Enable(t.Context(), r.Account, "google-analytics", account.Place{Workspace: "acme", Source: "js"}, destination.Change{})
		if err != nil || got.Action != destination.Enabled {
			t.Errorf("%s: %q, %v", duplicate, got, err)
		}
		want := []destination.Difference{{What: "enabled", From: "false", To: "true"}}
		if diff := cmp.Diff(want, got.Changes); diff != "" {
			t.Errorf("%s: changes, where the mode was not asked for (-want +got):\n%s", duplicate, diff)
		}
		var exists *destination.ExistsError
		if _, err := r.try(t, "google-analytics", destination.ToCreate, destination.Change{}); !errors.As(err, &exists) || exists.Name != name("google-analytics") {
			t.Errorf("%s: created twice: %v", duplicate, err)
		}
	}
}

// TestExistsOrOtherError creates what does not exist where Segment says that it may: then it was the other error.
func TestExistsOrOtherError(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			r.ServeHTTP(w, req)
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"error":"destination already exists or other internal error","code":13}`))
	})
	_, err := r.try(t, "webhooks", destination.ToCreate, destination.Change{})
	var exists *destination.ExistsError
	if err == nil || errors.As(err, &exists) {
		t.Errorf("%v, want another error", err)
	}
}

// TestEnableTellsTheTruth enables at a server that answers with a destination that is still disabled.
func TestEnableTellsTheTruth(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost {
			_, _ = w.Write([]byte(`{"name":"workspaces/acme/sources/js/destinations/webhooks","display_name":"Webhooks","enabled":false}`))
			return
		}
		r.ServeHTTP(w, req)
	})
	if got := r.apply(t, "webhooks", destination.ToEnable, destination.Change{}); got.String() != "Webhooks created on acme/js, disabled" {
		t.Errorf("%q", got)
	}
}
