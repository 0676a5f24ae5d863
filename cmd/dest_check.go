package cmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
)

func newDestCheck(app *App) *cobra.Command {
	var check healthFlags
	var junit string
	c := &cobra.Command{
		Use:   "check [DEST]",
		Short: "Tell the health of destinations, and change nothing",
		Long: `Check tells how each destination is, in one word:

` + healthWords() + `

With -f, destinations are also compared with what files want of them; "segctl dest diff --help" says what is in one. One
that is disabled, as its file wants it, is ok.

The exit code is 0 where all are ok, 10 where some are not, that of the connection (8, 7) where none could be reached, and
11 where some could not. With -o json, standard output holds the events of "segctl help events". Where GITHUB_ACTIONS is
true, each destination that is not ok is an annotation of the run.`,
		Example: `  segctl dest check
  segctl dest check --all
  segctl dest check --match 'acme*' --junit report.xml
  segctl dest check -f clearbrain.yaml
  segctl dest check --all -o json | jq -r 'select(.health == "no_access") | .install'`,
		Args: atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("junit") {
				if err := checkFolder(junit); err != nil {
					return err
				}
			}
			choose, err := check.chooser(app, c, args)
			if err != nil {
				return err
			}
			targets, err := choose(c.Context())
			if err != nil {
				return err
			}
			return app.check(c, &check, targets, junit)
		},
	}
	check.add(c.Flags())
	c.Flags().StringVar(&junit, "junit", "", "write a JUnit report to a `file`")
	return c
}

// check tells the health of targets.
func (a *App) check(c *cobra.Command, f *healthFlags, targets []fleet.Target, junit string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	h := &healthReport{app: a, files: f.files, annotations: a.env("GITHUB_ACTIONS") == "true", unwell: map[destination.Health]fleet.Result{}, notes: map[string]int{}}
	if junit != "" {
		h.report = &output.Report{Name: "segctl dest check", Began: a.Now()}
	}
	err = a.runFleet(c, &f.many, fleet.Run{Targets: targets, Task: fleet.CheckTask()}, fleetView{
		header: healthHeader(), rows: healthRow, tint: tintHealth, also: h.event,
	})
	if p.Effective() != output.FormatJSON {
		h.say()
	}
	if h.report != nil {
		slices.SortFunc(h.report.Cases, func(x, y output.Case) int { return strings.Compare(x.Name, y.Name) })
		if writeErr := h.report.WriteJUnit(junit); writeErr != nil {
			return problem.With(problem.ExitFailure, "write the JUnit report: %w", writeErr)
		}
	}
	return err
}

func healthHeader() []string {
	return []string{"install", "label", "on", "destination", "health", "detail"}
}

// checkFolder refuses the name of a file that cannot be written: that would be found out when all is done.
func checkFolder(path string) error {
	if path == "" {
		return problem.Usage("the name of the file is empty")
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return problem.Usage("%s: there is no folder %s", path, filepath.Dir(path))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return problem.Usage("%s is a directory", path)
	}
	return nil
}
