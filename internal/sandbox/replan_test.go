package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replanner is a client of the kind of a Terraform provider: it reads everything there is, writes it back, and expects to
// find it unchanged.
type replanner struct {
	t *testing.T
	s *Server
}

// resource is one that was read, as the JSON object that it is.
type resource map[string]any

func (r resource) name() string { return r["name"].(string) }

func (c replanner) send(method, path string, body any) resource {
	c.t.Helper()
	text := ""
	if body != nil {
		text = jsonText(body)
	}
	w := api(c.s, workspaceToken, method, "/v1beta/"+path, text)
	if w.Code != http.StatusOK {
		c.t.Fatalf("%s %s %s: %d %s", method, path, text, w.Code, w.Body)
	}
	return decode[resource](c.t, w)
}

// list walks the pages of a collection.
func (c replanner) list(path, key string) (all []resource) {
	c.t.Helper()
	for token := ""; ; {
		answer := c.send("GET", path+"?page_size=3&page_token="+token, nil)
		for _, item := range answer[key].([]any) {
			all = append(all, item.(map[string]any))
		}
		if token = answer["next_page_token"].(string); token == "" {
			return all
		}
	}
}

// read imports the whole workspace: each resource by its name, and once more alone, which has to be the same.
func (c replanner) read() map[string]resource {
	c.t.Helper()
	all := map[string]resource{}
	add := func(items []resource) []resource {
		for _, item := range items {
			if diff := cmp.Diff(item, c.send("GET", item.name(), nil)); diff != "" {
				c.t.Errorf("%s in the list and alone:\n%s", item.name(), diff)
			}
			all[item.name()] = item
		}
		return items
	}
	for _, source := range add(c.list("workspaces/acme/sources", "sources")) {
		add([]resource{c.send("GET", source.name()+"/schema-config", nil)})
		for _, destination := range add(c.list(source.name()+"/destinations", "destinations")) {
			add(c.list(destination.name()+"/filters", "filters"))
		}
	}
	for _, plan := range add(c.list("workspaces/acme/tracking-plans", "tracking_plans")) {
		for _, connection := range c.list(plan.name()+"/source-connections", "connections") {
			all[plan.name()+"/source-connections/"+lastWord(connection["source_name"].(string))] = connection
		}
	}
	return all
}

// kind is what a resource is called in requests, and the fields that can be updated.
func kind(name string) (word string, fields []string) {
	switch {
	case strings.HasSuffix(name, "/schema-config"):
		word = "schema_config"
		for _, setting := range new(schemaConfig).settings() {
			fields = append(fields, setting.name)
		}
	case strings.Contains(name, "/source-connections/"):
		word = "connection"
	case strings.Contains(name, "/tracking-plans/"):
		word, fields = "tracking_plan", []string{"display_name", "rules"}
	case strings.Contains(name, "/filters/"):
		word, fields = "filter", []string{"if", "actions", "title", "description", "enabled"}
	case strings.Contains(name, "/destinations/"):
		word, fields = "destination", []string{"enabled", "connection_mode", "config"}
	default:
		word = "source"
	}
	return word, fields
}

// writeBack updates every resource to what was read of it.
func (c replanner) writeBack(all map[string]resource) {
	c.t.Helper()
	for name, r := range all {
		word, fields := kind(name)
		if fields == nil {
			continue
		}
		mask := make([]string, len(fields))
		for i, field := range fields {
			mask[i] = word + "." + field
		}
		method := "PATCH"
		if word == "tracking_plan" {
			method = "PUT"
		}
		c.send(method, name, map[string]any{word: r, "update_mask": map[string]any{"paths": mask}})
	}
}

// recreate deletes every resource and creates it again from what was read of it. Names that the service gives are new.
func (c replanner) recreate(all map[string]resource) map[string]string {
	c.t.Helper()
	renamed := map[string]string{}
	of := func(word string) (names []string) {
		for name := range all {
			if w, _ := kind(name); w == word {
				names = append(names, name)
			}
		}
		return names
	}
	for _, word := range []string{"source", "tracking_plan"} {
		for _, name := range of(word) {
			c.send("DELETE", name, nil)
		}
	}
	for _, word := range []string{"source", "schema_config", "destination", "filter", "tracking_plan", "connection"} {
		for _, name := range of(word) {
			body := map[string]any{word: all[name]}
			switch parent := collection(name); word {
			case "schema_config":
				c.writeBack(map[string]resource{name: all[name]})
			case "connection":
				c.send("POST", renamed[collection(parent)]+"/source-connections", all[name])
			case "filter":
				short := strings.Split(name, "/config/")[0] + "/filters"
				renamed[name] = c.send("POST", short, body).name()
			default:
				renamed[name] = c.send("POST", parent, body).name()
			}
		}
	}
	return renamed
}

// planned is what a plan compares: all that is not the service's own to say.
func planned(all map[string]resource, renamed map[string]string) map[string]resource {
	out := map[string]resource{}
	for name, r := range all {
		r = maps.Clone(r)
		for _, computed := range []string{"create_time", "update_time", "id", "write_keys"} {
			delete(r, computed)
		}
		for before, after := range renamed {
			if strings.HasPrefix(name, before) {
				name = after + strings.TrimPrefix(name, before)
			}
			if r["name"] == before {
				r["name"] = after
			}
			if id, ok := r["tracking_plan_id"]; ok && id == lastWord(before) {
				r["tracking_plan_id"] = lastWord(after)
			}
		}
		out[name] = r
	}
	return out
}

// fill makes at least one of everything, with a value for every setting of every destination.
func (c replanner) fill() {
	c.t.Helper()
	const acme = "workspaces/acme"
	c.send("POST", acme+"/sources", parse(c.t, `{"source":{"name":"`+acme+`/sources/srv","catalog_name":"catalog/sources/net","display_name":"Server","labels":{"env":"prod"}}}`))
	c.send("PATCH", acme+"/sources/srv/schema-config", parse(c.t, `{"schema_config":{"allow_unplanned_track_events":false,"forwarding_violations_to":"js","common_group_event_on_violations":"BLOCK"},
		"update_mask":{"paths":["schema_config.allow_unplanned_track_events","schema_config.forwarding_violations_to","schema_config.common_group_event_on_violations"]}}`))
	for _, entry := range c.list("catalog/destinations", "destinations") {
		var d catalogDestination
		if err := json.Unmarshal([]byte(jsonText(entry)), &d); err != nil {
			c.t.Fatal(err)
		}
		for _, src := range []string{"js", "srv"} {
			name := acme + "/sources/" + src + "/destinations/" + lastWord(d.Name)
			config := []any{}
			for i := range d.Settings {
				if src == "js" || d.Settings[i].Required {
					config = append(config, map[string]any{"name": name + "/config/" + d.Settings[i].slug(), "value": json.RawMessage(sampleValue(&d.Settings[i]))})
				}
			}
			c.send("POST", collection(name), map[string]any{"destination": map[string]any{"name": name, "enabled": true, "connection_mode": "CLOUD", "config": config}})
			c.send("POST", name+"/filters", parse(c.t, `{"filter":{"title":"`+src+`","if":"all","enabled":true,"actions":[{"type":"sample_event","percent":0.1,"path":"userId"},
				{"type":"whitelist_fields","fields":{"properties":{"fields":["a","b"]},"traits":{"fields":[]}}}]}}`))
			c.send("POST", name+"/filters", parse(c.t, dropEvent))
		}
	}
	for i := range 4 {
		rules := `{"events":[{"name":"Order Completed","description":"d","rules":{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"total":{"minimum":1.50}}}},{"name":"Other"}],
			"global":{"type":"object"},"identify":{"properties":{}},"group":{}}`
		if i == 0 {
			rules = `{}`
		}
		plan := c.send("POST", acme+"/tracking-plans", parse(c.t, fmt.Sprintf(`{"tracking_plan":{"display_name":"Plan %d","rules":%s}}`, i, rules))).name()
		if i < 2 {
			c.send("POST", plan+"/source-connections", map[string]any{"source_name": acme + "/sources/" + []string{"js", "srv"}[i]})
		}
	}
}

// Clients of Terraform's kind, which import, plan, apply and plan again, never see a difference.
func TestNoDifferenceAfterApply(t *testing.T) {
	t.Parallel()
	for _, quirks := range []map[string]string{
		{},
		{"config": "all"},
		{"config": "all", "patterns": "checked", "json": "strict", "connection-mode": "kept", "missing-filter": "404", "deleted-plan": "404"},
	} {
		t.Run(fmt.Sprint(quirks), func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			c := replanner{t, newSandbox(t, Options{Tokens: []string{workspaceToken}, Quirks: quirks, Now: clock.Now})}
			used := noteSurfaces(c.s)
			c.fill()
			imported := c.read()
			counts := map[string]int{}
			for name := range imported {
				word, _ := kind(name)
				counts[word]++
			}
			if diff := cmp.Diff(map[string]int{"source": 3, "schema_config": 3, "destination": 18, "filter": 36, "tracking_plan": 4, "connection": 2}, counts); diff != "" {
				t.Fatalf("imported (-want +got):\n%s", diff)
			}
			clock.advance(1e9)
			c.writeBack(imported)
			if diff := cmp.Diff(planned(imported, nil), planned(c.read(), nil)); diff != "" {
				t.Errorf("after having been written back (-before +after):\n%s", diff)
			}
			renamed := c.recreate(imported)
			if diff := cmp.Diff(planned(imported, renamed), planned(c.read(), nil)); diff != "" {
				t.Errorf("after having been created again (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(terraformStyle())), used()); diff != "" {
				t.Errorf("what was used (-claimed +used):\n%s", diff)
			}
		})
	}
}
