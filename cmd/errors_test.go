package cmd

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
)

// TestErrorsHaveHints wants of every error that a package below cmd can return: an exit code that says what it is, and at
// least one hint, each of which is a command line that segctl takes.
func TestErrorsHaveHints(t *testing.T) {
	t.Parallel()
	c := problem.Context{
		Command: []string{"dest", "get"},
		Flags:   []problem.Flag{{Name: "profile", Value: "acme corp"}, {Name: "store", Value: "file"}, {Name: "install", Value: "a'b"}, {Name: "scope", Value: "workspace"}},
	}
	for _, err := range sampleErrors() {
		p := problem.Of(fmt.Errorf("do something: %w", err), c)
		if p.Message == "" {
			continue // a status without words
		}
		if len(p.Hints) == 0 {
			t.Errorf("%T has no hint", err)
		}
		if p.Exit == problem.ExitFailure && !slices.Contains(plainFailures(), fmt.Sprintf("%T", err)) {
			t.Errorf("%T exits with 1: %s", err, p.Message)
		}
		for _, hint := range p.Hints {
			if fault := checkHint(c.Render(hint)); fault != nil {
				t.Errorf("%T: hint %q: %v", err, c.Render(hint), fault)
			}
		}
	}
}

// plainFailures are the errors that may exit with 1: nothing but "it failed" can be said of them.
func plainFailures() []string {
	return []string{
		"*errors.errorString", "*loopback.PortError", "*authorize.Error", "authorize.Stray", "*segment.Error", "*problem.Error",
	}
}

// checkHint returns why a hint is no command line of segctl.
func checkHint(line string) error {
	line, _, _ = strings.Cut(line, "   # ")
	args, err := shellquote.Split(line)
	if err != nil {
		return err
	}
	if len(args) < 2 || args[0] != "segctl" {
		return errors.New("it is not a command of segctl")
	}
	root := Root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	command, rest, err := root.Find(args[1:])
	if err != nil {
		return err
	}
	command.InitDefaultHelpFlag()
	if err := command.ParseFlags(rest); err != nil {
		return err
	}
	if help, err := command.Flags().GetBool("help"); err == nil && help {
		return nil
	}
	if command.HasSubCommands() {
		return fmt.Errorf("%q is a group, and %q none of its commands", command.CommandPath(), rest)
	}
	positional := command.Flags().Args()
	if command.Args != nil {
		return command.Args(command, positional)
	}
	return cobra.NoArgs(command, positional)
}

// TestErrorsAreSampled holds the samples against the sources: a new type of error has to be among them.
func TestErrorsAreSampled(t *testing.T) {
	t.Parallel()
	sampled := map[string]bool{}
	for _, err := range sampleErrors() {
		typ := reflect.TypeOf(err)
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		sampled[filepath.Base(typ.PkgPath())+"."+typ.Name()] = true
	}
	err := filepath.WalkDir(filepath.Join("..", "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"sandbox", "gen", "output", "testdata"}, d.Name()) {
			return filepath.SkipDir // their errors are translated where cmd calls them
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			for _, name := range errorTypes(t, path) {
				if full := filepath.Base(filepath.Dir(path)) + "." + name; !sampled[full] {
					t.Errorf("%s is not among the samples", full)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// errorTypes returns the exported types of a file that are errors.
func errorTypes(t *testing.T, path string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, decl := range file.Decls {
		method, ok := decl.(*ast.FuncDecl)
		if !ok || method.Recv == nil || method.Name.Name != "Error" {
			continue
		}
		receiver := method.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		if name, ok := receiver.(*ast.Ident); ok && name.IsExported() {
			names = append(names, name.Name)
		}
	}
	return names
}
