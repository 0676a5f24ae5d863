package tree

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/problem"
)

// View is the command tree, for programs that drive segctl. Its JSON names are promised.
type View struct {
	Version   string         `json:"version"`
	Commands  []Command      `json:"commands"`   // those that do something, in the order of the help
	Flags     []Flag         `json:"flags"`      // that every command takes
	ExitCodes []problem.Code `json:"exit_codes"` // every other code is a failure as well
}

// Command is a command of a View.
type Command struct {
	Command  string   `json:"command"` // its words after segctl: "dest get"
	Usage    string   `json:"usage"`   // the whole line: "segctl dest get [DEST]"
	Aliases  []string `json:"aliases"` // of its last word
	Short    string   `json:"short"`
	Long     string   `json:"long,omitempty"`
	Examples []string `json:"examples"` // command lines
	Output   bool     `json:"output"`   // whether it takes -o, --jq, --template and --columns
	Columns  []string `json:"columns"`  // for --columns, as far as they are known beforehand
	Flags    []Flag   `json:"flags"`    // of its own
}

// Flag is a flag of a View.
type Flag struct {
	Name       string `json:"name"`
	Shorthand  string `json:"shorthand,omitempty"`
	Type       string `json:"type"` // of the value, such as bool, string, duration, stringArray
	Default    string `json:"default"`
	Repeatable bool   `json:"repeatable"`
	Variable   string `json:"variable,omitempty"` // that sets it where it is not given
	About      string `json:"about"`
}

// Repeatable is what the value of a flag has that may be given several times, beside those of pflag.
type Repeatable interface{ IsRepeatable() bool }

// Output tells of a command whether it takes -o and the like, and the names of its columns as far as they are known.
type Output func(c *cobra.Command) (formatted bool, columns []string)

// Describe describes the tree below root, without the commands that only hold others, which have no flags of their own, and
// without the pages of help.
func Describe(root *cobra.Command, version string, output Output) View {
	v := View{Version: version, Flags: describeFlags(root.PersistentFlags(), Prefix), ExitCodes: problem.Codes()}
	v.add(root, output)
	return v
}

func (v *View) add(c *cobra.Command, output Output) {
	for _, sub := range c.Commands() {
		own := describeFlags(sub.LocalNonPersistentFlags(), sub.Annotations[VariablesAnnotation])
		if !sub.Hidden && sub.Runnable() && (!sub.HasSubCommands() || len(own) > 0) {
			formatted, columns := output(sub)
			v.Commands = append(v.Commands, Command{
				Command: strings.Join(Words(sub), " "), Usage: sub.UseLine(), Aliases: list(sub.Aliases),
				Short: sub.Short, Long: sub.Long, Examples: list(ExampleLines(sub.Example)),
				Output: formatted, Columns: list(columns),
				Flags: own,
			})
		}
		v.add(sub, output)
	}
}

// list makes a missing list an empty one: scripts can always iterate.
func list(texts []string) []string { return append([]string{}, texts...) }

// describeFlags describes flags. prefix begins the names of their variables, "" where they have none.
func describeFlags(flags *pflag.FlagSet, prefix string) []Flag {
	views := []Flag{}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		_, about := pflag.UnquoteUsage(f)
		_, several := f.Value.(pflag.SliceValue)
		if r, ok := f.Value.(Repeatable); ok {
			several = r.IsRepeatable()
		}
		views = append(views, Flag{
			Name: f.Name, Shorthand: f.Shorthand, Type: f.Value.Type(), Default: f.DefValue, Repeatable: several,
			Variable: Variable(f, prefix), About: about,
		})
	})
	return views
}
