package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
)

// doneView is what is printed of a change that leaves nothing behind to show, such as a delete. Its JSON names are promised.
type doneView struct {
	Name   string `json:"name"`
	Action string `json:"action"` // in a word: deleted, removed, set, unset, reset
}

// PrintDone prints what was done to what, where -o, --jq, --template or --columns asks for it.
func (a *App) PrintDone(ctx context.Context, name, action string) error {
	return a.PrintIfAsked(ctx, doneView{name, action}, func() output.Table { return doneTable(name, action) })
}

func doneTable(name, action string) output.Table {
	return output.Table{Header: []string{"name", "action"}, Rows: [][]string{{name, action}}}
}

// unformatted says of the commands whose output is not for -o why that is so.
func unformatted(c *cobra.Command) string {
	switch command := strings.Join(commandOf(c), " "); command {
	case "config path":
		return "it prints a path, and nothing else"
	case "token print":
		return "it prints the token, and nothing else"
	case "sandbox export":
		return "it prints a seed file, which is YAML"
	case "sandbox run":
		return "what is printed is what its command prints"
	case "sandbox demo":
		return "it is a story for people"
	case "serve":
		return "it is a server, and its log goes to standard error"
	default:
		switch {
		case command == "help", c.HasSubCommands():
			return "it prints help"
		case strings.HasPrefix(command, "completion "):
			return "it prints a script for the shell"
		}
	}
	return ""
}

// checkFormat refuses a format for what has none: nothing that is asked for is left out in silence.
func (a *App) checkFormat(c *cobra.Command) error {
	why := unformatted(c)
	if why == "" || !a.isFormatted() || c == c.Root() && c.Flags().Changed("version") || c.Flags().Changed("list-quirks") {
		return nil // these two flags make another command of it, whose output is formatted
	}
	return problem.Usage("-o, --jq, --template and --columns do not go with %s: %s", c.CommandPath(), why)
}
