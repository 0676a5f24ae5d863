package segment

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names runs through a list of workspaces to its end or its first error.
func names(list iter.Seq2[*Workspace, error]) (all []string, err error) {
	for w, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, w.Name)
	}
	return all, nil
}

func TestAllPagesAreRead(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page_size") == "" {
			t.Errorf("request %s has no page_size", r.URL)
		}
		switch token := r.URL.Query().Get("page_token"); token {
		case "":
			io.WriteString(w, `{"workspaces":[{"name":"workspaces/a"},{"name":"workspaces/b"}],"next_page_token":"a+b/c=&x"}`)
		case "a+b/c=&x":
			io.WriteString(w, `{"workspaces":[],"next_page_token":"third"}`)
		case "third":
			io.WriteString(w, `{"workspaces":[{"name":"workspaces/c"}],"next_page_token":""}`)
		default:
			t.Errorf("page_token is %q", token)
		}
	})
	got, err := names(c.Workspaces(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"workspaces/a", "workspaces/b", "workspaces/c"}, got); diff != "" {
		t.Errorf("workspaces (-want +got):\n%s", diff)
	}
}

// Both documented shapes, and what an empty list may look like.
func TestWorkspacesShapes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"workspaces":[{"name":"workspaces/acme","id":"0123456789"}],"next_page_token":""}`: 1,
		`{"name":"workspaces/acme","display_name":"Acme","id":"0123456789"}`:                 1,
		`{"workspaces":[],"next_page_token":""}`:                                             0,
		`{"workspaces":null}`:                                                                0,
		`{}`:                                                                                 0,
	} {
		c := serve(t, always(200, body))
		got, err := names(c.Workspaces(t.Context()))
		if err != nil || len(got) != want {
			t.Errorf("%s: %q, %v", body, got, err)
		}
		for _, name := range got {
			if name != "workspaces/acme" {
				t.Errorf("%s: %q", body, name)
			}
		}
	}
}

func TestPageThatNamesItselfAsTheNextEndsTheList(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"workspaces":[{"name":"workspaces/a"}],"next_page_token":"again"}`))
	_, err := names(c.Workspaces(t.Context()))
	var wrong *AnswerError
	if !errors.As(err, &wrong) {
		t.Errorf("error is %v, want an *AnswerError", err)
	}
}

func TestPageTokenCannotMoveTheRequest(t *testing.T) {
	t.Parallel()
	elsewhere := thief(t)
	for _, token := range []string{elsewhere, "//evil.example/", "../../x", "x&page_size=1#frag", "x\r\nHost: evil.example", "?"} {
		requests := 0
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1beta/workspaces" {
				t.Errorf("token %q moved the request to %s", token, r.URL)
			}
			if requests++; requests == 1 {
				fmt.Fprintf(w, `{"workspaces":[],"next_page_token":%q}`, token)
				return
			}
			if got := r.URL.Query().Get("page_token"); got != token {
				t.Errorf("page_token is %q, want %q", got, token)
			}
			io.WriteString(w, `{"workspaces":[]}`)
		})
		if _, err := names(c.Workspaces(t.Context())); err != nil || requests != 2 {
			t.Errorf("token %q: %d requests, %v", token, requests, err)
		}
	}
}

func TestListEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page_token") != "" {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"error": "insufficient scope", "code": 7}`)
			return
		}
		io.WriteString(w, `{"workspaces":[{"name":"workspaces/a"}],"next_page_token":"x"}`)
	})
	got, err := names(c.Workspaces(t.Context()))
	if !HasReason(err, PermissionDenied) || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
}

func TestListStopsWhenNobodyWantsMore(t *testing.T) {
	t.Parallel()
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		fmt.Fprintf(w, `{"workspaces":[{"name":"workspaces/a"}],"next_page_token":"%d"}`, requests)
	})
	for range c.Workspaces(t.Context()) {
		break
	}
	if requests != 1 {
		t.Errorf("%d pages were read for one item", requests)
	}
}

func TestPagesInACircleEndTheList(t *testing.T) {
	t.Parallel()
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests > 10 {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		fmt.Fprintf(w, `{"workspaces":[],"next_page_token":"%d"}`, requests%3)
	})
	_, err := names(c.Workspaces(t.Context()))
	var wrong *AnswerError
	if !errors.As(err, &wrong) {
		t.Errorf("after %d pages: %v, want an *AnswerError", requests, err)
	}
}

func TestNullItemsAreSkipped(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"workspaces":[null,{"name":"workspaces/a"},null]}`))
	got, err := names(c.Workspaces(t.Context()))
	if diff := cmp.Diff([]string{"workspaces/a"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
