package destination_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
)

func source() segment.Name { return segment.Name{Workspace: "acme", Source: "js"} }

func TestList(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	all, notes, err := destination.List(t.Context(), r.Account, source())
	if err != nil || all == nil || len(all) != 0 || notes != nil {
		t.Errorf("%v, %q, %v", all, notes, err)
	}
	r.apply(t, "webhooks", destination.ToCreate, destination.Change{})
	if all, _, err = destination.List(t.Context(), r.Account, source()); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestListWithDestinationScope shows the one destination that the token can see, once Segment has refused the list.
func TestListWithDestinationScope(t *testing.T) {
	t.Parallel()
	r := newRig(t, "destination/webhooks")
	all, notes, err := destination.List(t.Context(), r.Account, source())
	if err != nil || all == nil || len(all) != 0 || len(notes) != 1 || !strings.Contains(notes[0], "destination/webhooks") {
		t.Errorf("%v, %q, %v", all, notes, err)
	}
	r.apply(t, "webhooks", destination.ToCreate, destination.Change{})
	if all, _, err = destination.List(t.Context(), r.Account, source()); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if _, err := r.AddFault(sandbox.Fault{Route: "GET /v1beta/workspaces/acme/sources/js/destinations/*", Kind: "status", Status: 404}); err != nil {
		t.Fatal(err)
	}
	if _, _, err = destination.List(t.Context(), r.Account, segment.Name{Workspace: "globex", Source: "js"}); err == nil {
		t.Error("a source that is not there is an empty list")
	}
}

// TestDeleteUnseen deletes a destination whose answer cannot be read: that is no reason to keep it.
func TestDeleteUnseen(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	r.apply(t, "webhooks", destination.ToCreate, destination.Change{})
	r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"odd":`))
			return
		}
		r.ServeHTTP(w, req)
	})
	got, err := destination.Delete(t.Context(), r.Account, name("webhooks"))
	if err != nil || got.String() != "webhooks deleted on acme/js" {
		t.Errorf("%q, %v", got, err)
	}
	if n := len(r.sent(http.MethodDelete, "/webhooks")); n != 1 {
		t.Errorf("%d deletions", n)
	}
}
