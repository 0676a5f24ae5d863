package cmd

import (
	_ "embed" // for the texts
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
)

var (
	// helpUsage is cobra's template, with examples first, and with the global flags on the root's page alone. A command that
	// holds others and has flags of its own, with their variables, runs without one of them as well.
	//go:embed help/usage.tmpl
	helpUsage string
	//go:embed help/events.txt
	helpEvents string
	//go:embed help/exit-codes.txt
	helpExitCodes string // after the codes themselves
	//go:embed help/environment.txt
	helpEnvironment string
	//go:embed help/health.txt
	helpHealth string
)

// newHelp is cobra's help command, but for what is no command: that is an error, with a suggestion, and not the page of
// something else.
func newHelp(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  segctl help dest get\n  segctl help exit-codes",
		ValidArgsFunction: func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var found []cobra.Completion
			if about, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
				for _, sub := range about.Commands() {
					if (sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand()) && strings.HasPrefix(sub.Name(), toComplete) {
						found = append(found, cobra.CompletionWithDesc(sub.Name(), sub.Short))
					}
				}
			}
			return found, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			switch {
			case err != nil:
				return problem.Usage("%w", err).Hint("", "--help")
			case len(rest) > 0 && about.HasSubCommands():
				return unknownCommand(about, rest[0])
			}
			about.InitDefaultHelpFlag()
			app.command = commandOf(about)
			return about.Help()
		},
	}
}

// refuseHelpOfNothing keeps `segctl dest aply --help` from printing the page of dest: cobra looks at --help before it looks
// whether there is such a command.
func (a *App) refuseHelpOfNothing(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if words := c.Flags().Args(); c.HasSubCommands() && len(words) > 0 {
			a.command, a.noHelp = commandOf(c), unknownCommand(c, words[0])
			return
		}
		help(c, args)
	})
}

// exitCodes are the lines of the exit codes in help.
func exitCodes() string {
	var b strings.Builder
	for _, c := range problem.Codes() {
		fmt.Fprintf(&b, "%5d  %s\n", c.Code, c.Meaning)
	}
	return b.String()
}

// helpTopics are the pages of `segctl help` that belong to no command.
func helpTopics() []*cobra.Command {
	topic := func(name, short, long string) *cobra.Command {
		return &cobra.Command{Use: name, Short: short, Long: strings.TrimSuffix(long, "\n")}
	}
	return []*cobra.Command{
		topic("events", "The events that commands for several installs print with -o json", helpEvents),
		topic("exit-codes", "The exit codes that scripts can rely on", "segctl exits with\n\n"+exitCodes()+"\n"+helpExitCodes),
		topic("environment", "The environment variables that segctl reads", helpEnvironment),
	}
}
