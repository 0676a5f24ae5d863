package cmd

import (
	"bufio"
	"bytes"
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// fleetFlags choose several installs, and say how they are worked on.
type fleetFlags struct {
	all         bool
	match       []string
	from        string
	names       []string // that were read already, from where from says
	concurrency int
	rate        float64

	yes        bool
	canary     int
	maxChanges string
}

// add adds the flags that choose installs and bound the work on them.
func (f *fleetFlags) add(flags *pflag.FlagSet) {
	f.addChoice(flags)
	flags.IntVar(&f.concurrency, "concurrency", fleet.DefaultConcurrency, "how many installs are worked on at once")
	flags.Float64Var(&f.rate, "rate", 0, "most requests a minute over all installs (default: 200 for each)")
}

// addChoice adds the flags that choose installs.
func (f *fleetFlags) addChoice(flags *pflag.FlagSet) {
	flags.BoolVar(&f.all, "all", false, "all saved installs")
	flags.StringArrayVar(&f.match, "match", nil, "installs whose label or workspace/source matches a `glob`, such as acme* (repeatable)")
	flags.StringVar(&f.from, "installs-from", "", "installs that a `file` names, one on each line (- for standard input)")
}

// addChange adds the flags that keep a change of many installs in bounds.
func (f *fleetFlags) addChange(flags *pflag.FlagSet) {
	addYesFlag(flags, &f.yes)
	flags.IntVar(&f.canary, "canary", 0, "change `N` installs first, and go on only if they are ok")
	flags.StringVar(&f.maxChanges, "max-changes", "", "refuse a plan that changes more than `N|N%` of the installs")
}

// isSet reports whether several installs are chosen.
func (f *fleetFlags) isSet() bool { return f.all || len(f.match) > 0 || f.from != "" }

// check refuses flags that cannot be meant.
func (f *fleetFlags) check(a *App, c *cobra.Command) error {
	given := c.Flags().Changed
	switch {
	case f.isSet() && a.flags.install != "":
		return problem.Usage("--install means one install, and --all, --match and --installs-from mean several")
	case given("match") && given("all"), given("all") && given("installs-from"), given("match") && given("installs-from"):
		return problem.Usage("only one of --all, --match and --installs-from can be meant")
	case given("installs-from") && f.from == "":
		return problem.Usage("the name of the file is empty").Hint("reads standard input", append(commandOf(c), "--installs-from", "-")...)
	case given("concurrency") && f.concurrency < 1:
		return problem.Usage("--concurrency must be at least 1")
	case f.rate < 0, given("rate") && f.rate == 0:
		return problem.Usage("--rate must be more than 0")
	case f.canary < 0:
		return problem.Usage("--canary must not be less than 0")
	}
	return nil
}

// checkAlone refuses the flags of a fleet where one install is meant: none is ignored.
func (f *fleetFlags) checkAlone(c *cobra.Command) error {
	for _, name := range []string{"concurrency", "rate", "canary", "max-changes", "installs-from"} {
		if c.Flags().Changed(name) {
			return problem.Usage("--%s is for several installs: --all, --match and --installs-from choose them", name)
		}
	}
	return nil
}

// limit returns the bound on the requests of all installs together, nil for none.
func (f *fleetFlags) limit() *rate.Limiter {
	if f.rate == 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(f.rate/60), max(1, int(f.rate/60)))
}

// selection returns which installs the flags mean.
func (f *fleetFlags) selection(a *App) (fleet.Selection, error) {
	s := fleet.Selection{All: f.all, Match: f.match}
	if f.from == "" {
		return s, nil
	}
	s.From, s.Names = f.from, f.names
	if f.names != nil {
		return s, nil
	}
	if f.from == "-" {
		s.From = "standard input"
	}
	text, err := a.ReadInput(f.from)
	if err != nil {
		return s, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		// The first column of a listing is the name.
		name, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), "\t")
		if name != "" && !strings.HasPrefix(name, "#") {
			s.Names = append(s.Names, name)
		}
	}
	return s, lines.Err()
}

// fleetCards returns the installs that are chosen: several by the flags of a fleet, else the one that a command without
// them means. For a token that was given for this run, it is a card without a name.
func (a *App) fleetCards(ctx context.Context, c *cobra.Command, f *fleetFlags, place placeFlags) ([]install.Card, error) {
	if err := f.check(a, c); err != nil {
		return nil, err
	}
	w, err := a.World()
	if err != nil {
		return nil, err
	}
	if !f.isSet() {
		acc, err := w.Open(ctx, a.selector(place))
		if err != nil {
			return nil, err
		}
		return []install.Card{acc.Card()}, nil
	}
	s, err := f.selection(a)
	if err != nil {
		return nil, err
	}
	cards, elsewhere, err := s.Saved(ctx, w)
	if elsewhere > 0 {
		a.Say("note: %d installs of other servers are left out.", elsewhere)
	}
	return cards, err
}
