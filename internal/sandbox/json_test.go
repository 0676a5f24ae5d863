package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tutorial is how the partner guide's tutorial creates and enables a destination: in single quotes, true in quotes, and
// with a key that is shorter than the catalog's pattern. curl calls it a form.
const (
	tutorialCreate = `{'destination': {'name': 'workspaces/business/sources/js/destinations/clearbrain',
  'connection_mode': 'CLOUD',
  'config': [{'name': 'workspaces/business/sources/js/destinations/clearbrain/config/apiKey', 'value': 'abcd123'}],
  'enabled': 'true'}}`
	tutorialDisable = `{'destination': {'enabled': 'false'}, 'update_mask': {'paths': ['destination.enabled']}}`
	tutorialAnswer  = `{
  "name": "workspaces/business/sources/js/destinations/clearbrain",
  "parent": "workspaces/business/sources/js",
  "display_name": "ClearBrain",
  "enabled": true,
  "connection_mode": "UNSPECIFIED",
  "config": [
    {"name": "workspaces/business/sources/js/destinations/clearbrain/config/apiKey",
     "display_name": "API Key", "value": "abcd123", "type": "string"}
  ],
  "create_time": "2019-05-24T23:43:02.905Z",
  "update_time": "2019-05-24T23:43:02.905Z"
}`
)

func TestTutorial(t *testing.T) {
	t.Parallel()
	seed := write(t, "seed.yaml", "workspaces: [{name: business, sources: [{name: js}]}]")
	s := newSandbox(t, Options{Tokens: []string{"narrow:destination/clearbrain"}, SeedFile: seed, Now: newClock().Now})
	const path = "/v1beta/workspaces/business/sources/js/destinations"
	send := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer narrow")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return serve(s, r)
	}
	bodies := []string{tutorialCreate, strings.ReplaceAll(tutorialCreate, "'", `"`)}
	for _, body := range bodies {
		want(t, send("POST", path, body), 200, tutorialAnswer)
		want(t, send("PATCH", path+"/clearbrain", tutorialDisable), 200, strings.Replace(tutorialAnswer, "true", "false", 1))
		want(t, send("DELETE", path+"/clearbrain", ""), 200, `{}`)
	}
	if err := s.SetQuirk("json", "strict"); err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		w := send("POST", path, body)
		if got := decode[map[string]any](t, w); w.Code != 400 || got["code"] != 3.0 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	// The log masks what came, also where it was refused.
	for _, r := range s.Requests() {
		if strings.Contains(r.RequestBody, "abcd123") || strings.Contains(r.Method, "POST") && r.RequestBody == "" {
			t.Errorf("the log has the body %q", r.RequestBody)
		}
	}
}

// A log of bodies that are no JSON in any way does not show them as the name of a form field.
func TestMalformedJSONIsNotLogged(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{'apiKey': 'abcd1234'`:                    "(malformed)",
		`{'apiKey': 'abcd1234', 'title': 'it\'s'}`: `{"apiKey":"` + masked + `","title":"it's"}`,
		` ["apiKey": "abcd1234"`:                   "(malformed)",
		" ":                                        "+=",
		"a=b":                                      "a=b",
	} {
		if got := bodyForLog("application/x-www-form-urlencoded", []byte(body)); got != want {
			t.Errorf("%q is logged as %q, want %q", body, got, want)
		}
	}
}

func TestDecodeLeniently(t *testing.T) {
	t.Parallel()
	type object struct {
		A string
		B bool
		C []struct{ D bool }
	}
	for body, want := range map[string]*object{
		`{'A':'x'}`:               {A: "x"},
		`{"A":'x','B':true}`:      {A: "x", B: true},
		`{'A':'it\'s "x" \n \\'}`: {A: "it's \"x\" \n \\"},
		`{"A":"it's"}`:            {A: "it's"},
		`{'A':"it's 'x' \" y"}`:   {A: `it's 'x' " y`},
		`{'A':'é\u00e9'}`:         {A: "éé"},
		`{"B":"true","C":[{"D":"true"},{"D":"false"},{"D":true}]}`: {B: true, C: []struct{ D bool }{{true}, {false}, {true}}},
		`{'B':'false'}`:  {},
		`{"B":"True"}`:   nil,
		`{"B":"yes"}`:    nil,
		`{"B":"\"true"}`: nil,
		`{"B":1}`:        nil,
		`{"A":true}`:     nil,
		`{'A':'x}`:       nil,
		`{'A':'it's'}`:   nil,
		`{A:'x'}`:        nil,
		`{'A':True}`:     nil,
		"{'A':'\n'}":     nil,
		`{'A':'x'} {}`:   nil,
		`{"C":[` + strings.Repeat(`{"D":"true"},`, maxQuoted) + `{}]}`: nil,
		"": nil,
	} {
		c := &call{exchange: &exchange{body: []byte(body)}, server: newAPI(t)}
		var got object
		err := c.decode(&got)
		switch {
		case want == nil && err == nil:
			t.Errorf("%s was taken for %+v", body, got)
		case want != nil && err != nil:
			t.Errorf("%s: %v", body, err)
		case want != nil:
			if diff := cmp.Diff(*want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", body, diff)
			}
			if !json.Valid(c.body) {
				t.Errorf("%s is kept as %s, which is not JSON", body, c.body)
			}
		}
	}
}

// FuzzDoubleQuoted says three things of any text: JSON is left as it is; JSON whose strings are written in single quotes
// means the same; and nothing outside of quotes changes.
func FuzzDoubleQuoted(f *testing.F) {
	for _, body := range []string{
		tutorialCreate, tutorialDisable, `{"a":"it's \" \\ \u0027 é"}`, `{'a':'\'"\\'}`, `'`, `"'`, `'\`, `"\`, "", `{"a":["'","\\'"]}`, "\xff'\xff",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got := doubleQuoted([]byte(body))
		var before any
		if json.Unmarshal([]byte(body), &before) == nil {
			if string(got) != body {
				t.Errorf("%q is JSON, and became %q", body, got)
			}
			single := singleQuoted(body)
			var after any
			if err := json.Unmarshal(doubleQuoted([]byte(single)), &after); err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("%q in single quotes, %q, means %v, not %v: %v", body, single, after, before, err)
			}
		}
		if again := doubleQuoted(got); json.Valid(got) && string(again) != string(got) {
			t.Errorf("%q became %q, and that %q", body, got, again)
		}
		if a, b := outside(body, `'"`), outside(string(got), `"`); json.Valid(got) && a != b {
			t.Errorf("%q became %q: outside of quotes %q became %q", body, got, a, b)
		}
	})
}

// singleQuoted writes the strings of JSON in single quotes.
func singleQuoted(body string) string {
	var out strings.Builder
	inside := false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case b == '"':
			inside = !inside
			out.WriteByte('\'')
		case inside && b == '\'':
			out.WriteString(`\'`)
		case inside && b == '\\' && body[i+1] == '"':
			i++
			out.WriteByte('"')
		case inside && b == '\\':
			i++
			out.WriteString(body[i-1 : i+1])
		default:
			out.WriteByte(b)
		}
	}
	return out.String()
}

// outside is what a text has outside of its strings, which stand in any of the quotes.
func outside(body, quotes string) string {
	var out strings.Builder
	var quote byte
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case quote == 0 && strings.IndexByte(quotes, b) >= 0:
			quote = b
		case quote == 0:
			out.WriteByte(b)
		case b == quote:
			quote = 0
		case b == '\\':
			i++
		}
	}
	return out.String()
}

// FuzzRefusals sends arbitrary JSON to every kind of resource: what is refused is refused in the words of the API, and
// whatever is taken reads back as JSON.
func FuzzRefusals(f *testing.F) {
	for _, body := range []string{
		createClearbrain, dropEvent, `{"source":{"name":5}}`, `{"tracking_plan":{"rules":{"events":[{"rules":{}}]}}}`,
		`{"schema_config":{"allow_unplanned_track_events":"true"},"update_mask":{"paths":["schema_config.allow_unplanned_track_events"]}}`,
		tutorialCreate, `{"app":{"scope":"workspace","redirect_uris":[null]}}`, `{"source_names":["workspaces/acme/sources/js",null]}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := newAPI(t)
		api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
		plan := "/v1beta/" + newPlan(t, s)
		for _, target := range [][2]string{
			{"POST", destinationsPath},
			{"PATCH", clearbrainPath},
			{"POST", clearbrainPath + "/filters"},
			{"PATCH", "/v1beta/workspaces/acme/sources/js/schema-config"},
			{"POST", "/v1beta/workspaces/acme/sources"},
			{"POST", "/v1beta/workspaces/acme/tracking-plans"},
			{"PUT", plan},
			{"POST", plan + "/source-connections"},
			{"POST", plan + "/source-connections:batchCreateConnections"},
			{"POST", "/v1beta/apps"},
		} {
			w := api(s, workspaceToken, target[0], target[1], body)
			var answer struct{ Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
				t.Fatalf("%s: status %d, and the body is not JSON: %q", target, w.Code, w.Body)
			}
			for _, word := range []string{"json:", "Go ", "struct", "float64", "runtime"} {
				if w.Code >= 400 && strings.Contains(answer.Error, word) && !strings.Contains(body, word) {
					t.Errorf("%s: status %d %q", target, w.Code, answer.Error)
				}
			}
		}
	})
}
