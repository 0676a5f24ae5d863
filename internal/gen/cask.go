package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// releaseConfig is where the release is described. Homebrew wants each man page by name, and only these lines of it are
// generated.
const releaseConfig = ".goreleaser.yaml"

// writeCask writes the names of the man pages below root into the release's description.
func writeCask(source, root string) error {
	config, err := os.ReadFile(filepath.Join(source, releaseConfig))
	if err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(root, "docs", "man", "*"))
	if err != nil {
		return err
	}
	slices.Sort(pages)
	list := regexp.MustCompile(`(?m)^( +)manpages:.*\n(\s+- man/.*\n)+`)
	at := list.FindSubmatchIndex(config)
	if at == nil {
		return fmt.Errorf("%s has no list of manpages", releaseConfig)
	}
	indent := string(config[at[2]:at[3]])
	var b strings.Builder
	b.Write(config[:at[0]])
	b.WriteString(indent + "manpages: # written by go run ./internal/gen\n")
	for _, page := range pages {
		fmt.Fprintf(&b, "%s  - man/%s\n", indent, filepath.Base(page))
	}
	b.Write(config[at[1]:])
	return os.WriteFile(filepath.Join(root, releaseConfig), []byte(b.String()), 0o644)
}
