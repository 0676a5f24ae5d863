package cmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

// What the setting takes is what there is.
func TestOutputsAreTheFormats(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(output.Formats(), config.Outputs()); diff != "" {
		t.Errorf("formats of output and of the setting (-output +config)\n%s", diff)
	}
}

// Each command whose columns are known is one, and has columns.
func TestTablesAreOfCommands(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "app_columns.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	a, seen := &App{}, 0
	ast.Inspect(file, func(n ast.Node) bool {
		clause, ok := n.(*ast.CaseClause)
		if !ok {
			return true
		}
		for _, e := range clause.List {
			text, ok := e.(*ast.BasicLit)
			if !ok {
				continue
			}
			path, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			if c, rest, err := Root().Find(strings.Fields(path)); err != nil || len(rest) > 0 || strings.Join(commandOf(c), " ") != path {
				t.Errorf("%q is no command: %v", path, err)
			}
			if titles, _ := a.columnTitles(path); len(titles) == 0 {
				t.Errorf("%q has no columns", path)
			}
		}
		return true
	})
	if seen < 20 {
		t.Errorf("%d commands were seen", seen)
	}
}
