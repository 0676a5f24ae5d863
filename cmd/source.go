package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

func newSource(app *App) *cobra.Command {
	c := group("source", "Sources of the customer's workspace",
		newSourceCreate(app), newSourceDelete(app), newSourceGet(app), newSourceList(app))
	c.Aliases = []string{"sources"}
	c.Long = `SOURCE is a slug such as js or a full name such as workspaces/acme/sources/js. An install with a
destination scope may not look at sources: Segment wants workspace:read, or workspace for changes.`
	return c
}

// sourceArg returns the place that a command's source argument names, within the workspace of its flag. An empty argument
// is a variable that a script forgot to set, not the source of the install.
func sourceArg(args []string, place placeFlags) (account.Place, error) {
	p := place.place()
	if len(args) == 0 {
		return p, nil
	}
	if args[0] == "" {
		return p, problem.Usage("the name of the source is empty").Hint("", "source", "list")
	}
	p.Source = args[0]
	return p, nil
}

// sourceDetails are the rows of one source. Write keys are masked, unless --show-secrets: who has one can send events.
func (a *App) sourceDetails(s *segment.Source) output.Table {
	keys := make([]string, len(s.WriteKeys))
	for i, key := range s.WriteKeys {
		if keys[i] = key; !a.flags.showSecrets {
			keys[i] = secret.Mask(key)
		}
	}
	return output.Table{Rows: [][]string{
		{"name", s.Name},
		{"kind", s.CatalogName},
		{"write keys", strings.Join(keys, ", ")},
		{"created", formatTime(s.CreateTime)},
	}}
}
