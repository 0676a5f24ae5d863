package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// licence is a file that says under which terms a part of a module may be used.
type licence struct {
	file string // below the module's root
	name string // SPDX identifier; "" for a notice that belongs to a licence
	text string
}

// licenceFiles returns the files of a folder, and of none below it, that have the name of a licence or of a notice.
func licenceFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	name := regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents)([-._].*)?$`)
	code := regexp.MustCompile(`(?i)\.(go|s|c|h|sh|py|tmpl|json|ya?ml)$`)
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() && name.MatchString(e.Name()) && !code.MatchString(e.Name()) {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files, nil
}

// readLicence reads a file and tells which licence it is. One that is not known here is refused: somebody has to read
// whether it lets segctl be passed on, and on which terms.
func readLicence(file string) (licence, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return licence{}, err
	}
	l := licence{text: strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))}
	base := strings.ToLower(filepath.Base(file))
	if strings.HasPrefix(base, "notice") || strings.HasPrefix(base, "patents") {
		return l, nil
	}
	if l.name = nameOf(l.text); l.name == "" {
		return l, fmt.Errorf("%s is a licence that is not known: read it, and add it to nameOf", file)
	}
	return l, nil
}

// nameOf returns the SPDX identifier of a licence's text, "" where it is none of those that let a binary under the MIT
// licence be linked with what they cover. MPL-2.0 wants its source to be found, which the head of the notices says.
func nameOf(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, addition := range []string{"commons clause", "for good, not evil"} { // makes another licence of any of them
		if strings.Contains(text, addition) {
			return ""
		}
	}
	for _, l := range []struct{ name, has string }{
		{"Apache-2.0", "apache license version 2.0"},
		{"MPL-2.0", "mozilla public license, version 2.0"},
		{"MPL-2.0", "mozilla public license version 2.0"},
		{"Unlicense", "this is free and unencumbered software released into the public domain"},
		{"CC0-1.0", "cc0 1.0 universal"},
		{"BSD-3-Clause", "may be used to endorse or promote products"},
		{"BSD-2-Clause", "redistributions in binary form must reproduce"},
		{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"},
		{"ISC", "permission to use, copy, modify, and distribute this software for any purpose"},
		{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
	} {
		if strings.Contains(text, l.has) {
			return l.name
		}
	}
	return ""
}
