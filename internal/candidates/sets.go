package candidates

import (
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Formats are the values of -o.
func Formats() []string {
	return pairs("table", "columns for people", "json", "the API's own object, or a stream of events", "yaml", "the same as YAML",
		"tsv", "rows without a header, for cut and read", "csv", "rows with a header")
}

// Stores are the values of --store.
func Stores() []string {
	return pairs("keyring", "that of this system", "file", "files that only you can read", "postgres", "a database that machines share")
}

// Modes are the connection modes.
func Modes() []string {
	return pairs(segment.ModeCloud, "Segment's servers send the events", segment.ModeDevice, "the customer's page or app sends them",
		segment.ModeUnspecified, "as the destination has it")
}

// Collections are what a sandbox lists and exports.
func Collections() []string {
	return []string{"users", "apps", "workspaces", "sources", "destinations", "filters", "tracking-plans", "installs", "tokens"}
}

// Scopes are those that are not about one destination.
func Scopes() []string {
	return pairs(string(wire.ScopeWorkspace), "everything of a workspace", string(wire.ScopeWorkspaceRead), "everything of a workspace, to read")
}

// Quirks are every value of every quirk of the sandbox, with what the quirk does.
func Quirks() []string {
	var all []string
	for _, q := range sandbox.Quirks() {
		for _, value := range q.Values {
			all = append(all, Described(q.Name+"="+value, q.About))
		}
	}
	return all
}
