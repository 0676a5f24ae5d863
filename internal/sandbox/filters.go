package sandbox

import (
	"encoding/json"
	"net/http"
)

func filterFields() []string { return []string{"if", "actions", "title", "description", "enabled"} }

func listFilters(c *call) (any, error) {
	if err := c.parentExists(6); err != nil {
		return nil, err
	}
	return listDocuments(c, "filters")
}

// filter is the one of the path. What the service says of one that is missing has been seen in two ways.
func (c *call) filter() (*document, error) {
	if f, ok := c.document(); ok {
		return f, nil
	}
	switch c.server.quirk(quirkMissingFilter) {
	case "500":
		return nil, internalError("failed to validate permissions due to an internal error")
	case "404":
		return nil, notFound("filter")
	}
	return nil, &apiError{http.StatusBadRequest, 3, "filter does not exist"}
}

func getFilter(c *call) (any, error) { return c.filter() }

func createFilter(c *call) (any, error) {
	if err := c.parentExists(6); err != nil {
		return nil, err
	}
	in, _, err := c.documentRequest("filter")
	if err != nil {
		return nil, err
	}
	if err := checkActions(in["actions"]); err != nil {
		return nil, err
	}
	f := &document{c.name(7) + "/df_" + randomHex(12), pick(in, filterFields()...)}
	if f.Fields["enabled"] == nil {
		f.Fields["enabled"] = json.RawMessage("false")
	}
	c.tx.put(f.Name, f)
	return f, nil
}

func updateFilter(c *call) (any, error) {
	old, err := c.filter()
	if err != nil {
		return nil, err
	}
	in, mask, err := c.documentRequest("filter")
	if err != nil {
		return nil, err
	}
	fields, err := mask.fields("filter", filterFields()...)
	if err != nil {
		return nil, err
	}
	changed := old.merge(in, fields, "")
	if fields["enabled"] && in["enabled"] == nil {
		changed.Fields["enabled"] = json.RawMessage("false")
	}
	if err := checkActions(changed.Fields["actions"]); err != nil {
		return nil, err
	}
	c.tx.put(changed.Name, changed)
	return changed, nil
}

func deleteFilter(c *call) (any, error) {
	f, err := c.filter()
	if err != nil {
		return nil, err
	}
	c.tx.remove(f.Name)
	return empty{}, nil
}

// checkActions knows the four kinds of actions that a filter can take.
func checkActions(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var actions []struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &actions); err != nil {
		return invalidArgument("invalid argument: filter.actions: %v", err)
	}
	for _, action := range actions {
		switch action.Type {
		case "drop_event", "sample_event", "whitelist_fields", "blacklist_fields":
		default:
			return invalidArgument("invalid argument: filter action %q is none of drop_event, sample_event, whitelist_fields, blacklist_fields", action.Type)
		}
	}
	return nil
}
