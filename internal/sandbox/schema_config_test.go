package sandbox

import (
	"strings"
	"testing"
)

// The thirteen settings of a new source, in the order of the documents.
const schemaDefaults = `{
	"name": "workspaces/acme/sources/js/schema-config",
	"parent": "workspaces/acme/sources/js",
	"allow_unplanned_track_events": true,
	"allow_unplanned_identify_traits": true,
	"allow_unplanned_group_traits": true,
	"allow_unplanned_track_event_properties": true,
	"allow_track_event_on_violations": true,
	"allow_identify_traits_on_violations": true,
	"allow_group_traits_on_violations": true,
	"allow_track_properties_on_violations": true,
	"forwarding_blocked_events_to": "",
	"forwarding_violations_to": "",
	"common_track_event_on_violations": "ALLOW",
	"common_identify_event_on_violations": "ALLOW",
	"common_group_event_on_violations": "ALLOW"
}`

func TestSchemaConfig(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const path = "/v1beta/workspaces/acme/sources/js/schema-config"
	want(t, api(s, workspaceToken, "GET", path, ""), 200, schemaDefaults)
	change := func(config, paths string) string {
		return `{"schema_config":{` + config + `},"update_mask":{"paths":[` + paths + `]}}`
	}

	// The mask decides, and what is false or "" is written out.
	w := api(s, workspaceToken, "PATCH", path, change(
		`"allow_unplanned_track_events":false,"allow_unplanned_group_traits":false,"forwarding_violations_to":"ios","common_track_event_on_violations":"BLOCK"`,
		`"schema_config.allow_unplanned_track_events","schema_config.forwarding_violations_to","common_track_event_on_violations"`))
	changed := strings.NewReplacer(`"allow_unplanned_track_events": true`, `"allow_unplanned_track_events": false`,
		`"forwarding_violations_to": ""`, `"forwarding_violations_to": "ios"`,
		`"common_track_event_on_violations": "ALLOW"`, `"common_track_event_on_violations": "BLOCK"`).Replace(schemaDefaults)
	want(t, w, 200, changed)
	want(t, api(s, workspaceToken, "GET", path, ""), 200, changed)

	// A path without a value clears; a choice goes back to its default.
	w = api(s, workspaceToken, "PATCH", path, change("",
		`"schema_config.allow_unplanned_track_events","schema_config.forwarding_violations_to","schema_config.common_track_event_on_violations"`))
	want(t, w, 200, strings.Replace(schemaDefaults, `"allow_unplanned_track_events": true`, `"allow_unplanned_track_events": false`, 1))

	// Each choice has values of its own.
	for _, field := range []string{"common_track_event_on_violations", "common_identify_event_on_violations", "common_group_event_on_violations"} {
		omit := "OMIT_TRAITS"
		if strings.Contains(field, "track") {
			omit = "OMIT_PROPERTIES"
		}
		for value, status := range map[string]int{"ALLOW": 200, "BLOCK": 200, omit: 200, "allow": 400, "OMIT": 400} {
			if w := api(s, workspaceToken, "PATCH", path, change(`"`+field+`":"`+value+`"`, `"`+field+`"`)); w.Code != status {
				t.Errorf("%s %s: %d %s", field, value, w.Code, w.Body)
			}
		}
	}
}

// The service forgot to handle the schema config of a source that there is not.
func TestMissingSchemaConfig(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const path = "/v1beta/workspaces/acme/sources/nosuch/schema-config"
	want(t, api(s, workspaceToken, "GET", path, ""), 500, apiErrorBody("runtime error: invalid memory address or nil pointer dereference", 13))
	if err := s.SetQuirk("missing-schema-config", "404"); err != nil {
		t.Fatal(err)
	}
	want(t, api(s, workspaceToken, "GET", path, ""), 404, apiErrorBody("schema config does not exist", 5))
}
