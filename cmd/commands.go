package cmd

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
)

// treeView is the command tree as it is printed, for programs that drive segctl. Its JSON names are promised.
type treeView struct {
	Version   string         `json:"version"`
	Commands  []commandView  `json:"commands"`   // those that do something, in the order of the help
	Flags     []flagView     `json:"flags"`      // that every command takes
	ExitCodes []problem.Code `json:"exit_codes"` // every other code is a failure as well
}

type commandView struct {
	Command  string     `json:"command"` // its words after segctl: "dest get"
	Usage    string     `json:"usage"`   // the whole line: "segctl dest get [DEST]"
	Aliases  []string   `json:"aliases"` // of its last word
	Short    string     `json:"short"`
	Long     string     `json:"long,omitempty"`
	Examples []string   `json:"examples"` // command lines
	Output   bool       `json:"output"`   // whether it takes -o, --jq, --template and --columns
	Columns  []string   `json:"columns"`  // for --columns, as far as they are known beforehand
	Flags    []flagView `json:"flags"`    // of its own
}

type flagView struct {
	Name       string `json:"name"`
	Shorthand  string `json:"shorthand,omitempty"`
	Type       string `json:"type"` // of the value, such as bool, string, duration, stringArray
	Default    string `json:"default"`
	Repeatable bool   `json:"repeatable"`
	Variable   string `json:"variable,omitempty"` // that sets it where it is not given
	About      string `json:"about"`
}

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
			view := app.treeView(c.Root())
			return app.Print(c.Context(), view, func() output.Table { return commandTable(view) })
		},
	}
}

func commandTable(v treeView) output.Table {
	t := output.Table{Header: []string{"command", "about"}}
	for _, c := range v.Commands {
		t.Rows = append(t.Rows, []string{c.Command, c.Short})
	}
	return t
}

func (a *App) treeView(root *cobra.Command) treeView {
	v := treeView{Version: Version(), Flags: flagViews(root.PersistentFlags(), "SEGCTL_"), ExitCodes: problem.Codes()}
	a.addCommands(&v, root)
	return v
}

// addCommands adds the commands below c, without those that only hold others, which have no flags of their own, and without
// the pages of help.
func (a *App) addCommands(v *treeView, c *cobra.Command) {
	for _, sub := range c.Commands() {
		own := flagViews(sub.LocalNonPersistentFlags(), sub.Annotations[variablesAnnotation])
		if !sub.Hidden && sub.Runnable() && (!sub.HasSubCommands() || len(own) > 0) {
			columns, _ := a.columnTitles(strings.Join(commandOf(sub), " "))
			for i := range columns {
				columns[i] = output.ColumnName(columns[i])
			}
			v.Commands = append(v.Commands, commandView{
				Command: strings.Join(commandOf(sub), " "), Usage: sub.UseLine(), Aliases: orEmpty(sub.Aliases),
				Short: sub.Short, Long: sub.Long, Examples: orEmpty(exampleLines(sub.Example)),
				Output: unformatted(sub) == "", Columns: orEmpty(columns),
				Flags: own,
			})
		}
		a.addCommands(v, sub)
	}
}

// exampleLines returns the command lines of an example; one that ends in a backslash or a pipe goes on with the next.
func exampleLines(example string) []string {
	var lines []string
	whole := ""
	for line := range strings.Lines(example) {
		line = strings.TrimSpace(line)
		before, goesOn := strings.CutSuffix(line, `\`)
		whole += before
		if goesOn || whole == "" {
			continue
		}
		if strings.HasSuffix(whole, "|") {
			whole += " "
			continue
		}
		lines = append(lines, whole)
		whole = ""
	}
	return lines
}

// flagViews describes flags. prefix begins the names of their variables, "" where they have none.
func flagViews(flags *pflag.FlagSet, prefix string) []flagView {
	views := []flagView{}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		_, about := pflag.UnquoteUsage(f)
		_, several := f.Value.(pflag.SliceValue)
		if _, fields := f.Value.(fieldFlag); fields {
			several = true
		}
		views = append(views, flagView{
			Name: f.Name, Shorthand: f.Shorthand, Type: f.Value.Type(), Default: f.DefValue, Repeatable: several,
			Variable: variableOf(f, prefix), About: about,
		})
	})
	return views
}

// variableOf returns the variable that sets a flag where it is not given; that of a setting is named for the setting.
func variableOf(f *pflag.Flag, prefix string) string {
	name := f.Name
	if key := f.Annotations[settingAnnotation]; len(key) > 0 {
		prefix, name = "SEGCTL_", key[0]
	}
	if prefix == "" {
		return ""
	}
	return prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}
