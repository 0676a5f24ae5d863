package desired_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/destination/desired"
)

const whole = `# yaml-language-server: $schema=../docs/schema/destinations.schema.json
version: 1
values: customers.csv
destinations:
  - destination: webhooks
    installs: {match: "acme*"}
    workspace: acme
    source: workspaces/acme/sources/js
    enabled: false
    connection_mode: CLOUD
    settings:
      sharedSecret: ${ACME_KEY}
      globalHook: "https://example.com/${ACME_PATH}?a=$${b}&c=$d"
      hooks: &hooks
        - hook: https://example.com
          headers: {"$${X}": "Bearer ${ACME_KEY}", n: 0x10, big: 12345678901234567890123, e: 1.50}
      other: *hooks
      domain: null
      day: 2020-01-02
  - settings: {}
  - installs: [installs/7, 8, acme/js]
    enabled: yes please
`

func parse(t *testing.T, text string) *desired.File {
	t.Helper()
	f, err := desired.Parse("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParse(t *testing.T) {
	t.Parallel()
	f := parse(t, strings.Replace(whole, "yes please", "true", 1))
	if f.Values != "customers.csv" || f.ValuesAt != "f.yaml:3:9" || len(f.Entries) != 3 || desiredInstalls(f) != `[{"All":false,"Match":["acme*"],"Names":null,"Place":"f.yaml:6:15"},{"All":false,"Match":null,"Names":null,"Place":""},{"All":false,"Match":null,"Names":["installs/7","8","acme/js"],"Place":"f.yaml:21:15"}]` {
		t.Errorf("%+v %s", f, desiredInstalls(f))
	}
	texts := map[string]string{"ACME_KEY": `k"1`, "ACME_PATH": "p\n"}
	got, missing := f.Entries[0].Wanted(func(name string) string { return texts[name] })
	off := false
	hooks := `[{"hook":"https://example.com","headers":{"${X}":"Bearer k\"1","n":16,"big":12345678901234567890123,"e":1.50}}]`
	want := destination.Wanted{
		Destination: "webhooks", Place: account.Place{Workspace: "acme", Source: "workspaces/acme/sources/js"}, From: "f.yaml:5",
		Change: destination.Change{
			Enabled: &off, Mode: "CLOUD",
			Set: []destination.Pair{{Name: "sharedSecret", Value: `k"1`}},
			SetJSON: []destination.Pair{
				{Name: "globalHook", Value: `"https://example.com/p\n?a=${b}&c=$d"`},
				{Name: "hooks", Value: hooks},
				{Name: "other", Value: hooks},
				{Name: "day", Value: `"2020-01-02"`},
			},
			Unset:  []string{"domain"},
			Hidden: []string{"sharedSecret", "globalHook", "hooks", "other"},
			Where: map[string]string{
				"sharedSecret": "f.yaml:12:7", "globalHook": "f.yaml:13:7", "hooks": "f.yaml:14:7", "other": "f.yaml:17:7", "domain": "f.yaml:18:7",
				"day": "f.yaml:19:7",
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || missing != nil {
		t.Errorf("missing %v, wanted (-want +got):\n%s", missing, diff)
	}
	_, missing = f.Entries[0].Wanted(func(string) string { return "" })
	if diff := cmp.Diff(desired.Missing{Name: "ACME_PATH", Place: "f.yaml:13:19"}, missing[1]); diff != "" || len(missing) != 4 {
		t.Errorf("%v, missing (-want +got):\n%s", missing, diff)
	}
}

func desiredInstalls(f *desired.File) string {
	all := make([]desired.Installs, len(f.Entries))
	for i, e := range f.Entries {
		all[i] = e.Installs
	}
	text, _ := json.Marshal(all)
	return string(text)
}

// TestValidFiles are read, and are what the schema calls valid.
func TestValidFiles(t *testing.T) {
	t.Parallel()
	entry := func(text string) string { return "version: 1\ndestinations:\n- " + text + "\n" }
	for _, text := range []string{
		strings.Replace(whole, "yes please", "true", 1),
		entry("destination: customer.io"),
		entry("destination: workspaces/acme/sources/js/destinations/customer.io"),
		entry("installs: {all: true}"),
		entry("installs: {match: [acme*, 7]}"),
		entry("{enabled: true, settings: {a: '', b: [], c: {}, d: 1e3, e: -0, f: no, g: $, h: $$, i: 'x$${', j: '${A}${B}$'}}"),
		"\xef\xbb\xbf" + entry("enabled: false"),
		`{"version":1,"destinations":[{"settings":{"a":"\ud83d\ude00 \\ud83d\\ude00 \u00e9","b":1e400,"c":"\/"}}]}`,
	} {
		if _, err := desired.Parse("f.yaml", []byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if err := validate(t, []byte(strings.Replace(text, "1e400", "1", 1))); err != nil {
			t.Errorf("%s: the schema says %v", text, err)
		}
	}
	got, _ := parse(t, `{"version":1,"destinations":[{"settings":{"a":"\ud83d\ude00 \\ud83d\\ude00"}}]}`).Entries[0].Wanted(nil)
	if got.Change.SetJSON[0].Value != `"😀 \\ud83d\\ude00"` {
		t.Errorf("JSON's own escapes: %s", got.Change.SetJSON[0].Value)
	}
}

// TestErrors wants file, line, column and cause, and never what is there.
func TestErrors(t *testing.T) {
	t.Parallel()
	entry := func(text string) string { return "version: 1\ndestinations:\n- " + text + "\n" }
	bomb := "version: 1\ndestinations:\n- settings:\n    a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += "    " + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 10) + "]\n"
	}
	const blind = true // a schema cannot tell
	for _, test := range []struct {
		text, want string
		blind      bool
	}{
		{"", "f.yaml: is empty", blind},
		{"# nothing\n", "f.yaml: is empty", blind},
		{"null\n", "f.yaml: is empty", blind},
		{"a: [canary", "f.yaml:1: is neither YAML nor JSON", blind},
		{"version: 1\nb: 'x\nc: canary", "f.yaml:2: is neither YAML nor JSON", blind},
		{"canary\n", "f.yaml:1:1: this must be a map of names and values", false},
		{"[canary]\n", "f.yaml:1:1: this must be a map of names and values", false},
		{"destinations: []", "f.yaml:1:1: version is missing: it has to say version: 1", false},
		{"version: canary\n", "f.yaml:1:10: version must be 1, which is the one that this segctl reads", false},
		{"version: 2\n", "f.yaml:1:10: version must be 1, which is the one that this segctl reads", false},
		{"version: 1\n", "f.yaml:1:1: destinations must be a list with at least one entry", false},
		{"version: 1\ndestinations: []\n", "f.yaml:2:15: destinations must be a list with at least one entry", false},
		{"version: 1\ndestinations: canary\n", "f.yaml:2:15: destinations must be a list with at least one entry", false},
		{"version: 1\nvalues: [canary]\ndestinations: [{}]\n", "f.yaml:2:9: values must be text", false},
		{"version: 1\nvalues: ${CANARY}\ndestinations: [{}]\n", "f.yaml:2:9: values has a variable: only the values of settings can have one", false},
		{"version: 1\ndestinations: [{}]\ndestination: 1\n", `f.yaml:3:1: "destination" is unknown here: did you mean destinations?`, false},
		{"version: 1\ncanary-0001: 1\n", "f.yaml:2:1: a key is unknown here, where there are version, values, destinations", false},
		{"version: 1\ndestinations: [{}]\n---\na: 1\n", "f.yaml: holds more than one document", blind},
		{"version: 1\nversion: 1\n", `f.yaml:2:1: has "version" twice`, blind},
		{entry("canary"), "f.yaml:3:3: this must be a map of names and values", false},
		{entry("colour: canary"), `f.yaml:3:3: "colour" is unknown here, where there are destination, installs, workspace, source, enabled, connection_mode, settings`, false},
		{entry("setting: {apiKey: canary}"), `f.yaml:3:3: "setting" is unknown here: did you mean settings?`, false},
		{entry("enabled: canary"), "f.yaml:3:12: enabled must be true or false", false},
		{entry("enabled: 'true'"), "f.yaml:3:12: enabled must be true or false", false},
		{entry("enabled:"), "f.yaml:3:11: enabled must be true or false", false},
		{entry("connection_mode: cloud"), "f.yaml:3:20: connection_mode must be CLOUD, DEVICE or UNSPECIFIED", false},
		{entry("destination: a canary"), "f.yaml:3:16: destination must be a slug or a full name", false},
		{entry("destination: workspaces/acme"), "f.yaml:3:16: destination must be a slug or a full name, such as workspaces/acme/sources/js/destinations/clearbrain", false},
		{entry("source: workspaces/acme/canary/js"), "f.yaml:3:11: source must be a slug or a full name, such as workspaces/acme/sources/js", false},
		{entry("workspace: workspaces/acme/sources/js"), "f.yaml:3:14: workspace must be a slug or a full name, such as workspaces/acme", false},
		{entry("workspace: ${CANARY}"), "f.yaml:3:14: workspace has a variable: only the values of settings can have one", false},
		{entry("installs: canary"), "f.yaml:3:13: installs must be a list of installs, {match: GLOB} or {all: true}", false},
		{entry("installs: []"), "f.yaml:3:13: installs must not be empty", false},
		{entry("installs: [[canary]]"), "f.yaml:3:14: installs must be text", false},
		{entry("installs: {all: false}"), "f.yaml:3:19: all must be true", false},
		{entry("installs: {all: true, match: canary}"), "f.yaml:3:13: installs must have one of match and all", false},
		{entry("installs: {names: canary}"), `f.yaml:3:14: "names" is unknown here, where there are match, all`, false},
		{entry("settings: canary"), "f.yaml:3:13: settings must be a map of names and values", false},
		{entry("settings: {a/canary: 1}"), "f.yaml:3:14: a setting has a name with characters that no name has", false},
		{entry("settings: {apiKey: 1, apiKey: canary}"), `f.yaml:3:25: has "apiKey" twice`, blind},
		{entry("settings: {a: {x: 1, x: canary}}"), `f.yaml:3:24: has "x" twice`, blind},
		{entry("settings: {<<: {a: canary}}"), "f.yaml:3:14: has a merge key (<<), which is not supported", blind},
		{entry("settings: {[canary]: 1}"), "f.yaml:3:14: has a key that is no text", blind},
		{entry("settings:\n    ${CANARY}: 1"), "f.yaml:4:5: has a variable in a key: only the values of settings can have one", false},
		{entry("settings: {a: {'x${CANARY}': 1}}"), "f.yaml:3:18: has a variable in a key: only the values of settings can have one", false},
		{entry("settings: {a: 'canary ${'}"), "f.yaml:3:17: has a ${ that begins no variable: ${NAME} is one, of letters, digits and _, and $${ is a literal ${", false},
		{entry("settings: {a: ['${canary-0001}']}"), "f.yaml:3:18: has a ${ that begins no variable: ${NAME} is one, of letters, digits and _, and $${ is a literal ${", false},
		{entry("settings: {a: 'x ${SEGCTL_CLIENT_SECRET}'}"), "f.yaml:3:17: names the variable SEGCTL_CLIENT_SECRET, which is a secret of segctl itself: no file gets it", blind},
		{entry("settings: {a: !!binary Y2FuYXJ5}"), "f.yaml:3:17: has a tag that is not supported: text, numbers, booleans, null, lists and maps are", blind},
		{entry("settings: {a: .nan}"), "f.yaml:3:17: is a number that JSON cannot hold", blind},
		{entry("settings: {a: &a [*a]}"), "f.yaml:3:17: is nested too deep", blind},
		{bomb, "f.yaml:", blind},
		{"version: 1\x00canary", "f.yaml: is binary, or not UTF-8 text", blind},
		{"version: 1 # \xff\n", "f.yaml: is binary, or not UTF-8 text", blind},
		{strings.Repeat("#", desired.MaxSize+1), "f.yaml: is larger than 10 MiB", blind},
	} {
		shown := test.text[:min(len(test.text), 200)]
		_, err := desired.Parse("f.yaml", []byte(test.text))
		var e *desired.Error
		switch {
		case !errors.As(err, &e):
			t.Errorf("%q: %v", shown, err)
		case test.want == "f.yaml:" && (e.Problem != "is too large with its aliases" || e.Line == 0):
			t.Errorf("%q: %v", shown, err)
		case test.want != "f.yaml:" && err.Error() != test.want:
			t.Errorf("%q:\ngot  %v\nwant %s", shown, err, test.want)
		case strings.Contains(strings.ReplaceAll(err.Error(), "${CANARY}", ""), "canary"):
			t.Errorf("%q: the value is in the error: %v", shown, err)
		}
		if !test.blind && validate(t, []byte(test.text)) == nil {
			t.Errorf("%q: the schema finds nothing wrong", shown)
		}
	}
}

// FuzzParse wants that nothing makes it hang or panic, and that an error is one of the file.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{whole, `{"version":1}`, "a: &a [*a]", "version: 1\ndestinations: [{settings: {a: ${A}}}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := desired.Parse("f.yaml", text)
		var e *desired.Error
		if (file == nil) == (err == nil) || err != nil && !errors.As(err, &e) {
			t.Fatalf("%v, %v", file, err)
		}
		if err != nil {
			return
		}
		for _, entry := range file.Entries {
			want, _ := entry.Wanted(func(name string) string { return "text of " + name })
			for _, pair := range want.Change.SetJSON {
				if !json.Valid([]byte(pair.Value)) || bytes.ContainsRune([]byte(pair.Value), '\n') {
					t.Errorf("no JSON on one line: %q", pair.Value)
				}
			}
		}
	})
}
