package sandbox

import "testing"

// Every known field has a type, in every resource, and a refusal says it in words of the API.
func TestConformanceFields(t *testing.T) {
	t.Parallel()
	const (
		dest   = "@/sources/js/destinations"
		clear  = dest + "/clearbrain"
		schema = "@/sources/js/schema-config"
	)
	destination := func(field string) string {
		return `{"destination":{"name":"@/sources/js/destinations/webhooks",` + field + `},"update_mask":{"paths":["destination.enabled"]}}`
	}
	filter := func(field string) string { return `{"filter":{` + field + `},"update_mask":{"paths":["enabled"]}}` }
	plan := func(field string) string { return `{"tracking_plan":{` + field + `}}` }
	rules := func(field string) string { return plan(`"rules":{` + field + `}`) }
	source := func(field string) string {
		return `{"source":{"name":"@/sources/new","catalog_name":"catalog/sources/javascript",` + field + `}}`
	}
	app := func(field string) string { return `{"app":{"scope":"workspace",` + field + `}}` }
	var cases []apiCase
	for _, c := range []struct{ method, path, body, answer string }{
		{"POST", dest, destination(`"display_name":5`), "destination.display_name is not a string"},
		{"POST", dest, destination(`"enabled":"no"`), "destination.enabled is not a boolean"},
		{"POST", dest, destination(`"enabled":1`), "destination.enabled is not a boolean"},
		{"POST", dest, destination(`"connection_mode":true`), "destination.connection_mode is not a string"},
		{"POST", dest, destination(`"parent":[]`), "destination.parent is not a string"},
		{"POST", dest, destination(`"create_time":0`), "destination.create_time is not a string"},
		{"POST", dest, destination(`"config":"x"`), "destination.config is not a list"},
		{"POST", dest, destination(`"config":["x"]`), "destination.config is not an object"},
		{"POST", dest, destination(`"config":[{"name":5}]`), "destination.config.name is not a string"},
		{"POST", dest, destination(`"config":[{"type":{}}]`), "destination.config.type is not a string"},
		{"POST", dest, `{"destination":[]}`, "destination is not an object"},
		{"POST", dest, `"x"`, "request body is not an object"},
		{"POST", dest, `{"destination":`, "request body is not JSON: unexpected end of JSON input"},
		{"PATCH", clear, `{"destination":{},"update_mask":{"paths":["destination.nosuch"]}}`, `update_mask path "destination.nosuch" is none of enabled, connection_mode, config`},
		{"PATCH", clear, `{"destination":{},"update_mask":{"paths":"destination.enabled"}}`, "update_mask.paths is not a list"},
		{"PATCH", clear, `{"destination":{},"update_mask":[]}`, "update_mask is not an object"},
		{"PATCH", clear, `{"destination":{"config":[{"name":"` + clear + `/config/apiKey","value":[1e999]}]},"update_mask":{"paths":["config"]}}`, "setting apiKey: value has a number that is too large"},

		{"POST", clear + "/filters", filter(`"title":5`), "filter.title is not a string"},
		{"POST", clear + "/filters", filter(`"description":true`), "filter.description is not a string"},
		{"POST", clear + "/filters", filter(`"if":{}`), "filter.if is not a string"},
		{"POST", clear + "/filters", filter(`"enabled":"no"`), "filter.enabled is not a boolean"},
		{"POST", clear + "/filters", filter(`"actions":{}`), "filter.actions is not a list"},
		{"POST", clear + "/filters", filter(`"actions":["drop_event"]`), "filter.actions is not an object"},
		{"POST", clear + "/filters", filter(`"actions":[{"type":5}]`), "filter.actions.type is not a string"},
		{"POST", clear + "/filters", filter(`"actions":[{"type":"nosuch"}]`), `filter action "nosuch" is none of drop_event, sample_event, whitelist_fields, blacklist_fields`},
		{"POST", clear + "/filters", filter(`"actions":[{"type":"sample_event","percent":7}]`), "filter.actions.percent is not between 0 and 1"},
		{"POST", clear + "/filters", filter(`"actions":[{"type":"sample_event","percent":-0.1}]`), "filter.actions.percent is not between 0 and 1"},
		{"POST", clear + "/filters", filter(`"actions":[{"type":"sample_event","percent":"0.5"}]`), "filter.actions.percent is not a number"},
		{"POST", clear + "/filters", filter(`"actions":[{"type":"whitelist_fields","fields":{"traits":{"fields":"email"}}}]`), "filter.actions.fields.traits.fields is not a list"},
		{"POST", clear + "/filters", `{}`, `the request body has no object "filter"`},
		{"PATCH", "{filter}", filter(`"title":5`), "filter.title is not a string"},
		{"PATCH", "{filter}", `{"filter":{},"update_mask":{"paths":["name"]}}`, `update_mask path "name" is none of if, actions, title, description, enabled`},

		{"PATCH", schema, `{"schema_config":{"allow_unplanned_track_events":"no"}}`, "schema_config.allow_unplanned_track_events is not a boolean"},
		{"PATCH", schema, `{"schema_config":{"forwarding_violations_to":5}}`, "schema_config.forwarding_violations_to is not a string"},
		{"PATCH", schema, `{"schema_config":{"common_track_event_on_violations":"allow"}}`, `schema_config.common_track_event_on_violations "allow" is none of ALLOW, OMIT_PROPERTIES, BLOCK`},
		{"PATCH", schema, `{"schema_config":{},"update_mask":{"paths":["schema_config.nosuch"]}}`, `update_mask path "schema_config.nosuch" is none of allow_unplanned_track_events, ...`},
		{"PATCH", schema, `{"update_mask":{"paths":["schema_config.forwarding_violations_to"]}}`, `the request body has no object "schema_config"`},

		{"POST", "@/tracking-plans", plan(`"display_name":5`), "tracking_plan.display_name is not a string"},
		{"POST", "@/tracking-plans", plan(`"rules":[]`), "tracking_plan.rules is not an object"},
		{"POST", "@/tracking-plans", rules(`"events":{}`), "tracking_plan.rules.events is not a list"},
		{"POST", "@/tracking-plans", rules(`"events":["x"]`), "tracking_plan.rules.events is not an object"},
		{"POST", "@/tracking-plans", rules(`"events":[{"name":5}]`), "tracking_plan.rules.events.name is not a string"},
		{"POST", "@/tracking-plans", rules(`"events":[{"name":"x","rules":"y"}]`), "tracking_plan.rules.events.rules is not an object"},
		{"POST", "@/tracking-plans", rules(`"global":5`), "tracking_plan.rules.global is not an object"},
		{"POST", "@/tracking-plans", rules(`"identify":[]`), "tracking_plan.rules.identify is not an object"},
		{"POST", "@/tracking-plans", rules(`"group":true`), "tracking_plan.rules.group is not an object"},
		{"POST", "@/tracking-plans", "{}", `the request body has no object "tracking_plan"`},
		{"PUT", "{plan}", plan(`"display_name":5`), "tracking_plan.display_name is not a string"},
		{"PUT", "{plan}", `{"tracking_plan":{},"update_mask":{"paths":["tracking_plan.create_time"]}}`, `update_mask path "tracking_plan.create_time" is none of display_name, rules`},
		{"POST", "{plan}/source-connections", `{"source_name":5}`, "source_name is not a string"},
		{"POST", "{plan}/source-connections:batchCreateConnections", `{"source_names":"@/sources/js"}`, "source_names is not a list"},

		{"POST", "@/sources", source(`"display_name":5`), "source.display_name is not a string"},
		{"POST", "@/sources", source(`"labels":{"a":5}`), "source.labels is not a string"},
		{"POST", "@/sources", source(`"write_keys":"x"`), "source.write_keys is not a list"},
		{"POST", "@/sources", source(`"library_config":{"retry_queue":"no"}`), "source.library_config.retry_queue is not a boolean"},
		{"POST", "@/sources", `{"source":{"name":"@/sources/new","catalog_name":5}}`, "source.catalog_name is not a string"},
		{"POST", "@/sources", `{"source":{"name":"@/sources/new","catalog_name":"catalog/sources/nosuch"}}`, `the catalog has no source "nosuch"`},
		{"POST", "@/sources", `{"source":{"name":"@/sources/a b","catalog_name":"catalog/sources/net"}}`, `source.name "a b": not a slug`},
		{"POST", "@/sources", `{"source":{"name":"@/sources/a\u00a0b","catalog_name":"catalog/sources/net"}}`, "source.name ..."},
		{"POST", "@/sources", `{"source":{"name":"@/sources/a\tb","catalog_name":"catalog/sources/net"}}`, "source.name ..."},

		{"POST", "@/apps", app(`"public":"no"`), "app.public is not a boolean"},
		{"POST", "@/apps", app(`"logo_uri":5`), "app.logo_uri is not a string"},
		{"POST", "apps", app(`"redirect_uris":"x"`), "app.redirect_uris is not a list"},
	} {
		cases = append(cases, apiCase{"", "", c.method, c.path, c.body, 400, "3 invalid argument: " + c.answer})
	}
	checkAPI(t, cases)
}
