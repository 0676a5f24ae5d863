package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const mitText = "Permission is hereby granted, free of charge, to any person obtaining a copy\nof this software"

func TestNameOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		mitText: "MIT",
		"Apache License\n   Version 2.0, January 2004":                                              "Apache-2.0",
		"Mozilla Public License Version 2.0\n==================================":                    "MPL-2.0",
		"Redistributions in binary form must reproduce the above":                                   "BSD-2-Clause",
		"Redistributions in binary form must reproduce\nmay be used to endorse or promote products": "BSD-3-Clause",
		"GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007":                                        "",
		"\"Commons Clause\" License Condition v1.0\nLicense: Apache License\nVersion 2.0":           "",
		mitText + "\nThe Software shall be used for Good, not Evil.":                                "",
		"All rights reserved.": "",
	} {
		if got := nameOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A module whose licence is missing or unknown stops the release, instead of being passed on without a word.
func TestLicencesOfAModule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		fault string
	}{
		"one of its own": {map[string]string{"LICENSE.txt": mitText}, []string{"LICENSE.txt MIT"}, ""},
		"code from elsewhere beside a package": {
			map[string]string{"UNLICENSE": "This is free and unencumbered software released into the public domain.", "a/b/COPYING": mitText, "a/NOTICE": "By x."},
			[]string{"UNLICENSE Unlicense", "a/NOTICE ", "a/b/COPYING MIT"},
			"",
		},
		"a package that is not linked": {
			map[string]string{"LICENSE": mitText, "c/LICENSE": "GNU GENERAL PUBLIC LICENSE"}, []string{"LICENSE MIT"}, "",
		},
		"none":          {map[string]string{"README.md": mitText, "license.go": mitText}, nil, "no licence was found"},
		"only a notice": {map[string]string{"NOTICE": mitText}, nil, "no licence was found"},
		"an unknown one": {
			map[string]string{"LICENSE": mitText, "a/LICENSE": "GNU GENERAL PUBLIC LICENSE"}, nil, "is a licence that is not known",
		},
	} {
		root := t.TempDir()
		if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o755); err != nil {
			t.Fatal(err)
		}
		for file, text := range c.files {
			file = filepath.Join(root, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		m := linkedModule{path: "example.com/m", version: "v1.0.0", root: root, folders: []string{filepath.Join(root, "a", "b"), root}}
		found, err := m.licences()
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: the error is %v, want %q", name, err, c.fault)
			}
			continue
		}
		var got []string
		for _, l := range found {
			got = append(got, l.file+" "+l.name)
		}
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// What is linked is named, on every system, and what only tests need is not.
func TestNotices(t *testing.T) {
	t.Parallel()
	text, err := notices(t.Context(), projectRoot)
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]bool{
		standardLibrary + " ":            true,
		"github.com/spf13/cobra ":        true,
		"github.com/danieljoos/wincred ": true, // on Windows
		"github.com/godbus/dbus/v5 ":     true, // on Linux
		"github.com/google/go-cmp ":      false,
		"github.com/chromedp/chromedp ":  false,
		"github.com/segctl/segctl ":      false,
		"segctl/segctl: LICENSE":         false,
	} {
		if got := strings.Contains(string(text), words); got != want {
			t.Errorf("%q is in the notices: %t, want %t", words, got, want)
		}
	}
	for _, m := range strings.Split(string(text), "\n") {
		if folder, err := os.UserHomeDir(); err == nil && strings.Contains(m, folder+"/") {
			t.Errorf("the notices name a folder of this machine: %s", m)
		}
	}
}
