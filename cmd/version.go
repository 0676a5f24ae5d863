package cmd

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/build"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

func newVersion(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Version prints one line: version, platform and the version of Go. With -o, --jq, --template or --columns it says more: the
commit that the program was built from, the date of that commit, and whether files were modified since.
"segctl --version" does the same.`,
		Example: "  segctl version\n  segctl version -o json --jq .commit",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return app.printVersion(c.Context()) },
	}
}

// addVersionFlag makes `segctl --version` do what `segctl version` does. Cobra's own flag would print before -o is read.
func (a *App) addVersionFlag(root *cobra.Command) {
	asked := root.Flags().Bool("version", false, "print the version")
	run := root.RunE
	root.RunE = func(c *cobra.Command, args []string) error {
		if !*asked {
			return run(c, args)
		}
		if err := noArgs(c, args); err != nil {
			return err
		}
		a.command = []string{"version"}
		if err := a.checkColumns(); err != nil {
			return err
		}
		return a.printVersion(c.Context())
	}
}

// printVersion prints one line, unless this run asks for a format. The profile is not asked for one, so that the version is
// told at once, and also while config.yaml is broken.
func (a *App) printVersion(ctx context.Context) error {
	v := thisBuild()
	if !a.isFormatted() && a.env("SEGCTL_OUTPUT") == "" {
		_, err := fmt.Fprintf(a.Out, "segctl %s %s %s\n", v.Version, v.Platform, v.Go)
		return err
	}
	return a.Print(ctx, v, func() output.Table { return versionDetails(v) })
}

// isFormatted reports whether the command line says how its result is to be printed.
func (a *App) isFormatted() bool {
	return a.bound[config.Output] != "" || a.flags.jq != "" || a.flags.template != "" || len(a.flags.columns) > 0
}

func versionDetails(v build.Info) output.Table {
	return output.Table{Rows: [][]string{
		{"version", v.Version},
		{"commit", v.Commit},
		{"date", v.Date},
		{"go", v.Go},
		{"platform", v.Platform},
		{"modified", strconv.FormatBool(v.Modified)},
	}}
}
