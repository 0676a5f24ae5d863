package cmd

import (
	"go/ast"
	"strconv"
	"strings"
	"testing"
)

// What acts returns a result; only cmd prints.
func TestNothingBelowCmdPrints(t *testing.T) {
	t.Parallel()
	forbidden := map[string][]string{
		"fmt":      {"Print", "Printf", "Println"},
		"os":       {"Stdout", "Stderr", "Stdin"},
		"log":      {"Print", "Printf", "Println", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Default", "Writer"},
		"log/slog": {"Debug", "Info", "Warn", "Error", "Log", "Default"},
	}
	for _, p := range ourPackages(t) {
		if !strings.HasPrefix(p.path, "internal/") || p.path == "internal/gen" {
			continue
		}
		for _, file := range p.files {
			names := importNames(file)
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					from, ok := n.X.(*ast.Ident)
					if !ok {
						break
					}
					for _, name := range forbidden[names[from.Name]] {
						if n.Sel.Name == name {
							t.Errorf("%s: %s.%s", p.fset.Position(n.Pos()), from.Name, name)
						}
					}
				case *ast.CallExpr:
					if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
						t.Errorf("%s: %s", p.fset.Position(n.Pos()), f.Name)
					}
				}
				return true
			})
		}
	}
}

// importNames returns the paths that a file imports, by the names it uses for them.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
	}
	return names
}

// Which error means what is for package problem to say: a command returns it.
func TestCommandsDoNotLookIntoErrors(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		if p.path != "cmd" {
			continue
		}
		for _, file := range p.files {
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "As" || s.Sel.Name == "AsType") {
					if from, ok := s.X.(*ast.Ident); ok && from.Name == "errors" {
						t.Errorf("%s: errors.%s", p.fset.Position(s.Pos()), s.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
