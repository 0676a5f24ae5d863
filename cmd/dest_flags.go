package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
)

// destFlags say what to change about a destination.
type destFlags struct {
	place      placeFlags
	apiKey     string
	set        []string
	setJSON    []string
	unset      []string
	fromFile   string
	mode       string
	enabled    bool
	noValidate bool
	dryRun     bool

	many    fleetFlags
	setFrom string
}

// add adds the flags that every change takes.
func (f *destFlags) add(flags *pflag.FlagSet) {
	f.place.add(flags)
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the request that would be sent, and change nothing")
}

// addMany adds the flags for many installs.
func (f *destFlags) addMany(flags *pflag.FlagSet) {
	f.many.add(flags)
	f.many.addChange(flags)
}

// addSettings adds the flags that give settings, and say how they are taken.
func (f *destFlags) addSettings(flags *pflag.FlagSet) {
	f.addValues(flags)
	flags.StringVar(&f.mode, "connection-mode", "", "connection `mode`: CLOUD, DEVICE or UNSPECIFIED")
	flags.BoolVar(&f.noValidate, "no-validate", false, "do not check settings against the catalog")
}

// addValues adds the flags that give the values of settings.
func (f *destFlags) addValues(flags *pflag.FlagSet) {
	addAPIKeyFlag(flags, &f.apiKey)
	flags.StringArrayVar(&f.set, "set", nil, "setting as `name=value`, typed by the catalog (repeatable)")
	flags.StringArrayVar(&f.setJSON, "set-json", nil, "setting as `name=JSON` (repeatable)")
}

// addWhole adds the flags that give a destination as a whole.
func (f *destFlags) addWhole(flags *pflag.FlagSet) {
	flags.StringVar(&f.fromFile, "from-file", "", "destination or request body as JSON or YAML in a `file` (- for standard input)")
	flags.BoolVar(&f.enabled, "enabled", false, "whether events flow: --enabled or --enabled=false")
}

func addAPIKeyFlag(flags *pflag.FlagSet, value *string) {
	flags.StringVar(value, "api-key", "", "API key of the destination: `KEY`, - (standard input), @FILE, or nothing to be asked for it")
}

// run makes a plan of the flags and carries it out or, with --dry-run, shows it. Whatever has to be asked of a person is
// asked before the first request.
func (f *destFlags) run(app *App, c *cobra.Command, args []string, verb destination.Verb) error {
	arg, err := destArg(args)
	if err != nil {
		return err
	}
	if err := f.check(c); err != nil {
		return err
	}
	if f.many.isSet() || f.setFrom != "" {
		return f.runMany(app, c, arg, verb)
	}
	if err := f.many.checkAlone(c); err != nil {
		return err
	}
	return app.With(c, f.place, func(ctx context.Context, acc *account.Account) error {
		change, err := f.read(ctx, app, c)
		if err != nil {
			return err
		}
		name, err := f.find(ctx, acc, arg, change.File, verb)
		if err != nil {
			return err
		}
		plan, err := destination.NewPlan(ctx, acc, name, change)
		if err != nil {
			return err
		}
		if f.dryRun {
			request, err := plan.Request(ctx, verb, app.flags.showSecrets)
			app.sayNotes(request.Notes)
			if err != nil {
				return err
			}
			return app.printRequest(ctx, request)
		}
		result, err := plan.Apply(ctx, verb)
		if err != nil {
			app.sayNotes(result.Notes)
			return err
		}
		return app.reportResult(ctx, result)
	})
}

// check refuses flags that cannot be meant.
func (f *destFlags) check(c *cobra.Command) error {
	command := commandOf(c)
	switch {
	case f.apiKey == "" && c.Flags().Changed("api-key"):
		return problem.Usage("the API key is empty").
			Hint("asks for it, or reads it from standard input", append(command, "--api-key")...)
	case f.fromFile == "" && c.Flags().Changed("from-file"):
		return problem.Usage("the name of the file is empty").
			Hint("reads standard input", append(command, "--from-file", "-")...)
	case f.setFrom == "" && c.Flags().Changed("set-from"):
		return problem.Usage("the name of the file is empty").
			Hint("reads standard input", append(command, "--set-from", "-")...)
	case f.stdins() > 1:
		return problem.Usage("standard input cannot be several things at once").
			Hint("reads the key from a file of its own", append(command, "--api-key", "@FILE")...)
	case (f.apiKey == "-" || f.apiKey == askSecret) && f.fromFile == "-":
		return problem.Usage("standard input cannot be both the API key and the file").
			Hint("reads the key from a file of its own", append(command, "--from-file", "-", "--api-key", "@FILE")...)
	}
	return nil
}

// stdins counts what is to be read from standard input beside the key, which may be asked for at a terminal.
func (f *destFlags) stdins() (n int) {
	for _, name := range []string{f.apiKey, f.setFrom, f.many.from} {
		if name == "-" {
			n++
		}
	}
	return n
}

// read returns the change that the flags ask for, with what they name read.
func (f *destFlags) read(ctx context.Context, app *App, c *cobra.Command) (destination.Change, error) {
	change := destination.Change{Mode: strings.ToUpper(f.mode), Unset: f.unset, NoValidate: f.noValidate}
	var err error
	if change.Set, err = pairs("--set", "name=value", f.set); err != nil {
		return change, err
	}
	if change.SetJSON, err = pairs("--set-json", "name=JSON", f.setJSON); err != nil {
		return change, err
	}
	if c.Flags().Changed("enabled") {
		change.Enabled = &f.enabled
	}
	if f.apiKey != "" {
		key, err := app.ReadSecret(ctx, "API key", f.apiKey)
		if err != nil {
			return change, err
		}
		change.Key = &key
	}
	if f.fromFile == "" {
		return change, nil
	}
	text, err := app.ReadInput(f.fromFile)
	if err == nil {
		change.File, err = destination.ParseFile(text)
	}
	if err != nil {
		return change, fmt.Errorf("read %s: %w", f.fromFile, err)
	}
	return change, nil
}

// find returns the destination that an argument names or, without one, the file. With --workspace or --source, the file
// is that of a copy for elsewhere.
func (f *destFlags) find(ctx context.Context, acc *account.Account, arg string, file *destination.File, verb destination.Verb) (segment.Name, error) {
	if arg == "" && file != nil {
		arg = file.Name
		if f.place != (placeFlags{}) {
			arg = segment.IDOf(arg)
		}
	}
	if verb == destination.ToUpdate || verb == destination.ToDisable {
		return acc.ExistingDestination(ctx, arg, f.place.place())
	}
	return acc.Destination(ctx, arg, f.place.place())
}

// destArg returns the argument DEST, "" where it is left out. An empty one is a mistake, such as a variable without a
// value: it must not mean whatever the scope names.
func destArg(args []string) (string, error) {
	switch {
	case len(args) == 0:
		return "", nil
	case args[0] == "":
		return "", problem.Usage("the name of the destination is empty").Hint("", "dest", "list")
	}
	return args[0], nil
}

// pairs splits the values of a flag. The error does not repeat what was given: it may be a secret.
func pairs(flag, form string, given []string) ([]destination.Pair, error) {
	all := make([]destination.Pair, len(given))
	for i, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, problem.Usage("%s takes %s", flag, form)
		}
		all[i] = destination.Pair{Name: name, Value: value}
	}
	return all, nil
}
