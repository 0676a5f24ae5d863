package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	exists     bool // the command is about a destination that is there
}

// add adds the flags that every change takes.
func (f *destFlags) add(flags *pflag.FlagSet) {
	f.place.add(flags)
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the request that would be sent, and change nothing")
}

// addSettings adds the flags that give settings.
func (f *destFlags) addSettings(flags *pflag.FlagSet) {
	addAPIKeyFlag(flags, &f.apiKey)
	flags.StringArrayVar(&f.set, "set", nil, "setting as `name=value`, typed by the catalog (repeatable)")
	flags.StringArrayVar(&f.setJSON, "set-json", nil, "setting as `name=JSON` (repeatable)")
	flags.StringVar(&f.mode, "connection-mode", "", "connection `mode`: CLOUD, DEVICE or UNSPECIFIED")
	flags.BoolVar(&f.noValidate, "no-validate", false, "do not check settings against the catalog")
}

// addWhole adds the flags that give a destination as a whole.
func (f *destFlags) addWhole(flags *pflag.FlagSet) {
	flags.StringVar(&f.fromFile, "from-file", "", "destination or request body as JSON or YAML in a `file` (- for standard input)")
	flags.BoolVar(&f.enabled, "enabled", false, "whether events flow: --enabled or --enabled=false")
}

func addAPIKeyFlag(flags *pflag.FlagSet, value *string) {
	flags.StringVar(value, "api-key", "", "API key of the destination: `KEY`, - (standard input), @FILE, or nothing to be asked for it")
}

// plan reads the flags. Whatever has to be asked of a person is asked before the first request.
func (f *destFlags) plan(ctx context.Context, app *App, c *cobra.Command, args []string) (*destPlan, error) {
	switch {
	case f.apiKey == "" && c.Flags().Changed("api-key"):
		return nil, usagef("the API key is empty").hint("--api-key KEY, or --api-key - (standard input), or --api-key @FILE")
	case f.fromFile == "" && c.Flags().Changed("from-file"):
		return nil, usagef("the name of the file is empty").hint("--from-file FILE, or --from-file - (standard input)")
	case f.apiKey == "-" && f.fromFile == "-":
		return nil, usagef("standard input cannot be both the API key and the file").hint("--api-key @FILE")
	}
	if f.apiKey != "" {
		key, err := app.readSecret(ctx, "API key", f.apiKey)
		if err != nil {
			return nil, err
		}
		f.apiKey = key
	}
	p := &destPlan{check: !f.noValidate}
	fileName := ""
	if f.fromFile != "" {
		file, err := app.readDestination(f.fromFile)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", f.fromFile, err)
		}
		p.body, fileName = file.body, file.name
	}
	if len(args) == 0 && fileName != "" {
		args = []string{fileName}
		if f.place != (placeFlags{}) {
			args[0] = slugOf(fileName) // a copy, for elsewhere
		}
	}
	find := app.destination
	if f.exists {
		find = app.existingDestination
	}
	var err error
	if p.name, err = find(ctx, args, f.place); err != nil {
		return nil, err
	}
	if c.Flags().Changed("enabled") {
		p.body.Enabled = &f.enabled
	}
	if f.mode != "" {
		p.body.ConnectionMode = strings.ToUpper(f.mode)
	}
	switch p.body.ConnectionMode {
	case "", segment.ModeCloud, segment.ModeDevice, segment.ModeUnspecified:
	default:
		return nil, usagef("connection mode %q is unknown", p.body.ConnectionMode).hint("--connection-mode CLOUD, DEVICE or UNSPECIFIED")
	}
	return p, f.settings(ctx, app, p)
}
