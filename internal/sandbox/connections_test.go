package sandbox

import (
	"strings"
	"testing"
)

func newPlan(t *testing.T, s *Server) string {
	t.Helper()
	return decode[named](t, api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/tracking-plans", `{"tracking_plan":{"display_name":"Plan"}}`)).Name
}

func TestConnections(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	one, two := newPlan(t, s), newPlan(t, s)
	const js = `"source_name":"workspaces/acme/sources/js"`
	connected := `{` + js + `,"tracking_plan_id":"` + lastWord(one) + `"}`
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+one+"/source-connections", `{`+js+`}`), 200, connected)
	list := func(plan string, connections ...string) {
		t.Helper()
		want(t, api(s, workspaceToken, "GET", "/v1beta/"+plan+"/source-connections", ""), 200, `{"connections":[`+strings.Join(connections, ",")+`],"next_page_token":""}`)
	}
	list(one, connected)

	// A source has one tracking plan at most, also in a batch.
	refused := apiErrorBody("source connection already exists: workspaces/acme/sources/js has the tracking plan "+lastWord(one), 6)
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+two+"/source-connections", `{`+js+`}`), 409, refused)
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+two+"/source-connections:batchCreateConnections", `{"source_names":["workspaces/acme/sources/ios","workspaces/acme/sources/js"]}`), 409, refused)
	twice := `{"source_names":["workspaces/acme/sources/ios","workspaces/acme/sources/ios"]}`
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+two+"/source-connections:batchCreateConnections", twice), 409, apiErrorBody("source connection already exists", 6))
	list(two)

	// It can move.
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/"+one+"/source-connections/js", ""), 200, `{}`)
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+two+"/source-connections:batchCreateConnections", `{"source_names":["workspaces/acme/sources/js"]}`),
		200, `{"connections":[{`+js+`,"tracking_plan_id":"`+lastWord(two)+`"}]}`)
	list(one)

	// A source that is deleted takes its connection along, and one of the same name does not get it back.
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/workspaces/acme/sources/js", ""), 200, `{}`)
	list(two)
	api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/sources", `{"source":{"name":"workspaces/acme/sources/js","catalog_name":"catalog/sources/javascript"}}`)
	list(two)
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+one+"/source-connections", `{`+js+`}`), 200, connected)

	// So does a plan.
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/"+one, ""), 200, `{}`)
	list(one)
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+one+"/source-connections", `{`+js+`}`), 404, apiErrorBody("tracking plan does not exist", 5))
	want(t, api(s, workspaceToken, "POST", "/v1beta/"+two+"/source-connections", `{`+js+`}`), 200, `{`+js+`,"tracking_plan_id":"`+lastWord(two)+`"}`)
	if err := s.SetQuirk("deleted-plan", "404"); err != nil {
		t.Fatal(err)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+one+"/source-connections", ""), 404, apiErrorBody("tracking plan does not exist", 5))
}
