package cmd

import (
	"bufio"
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/secret"
)

func newDestDiff(app *App) *cobra.Command {
	var flags desiredFlags
	c := &cobra.Command{
		Use:   "diff -f FILE",
		Short: "Say what differs between destinations and what files want",
		Long: `Diff compares destinations with the files, setting by setting, and changes nothing. It exits with 10 where
something differs, and with 0 where nothing does.

` + helpDesired,
		Example: `  segctl dest diff -f clearbrain.yaml
  segctl dest diff -f clearbrain.yaml -f webhooks.yaml --match 'acme*' --prune
  segctl dest diff -f clearbrain.yaml --jq 'select(.status == "different") | .install'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			targets, err := flags.targets(app, c)
			if err != nil {
				return err
			}
			shown := diffPrinter{app: app, places: make(map[string]int, len(targets))}
			for i, t := range targets {
				shown.places[diffKey(t)] = i
			}
			run := fleet.Run{Targets: targets, Task: fleet.DiffTask()}
			return app.runFleet(c, &flags.many, run, fleetView{says: shown.says, print: shown.print})
		},
	}
	flags.add(c.Flags())
	return c
}

// diffPrinter prints what differs as a unified diff, in the order of the files.
type diffPrinter struct {
	app    *App
	places map[string]int // of the targets
	found  []fleet.Result
}

func diffKey(t fleet.Target) string {
	return strings.Join([]string{t.Card.Name, t.Want.From, t.Want.Destination}, "\x00")
}

// says keeps what differs for later, and returns what is said of the others.
func (d *diffPrinter) says(r fleet.Result) string {
	if r.Status == fleet.Different {
		d.found = append(d.found, r)
		return ""
	}
	return r.Detail + "."
}

func (d *diffPrinter) print() error {
	p, err := d.app.printer()
	if err != nil {
		return err
	}
	slices.SortStableFunc(d.found, func(x, y fleet.Result) int {
		return cmp.Compare(d.places[diffKey(x.Target)], d.places[diffKey(y.Target)])
	})
	out := bufio.NewWriter(d.app.Out)
	for _, r := range d.found {
		for i, line := range r.Unified() {
			style := output.Bold
			switch {
			case i > 1 && line[0] == '-':
				style = output.Red
			case i > 1:
				style = output.Green
			}
			line = secret.Clean(line)
			if p.Color {
				line = style.Paint(line)
			}
			_, _ = out.WriteString(line + "\n") // Flush has the error
		}
	}
	return out.Flush()
}
