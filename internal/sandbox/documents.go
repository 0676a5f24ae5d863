package sandbox

import (
	"encoding/json"
	"maps"
	"strings"
)

// document is a resource that is kept as it was written: filters, tracking plans, schema configurations.
type document struct {
	Name   string
	Fields map[string]json.RawMessage
}

// MarshalJSON writes the fields and the name.
func (d *document) MarshalJSON() ([]byte, error) {
	all := maps.Clone(d.Fields)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	all["name"] = quote(d.Name)
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (d *document) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &d.Fields); err != nil {
		return err
	}
	err := json.Unmarshal(d.Fields["name"], &d.Name)
	delete(d.Fields, "name")
	return err
}

func quote(text string) json.RawMessage {
	b, _ := json.Marshal(text) // a string always marshals
	return b
}

// documentRequest reads {"<resource>": {...}, "update_mask": {...}}.
func (c *call) documentRequest(resource string) (map[string]json.RawMessage, updateMask, error) {
	var body map[string]json.RawMessage
	var mask updateMask
	var fields map[string]json.RawMessage
	if err := c.decode(&body); err != nil {
		return nil, mask, err
	}
	if json.Unmarshal(body[resource], &fields) != nil || fields == nil {
		return nil, mask, invalidArgument("invalid argument: the request body has no object %q", resource)
	}
	if raw := body["update_mask"]; raw != nil && json.Unmarshal(raw, &mask) != nil {
		return nil, mask, invalidArgument("invalid argument: update_mask is not {\"paths\": [...]}")
	}
	return fields, mask, nil
}

// merge returns the document with the masked fields taken from in. A path without a value clears its field.
func (d *document) merge(in map[string]json.RawMessage, fields map[string]bool, updateTime string) *document {
	changed := &document{d.Name, maps.Clone(d.Fields)}
	for field := range fields {
		if value, ok := in[field]; ok {
			changed.Fields[field] = value
		} else {
			delete(changed.Fields, field)
		}
	}
	if _, dated := changed.Fields["update_time"]; dated {
		changed.Fields["update_time"] = quote(updateTime)
	}
	return changed
}

// pick keeps the known fields of what a client sent.
func pick(in map[string]json.RawMessage, known ...string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, field := range known {
		if value, ok := in[field]; ok {
			out[field] = value
		}
	}
	return out
}

// listDocuments answers a page of the collection under its list key, which is the plural with underscores.
func listDocuments(c *call, key string) (any, error) {
	items, next, err := page[*document](c, c.name(len(c.words)), nil)
	if err != nil {
		return nil, err
	}
	return map[string]any{key: items, "next_page_token": next}, nil
}

// parentExists refuses what is below something that is not there. n is how many words name the parent.
func (c *call) parentExists(n int) error {
	if c.tx.lookup(c.name(n)) == nil {
		return notFound(strings.TrimSuffix(strings.ReplaceAll(c.words[n-2], "-", " "), "s"))
	}
	return nil
}

func (c *call) document() (*document, bool) { return get[*document](c.tx, c.name(len(c.words))) }
