package conformance

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Difference is one way in which two servers answer differently.
type Difference struct {
	What    string `json:"what"` // "status", "code", "text", "header NAME", "field PATH", or what the case is about
	Sandbox string `json:"sandbox"`
	Server  string `json:"server"`
}

func (d Difference) String() string {
	return d.What + ": " + d.Sandbox + " in the sandbox, " + d.Server + " there"
}

// Differences returns how the answer of another server differs from the sandbox's. Of the texts of errors nothing is
// asked; they are shown, once hide has masked them, where statuses or codes differ.
func Differences(c Case, sandbox, server Observation, hide func(string) string) []Difference {
	var found []Difference
	add := func(what, here, there string) {
		if here != there {
			found = append(found, Difference{what, orNone(here), orNone(there)})
		}
	}
	add("status", strconv.Itoa(sandbox.Status), strconv.Itoa(server.Status))
	add("code", number(sandbox.Code), number(server.Code))
	if len(found) > 0 && (sandbox.Text != "" || server.Text != "") {
		add("text", hide(sandbox.Text), hide(server.Text))
	}
	for _, name := range slices.Sorted(maps.Keys(sandbox.Headers)) {
		add("header "+name, sandbox.Headers[name], server.Headers[name])
	}
	if c.Aspect != None && (sandbox.Aspect != "" || server.Aspect != "") {
		add(c.Aspect.String(), sandbox.Aspect, server.Aspect)
		return found // another case has the shape of the same answer
	}
	if (sandbox.Status < http.StatusBadRequest) != (server.Status < http.StatusBadRequest) {
		return found // an error's fields say nothing of an answer's
	}
	if sandbox.Types == nil || server.Types == nil {
		if (sandbox.Types == nil) != (server.Types == nil) {
			add("body", kindOf(sandbox), kindOf(server))
		}
		return found
	}
	both := maps.Clone(sandbox.Types)
	maps.Copy(both, server.Types)
	for _, path := range slices.Sorted(maps.Keys(both)) {
		if isKnown(sandbox.Types, path) && isKnown(server.Types, path) {
			add("field "+path, sandbox.Types[path], server.Types[path])
		}
	}
	return found
}

// isKnown reports whether an answer says anything about a path: not where it has nothing above, and nothing of the items
// of an empty list.
func isKnown(types map[string]string, path string) bool {
	if strings.HasSuffix(path, "[]") {
		return types[path] != ""
	}
	if cut := strings.LastIndex(path, "."); cut >= 0 {
		return types[path[:cut]] != ""
	}
	return true
}

func (a Aspect) String() string {
	switch a {
	case PageSize:
		return "items on a page"
	case Mode:
		return "connection mode"
	case Settings:
		return "settings read back"
	case None:
	}
	return "aspect"
}

func kindOf(o Observation) string {
	if o.Types == nil {
		return "text"
	}
	return "JSON"
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
