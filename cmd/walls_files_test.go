package cmd

import (
	"bytes"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// maxLines bounds package cmd without its tests, in lines for each command of the tree: what grows past it acts, and
// belongs below.
const maxLines = 125

func TestCmdIsSmall(t *testing.T) {
	t.Parallel()
	lines := 0
	for _, p := range ourPackages(t) {
		if p.path != "cmd" {
			continue
		}
		for path := range p.files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(text, []byte("\n"))
		}
	}
	commands := countCommands(Root())
	if lines == 0 || lines > maxLines*commands {
		t.Errorf("package cmd has %d lines for %d commands, which is more than %d for each", lines, commands, maxLines)
	}
	t.Logf("%d lines, %d commands", lines, commands)
}

// countCommands counts the commands that do something, without the groups that hold them.
func countCommands(c *cobra.Command) int {
	if !c.HasSubCommands() {
		return 1
	}
	n := 0
	for _, sub := range c.Commands() {
		n += countCommands(sub)
	}
	return n
}

// A file of cmd is named app*.go, root.go, NOUN.go or NOUN_WHAT.go, where the noun is a command of the root, and holds one
// command at most, beside the group that it is in.
func TestCmdFilesAreNamedForCommands(t *testing.T) {
	t.Parallel()
	nouns := []string{"app", "root", "help", "completion", "complete"} // cobra's __complete is a command, too
	for _, c := range Root().Commands() {
		nouns = append(nouns, c.Name())
	}
	for _, p := range ourPackages(t) {
		if p.path != "cmd" {
			continue
		}
		for path, file := range p.files {
			name := strings.TrimSuffix(filepath.Base(path), ".go")
			if noun, _, _ := strings.Cut(name, "_"); !slices.Contains(nouns, noun) {
				t.Errorf("%s.go is not named for one of %s", name, strings.Join(nouns, ", "))
			}
			if made := constructors(file); len(made) > 1 {
				t.Errorf("%s.go makes %d commands, want one: %s", name, len(made), strings.Join(made, ", "))
			}
		}
	}
}

// constructors returns the functions of a file that make a command, without those that make a group of them.
func constructors(file *ast.File) []string {
	var found []string
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "new") || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
			continue
		}
		star, ok := f.Type.Results.List[0].Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		if s, ok := star.X.(*ast.SelectorExpr); !ok || s.Sel.Name != "Command" {
			continue
		}
		if !makesGroup(f) {
			found = append(found, f.Name.Name)
		}
	}
	return found
}

func makesGroup(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "group" || id.Name == "asGroup") {
				found = true
			}
		}
		return true
	})
	return found
}
