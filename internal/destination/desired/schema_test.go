package desired_test

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// schema is the checked-in one, which editors use.
var schema = sync.OnceValue(func() *jsonschema.Schema {
	return jsonschema.NewCompiler().MustCompile("../../../docs/schema/destinations.schema.json")
})

// validate returns what the schema says of a file. What is no YAML at all is not for it to judge.
func validate(t *testing.T, text []byte) error {
	t.Helper()
	var read any
	if yaml.Unmarshal(text, &read) != nil {
		return nil //nolint:nilerr // it is none of the schema's business
	}
	plain, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	return schema().Validate(value)
}
