package cmd

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/problem"
)

func newDestWatch(app *App) *cobra.Command {
	var check healthFlags
	var w fleet.Watch
	var until string
	c := &cobra.Command{
		Use:   "watch [DEST]",
		Short: "Tell each change of the health of destinations",
		Long: `Watch looks at destinations again and again, and tells when the health of one is another than it was: also when it is
ok again, which is "recovered". One that is ok when it is seen for the first time is not told. The words are

` + healthWords() + `

With -f, destinations are also compared with what files want of them, as "segctl dest check -f" does.

The requests are spread over the interval, and installs that come or go meanwhile are followed. Ctrl-C ends it. With
--until it ends with 0 as soon as all destinations have that health, and with --timeout after that time at the latest: then
the exit code is that of "segctl dest check", and 10 where --until was not reached.

With --once, everything is looked at once, and what is new since the last time is told: nothing at all where nothing is. What
was seen is kept in the state folder. The exit code is that of "segctl dest check". Of two runs at once, the second waits for
five minutes at most, or for as long as --timeout says.`,
		Example: `  segctl dest watch --all
  segctl dest watch --until ok --timeout 5m
  segctl dest watch -f clearbrain.yaml -o json
  segctl dest watch --all --once   # in a crontab: what is printed are changes`,
		Args: atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			if err := readWatch(c, &w, until); err != nil {
				return err
			}
			if w.Once {
				return app.watchOnce(c, &check, &w, args)
			}
			return app.watch(c, &check, &w, args)
		},
	}
	check.add(c.Flags())
	c.Flags().DurationVar(&w.Interval, "interval", fleet.DefaultInterval, "how often each destination is looked at")
	c.Flags().StringVar(&until, "until", "", "end as soon as all destinations have that `health`, such as ok")
	c.Flags().DurationVar(&w.Timeout, "timeout", 0, "end after that long, whatever the health is (default: never)")
	c.Flags().BoolVar(&w.Once, "once", false, "look once, and tell what is new since the last time")
	return c
}

// shortestInterval keeps the requests for one install well under what Segment allows.
const shortestInterval = time.Second

// readWatch refuses flags that cannot be meant.
func readWatch(c *cobra.Command, w *fleet.Watch, until string) error {
	given := c.Flags().Changed
	health, known := destination.ParseHealth(until)
	switch {
	case given("until") && !known:
		return problem.Usage("%q is no health: it is one of %s", until, strings.Join(healthNames(), ", "))
	case w.Once && (given("until") || given("interval")):
		return problem.Usage("with --once everything is looked at once: --until and --interval mean more than that")
	case w.Interval < shortestInterval:
		return problem.Usage("--interval must be at least %s", shortestInterval)
	case w.Timeout < 0, given("timeout") && w.Timeout == 0:
		return problem.Usage("--timeout must be longer than nothing")
	}
	if given("until") {
		w.Until = health
	}
	return nil
}

func healthNames() []string {
	var names []string
	for _, h := range destination.Healths() {
		names = append(names, string(h))
	}
	return names
}
