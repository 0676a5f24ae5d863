package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxQuirkList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the quirks with their present values",
		Example: "  segctl sandbox quirk list",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return showSandbox(c, app, (*sandbox.Admin).Quirks, quirkTable)
		},
	}
}

func quirkTable(quirks []sandbox.Quirk) output.Table {
	t := output.Table{Header: []string{"name", "value", "values", "about"}}
	for _, q := range quirks {
		t.Rows = append(t.Rows, []string{q.Name, q.Value, strings.Join(q.Values, ","), q.About})
	}
	return t
}
