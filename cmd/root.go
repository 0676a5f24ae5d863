package cmd

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/segment"
)

// globalFlags are the flags that every command takes.
type globalFlags struct {
	profile        string
	install        string
	sandbox        bool
	tokenStdin     bool
	jq, template   string
	showSecrets    bool
	noInput        bool
	noColor        bool
	quiet, verbose bool
	envFile        string
	requestTimeout time.Duration
}

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
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			app.running = c
			if app.flags.requestTimeout < time.Millisecond {
				return usagef("--request-timeout is too short for any answer").hint("--request-timeout 30s")
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	asGroup(root)
	root.SetIn(app.In)
	root.SetOut(app.Out)
	root.SetErr(app.Err)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(usageTemplate)
	root.CompletionOptions.HiddenDefaultCmd = false
	app.addGlobalFlags(root.PersistentFlags())

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
	add(groupMain, newInstall(app), newInstalls(app), newToken(app), newDest(app))
	add(groupSegment, newSource(app), newWorkspace(app), newCatalog(app), newAPI(app))
	add(groupMore, newConfig(app), newDoctor(app), newSandbox(app), newVersion(app))
	root.SetHelpCommandGroupID(groupMore)
	root.SetCompletionCommandGroupID(groupMore)
	root.AddCommand(helpTopics()...)
	app.addCompletions(root)
	return root
}

func (a *App) addGlobalFlags(flags *pflag.FlagSet) {
	g := &a.flags
	flags.StringVar(&g.profile, "profile", "", "profile of the configuration to use")
	flags.StringVar(&g.install, "install", "", "saved install to use, such as installs/7 (default: the current one)")
	flags.BoolVar(&g.sandbox, "sandbox", false, "use the sandbox profile")
	flags.BoolVar(&g.tokenStdin, "token-stdin", false, "read the token from standard input")
	flags.StringP("output", "o", "", "output `format`: table, json, yaml or tsv (default: table on a terminal, tsv in a pipe)")
	flags.StringVar(&g.jq, "jq", "", "filter the JSON output with a jq `expression`")
	flags.StringVar(&g.template, "template", "", "format the JSON output with a Go `template`")
	flags.String("store", "", "where installs are kept: keyring or file (default keyring)")
	flags.BoolVar(&g.showSecrets, "show-secrets", false, "show secret settings instead of masking them")
	flags.BoolVar(&g.noInput, "no-input", false, "never prompt")
	flags.BoolVar(&g.noColor, "no-color", false, "no colour")
	flags.BoolVarP(&g.quiet, "quiet", "q", false, "say nothing but errors on standard error")
	flags.BoolVarP(&g.verbose, "verbose", "v", false, "trace requests on standard error, secrets redacted")
	flags.StringVar(&g.envFile, "env-file", "", "read settings from a dotenv `file`")
	flags.DurationVar(&g.requestTimeout, "request-timeout", 30*time.Second, "longest wait for one answer")
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
		c.SuggestionsMinimumDistance = 2
		err := usagef("unknown command %q for %q", args[0], c.CommandPath())
		for _, name := range c.SuggestionsFor(args[0]) {
			err = err.hint("did you mean: " + c.CommandPath() + " " + name)
		}
		return err.hint(c.CommandPath() + " --help")
	}
}

// flagError adds the flags whose names are near to an unknown one.
func flagError(c *cobra.Command, err error) error {
	usage := usagef("%w", err)
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		for _, name := range segment.Nearest(unknown.GetSpecifiedName(), names) {
			usage = usage.hint("did you mean: --" + name)
		}
	}
	return usage.hint(c.CommandPath() + " --help")
}

// noArgs and atMostOneArg are cobra's validators with the error that a usage mistake deserves.
func noArgs(c *cobra.Command, args []string) error { return checkArgs(c, args, 0, 0) }

func oneArg(c *cobra.Command, args []string) error { return checkArgs(c, args, 1, 1) }

func atMostOneArg(c *cobra.Command, args []string) error { return checkArgs(c, args, 0, 1) }

func checkArgs(c *cobra.Command, args []string, least, most int) error {
	var err *usageError
	switch {
	case len(args) > most:
		err = usagef("unexpected argument %q", args[most])
	case len(args) < least:
		err = usagef("missing argument: %s", strings.TrimPrefix(c.UseLine(), c.CommandPath()+" "))
	default:
		return nil
	}
	return err.hint(fmt.Sprintf("%s --help", c.CommandPath()))
}
