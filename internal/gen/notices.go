package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// noticesHead begins docs/THIRD_PARTY_NOTICES.
const noticesHead = `segctl is linked with the software below, and used under these licences, whose texts follow. Where the source of a module
is to be had says https://pkg.go.dev/ with the name behind it; "go mod download" gets it.

`

// notices returns the licences of everything that a binary of segctl is linked with, on any system that there is a
// release for: they want to be passed on with it. source is the project's root.
func notices(ctx context.Context, source string) ([]byte, error) {
	modules := map[string]*linkedModule{}
	for _, target := range targets() {
		if err := addLinked(ctx, modules, source, target); err != nil {
			return nil, fmt.Errorf("list what segctl is linked with for %s: %w", target, err)
		}
	}
	var list, texts bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		m := modules[path]
		found, err := m.licences()
		if err != nil {
			return nil, err
		}
		var names []string
		for _, l := range found {
			if l.name != "" && !slices.Contains(names, l.name) {
				names = append(names, l.name)
			}
			fmt.Fprintf(&texts, "\n%s\n%s: %s\n%[1]s\n\n%[4]s\n", strings.Repeat("=", 80), m.title(), l.file, l.text)
		}
		fmt.Fprintf(&list, "  %-70s %s\n", m.title(), strings.Join(names, ", "))
	}
	return slices.Concat([]byte(noticesHead), list.Bytes(), texts.Bytes()), nil
}
