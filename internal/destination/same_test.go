package destination_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// TestIsAsWanted knows what Segment may read back for what was written.
func TestIsAsWanted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind, want, is string
		same           bool
	}{
		{"NUMBER", `7`, `7.0`, true},
		{"NUMBER", `1e3`, `1000`, true},
		{"NUMBER", `12345678901234567890`, `12345678901234567891`, false},
		{"NUMBER", `0`, ``, false},
		{"BOOLEAN", `false`, ``, false},
		{"BOOLEAN", `false`, `null`, false},
		{"STRING", `""`, ``, true},
		{"STRING", `""`, `null`, true},
		{"STRING", `" "`, ``, false},
		{"STRING", `"7"`, `7`, false},
		{"LIST", `[]`, ``, true},
		{"LIST", `[ ]`, `null`, true},
		{"LIST", `["a","b"]`, `["b","a"]`, false},
		{"LIST", `[[]]`, ``, false},
		{"MAP", `{}`, ``, true},
		{"MAP", `{"a":1,"b":[{"c":2.0}]}`, `{ "b": [{"c": 2}], "a": 1 }`, true},
		{"SELECT", `"true"`, `true`, true},
		{"SELECT", `7`, `"7"`, true},
		{"SELECT", `"eu"`, ``, false},
		{"MIXED", `"true"`, `true`, false},
		{"STRING", `null`, `""`, true},
		{"BOOLEAN", `null`, `false`, true},
		{"NUMBER", `null`, `0.0`, true},
		{"NUMBER", `null`, `300`, true},
		{"NUMBER", `null`, `301`, false},
		{"LIST", `null`, ` [ ] `, true},
		{"BOOLEAN", `null`, `true`, false},
		{"STRING", `null`, `"x"`, false},
	} {
		s := segment.Setting{Name: "x", Type: test.kind}
		if test.kind == "NUMBER" {
			s.NumberValidators = &segment.NumberValidators{Min: 300}
		}
		if got := destination.IsAsWanted(s, json.RawMessage(test.want), json.RawMessage(test.is)); got != test.same {
			t.Errorf("%s %s, read back as %q: as wanted is %t", test.kind, test.want, test.is, got)
		}
	}
}

// TestIsModeAsWanted takes UNSPECIFIED for any mode where there is nothing to choose.
func TestIsModeAsWanted(t *testing.T) {
	t.Parallel()
	entry := func(types ...string) *segment.CatalogDestination {
		e := &segment.CatalogDestination{}
		for _, kind := range types {
			e.Components = append(e.Components, segment.Component{Type: kind})
		}
		return e
	}
	for _, test := range []struct {
		want, is string
		entry    *segment.CatalogDestination
		same     bool
	}{
		{"CLOUD", "CLOUD", entry("WEB", "CLOUD"), true},
		{"CLOUD", "UNSPECIFIED", entry("CLOUD"), true},
		{"CLOUD", "", entry("CLOUD"), true},
		{"CLOUD", "DEVICE", entry("CLOUD"), false},
		{"CLOUD", "UNSPECIFIED", entry("WEB", "CLOUD"), false},
		{"DEVICE", "UNSPECIFIED", entry("WEB"), false},
		{"CLOUD", "UNSPECIFIED", entry(), false},
		{"CLOUD", "UNSPECIFIED", nil, true},
		{"DEVICE", "UNSPECIFIED", nil, false},
		{"UNSPECIFIED", "CLOUD", nil, false},
	} {
		if got := destination.IsModeAsWanted(test.want, test.is, test.entry); got != test.same {
			t.Errorf("%s, read back as %q with %v: as wanted is %t", test.want, test.is, test.entry, got)
		}
	}
}

// TestModeIsNotSentForEver to a destination that runs in the cloud alone, whether or not the catalog can be read.
func TestModeIsNotSentForEver(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"any", "workspace"} {
		r := newRig(t, "workspace")
		c := destination.Change{Mode: "CLOUD", Set: set("apiKey=abcd12345678")}
		r.apply(t, "clearbrain", destination.ToEnable, c)
		if scope != "any" {
			r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if strings.Contains(req.URL.Path, "/catalog/") {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				r.ServeHTTP(w, req)
			})
		}
		for _, verb := range []destination.Verb{destination.ToEnable, destination.ToApply} {
			if got := r.apply(t, "clearbrain", verb, c); got.Action != destination.Already {
				t.Errorf("catalog for %s: %q, %v", scope, got, got.Changes)
			}
		}
	}
}
