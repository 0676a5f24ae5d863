package segment

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

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
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests > 10 {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		io.WriteString(w, `{"workspaces":[{"name":"workspaces/a"}],"next_page_token":"again"}`)
	})
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

// A server that pages for ever is found out by the bytes it has sent, or by the number of its pages.
func TestEndlessListEnds(t *testing.T) {
	t.Parallel()
	for name, padding := range map[string]string{"small pages": "", "large pages": strings.Repeat(" ", 9<<20)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				c := offline(func(*http.Request) (*http.Response, error) {
					requests++
					if requests > maxPages || padding != "" && requests > 1+maxListBytes/len(padding) {
						t.Errorf("page %d is asked for", requests)
						return nil, io.ErrUnexpectedEOF
					}
					return answer(200, fmt.Sprintf(`{"workspaces":[{"name":"workspaces/a"}],"next_page_token":"%d"}%s`, requests, padding)), nil
				})
				_, err := names(c.Workspaces(t.Context()))
				var wrong *AnswerError
				if !errors.As(err, &wrong) || !strings.Contains(wrong.Problem, "not at its end") {
					t.Errorf("after %d pages: %v, want an *AnswerError", requests, err)
				}
			})
		})
	}
}

// Names in answers are completed by shells, where a backquote runs a command, and become parts of requests.
func TestNamesInAnswersAreChecked(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"`id`", "$(id)", "a b", "..", "", "a;b", "é", "a\u001b"} {
		quoted := func(format string) string { return strings.ReplaceAll(format, "ID", id) }
		for kind, body := range map[string]string{
			"workspaces":    quoted(`{"workspaces":[{"name":"workspaces/ok"},{"name":"workspaces/ID"}]}`),
			"workspace":     quoted(`{"name":"workspaces/ID"}`),
			"sources":       quoted(`{"sources":[{"name":"workspaces/a/sources/ID"}]}`),
			"source":        quoted(`{"name":"workspaces/a/sources/ID"}`),
			"destinations":  quoted(`{"destinations":[{"name":"workspaces/a/sources/b/destinations/ID"}]}`),
			"destination":   quoted(`{"name":"workspaces/a/sources/b/destinations/ID"}`),
			"catalog":       quoted(`{"destinations":[{"name":"catalog/destinations/ID"}]}`),
			"catalog entry": quoted(`{"name":"catalog/destinations/ID"}`),
		} {
			c := serve(t, always(200, body))
			var err error
			switch strings.Fields(kind)[0] {
			case "workspaces":
				_, err = names(c.Workspaces(t.Context()))
			case "workspace":
				_, err = c.Workspace(t.Context(), clearbrain.Parent().Parent())
			case "sources":
				_, err = Collect(c.Sources(t.Context(), clearbrain.Parent().Parent()))
			case "source":
				_, err = c.Source(t.Context(), clearbrain.Parent())
			case "destinations":
				_, err = Collect(c.Destinations(t.Context(), clearbrain.Parent()))
			case "destination":
				_, err = c.Destination(t.Context(), clearbrain)
			case "catalog":
				if kind == "catalog" {
					_, err = Collect(c.CatalogDestinations(t.Context()))
					break
				}
				fallthrough
			default:
				_, err = c.CatalogDestination(t.Context(), "a")
			}
			var wrong *AnswerError
			if !errors.As(err, &wrong) || strings.ContainsRune(err.Error(), 0x1b) {
				t.Errorf("%s with the id %q: %v, want an *AnswerError", kind, id, err)
			}
		}
	}
}

// The name of a setting becomes a part of no request and of no completion without a check of its own, so that an odd one
// hides neither a destination nor the whole catalog.
func TestOddSettingsHideNothing(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"name":"workspaces/a/sources/b/destinations/c","config":[{"name":"x/config/a b"}]}`))
	if d, err := c.Destination(t.Context(), clearbrain); err != nil || len(d.Config) != 1 {
		t.Errorf("%v, %v", d, err)
	}
	c = serve(t, always(200, `{"name":"catalog/destinations/a","settings":[{"name":"$(id)"},{"name":"apiKey"}]}`))
	if d, err := c.CatalogDestination(t.Context(), "a"); err != nil || len(d.Settings) != 2 {
		t.Errorf("%v, %v", d, err)
	}
}

// A name of another kind would send the next request elsewhere.
func TestNameOfAnotherKindIsRefused(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"name":"workspaces/acme/sources/js"}`))
	_, workspaceErr := c.Workspace(t.Context(), Name{Workspace: "acme"})
	_, destinationErr := c.Destination(t.Context(), clearbrain)
	_, catalogErr := c.CatalogDestination(t.Context(), "a")
	for _, err := range []error{workspaceErr, destinationErr, catalogErr} {
		var wrong *AnswerError
		if !errors.As(err, &wrong) {
			t.Errorf("error is %v, want an *AnswerError", err)
		}
	}
}

func TestCollect(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"workspaces":[]}`))
	if all, err := Collect(c.Workspaces(t.Context())); err != nil || all == nil || len(all) != 0 {
		t.Errorf("%#v, %v, want an empty list", all, err)
	}
	c = serve(t, always(403, `{"error":"insufficient scope","code":7}`))
	if all, err := Collect(c.Workspaces(t.Context())); !HasReason(err, PermissionDenied) || all != nil {
		t.Errorf("%#v, %v", all, err)
	}
}
