package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/tree"
)

func newCommands(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "commands",
		Short: "List all commands; with -o json for programs that drive segctl",
		Long: `Commands lists the commands that do something. With -o json it is the whole tree: each command with its usage, its
flags, their types, defaults and variables, the columns of its table, the flags of every command, and the exit codes.`,
		Example: `  segctl commands
  segctl commands -o json --jq '.commands[] | select(.command == "dest get") | .flags[].name'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			view := tree.Describe(c.Root(), Version(), app.outputOf)
			return app.Print(c.Context(), view, func() output.Table { return commandTable(view) })
		},
	}
}

// outputOf tells whether a command takes -o and the like, and the names of its columns.
func (a *App) outputOf(c *cobra.Command) (formatted bool, columns []string) {
	titles, _ := a.columnTitles(strings.Join(commandOf(c), " "))
	for _, title := range titles {
		columns = append(columns, output.ColumnName(title))
	}
	return unformatted(c) == "", columns
}

func commandTable(v tree.View) output.Table {
	t := output.Table{Header: []string{"command", "about"}}
	for _, c := range v.Commands {
		t.Rows = append(t.Rows, []string{c.Command, c.Short})
	}
	return t
}
