package sandbox

import (
	"strings"
	"testing"
)

// Clients send requests to the name that answers have, and to the short one.
func TestFilterPaths(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	const short = clearbrainPath + "/filters"
	first := decode[named](t, api(s, workspaceToken, "POST", short, dropEvent)).Name
	long := "/v1beta/" + collection(first)
	second := decode[named](t, api(s, workspaceToken, "POST", long, dropEvent)).Name
	if collection(second) != collection(first) {
		t.Errorf("two filters of one destination are in %s and in %s", collection(first), collection(second))
	}
	for _, path := range []string{short, long} {
		list := decode[struct{ Filters []filter }](t, api(s, workspaceToken, "GET", path, "")).Filters
		if len(list) != 2 || list[0].Name != first || list[1].Name != second {
			t.Errorf("%s: %+v", path, list)
		}
		title := "by " + path
		w := api(s, workspaceToken, "PATCH", path+"/"+lastWord(first), `{"filter":{"title":"`+title+`"},"update_mask":{"paths":["title"]}}`)
		if got := decode[filter](t, w); got.Name != first || got.Title != title {
			t.Errorf("%s: PATCH: %+v", path, got)
		}
		if got := decode[filter](t, api(s, workspaceToken, "GET", path+"/"+lastWord(first), "")); got.Name != first || got.Title != title {
			t.Errorf("%s: GET: %+v", path, got)
		}
	}
	// Another id is another destination's.
	other := clearbrainPath + "/config/" + strings.Repeat("0", 24) + "/filters"
	want(t, api(s, workspaceToken, "GET", other+"/"+lastWord(first), ""), 400, apiErrorBody("filter does not exist", 3))
	want(t, api(s, workspaceToken, "GET", other, ""), 404, apiErrorBody("destination config does not exist", 5))
	want(t, api(s, workspaceToken, "POST", other, dropEvent), 404, apiErrorBody("destination config does not exist", 5))
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/"+first, ""), 200, `{}`)
	want(t, api(s, workspaceToken, "DELETE", short+"/"+lastWord(second), ""), 200, `{}`)
	want(t, api(s, workspaceToken, "GET", long, ""), 200, `{"filters":[],"next_page_token":""}`)
}

// What a filter is made of reads back as it was written; what was left out reads false, "" and [].
func TestFilterFields(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	const path = clearbrainPath + "/filters"
	made := decode[named](t, api(s, workspaceToken, "POST", path, `{"filter":{"unknown":1}}`)).Name
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+made, ""), 200,
		`{"name":"`+made+`","title":"","description":"","if":"","actions":[],"enabled":false}`)
	const actions = `[{"type":"sample_event","percent":0,"path":"userId"},{"type":"sample_event","percent":0.25},
		{"type":"whitelist_fields","fields":{"context":{"fields":["ip"]},"traits":{"fields":[]}}},
		{"type":"blacklist_fields","fields":{"properties":{"fields":["a","b"]}}},{"type":"drop_event"}]`
	body := func(name, enabled string) string {
		return `{` + name + `"title":"t","description":"d","if":"type = 'track'","actions":` + actions + `,"enabled":` + enabled + `}`
	}
	w := api(s, workspaceToken, "PATCH", "/v1beta/"+made, `{"filter":`+body("", "true")+`,"update_mask":{"paths":["if","actions","title","description","enabled"]}}`)
	want(t, w, 200, body(`"name":"`+made+`",`, "true"))
	// A list that was left out reads back as an empty one.
	w = api(s, workspaceToken, "POST", path, `{"filter":{"actions":[{"type":"blacklist_fields","fields":{"context":{},"traits":{},"properties":{}}}]}}`)
	if want := `"fields":{"context":{"fields":[]},"traits":{"fields":[]},"properties":{"fields":[]}}`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("%s, want %s", w.Body, want)
	}
	// A path without a value clears.
	w = api(s, workspaceToken, "PATCH", "/v1beta/"+made, `{"filter":{},"update_mask":{"paths":["filter.if","filter.actions","filter.enabled"]}}`)
	want(t, w, 200, `{"name":"`+made+`","title":"t","description":"d","if":"","actions":[],"enabled":false}`)
}
