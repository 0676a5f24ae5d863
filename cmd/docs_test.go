package cmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What people paste from the docs must not put a secret where other programs see it, or into the history of a shell.
func TestDocsPutNoSecretOnCommandLines(t *testing.T) {
	t.Parallel()
	pages := docPages(t)
	for _, extra := range []string{"*.go", "../internal/problem/*.go"} { // hints, and the examples of help
		found, err := filepath.Glob(extra)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if !strings.HasSuffix(path, "_test.go") {
				pages = append(pages, path)
			}
		}
	}
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range secretsOnCommandLines(string(text)) {
			t.Errorf("%s: %s", path, found)
		}
	}
}

func TestSecretsOnCommandLinesAreSeen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"export SEGCTL_CLIENT_SECRET=abc":               true,
		"SEGCTL_TOKEN=… segctl dest get":                true,
		"segctl dest enable --api-key abcd1234":         true,
		"segctl dest enable --api-key=abcd1234":         true,
		`curl -H "Authorization: Bearer $(segctl …)"`:   true,
		`curl -u "$CLIENT_ID:$CLIENT_SECRET" $URL`:      true,
		"segctl dest enable --api-key":                  false,
		"segctl dest enable --api-key -":                false,
		"segctl dest enable --api-key @key.txt":         false,
		"      --api-key KEY   API key":                 false,
		"segctl config set client_secret":               false,
		"a variable, SEGCTL_TOKEN, that CI systems set": false,
	} {
		if got := len(secretsOnCommandLines(text)) > 0; got != want {
			t.Errorf("%q: seen is %t, want %t", text, got, want)
		}
	}
}

// secretsOnCommandLines returns the parts of a text that give a secret as an argument or in an assignment.
func secretsOnCommandLines(text string) []string {
	var found []string
	for _, pattern := range []string{
		`\b(SEGCTL_CLIENT_SECRET|SEGCTL_TOKEN|CLIENT_SECRET)=[^\s"]\S*`,
		`--api-key[ =]["']?([a-z]*[0-9]|[$…])[^\s"]*`,
		`Bearer \$\S*`,
		`(-u|--user) ["']?(\$\S+|\S+:\S+)`,
	} {
		found = append(found, regexp.MustCompile(pattern).FindAllString(text, -1)...)
	}
	return found
}

// docs/security.md names the test that holds each promise. A test of that name exists.
func TestSecurityPageNamesTests(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range regexp.MustCompile(`(?m)^func (Test\w+|Fuzz\w+)\(`).FindAllStringSubmatch(string(text), -1) {
			tests[name[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((Test|Fuzz)\\w+)(/\\w+)?`").FindAllStringSubmatch(string(page), -1)
	if len(named) == 0 {
		t.Error("docs/security.md names no test")
	}
	for _, name := range named {
		if !tests[name[1]] {
			t.Errorf("docs/security.md names %s, which is no test", name[1])
		}
	}
}

// docPages returns the paths of the README and of all pages below docs.
func docPages(t *testing.T) []string {
	t.Helper()
	pages := []string{"../README.md"}
	err := filepath.WalkDir("../docs", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil || len(pages) < 100 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	return pages
}
