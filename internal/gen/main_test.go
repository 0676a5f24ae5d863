package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFresh fails when a command changed and what is generated from it was not generated anew.
func TestFresh(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := generate(root); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"docs/reference", "completions"} {
		want := read(t, filepath.Join(root, folder))
		got := read(t, filepath.Join("..", "..", folder))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s is stale: run go run ./internal/gen (-fresh +checked in)\n%s", folder, diff)
		}
	}
}

// read returns the files of a folder by name.
func read(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(folder, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
