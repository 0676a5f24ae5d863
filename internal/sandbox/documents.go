package sandbox

import (
	"encoding/json"
	"maps"
)

// document is a resource of which only the fields are known, such as the name of a personal token.
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
