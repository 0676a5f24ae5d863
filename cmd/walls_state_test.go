package cmd

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// There is no init function, and no variable of a package is changed after it was made: what a run changes is in values
// that are passed on.
func TestPackagesHoldNoState(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		for _, file := range p.files {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: func init", p.fset.Position(f.Pos()))
				}
			}
		}
		for _, at := range changedVariables(p.fset, p.built) {
			t.Errorf("%s: a variable of the package is changed, or its address taken", at)
		}
	}
}

func TestChangedVariablesAreSeen(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", `package p

import "sync"

var (
	a    int
	b    = map[string]int{}
	c    [2]int
	d    struct{ f []int }
	lock sync.Mutex // line 10
	kept = 1
)

func f(kept int) {
	a = 1 // line 15
	a++
	b["x"] = 1
	delete(b, "y")
	g(&c)
	d.f[0] = 1 // line 20
	kept = 2
	a, x := 3, kept
	_, _ = a, x
}
`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, at := range changedVariables(fset, []*ast.File{file}) {
		lines = append(lines, at.Line)
	}
	if diff := cmp.Diff([]int{10, 15, 16, 17, 18, 19, 20}, lines); diff != "" {
		t.Errorf("lines with a change (-want +got):\n%s", diff)
	}
}

// changedVariables returns where variables of a package are changed. Types of other packages are not needed for that, and
// errors about them are passed over.
func changedVariables(fset *token.FileSet, files []*ast.File) []token.Position {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	check := types.Config{Error: func(error) {}, Importer: noImporter{}}
	pkg, _ := check.Check("p", fset, files, info)
	var found []token.Position
	flag := func(e ast.Expr) {
		if id := rootOf(e); id != nil {
			if v, ok := info.Uses[id].(*types.Var); ok && v.Parent() == pkg.Scope() {
				found = append(found, fset.Position(e.Pos()))
			}
		}
	}
	for _, file := range files {
		names := importNames(file)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					flag(left)
				}
			case *ast.IncDecStmt:
				flag(n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					flag(n.X)
				}
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.Ident)
				if ok && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") && len(n.Args) > 0 {
					flag(n.Args[0])
				}
			case *ast.GenDecl:
				found = append(found, lockedVariables(fset, n, names, pkg, info)...)
			}
			return true
		})
	}
	return found
}

// lockedVariables returns the variables of a package that are there to be changed: those of types of sync and
// sync/atomic.
func lockedVariables(fset *token.FileSet, d *ast.GenDecl, names map[string]string, pkg *types.Package, info *types.Info) []token.Position {
	var found []token.Position
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Names) == 0 || info.Defs[v.Names[0]] == nil || info.Defs[v.Names[0]].Parent() != pkg.Scope() {
			continue
		}
		if s, ok := v.Type.(*ast.SelectorExpr); ok {
			if from, ok := s.X.(*ast.Ident); ok && strings.HasPrefix(names[from.Name], "sync") {
				found = append(found, fset.Position(v.Pos()))
			}
		}
	}
	return found
}

// rootOf returns the variable that an expression is a part of: x for x.f[0].
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch part := e.(type) {
		case *ast.Ident:
			return part
		case *ast.SelectorExpr:
			e = part.X
		case *ast.IndexExpr:
			e = part.X
		case *ast.StarExpr:
			e = part.X
		case *ast.ParenExpr:
			e = part.X
		default:
			return nil
		}
	}
}

// noImporter knows no package.
type noImporter struct{}

func (noImporter) Import(string) (*types.Package, error) { return nil, errors.ErrUnsupported }
