package cmd

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/tree"
)

// globalFlags are the flags that every command takes.
type globalFlags struct {
	profile        string
	install        string
	sandbox        bool
	tokenStdin     bool
	jq, template   string
	columns        []string
	showSecrets    bool
	noInput        bool
	noColor        bool
	quiet, verbose bool
	envFile        string
	requestTimeout time.Duration
}

func (g *globalFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&g.profile, "profile", "", "profile of the configuration to use")
	flags.StringVar(&g.install, "install", "", "saved `install` to use: its name, label, workspace, or workspace/source (default: the current one)")
	flags.BoolVar(&g.sandbox, "sandbox", false, "use the sandbox profile")
	flags.BoolVar(&g.tokenStdin, "token-stdin", false, "read the token from standard input")
	flags.StringP("output", "o", "", "output `format`: table, json, yaml, tsv or csv (default: table on a terminal, tsv in a pipe)")
	flags.StringVar(&g.jq, "jq", "", "filter the JSON output with a jq `expression`")
	flags.StringVar(&g.template, "template", "", "format the JSON output with a Go `template`")
	flags.StringSliceVar(&g.columns, "columns", nil, "`names` of the columns of a table, tsv or csv to print, in that order (default: all)")
	flags.String("store", "", "where installs are kept: keyring, file or postgres (default keyring)")
	flags.BoolVar(&g.showSecrets, "show-secrets", false, "show secret settings instead of masking them")
	flags.BoolVar(&g.noInput, "no-input", false, "never prompt")
	flags.BoolVar(&g.noColor, "no-color", false, "no colour")
	flags.BoolVarP(&g.quiet, "quiet", "q", false, "say nothing but errors on standard error")
	flags.BoolVarP(&g.verbose, "verbose", "v", false, "trace requests on standard error, secrets redacted")
	flags.StringVar(&g.envFile, "env-file", "", "read settings from a dotenv `file`")
	flags.DurationVar(&g.requestTimeout, "request-timeout", 30*time.Second, "longest wait for one answer")
	bindSetting(flags, "output", config.Output)
	bindSetting(flags, "store", config.Store)
}

// bindSetting makes a flag set a setting. Flags of the same name elsewhere are another matter.
func bindSetting(flags *pflag.FlagSet, flag, key string) {
	if err := flags.SetAnnotation(flag, tree.SettingAnnotation, []string{key}); err != nil {
		panic(err) // there is no such flag: a mistake in the command tree
	}
}

// prepare notes what a command line says of its run, before the command runs.
func (a *App) prepare(c *cobra.Command) error {
	a.command = commandOf(c)
	a.bound = map[string]string{}
	c.Flags().Visit(func(f *pflag.Flag) {
		if key := f.Annotations[tree.SettingAnnotation]; len(key) > 0 {
			a.bound[key[0]] = f.Value.String()
		}
	})
	if err := a.readVariables(c); err != nil {
		return err
	}
	a.context = contextOf(c)
	if err := a.checkFormat(c); err != nil {
		return err
	}
	if err := a.checkColumns(); err != nil {
		return err
	}
	if a.flags.requestTimeout < time.Millisecond {
		return problem.Usage("--request-timeout is too short for any answer, such as 30s")
	}
	return nil
}

// readVariables gives the flags that were not given the values of their variables: SEGCTL_INSTALL for --install. The
// profile, and those that are settings, are read with the other settings.
func (a *App) readVariables(c *cobra.Command) error {
	var failed error
	set := func(prefix string, flags *pflag.FlagSet) {
		flags.VisitAll(func(f *pflag.Flag) {
			name := tree.Variable(f, prefix)
			value := a.env(name)
			if f.Changed || value == "" || f.Name == "profile" || len(f.Annotations[tree.SettingAnnotation]) > 0 {
				return
			}
			var err error
			if several, ok := f.Value.(pflag.SliceValue); ok {
				err = several.Replace(strings.Fields(value))
			} else {
				err = f.Value.Set(value)
			}
			if err != nil && failed == nil {
				failed = problem.Usage("%s is not a value of --%s", name, f.Name)
			}
		})
	}
	set(tree.Prefix, c.Root().PersistentFlags())
	if prefix := c.Annotations[tree.VariablesAnnotation]; prefix != "" {
		set(prefix, c.LocalNonPersistentFlags())
	}
	return failed
}

// contextOf returns the flags that say in which context a command line runs.
func contextOf(c *cobra.Command) []problem.Flag {
	var given []problem.Flag
	c.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"profile", "sandbox", "store", "install", "scope"}, f.Name) {
			return
		}
		value := f.Value.String()
		if f.Value.Type() == "bool" {
			value = ""
		}
		given = append(given, problem.Flag{Name: f.Name, Value: value})
	})
	return given
}
