package sandbox

import (
	"flag"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateParity = flag.Bool("update", false, "write the parity table of docs/sandbox.md anew")

const (
	parityPage  = "../../docs/sandbox.md"
	parityBegin = "<!-- claims: from internal/sandbox/claims_test.go, by go test ./internal/sandbox -run TestParity -update -->\n"
	parityEnd   = "<!-- end of claims -->\n"
)

// TestParity holds the table of the page to the claims.
func TestParity(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(parityPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), parityBegin)
	old, after, ended := strings.Cut(rest, parityEnd)
	if !ok || !ended {
		t.Fatalf("%s has no place for the table", parityPage)
	}
	table := parityTable()
	if *updateParity {
		if err := os.WriteFile(parityPage, []byte(before+parityBegin+table+parityEnd+after), 0o644); err != nil { //nolint:gosec // a page that everybody reads
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, old); diff != "" {
		t.Errorf("%s is stale; go test ./internal/sandbox -run TestParity -update (-want +got):\n%s", parityPage, diff)
	}
}

func parityTable() string {
	var b strings.Builder
	b.WriteString("\n| route | what it does | evidence | tests | programs |\n|---|---|---|---|---|\n")
	for _, s := range claims() {
		used := usersOf(s.title)
		for i, c := range s.claims {
			title, users := s.title, strings.Join(used, ", ")
			if i > 0 {
				title, users = "", ""
			}
			tests := "`" + strings.Join(c.tests, "`, `") + "`"
			b.WriteString("| " + strings.Join([]string{title, c.says, c.source, tests, users}, " | ") + " |\n")
		}
	}
	b.WriteString("\nThe programs, each with its test: ")
	for i, p := range programs() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.name + " `" + p.test + "`")
	}
	b.WriteString(".\n\n")
	return b.String()
}

// usersOf are the programs that use a surface, once each.
func usersOf(title string) (names []string) {
	for _, p := range programs() {
		if slices.Contains(p.uses, title) && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

// Every route has a claim, and every claim a source, and tests that there are.
func TestClaims(t *testing.T) {
	t.Parallel()
	tests := testsByName(t)
	exists := func(where, name string) {
		if !tests[name] {
			t.Errorf("%s: there is no test %s", where, name)
		}
	}
	known := map[string]bool{}
	for _, rt := range configRoutes() {
		known[strings.Join(rt.pattern, "/")] = true
	}
	claimed, titles := map[string]bool{}, map[string]bool{}
	source := regexp.MustCompile(`^(([DAPSCGH?]|R \d{4} §[\d.]+)( |$))+$`)
	for _, s := range claims() {
		titles[s.title] = true
		for _, route := range s.routes {
			claimed[route] = true
		}
		if len(s.claims) == 0 {
			t.Errorf("%s: no claim", s.title)
		}
		for _, c := range s.claims {
			if !source.MatchString(c.source) {
				t.Errorf("%s: %q is no source", s.title, c.source)
			}
			if len(c.tests) == 0 {
				t.Errorf("%s: %q has no test", s.title, c.says)
			}
			for _, name := range c.tests {
				exists(s.title, name)
			}
		}
	}
	if diff := cmp.Diff(known, claimed); diff != "" {
		t.Errorf("routes (-sandbox +claims):\n%s", diff)
	}
	for _, p := range programs() {
		exists(p.name, p.test)
		for _, title := range p.uses {
			if !titles[title] {
				t.Errorf("%s: there is no surface %s", p.name, title)
			}
		}
	}
}

// testsByName are the tests of the sandbox, and with "cmd." in front those of the command line; and with a text of
// their function behind them, such as the names of their subtests. A script of the command line is a subtest, too.
func testsByName(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for prefix, pattern := range map[string]string{"": "*_test.go", "cmd.": "../../cmd/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
					continue
				}
				all[prefix+f.Name.Name] = true
				ast.Inspect(f, func(n ast.Node) bool {
					if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
						text, _ := strconv.Unquote(lit.Value)
						all[prefix+f.Name.Name+"/"+text] = true
					}
					return true
				})
			}
		}
	}
	scripts, err := filepath.Glob("../../cmd/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		all["cmd.TestScripts/"+strings.TrimSuffix(filepath.Base(script), ".txtar")] = true
	}
	return all
}

// unknownPatterns are those of the routes of which only the path is known.
func unknownPatterns() []string {
	patterns := map[string]bool{}
	for _, rt := range undocumentedRoutes() {
		patterns[strings.Join(rt.pattern, "/")] = true
	}
	return slices.Sorted(maps.Keys(patterns))
}

// noteSurfaces has a sandbox that serves nobody yet note the surfaces of the Config API that are used from now on. What it
// returns lists them, sorted.
func noteSurfaces(s *Server) func() []string {
	var mu sync.Mutex
	used := map[string]bool{}
	s.routes = slices.Clone(s.routes)
	for i := range s.routes {
		pattern, handle := strings.Join(s.routes[i].pattern, "/"), s.routes[i].handle
		s.routes[i].handle = func(c *call) (any, error) {
			at := slices.IndexFunc(claims(), func(s surface) bool { return slices.Contains(s.routes, pattern) })
			mu.Lock()
			defer mu.Unlock()
			used[claims()[at].title] = true
			return handle(c)
		}
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Sorted(maps.Keys(used))
	}
}

// terraformStyle are the surfaces that a client which imports everything and writes it back uses.
func terraformStyle() []string {
	return []string{
		"`…/sources[/S]`", "`…/schema-config`", "`…/destinations[/D]`",
		"`…/destinations/D/config/<hex>/filters[/df_…]`, `…/destinations/D/filters[/df_…]`", "`…/tracking-plans[/rs_…]`",
		"`…/source-connections[/S]`, `:batchCreateConnections`", "`catalog/destinations[/D]`, `catalog/sources[/S]`",
	}
}
