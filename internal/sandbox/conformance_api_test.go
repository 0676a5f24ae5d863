package sandbox

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// apiCase is one request of the Config API. In path and body @ stands for workspaces/acme, {filter} and {plan} for a
// filter of the destination clearbrain and for a tracking plan that there are.
type apiCase struct {
	quirk  string // NAME=VALUE; "" is the defaults
	token  string // "" is one of the whole workspace; "narrow" of destination/clearbrain on acme/js
	method string
	path   string // under /v1beta/
	body   string
	status int
	answer string // the answer's fields in alphabetical order; of an error "code text", "..." at the end for any more
}

const (
	workspaceFields     = "create_time display_name id name"
	sourceFields        = "catalog_name create_time display_name function_config id labels library_config name parent write_keys"
	catalogSourceFields = "categories description display_name logos name type"
	connectionFields    = "source_name tracking_plan_id"
	appFields           = "client_id client_secret client_uri create_time description display_name logo_uri name parent policy_uri public redirect_uris scope tos_uri"
	schemaFields        = "allow_group_traits_on_violations allow_identify_traits_on_violations allow_track_event_on_violations allow_track_properties_on_violations " +
		"allow_unplanned_group_traits allow_unplanned_identify_traits allow_unplanned_track_event_properties allow_unplanned_track_events " +
		"common_group_event_on_violations common_identify_event_on_violations common_track_event_on_violations " +
		"forwarding_blocked_events_to forwarding_violations_to name parent"
	destinationFields = "config connection_mode create_time display_name enabled name parent update_time"
	filterFieldNames  = "actions description enabled if name title"
	planFields        = "create_time display_name name rules update_time"
	catalogFields     = "browserUnbundlingPublic browserUnbundlingSupported categories components description display_name logos methods name platforms previous_names settings status type website"
	upstream          = "upstream connect error or disconnect/reset before headers"
	clearbrainBody    = `{"destination":{"name":"@/sources/js/destinations/clearbrain"}}`
	missingDest       = "5 destination does not exist"
)

// Every method and path that is documented or that working clients use, and every error they name, beside what is in
// package conformance.
func TestConformanceResources(t *testing.T) {
	t.Parallel()
	checkAPI(t, []apiCase{
		{"", "", "GET", "workspaces/nosuch", "", 404, "5 workspace does not exist"},

		{"own-source=readable", "narrow", "GET", "@/sources/ios", "", 403, "7 insufficient scope"},
		{"", "", "POST", "@/sources", `{"source":{"name":"@/sources/new","catalog_name":"catalog/sources/net"}}`, 200, sourceFields},
		{"", "", "POST", "@/sources", `{"source":{"name":"@/sources/js","catalog_name":"catalog/sources/net"}}`, 409, "6 source already exists"},
		{"", "", "POST", "@/sources", `{"source":{"name":"js","catalog_name":"catalog/sources/net"}}`, 400, "3 invalid argument: source.name ..."},
		{"", "", "DELETE", "@/sources/js", "", 200, ""},
		{"", "", "DELETE", "@/sources/nosuch", "", 404, "5 source does not exist"},

		{"", "", "PATCH", "@/sources/js/schema-config", `{"schema_config":{"allow_unplanned_track_events":false},"update_mask":{"paths":["schema_config.allow_unplanned_track_events"]}}`, 200, schemaFields},

		{"", "narrow", "GET", "@/sources/js/destinations/clearbrain", "", 200, destinationFields},
		{"", "", "POST", "@/sources/ios/destinations", strings.ReplaceAll(clearbrainBody, "js", "ios"), 200, destinationFields},
		{"", "", "PATCH", "@/sources/js/destinations/clearbrain", `{"destination":{},"update_mask":{"paths":["destination.enabled"]}}`, 200, destinationFields},
		{"", "", "PATCH", "@/sources/js/destinations/clearbrain", `{"destination":{},"update_mask":{"paths":["enabled"]}}`, 200, destinationFields},
		{"", "", "PATCH", "@/sources/js/destinations/nosuch", `{"destination":{}}`, 404, missingDest},
		{"", "", "DELETE", "@/sources/js/destinations/clearbrain", "", 200, ""},
		{"", "", "DELETE", "@/sources/js/destinations/nosuch", "", 404, missingDest},

		{"", "", "GET", "@/sources/js/destinations/clearbrain/filters", "", 200, "filters next_page_token"},
		{"", "", "GET", "{filter}", "", 200, filterFieldNames},
		{"", "", "POST", "@/sources/js/destinations/clearbrain/filters", dropEvent, 200, filterFieldNames},
		{"", "", "POST", "@/sources/js/destinations/nosuch/filters", dropEvent, 404, missingDest},
		{"", "", "PATCH", "{filter}", `{"filter":{"enabled":true},"update_mask":{"paths":["enabled"]}}`, 200, filterFieldNames},
		{"", "", "DELETE", "{filter}", "", 200, ""},
		{"", "", "GET", "{filter}0", "", 400, "3 filter does not exist"},
		{"missing-filter=500", "", "GET", "{filter}0", "", 500, "13 failed to validate permissions due to an internal error"},
		{"missing-filter=404", "", "GET", "{filter}0", "", 404, "5 filter does not exist"},

		{"", "", "GET", "{plan}", "", 200, planFields},
		{"", "", "GET", "{plan}0", "", 404, "5 tracking plan does not exist"},
		{"", "", "POST", "@/tracking-plans", `{"tracking_plan":{"display_name":"P","rules":{}}}`, 200, planFields},
		{"", "", "PUT", "{plan}", `{"tracking_plan":{"display_name":"P"},"update_mask":{"paths":["tracking_plan.display_name"]}}`, 200, planFields},
		{"", "", "PATCH", "{plan}", "{}", 405, "12 method not allowed"},
		{"", "", "DELETE", "{plan}", "", 200, ""},
		{"", "", "GET", "{plan}/source-connections", "", 200, "connections next_page_token"},
		{"", "", "POST", "{plan}/source-connections", `{"source_name":"@/sources/js"}`, 200, connectionFields},
		{"", "", "POST", "{plan}/source-connections", `{"source_name":"@/sources/ios"}`, 409, "6 source connection already exists"},
		{"", "", "POST", "{plan}/source-connections:batchCreateConnections", `{"source_names":["@/sources/js"]}`, 200, "connections"},
		{"", "", "DELETE", "{plan}/source-connections/ios", "", 200, ""},

		{"", "", "POST", "@/apps", `{"app":{"display_name":"A","scope":"workspace","public":false,"redirect_uris":["http://localhost:1/"]}}`, 200, appFields},
		{"", "", "POST", "apps", `{"app":{"display_name":"A","scope":"workspace","public":false,"redirect_uris":["http://localhost:1/"]}}`, 200, appFields},
		{"", "", "POST", "access-tokens", "{}", 401, "16 invalid e-mail address or password"},
		{"", "", "GET", "installs/1/token", "", 401, "16 invalid client id or secret"},
	})
}

// What holds for every path: errors, slashes, pages, methods, bodies, and what nobody has documented.
func TestConformanceOfAllRoutes(t *testing.T) {
	t.Parallel()
	cases := []apiCase{
		{"", "nosuch", "GET", "workspaces", "", 401, "16 malformed token"},
		{"", "narrow", "GET", "workspaces/globex", "", 403, "7 insufficient scope"},
		{"forbidden=401", "narrow", "GET", "workspaces/globex", "", 401, "16 malformed token"},
		{"", "", "GET", "@/nosuch", "", 503, upstream},
		{"", "", "GET", "@/sources/js/", "", 200, sourceFields},
		{"", "", "GET", "/@//sources/js", "", 200, sourceFields},
		{"", "", "PUT", "@/sources/js", "{}", 405, "12 method not allowed"},
		{"", "", "POST", "@/sources", `{"source":`, 400, "3 invalid argument..."},
		{"", "", "POST", "@/sources", "", 400, "3 invalid argument..."},
		{"", "", "PATCH", "@/sources/js/destinations/clearbrain", `{"destination":{"config":"x"}}`, 400, "3 invalid argument..."},
	}
	for _, path := range []string{
		"@/sources/js/destinations/clearbrain/metrics", "@/sources/js/destinations/clearbrain/metrics/x",
		"@/sources/js/destinations/clearbrain/metrics:batchGet", "@/sources/js/destinations/clearbrain/metrics:getSummary",
		"@/event-delivery-metrics:batchGetSummary", "@/roles", "@/roles/-/policies", "@/invites", "@/users", "@/regulations",
		"@/suppressed-users", "@/functions", "@/functions/f/deploy", "@/roles/r/policies", "@/roles/r/policies/p", "@/sources/js/regulations",
		"@/sources/js/connected-warehouses", "filters/preview",
	} {
		cases = append(cases, apiCase{"", "", "GET", path, "", 501, "12 segctl sandbox does not emulate " + strings.Replace(path, "@", "workspaces/acme", 1) + ": the shape of its answer is not documented..."}, apiCase{"", "nosuch", "GET", path, "", 401, "16 malformed token"})
	}
	for _, path := range []string{"@/functions/f/deploy", "@/sources/js/connected-warehouses", "filters/preview"} {
		cases = append(cases, apiCase{"", "", "PATCH", path, "{}", 501, "12 segctl sandbox does not emulate ..."})
	}
	checkAPI(t, cases)
}

// checkAPI makes each case's request to a sandbox of its own.
func checkAPI(t *testing.T, cases []apiCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(strings.Join([]string{c.quirk, c.token, c.method, c.path}, " "), func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t, Options{Tokens: []string{workspaceToken, "narrow:destination/clearbrain"}})
			post := func(path, body string) string {
				return decode[named](t, api(s, workspaceToken, "POST", "/v1beta/"+path, body)).Name
			}
			post("workspaces/acme/sources/js/destinations", strings.ReplaceAll(clearbrainBody, "@", "workspaces/acme"))
			plan := post("workspaces/acme/tracking-plans", `{"tracking_plan":{"display_name":"Plan","rules":{"events":[]}}}`)
			post(plan+"/source-connections", `{"source_name":"workspaces/acme/sources/ios"}`)
			names := strings.NewReplacer("@", "workspaces/acme", "{plan}", plan,
				"{filter}", post("workspaces/acme/sources/js/destinations/clearbrain/filters", dropEvent))
			if name, value, ok := strings.Cut(c.quirk, "="); ok {
				if err := s.SetQuirk(name, value); err != nil {
					t.Fatal(err)
				}
			}
			token := c.token
			if token == "" {
				token = workspaceToken
			}
			w := api(s, token, c.method, "/v1beta/"+names.Replace(c.path), names.Replace(c.body))
			got := shape(w)
			if begin, more := strings.CutSuffix(c.answer, "..."); more {
				c.answer, got = begin, got[:min(len(got), len(begin))]
			}
			if w.Code != c.status || got != c.answer {
				t.Errorf("%d %q, want %d %q: %s", w.Code, got, c.status, c.answer, w.Body)
			}
		})
	}
}

// shape is what an apiCase says of an answer.
func shape(w *httptest.ResponseRecorder) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(w.Body.Bytes(), &fields) != nil {
		return w.Body.String()
	}
	var text string
	if w.Code >= 400 && len(fields) == 2 && json.Unmarshal(fields["error"], &text) == nil {
		return string(fields["code"]) + " " + text
	}
	return strings.Join(slices.Sorted(maps.Keys(fields)), " ")
}
