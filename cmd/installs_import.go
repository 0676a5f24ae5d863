package cmd

import (
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
)

func newInstallsImport(app *App) *cobra.Command {
	var sources []string
	c := &cobra.Command{
		Use:   "import NAME",
		Short: "Get an existing install back by its name",
		Long: `Import is the way back in when the App is installed already and nothing is saved: a refresh needs
only the install's name and the App's credentials. The token that was in use elsewhere stops working: whoever
else needs one asks "segctl token print". Segment's answer does not say which source the install is for: segctl
looks for it, and --source names it where Segment does not let it look. The current install stays the current one.`,
		Example: "  segctl installs import installs/7\n  segctl installs import installs/7 --source js",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			w, err := app.World()
			if err != nil {
				return err
			}
			done, err := w.Import(ctx, args[0], sources)
			if err != nil {
				return err
			}
			app.Say("✓ Imported %s into %s.", on(done.Install.Card), w.Store)
			if err := app.sayCurrent(ctx, w, done.Install.Name); err != nil {
				return err
			}
			if err := app.printInstallIfAsked(ctx, w, done.Install.Card); err != nil {
				return err
			}
			if len(sources) > 0 && done.Unknown != nil {
				return problem.Usage("the install is saved, but not its source: %w", done.Unknown).
					Hint("remembers it", "installs", "import", done.Install.Name, "--source", "workspaces/WORKSPACE/sources/SOURCE")
			}
			if done.Unknown != nil {
				app.Say("note: the source that %s is for could not be found out: %v", done.Install.Name, done.Unknown)
				app.Say("hint: %s", app.hint("remembers it", "installs", "import", done.Install.Name, "--source", "NAME"))
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&sources, "source", nil, "source that the install is for, as a slug or full `name` (repeatable)")
	return c
}
