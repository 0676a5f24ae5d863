package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
)

func newInstallsImport(app *App) *cobra.Command {
	var sources []string
	var from string
	var skipBad bool
	c := &cobra.Command{
		Use:   "import [NAME]",
		Short: "Get an existing install back by its name, or keep many by a list of their names",
		Long: `Import is the way back in when the App is installed already and nothing is saved: a refresh needs
only the install's name and the App's credentials. The token that was in use elsewhere stops working: whoever
else needs one asks "segctl token print". Segment's answer does not say which source the install is for: segctl
looks for it, and --source names it where Segment does not let it look. The current install stays the current one.

With --from it keeps the installs of a CSV file, and sends nothing: the first command that needs the token of one
gets it, and the token that was in use elsewhere works until then. The first line names the columns, in any order:

  install    the install's name, such as installs/7 (or 7); it has to be there
  label      your own name for it
  workspace  acme or workspaces/acme; several are separated by blanks
  source     js, acme/js or workspaces/acme/sources/js; several are separated by blanks
  scope      what the App may do there (default: the setting scope)

Other columns are passed over. An install that is saved already keeps its token, and gets the label and the places of
its row. Nothing is saved unless all rows are good; --skip-bad leaves the bad ones out, and then exits with 11.`,
		Example: `  segctl installs import installs/7
  segctl installs import installs/7 --source js
  segctl installs import --from customers.csv`,
		Args: func(c *cobra.Command, args []string) error {
			given := c.Flags().Changed
			var mistake string
			switch {
			case given("from") && len(args) > 0:
				mistake = "NAME and --from exclude each other: one install is meant, or those of a file"
			case given("from") && given("source"):
				mistake = "--source is for one install: in a file, the column source says it"
			case given("from") && from == "":
				mistake = "the name of the file is empty (- is standard input)"
			case given("skip-bad") && !given("from"):
				mistake = "--skip-bad is for the rows of --from"
			case len(args) == 0 && !given("from"):
				mistake = "missing argument: NAME, or --from FILE"
			default:
				return atMostOneArg(c, args)
			}
			return problem.Usage("%s", mistake).Hint("", append(commandOf(c), "--help")...)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if from != "" {
				return app.adopt(c.Context(), from, skipBad)
			}
			return app.importOne(c.Context(), args[0], sources)
		},
	}
	c.Flags().StringArrayVar(&sources, "source", nil, "source that the install is for, as a slug or full `name` (repeatable)")
	c.Flags().StringVar(&from, "from", "", "keep the installs of a CSV `file` (- for standard input)")
	c.Flags().BoolVar(&skipBad, "skip-bad", false, "leave out the rows of --from that are bad")
	return c
}

// importOne gets a token for an install, and keeps it.
func (a *App) importOne(ctx context.Context, name string, sources []string) error {
	w, err := a.World()
	if err != nil {
		return err
	}
	done, err := w.Import(ctx, name, sources)
	if err != nil {
		return err
	}
	a.Say("✓ Imported %s into %s.", on(done.Install.Card), w.Store)
	if err := a.sayCurrent(ctx, w, done.Install.Name); err != nil {
		return err
	}
	if err := a.printInstallIfAsked(ctx, w, done.Install.Card); err != nil {
		return err
	}
	if len(sources) > 0 && done.Unknown != nil {
		return problem.Usage("the install is saved, but not its source: %w", done.Unknown).
			Hint("remembers it", "installs", "import", done.Install.Name, "--source", "workspaces/WORKSPACE/sources/SOURCE")
	}
	if done.Unknown != nil {
		a.Say("note: the source that %s is for could not be found out: %v", done.Install.Name, done.Unknown)
		a.Say("hint: %s", a.hint("remembers it", "installs", "import", done.Install.Name, "--source", "NAME"))
	}
	return nil
}
