package cmd

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/tree"
)

// Groups of the commands in help.
const (
	groupMain    = "main"
	groupSegment = "segment"
	groupMore    = "more"
)

// newRoot returns the whole command tree. It touches no keyring, file or network.
func newRoot(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:   "segctl",
		Short: `The command line for "Enable with Segment"`,
		Long: `segctl installs your App on a customer's workspace, and enables, configures and
monitors your destination there.`,
		Example: `  segctl sandbox demo
  segctl install --scope destination/clearbrain --enable --api-key
  segctl dest get -o json`,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return app.prepare(c) },
		SilenceErrors:     true,
		SilenceUsage:      true,
	}
	asGroup(root)
	others := root.RunE
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return app.start(c)
		}
		return others(c, args)
	}
	root.SetIn(app.In)
	root.SetOut(app.Out)
	root.SetErr(app.Err)
	root.SetFlagErrorFunc(app.flagError)
	root.SetUsageTemplate(helpUsage)
	root.CompletionOptions.HiddenDefaultCmd = false
	app.flags.add(root.PersistentFlags())
	app.addVersionFlag(root)

	root.AddGroup(
		&cobra.Group{ID: groupMain, Title: "Install and enable:"},
		&cobra.Group{ID: groupSegment, Title: "Look around in Segment:"},
		&cobra.Group{ID: groupMore, Title: "More:"},
	)
	add := func(id string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = id
		}
		root.AddCommand(commands...)
	}
	add(groupMain, newInit(app), newInstall(app), newInstalls(app), newToken(app), newDest(app))
	add(groupSegment, newSource(app), newWorkspace(app), newCatalog(app), newAPI(app))
	add(groupMore, newConfig(app), newCommands(app), newDoctor(app), newSandbox(app), newServe(app), newVersion(app))
	root.SetHelpCommand(newHelp(app))
	root.SetHelpCommandGroupID(groupMore)
	app.refuseHelpOfNothing(root)
	root.SetCompletionCommandGroupID(groupMore)
	root.AddCommand(helpTopics()...)
	app.addCompletions(root)
	return root
}

// group returns a command that only holds others. Without arguments it prints its help.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short}
	asGroup(c)
	c.AddCommand(commands...)
	return c
}

func asGroup(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return unknownCommand(c, args[0])
	}
}

// unknownCommand is the error of a word that is no command of c's, with those that may be meant.
func unknownCommand(c *cobra.Command, word string) error {
	c.SuggestionsMinimumDistance = 2
	err := problem.Usage("unknown command %q for %q", word, c.CommandPath())
	for _, name := range c.SuggestionsFor(word) {
		err.Hint("did you mean this?", append(commandOf(c), name, "--help")...)
	}
	return err.Hint("", append(commandOf(c), "--help")...)
}

// commandOf returns the words of a command, without the program's.
func commandOf(c *cobra.Command) []string { return tree.Words(c) }

// flagError adds the flags whose names are near to an unknown one.
func (a *App) flagError(c *cobra.Command, err error) error {
	a.command = commandOf(c)
	usage := problem.Usage("%w", err)
	unknown, ok := err.(*pflag.NotExistError) //nolint:errorlint // pflag returns it as it is
	if !ok {
		return usage
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := segment.Nearest(unknown.GetSpecifiedName(), names); len(near) > 0 {
		return usage.Hint("did you mean --"+strings.Join(near, " or --")+"?", append(a.command, "--help")...)
	}
	return usage
}

// noArgs, oneArg and atMostOneArg are cobra's validators with the error that a usage mistake deserves.
func noArgs(c *cobra.Command, args []string) error { return checkArgs(c, args, 0, 0) }

func oneArg(c *cobra.Command, args []string) error { return checkArgs(c, args, 1, 1) }

func atMostOneArg(c *cobra.Command, args []string) error { return checkArgs(c, args, 0, 1) }

func checkArgs(c *cobra.Command, args []string, least, most int) error {
	switch {
	case len(args) > most:
		return problem.Usage("unexpected argument %q", args[most]).Hint("", append(commandOf(c), "--help")...)
	case len(args) < least:
		return problem.Usage("missing argument: %s", strings.TrimPrefix(c.UseLine(), c.CommandPath()+" ")).
			Hint("", append(commandOf(c), "--help")...)
	}
	return nil
}
