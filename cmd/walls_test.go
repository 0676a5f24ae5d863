package cmd

import (
	"slices"
	"strings"
	"testing"
)

// The tests of this file hold the layout: which package may import which. What is in no list here may not be imported.

// arrows are the packages of ours that each package may import, by path below the module. A package that is nested in a
// listed one may import that one, and whatever it may import; who may import the listed one may import the nested one.
func arrows() map[string][]string {
	ground := []string{"internal/wire", "internal/secret", "internal/private", "internal/seal"}
	clients := append(slices.Clone(ground), "internal/segment", "internal/authorize", "internal/install", "internal/config")
	account := append(slices.Clone(clients), "internal/account")
	destination := append(slices.Clone(account), "internal/destination")
	problem := append(slices.Clone(destination), "internal/authorize/loopback", "internal/sandbox", "internal/problem")
	fleet := append(slices.Clone(destination), "internal/problem", "internal/fleet")
	serve := append(slices.Clone(fleet), "internal/install/postgres", "internal/doctor", "internal/serve",
		"internal/serve/ledger", "internal/serve/flow")
	all := slices.Concat(serve, problem, []string{
		"internal/setup", "internal/doctor", "internal/rawapi", "internal/tree", "internal/build", "internal/candidates", "internal/output", "internal/parity", "internal/install/postgres/cluster", "internal/serve/demo",
	})
	return map[string][]string{
		// the ground: nothing of ours
		"internal/wire": nil, "internal/secret": nil, "internal/private": nil, "internal/seal": nil,

		// the leaves: the ground, and never each other. The sandbox has wire types of its own, so that a wrong JSON tag
		// cannot agree with itself.
		"internal/segment":            ground,
		"internal/authorize":          ground,
		"internal/authorize/loopback": append(slices.Clone(ground), "internal/authorize"),
		"internal/install":            ground,
		"internal/install/postgres":   append(slices.Clone(ground), "internal/install"),
		// a throw-away PostgreSQL, for tests and the demo
		"internal/install/postgres/cluster": nil,
		"internal/config":                   ground,
		"internal/output":                   ground,
		"internal/sandbox":                  nil,

		// the joints, each above the one before
		"internal/account":     clients,
		"internal/destination": account,
		"internal/problem":     without(problem, "internal/problem"),
		"internal/doctor":      without(problem, "internal/sandbox"),
		"internal/setup":       append(slices.Clone(account), "internal/authorize/loopback"),
		"internal/parity":      append(slices.Clone(account), "internal/sandbox"), // the sandbox beside another server
		"internal/rawapi":      append(slices.Clone(account), "internal/problem"),
		"internal/tree":        {"internal/problem"}, // of any cobra commands
		"internal/build":       nil,
		"internal/candidates":  append(slices.Clone(destination), "internal/sandbox"), // the sandbox's quirks

		// above them; none prints
		"internal/fleet": without(fleet, "internal/fleet"),
		"internal/serve": serve,
		// the partner's side of the demo, which knows the service by its API alone
		"internal/serve/demo": append(slices.Clone(ground), "internal/config", "internal/problem", "internal/install/postgres/cluster"),

		// the hosted flow knows neither what comes of it (jobs, webhooks) nor who serves it
		"internal/serve/ledger": append(slices.Clone(destination), "internal/install/postgres", "internal/problem"),
		"internal/serve/flow":   append(slices.Clone(destination), "internal/install/postgres", "internal/problem", "internal/serve/ledger"),

		// what prints, and what documents it
		"cmd":          all,
		"internal/gen": {"cmd", "internal/output"},
		"":             {"cmd"},
	}
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}

// mayImport reports whether an import is allowed, and whether the importing package has a place in the house at all.
func mayImport(from, to string) (allowed, known bool) {
	all := arrows()
	for at := from; ; at = at[:strings.LastIndex(at, "/")] {
		if list, ok := all[at]; ok {
			nested := at != from && (to == at || strings.HasPrefix(to, at+"/"))
			hidden := strings.HasPrefix(to, at+"/internal/") // of that package alone, as the compiler sees to
			return slices.Contains(list, placeOf(to)) || nested || hidden, true
		}
		if !strings.Contains(at, "/") {
			return false, false
		}
	}
}

// placeOf returns the listed package that a package is, or is nested in.
func placeOf(path string) string {
	all := arrows()
	for at := path; ; at = at[:strings.LastIndex(at, "/")] {
		if _, ok := all[at]; ok || !strings.Contains(at, "/") {
			return at
		}
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range ourPackages(t) {
		for _, to := range p.imports {
			seen++
			switch allowed, known := mayImport(p.path, to); {
			case !known:
				t.Errorf("package %s has no place in arrows()", p.path)
			case !allowed:
				t.Errorf("package %s imports %s, which arrows() does not allow", p.path, to)
			}
		}
	}
	if seen == 0 {
		t.Error("no import of ours was seen at all")
	}
}

func TestArrowsForbid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"cmd", "internal/output", true},
		{"internal/account", "internal/segment", true},
		{"internal/authorize/loopback", "internal/authorize", true},
		{"internal/sandbox/inner", "internal/sandbox", true},
		{"internal/sandbox", "internal/sandbox/internal/pages", true},
		{"cmd", "internal/sandbox/inner", true},
		{"internal/install/postgres", "internal/seal", true},
		{"internal/install/postgres", "internal/account", false},
		{"internal/install/postgres/cluster", "internal/install/postgres", false},
		{"internal/serve/jobs", "internal/serve/flow", true},
		{"internal/serve/flow", "internal/serve/ledger", true},
		{"internal/serve/flow", "internal/serve/jobs", false},
		{"internal/serve/ledger", "internal/serve/flow", false},
		{"internal/serve", "internal/sandbox", false},
		{"internal/wire", "internal/secret", false},
		{"internal/segment", "internal/install", false},
		{"internal/authorize", "internal/authorize/loopback", false},
		{"internal/sandbox", "internal/wire", false},
		{"internal/sandbox", "internal/sandbox/inner", false},
		{"internal/sandbox/inner", "internal/wire", false},
		{"internal/account", "internal/destination", false},
		{"internal/account", "internal/sandbox", false},
		{"internal/account", "internal/sandbox/inner", false},
		{"internal/account", "internal/authorize/loopback", false},
		{"internal/problem", "internal/output", false},
		{"internal/problem", "internal/doctor", false},
		{"internal/doctor", "internal/output", false},
		{"internal/serve", "cmd", false},
		{"internal/fleet", "internal/output", false},
		{"internal/parity", "internal/sandbox/compare", true},
		{"internal/parity", "internal/output", false},
		{"internal/rawapi", "internal/output", false},
		{"cmd", "internal/gen", false},
	} {
		if got, _ := mayImport(c.from, c.to); got != c.want {
			t.Errorf("%s imports %s: allowed is %t, want %t", c.from, c.to, got, c.want)
		}
	}
	if _, known := mayImport("internal/nosuch", "internal/wire"); known {
		t.Error("a package without a place in the house is known")
	}
}
