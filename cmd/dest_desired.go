package cmd

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/problem"
)

// desiredFlags name the files of a desired state, and choose among the installs that they are about.
type desiredFlags struct {
	files      []string
	prune      bool
	noValidate bool
	many       fleetFlags
}

func (f *desiredFlags) add(flags *pflag.FlagSet) {
	f.addFiles(flags)
	flags.BoolVar(&f.prune, "prune", false, "delete destinations that the files manage no more")
	flags.BoolVar(&f.noValidate, "no-validate", false, "do not check settings against the catalog")
	f.many.add(flags)
}

// addFiles adds the flag that names the files.
func (f *desiredFlags) addFiles(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&f.files, "file", "f", nil, "`file` that says what destinations should be, as YAML or JSON (- for standard input; repeatable)")
}

// targets returns what the files want, and what is to go.
func (f *desiredFlags) targets(app *App, c *cobra.Command) ([]fleet.Target, error) {
	d, err := f.load(app, c)
	if err != nil {
		return nil, err
	}
	w, err := app.World()
	if err != nil {
		return nil, err
	}
	return d.Targets(c.Context(), w.Fleet(f.many.limit()), f.many.concurrency)
}

// load reads the files, and chooses the installs of the command line.
func (f *desiredFlags) load(app *App, c *cobra.Command) (*fleet.Desired, error) {
	switch {
	case len(f.files) == 0:
		return nil, problem.Usage("no file is named that says what the destinations should be").
			Hint("writes one", "dest", "export").Hint("what is in one", append(commandOf(c), "--help")...)
	case slices.Contains(f.files, "-") && f.many.from == "-":
		return nil, problem.Usage("standard input cannot be both the desired state and the list of installs")
	}
	files, err := desired.Load(f.files, app.In)
	if err != nil {
		return nil, err
	}
	d := &fleet.Desired{
		Files: files, Env: app.Env, Narrow: f.many.isSet() || app.flags.install != "", NoValidate: f.noValidate, Prune: f.prune,
	}
	if err := f.many.check(app, c); err != nil {
		return nil, err
	}
	if d.Narrow || fleet.NeedsChoice(files) {
		if d.Chosen, err = app.fleetCards(c.Context(), c, &f.many, placeFlags{}); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// helpDesired is what the commands for files say of them.
const helpDesired = `A file is YAML or JSON; its JSON Schema is docs/schema/destinations.schema.json:

  version: 1
  values: customers.csv            # optional: a column "install", and one for each variable
  destinations:
    - destination: clearbrain      # left out: the one that the install's scope names
      installs: {match: "acme*"}   # or a list of installs, or {all: true}; left out: the current one
      source: js                   # and workspace, where an install leaves it open
      enabled: true
      connection_mode: CLOUD
      settings:
        apiKey: ${ACME_KEY}
        domain: null               # clears it

What is left out is neither judged nor changed. A value that is wholly one ${NAME} gets the type of its setting, and within
longer text the variable is text; $${ is a literal ${. A variable is the column of that name in the CSV, where there is one,
in the row of the install, else a variable of the environment. An empty one counts as missing. What variables hold is masked.

--all, --match, --installs-from and --install narrow the installs that entries name; entries that name none get them.

--prune deletes on these installs, for each slug that an entry names, the destinations that no entry wants there. It never
touches another slug: with a workspace scope, the destinations of other companies are there to see. An entry that leaves
its destination to the scope names no slug.`
