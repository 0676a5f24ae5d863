package segment

import (
	"bytes"
	"encoding/json"
)

// member is a field of a JSON object. A slice of them keeps the order.
type member struct {
	name  string
	value json.RawMessage
}

// objectMembers returns the fields of a JSON object in their order.
func objectMembers(data []byte) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('{') || !json.Valid(data) {
		return nil, false
	}
	var members []member
	for d.More() {
		name, _ := d.Token() // the data is valid: a name and a value it is
		var value json.RawMessage
		_ = d.Decode(&value)
		members = append(members, member{name.(string), value})
	}
	return members, true
}
