package destination_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination"
)

func TestParseFile(t *testing.T) {
	t.Parallel()
	const full = "workspaces/acme/sources/js/destinations/webhooks"
	for file, want := range map[string]string{
		`{"name":"` + full + `","enabled":false}`: `{"Name":"` + full + `","Body":{"enabled":false}}`,
		`{"destination":{"name":"` + full + `","enabled":true,"connection_mode":"CLOUD"},"update_mask":{"paths":["connection_mode"]}}`: `{"Name":"` + full + `","Body":{"connection_mode":"CLOUD"}}`,
		`{"config":[{"name":"a","value":1e400},{"name":"b","value":null},{"name":"c","value":"\ud83d\ude00"}]}`:                        `{"Name":"","Body":{"config":[{"name":"a","value":1e400},{"name":"b","value":null},{"name":"c","value":"\ud83d\ude00"}]}}`,
		"# a comment\nconfig:\n- {name: a, value: 0x10}\n- name: b\n  value: [1.50, yes, 2020-01-01, ~, \"5\"]\n":                      `{"Name":"","Body":{"config":[{"name":"a","value":16},{"name":"b","value":[1.50,"yes","2020-01-01",null,"5"]}]}}`,
		"config:\n- name: a\n  value: &v {k: |\n      x\n      y\n  }\n":                                                               ``,
		"config:\n- name: a\n  value: &v {k: <x>}\n- name: b\n  value: *v\n":                                                           `{"Name":"","Body":{"config":[{"name":"a","value":{"k":"<x>"}},{"name":"b","value":{"k":"<x>"}}]}}`,
	} {
		f, err := destination.ParseFile([]byte(file))
		switch {
		case want == "":
			if err == nil {
				t.Errorf("%s is taken", file)
			}
		case err != nil:
			t.Errorf("%s: %v", file, err)
		default:
			got, err := destination.Encode(f)
			if err != nil || string(got) != want {
				t.Errorf("%s:\n%s, want\n%s", file, got, want)
			}
		}
	}
}

// TestFileErrors wants field and line, and never what is there.
func TestFileErrors(t *testing.T) {
	t.Parallel()
	anchors := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		before := string(c - 1)
		anchors += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+before+",", 10) + "]\n"
	}
	for file, want := range map[string]destination.FileError{
		" \n":                              {Problem: "is empty"},
		"# nothing but this\n":             {Problem: "is empty"},
		`[1]`:                              {Problem: "is not a destination but a JSON array"},
		`"canary"`:                         {Problem: "is not a destination but a JSON string"},
		`{"colour":"canary"}`:              {Problem: "has none of the fields name, enabled, connection_mode and config"},
		"{\n \"enabled\": \"canary\"}":     {Line: 2, Field: "enabled", Problem: "cannot be a JSON string"},
		"connection_mode: CLOUD\nname: 77": {Line: 2, Field: "name", Problem: "cannot be a JSON number"},
		"destination:\n  # here\n  config:\n  - name: a\n    value: |\n      x\n      y\n  - name: [canary]\n": {Line: 8, Field: "destination.config.name", Problem: "cannot be a JSON array"},
		"a: [b":                        {Line: 1, Problem: "is neither JSON nor YAML"},
		"a: 1\nb: 'x\nc: canary":       {Line: 2, Problem: "is neither JSON nor YAML"},
		"a: *canary":                   {Problem: "is neither JSON nor YAML"},
		"enabled: true\n---\na: 1":     {Problem: "holds more than one document"},
		"enabled: true\n<<: {a: 1}":    {Line: 2, Problem: "has a merge key (<<), which is not supported"},
		"enabled: true\n? [canary]\n:": {Line: 2, Problem: "has a key that is no text"},
		"enabled: true\nx: .inf":       {Line: 2, Problem: "has a number that JSON cannot hold"},
		"a: &a [*a]":                   {Line: 1, Problem: "is nested too deep, or is too large with its aliases"},
		anchors:                        {Line: 1, Problem: "is nested too deep, or is too large with its aliases"},
	} {
		_, err := destination.ParseFile([]byte(file))
		var got *destination.FileError
		if !errors.As(err, &got) {
			t.Errorf("%q: %v", file, err)
			continue
		}
		if diff := cmp.Diff(want, *got); diff != "" || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v (-want +got):\n%s", file, err, diff)
		}
	}
	if got, want := (&destination.FileError{Line: 2, Field: "enabled", Problem: "cannot be a JSON string"}).Error(), "line 2: it is not a destination: enabled cannot be a JSON string"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzParseFile wants that nothing makes it hang or panic, and that an error never quotes what is in the file.
func FuzzParseFile(f *testing.F) {
	for _, seed := range []string{`{"enabled":true}`, "config:\n- name: a\n  value: *b", "a: &a [*a]", "\t{", "%YAML 1.2\n---\nname: x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := destination.ParseFile([]byte(text))
		if (file == nil) == (err == nil) {
			t.Errorf("%v, %v", file, err)
		}
	})
}

// TestSavedFileComesBack reads what a get prints.
func TestSavedFileComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	made := r.apply(t, "webhooks", destination.ToCreate, destination.Change{Set: set("globalHook=https://example.com/a")})
	file, err := destination.ParseFile([]byte(text(t, made.Destination)))
	if err != nil || file.Name != made.Destination.Name {
		t.Fatalf("%v, %v", file, err)
	}
	if got := r.apply(t, "webhooks", destination.ToUpdate, destination.Change{File: file}); got.Action != destination.Unchanged {
		t.Errorf("%q: %v", got, got.Changes)
	}
}
