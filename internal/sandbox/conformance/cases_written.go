package conformance

// create is the body that creates the destination, switched off.
const create = `{"destination":{"name":"{destination}","enabled":false,"connection_mode":"CLOUD","config":{config}}}`

func patch(fields, paths string) string {
	return `{"destination":{` + fields + `},"update_mask":{"paths":[` + paths + `]}}`
}

// destination are the cases that begin with the creation of {destination}, and those that read it.
func destination() []Case {
	missing := map[string]Want{
		"missing-filter=500": refused(500, 13, "failed to validate permissions due to an internal error"),
		"missing-filter=404": refused(404, 5, "filter does not exist"),
	}
	return []Case{
		{Name: "create", Claim: "a destination is created", Source: "D P", Needs: Absent, Writes: true, Method: "POST", Path: "{source}/destinations", Body: create, Want: ok(destinationFields)},
		{Name: "destination", Claim: "a destination has its settings, a mode and two times", Source: "D S", Needs: Destination, Method: "GET", Path: "{destination}", Want: ok(destinationFields)},
		{Name: "filters", Claim: "the filters of a destination are a page", Source: "C", Needs: Destination, Method: "GET", Path: "{destination}/filters", Want: ok("filters next_page_token")},
		{Name: "missing-filter", Claim: "a filter that is missing is an invalid argument", Source: "C", Needs: Destination, Method: "GET", Path: "{destination}/filters/df_segctlnosuch", Want: refused(400, 3, "filter does not exist"), Quirks: missing},
		{Name: "metrics", Claim: "of the metrics of a destination only the path is known", Source: "?", Scope: WideScope, Needs: Destination, Method: "GET", Path: "{destination}/metrics", Want: refused(501, 12, "segctl sandbox does not emulate")},
		{
			Name: "connection-mode", Claim: "a cloud-only destination that was created with CLOUD reads back UNSPECIFIED", Source: "S", Needs: Fresh, Method: "GET", Path: "{destination}", Aspect: Mode,
			Want:   Want{Status: 200, Fields: destinationFields, Aspect: "UNSPECIFIED"},
			Quirks: map[string]Want{"connection-mode=kept": {Status: 200, Fields: destinationFields, Aspect: "CLOUD"}},
		},
		{
			Name: "config", Claim: "a destination reads back the settings that were written", Source: "C ?", Needs: Fresh, Method: "GET", Path: "{destination}", Aspect: Settings,
			Want:   Want{Status: 200, Fields: destinationFields, Aspect: "those written"},
			Quirks: map[string]Want{"config=all": {Status: 200, Fields: destinationFields, Aspect: "others too"}},
		},
	}
}

// written are the cases that change {destination}. Those that need no fresh one leave it as it is.
func written() []Case {
	return []Case{
		{
			Name: "duplicate-create", Claim: "creating a destination that exists is an internal error", Source: "S P A", Needs: Destination, Writes: true, Method: "POST", Path: "{source}/destinations",
			Body: `{"destination":{"name":"{destination}","enabled":{enabled-before},"config":{config-before}}}`,
			Want: refused(500, 13, "destination already exists or other internal error"), Quirks: map[string]Want{"duplicate-create=409": refused(409, 6, "destination already exists")},
		},
		{Name: "update", Claim: "a masked field is updated", Source: "P", Needs: Destination, Writes: true, Method: "PATCH", Path: "{destination}", Body: patch(`"enabled":{enabled-before}`, `"destination.enabled"`), Want: ok(destinationFields)},
		{Name: "update-bare-mask", Claim: "a mask path may leave out the resource", Source: "C", Needs: Destination, Writes: true, Method: "PATCH", Path: "{destination}", Body: patch(`"enabled":{enabled-before}`, `"enabled"`), Want: ok(destinationFields)},
		{Name: "unknown-mask", Claim: "a mask path that nobody knows is an invalid argument", Source: "?", Needs: Destination, Writes: true, Method: "PATCH", Path: "{destination}", Body: patch("", `"destination.segctl_nosuch"`), Want: refused(400, 3, "invalid argument")},
		{Name: "wrong-type", Claim: "a field of the wrong type is an invalid argument", Source: "A", Needs: Fresh, Writes: true, Method: "PATCH", Path: "{destination}", Body: patch(`"enabled":5`, `"destination.enabled"`), Want: refused(400, 3, "invalid argument")},
		{Name: "wrong-config", Claim: "settings that are no list are an invalid argument", Source: "A", Needs: Fresh, Writes: true, Method: "PATCH", Path: "{destination}", Body: patch(`"config":"x"`, `"destination.config"`), Want: refused(400, 3, "invalid argument")},
		{
			Name: "json", Claim: "a body in single quotes is taken", Source: "A P", Needs: Fresh, Writes: true, Method: "PATCH", Path: "{destination}", Body: `{'destination':{'enabled':'false'},'update_mask':{'paths':['destination.enabled']}}`,
			Want: ok(destinationFields), Quirks: map[string]Want{"json=strict": refused(400, 3, "invalid argument")},
		},
		{
			Name: "patterns", Claim: "the catalog's patterns are left to the client", Source: "?", Needs: Fresh, Writes: true, Method: "PATCH", Path: "{destination}",
			Body: patch(`"config":[{"name":"{pattern-setting}","value":"x"}]`, `"destination.config"`),
			Want: ok(destinationFields), Quirks: map[string]Want{"patterns=checked": refused(400, 3, "")},
		},
		{Name: "delete", Claim: "a destination is deleted", Source: "A", Needs: Fresh, Writes: true, Method: "DELETE", Path: "{destination}", Want: ok("")},
		{Name: "deleted", Claim: "a destination that was deleted is not found", Source: "A", Needs: Absent, Writes: true, Method: "GET", Path: "{destination}", Want: refused(404, 5, "destination does not exist")},
	}
}
