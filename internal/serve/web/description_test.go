package web

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// The description has every route, and no other one, and says of each whether it needs a token.
func TestDescriptionHasEveryRoute(t *testing.T) {
	t.Parallel()
	spec, err := description()
	if err != nil {
		t.Fatal(err)
	}
	described, served := map[string]string{}, map[string]string{}
	for _, o := range spec.Operations() {
		described[o.Method+" /"+o.Path] = o.Scheme
	}
	s := newStage(t)
	for _, r := range s.service.routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		served[r.pattern] = ""
		if w := s.serve(s.request(method, path, "")); w.Code == 401 {
			served[r.pattern] = "bearer"
		}
	}
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("routes (-served +described):\n%s", diff)
	}
	for pattern, scheme := range served {
		if _, path, _ := strings.Cut(pattern, " "); isAPI(path) != (scheme == "bearer") {
			t.Errorf("%s needs %q", pattern, scheme)
		}
	}
}

// The closed sets of the description are those of the code.
func TestDescriptionHasEveryWord(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/schema/serve-api.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Components struct {
			Schemas struct {
				Health      struct{ Enum []destination.Health } `yaml:"Health"`
				LinkRequest struct{ Properties map[string]any } `yaml:"LinkRequest"`
				Event       struct {
					Properties struct {
						Type struct{ Enum []ledger.EventType }
					}
				} `yaml:"Event"`
			}
		}
	}
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	schemas := d.Components.Schemas
	if diff := cmp.Diff(destination.Healths(), schemas.Health.Enum); diff != "" {
		t.Errorf("healths (-code +description):\n%s", diff)
	}
	slices.Sort(schemas.Event.Properties.Type.Enum)
	types := ledger.Types()
	slices.Sort(types)
	if diff := cmp.Diff(types, schemas.Event.Properties.Type.Enum); diff != "" {
		t.Errorf("events (-code +description):\n%s", diff)
	}
	var names []string
	for name := range schemas.LinkRequest.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	fields := linkFields()
	slices.Sort(fields)
	if diff := cmp.Diff(fields, names); diff != "" {
		t.Errorf("fields of a link (-code +description):\n%s", diff)
	}
}
