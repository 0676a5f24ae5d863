package sandbox

import (
	"encoding/json"
	"strings"
)

// newSchemaConfig lets everything through, as a source without a tracking plan does.
func newSchemaConfig(sourceName string) *document {
	yes := json.RawMessage("true")
	return &document{sourceName + "/schema-config", map[string]json.RawMessage{
		"parent":                                 quote(sourceName),
		"allow_unplanned_track_events":           yes,
		"allow_unplanned_track_event_properties": yes,
		"allow_unplanned_identify_traits":        yes,
		"allow_unplanned_group_traits":           yes,
	}}
}

// schemaConfig is the one of the path's source. The service forgot to handle one that is missing.
func (c *call) schemaConfig() (*document, error) {
	if config, ok := c.document(); ok {
		return config, nil
	}
	if c.server.quirk(quirkMissingSchema) == "404" {
		return nil, notFound("schema config")
	}
	return nil, internalError("runtime error: invalid memory address or nil pointer dereference")
}

func getSchemaConfig(c *call) (any, error) { return c.schemaConfig() }

func updateSchemaConfig(c *call) (any, error) {
	old, err := c.schemaConfig()
	if err != nil {
		return nil, err
	}
	in, mask, err := c.documentRequest("schema_config")
	if err != nil {
		return nil, err
	}
	fields := map[string]bool{}
	for _, path := range mask.Paths {
		field := strings.TrimPrefix(path, "schema_config.")
		if field == "name" || field == "parent" || strings.Contains(field, ".") {
			return nil, invalidArgument("invalid argument: update_mask path %q cannot be changed", path)
		}
		fields[field] = true
	}
	changed := old.merge(in, fields, "")
	c.tx.put(changed.Name, changed)
	return changed, nil
}
