package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// projectRoot is where the project is, seen from this package.
const projectRoot = "../.."

// generated are the paths, below the project's root, that are written or have generated lines.
func generated() []string {
	return append(slices.Sorted(maps.Keys(generatedFolders())), noticesFile, releaseConfig)
}

// TestFresh fails when something changed and what is generated from it was not generated anew.
func TestFresh(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := generate(t.Context(), projectRoot, root); err != nil {
		t.Fatal(err)
	}
	for _, path := range generated() {
		want := read(t, filepath.Join(root, path))
		got := read(t, filepath.Join(projectRoot, path))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s is stale: run go run ./internal/gen (-fresh +checked in)\n%s", path, diff)
		}
	}
}

// The gate also regenerates, and looks for what git then sees as changed: it has to look at all of it.
func TestGateComparesAllThatIsGenerated(t *testing.T) {
	t.Parallel()
	gate := read(t, filepath.Join(projectRoot, ".ci/run"))["."]
	_, list, _ := strings.Cut(gate, "\ngenerated=(")
	list, _, _ = strings.Cut(list, ")\n")
	for _, path := range generated() {
		if !slices.Contains(strings.Fields(list), path) {
			t.Errorf(".ci/run does not look whether %s is fresh", path)
		}
	}
}

func TestAsMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\nb\n":                  "a\nb\n",
		"a:\n\n  x  1\n  y  2\n":  "a:\n\n      x  1\n      y  2\n",
		"a:\n  x  1\nb\n":         "a:\n\n      x  1\n\nb\n",
		"a:\n\n  x\n\n  y\n\nb\n": "a:\n\n      x\n\n      y\n\nb\n",
		"":                        "",
		"<a>_b\n\n  <a>_b\n":      "\\<a>_b\n\n      <a>_b\n",
	} {
		if diff := cmp.Diff(want, asMarkdown(text, "<")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// read returns the files of a folder by name, or a file as ".".
func read(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(path, file)
		// Windows checks files out with line ends of its own.
		files[filepath.ToSlash(name)] = strings.ReplaceAll(string(text), "\r\n", "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
