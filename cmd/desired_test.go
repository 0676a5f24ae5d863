package cmd

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Every file of the desired state that the scripts use is judged by the schema, which editors go by: those that are named
// bad have something wrong that it can tell, but for what only YAML, the catalog or the installs tell.
func TestScriptsKeepToTheSchemaOfDestinations(t *testing.T) {
	t.Parallel()
	schema := jsonschema.NewCompiler().MustCompile("../docs/schema/destinations.schema.json")
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	valid, bad := 0, 0
	for _, script := range scripts {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			var read any
			if yaml.Unmarshal(file.Data, &read) != nil {
				continue
			}
			fields, _ := read.(map[string]any)
			if fields["destinations"] == nil || fields["version"] == nil { // a catalog has destinations, too
				continue
			}
			plain, err := json.Marshal(read)
			if err != nil {
				t.Fatal(err)
			}
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
			if err != nil {
				t.Fatal(err)
			}
			err = schema.Validate(value)
			switch isBad := strings.HasPrefix(filepath.Base(file.Name), "bad_") && file.Name != "bad_type.yaml"; {
			case isBad && err == nil:
				t.Errorf("%s: %s: the schema finds nothing wrong", script, file.Name)
			case isBad:
				bad++
			case err != nil:
				t.Errorf("%s: %s: %v", script, file.Name, err)
			default:
				valid++
			}
		}
	}
	if valid == 0 || bad == 0 {
		t.Errorf("%d valid files, and %d that are not", valid, bad)
	}
}
