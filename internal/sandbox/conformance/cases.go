package conformance

import "slices"

const (
	workspaceFields     = "create_time display_name id name"
	sourceFields        = "catalog_name create_time display_name function_config id labels library_config name parent write_keys"
	catalogSourceFields = "categories description display_name logos name type"
	schemaFields        = "allow_group_traits_on_violations allow_identify_traits_on_violations allow_track_event_on_violations allow_track_properties_on_violations " +
		"allow_unplanned_group_traits allow_unplanned_identify_traits allow_unplanned_track_event_properties allow_unplanned_track_events " +
		"common_group_event_on_violations common_identify_event_on_violations common_track_event_on_violations " +
		"forwarding_blocked_events_to forwarding_violations_to name parent"
	destinationFields = "config connection_mode create_time display_name enabled name parent update_time"
	catalogFields     = "browserUnbundlingPublic browserUnbundlingSupported categories components description display_name logos methods name platforms previous_names settings status type website"
)

// Cases returns every case, in the order in which they are to be tried: what is created for some of them is deleted by
// the last ones.
func Cases() []Case { return slices.Concat(wide(), narrow(), catalog(), destination(), written()) }

func ok(fields string) Want { return Want{Status: 200, Fields: fields} }

func refused(status, code int, text string) Want { return Want{Status: status, Code: code, Text: text} }

// wide are the reading cases of workspace scopes.
func wide() []Case {
	return []Case{
		{
			Name: "workspaces", Claim: "the workspaces are a page", Source: "A D", Scope: WideScope, Method: "GET", Path: "workspaces",
			Want: ok("next_page_token workspaces"), Quirks: map[string]Want{"workspaces=object": ok(workspaceFields)},
		},
		{Name: "workspace", Claim: "a workspace has an id and a time of creation", Source: "A", Scope: WideScope, Method: "GET", Path: "{workspace}", Want: ok(workspaceFields)},
		{Name: "sources", Claim: "the sources are a page", Source: "A", Scope: WideScope, Method: "GET", Path: "{workspace}/sources", Want: ok("next_page_token sources")},
		{Name: "sources-paged", Claim: "page_size bounds a page", Source: "A", Scope: WideScope, Method: "GET", Path: "{workspace}/sources?page_size=1", Want: ok("next_page_token sources")},
		{Name: "bad-page-size", Claim: "a page size that is no number is an invalid argument", Source: "?", Scope: WideScope, Method: "GET", Path: "{workspace}/sources?page_size=x", Want: refused(400, 3, "invalid argument")},
		{Name: "bad-page-token", Claim: "a page token that nobody gave is an invalid argument", Source: "?", Scope: WideScope, Method: "GET", Path: "{workspace}/sources?page_token=x", Want: refused(400, 3, "invalid argument")},
		{Name: "source", Claim: "a source has a library config, an id and labels", Source: "A C", Scope: WideScope, Method: "GET", Path: "{source}", Want: ok(sourceFields)},
		{Name: "missing-source", Claim: "a source that is missing is not found", Source: "A", Scope: WideScope, Method: "GET", Path: "{workspace}/sources/segctl-nosuch", Want: refused(404, 5, "source does not exist")},
		{Name: "schema-config", Claim: "a schema config has all thirteen settings", Source: "C", Scope: WideScope, Method: "GET", Path: "{source}/schema-config", Want: ok(schemaFields)},
		{
			Name: "missing-schema-config", Claim: "the schema config of a source that is missing is an internal error", Source: "C", Scope: WideScope, Method: "GET", Path: "{workspace}/sources/segctl-nosuch/schema-config",
			Want: refused(500, 13, "runtime error: invalid memory address or nil pointer dereference"), Quirks: map[string]Want{"missing-schema-config=404": refused(404, 5, "schema config does not exist")},
		},
		{Name: "destinations", Claim: "the destinations are a page", Source: "A", Scope: WideScope, Method: "GET", Path: "{source}/destinations", Want: ok("destinations next_page_token")},
		{Name: "missing-destination", Claim: "a destination that is missing is not found", Source: "A", Scope: WideScope, Method: "GET", Path: "{source}/destinations/segctl-nosuch", Want: refused(404, 5, "destination does not exist")},
		{Name: "tracking-plans", Claim: "the tracking plans are a page", Source: "A C", Scope: WideScope, Method: "GET", Path: "{workspace}/tracking-plans", Want: ok("next_page_token tracking_plans")},
		{Name: "missing-tracking-plan", Claim: "a tracking plan that is missing is not found", Source: "A", Scope: WideScope, Method: "GET", Path: "{workspace}/tracking-plans/rs_segctlnosuch", Want: refused(404, 5, "tracking plan does not exist")},
	}
}

// narrow are the cases of what a destination scope does not reach.
func narrow() []Case {
	forbidden := refused(403, 7, "insufficient scope")
	malformed := refused(401, 16, "malformed token")
	own := func(readable Want) map[string]Want {
		return map[string]Want{"own-source=readable": readable, "forbidden=401": malformed}
	}
	return []Case{
		{Name: "own-workspaces", Claim: "a destination scope may not list workspaces", Source: "D P", Scope: NarrowScope, Method: "GET", Path: "workspaces", Want: forbidden, Quirks: own(ok("next_page_token workspaces"))},
		{Name: "own-workspace", Claim: "a destination scope may not read its workspace", Source: "D ?", Scope: NarrowScope, Method: "GET", Path: "{workspace}", Want: forbidden, Quirks: own(ok(workspaceFields))},
		{Name: "own-sources", Claim: "a destination scope may not list sources", Source: "P", Scope: NarrowScope, Method: "GET", Path: "{workspace}/sources", Want: forbidden, Quirks: own(ok("next_page_token sources"))},
		{Name: "own-source", Claim: "a destination scope may not read its source", Source: "P ?", Scope: NarrowScope, Method: "GET", Path: "{source}", Want: forbidden, Quirks: own(ok(sourceFields))},
		{Name: "forbidden-destinations", Claim: "a destination scope may not list destinations", Source: "D", Scope: NarrowScope, Method: "GET", Path: "{source}/destinations", Want: forbidden, Quirks: map[string]Want{"forbidden=401": malformed}},
		{Name: "forbidden", Claim: "what is not permitted is insufficient scope", Source: "A D", Scope: NarrowScope, Method: "GET", Path: "{workspace}/tracking-plans", Want: forbidden, Quirks: map[string]Want{"forbidden=401": malformed}},
	}
}

// catalog are the cases of what every token may read.
func catalog() []Case {
	return []Case{
		{Name: "catalog-destinations", Claim: "the catalog of destinations is a page", Source: "A G", Method: "GET", Path: "catalog/destinations", Want: ok("destinations next_page_token")},
		{
			Name: "page-size", Claim: "a page has ten items when the request does not say", Source: "A", Method: "GET", Path: "catalog/destinations", Aspect: PageSize,
			Want:   Want{Status: 200, Fields: "destinations next_page_token", Aspect: "10"},
			Quirks: map[string]Want{"page-size=100": {Status: 200, Fields: "destinations next_page_token", Aspect: "100"}},
		},
		{Name: "catalog-destination", Claim: "a catalog entry has settings, components, platforms and methods", Source: "G", Method: "GET", Path: "catalog/destinations/clearbrain", Want: ok(catalogFields)},
		{Name: "catalog-sources", Claim: "the catalog of sources is a page", Source: "A G", Method: "GET", Path: "catalog/sources", Want: ok("next_page_token sources")},
		{Name: "catalog-source", Claim: "a catalog source has categories and logos", Source: "G", Method: "GET", Path: "catalog/sources/javascript", Want: ok(catalogSourceFields)},
		{
			Name: "catalog-scope", Claim: "a destination scope may read the catalog", Source: "?", Scope: NarrowScope, Method: "GET", Path: "catalog/destinations/clearbrain", Want: ok(catalogFields),
			Quirks: map[string]Want{"catalog-scope=workspace": refused(403, 7, "insufficient scope")},
		},
		{Name: "no-route", Claim: "a path that nobody knows is not JSON", Source: "A", Method: "GET", Path: "segctl-nosuch", Want: Want{Status: 503, Text: "upstream connect error"}},
	}
}
