package fleet

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// Who calls the customer of an event what a person calls it.
func (s Subject) Who() string { return cmp.Or(s.Label, s.On, s.Install) }

// Slug calls the destination of a result by its slug, also where its full name is not known.
func (r Result) Slug() string {
	return segment.IDOf(cmp.Or(r.Destination, r.Target.Want.Destination, r.Target.Card.Scope.Destination()))
}

// HealthInWords returns the health of a result and what is behind it; "failed" where something on this machine kept it from
// being found out.
func (r Result) HealthInWords() (word, detail string) {
	if r.Error != nil && r.Health != destination.Unreachable {
		return "failed", r.Error.Message
	}
	return string(r.Health), r.Detail
}

// ChangesInWords lists changes on one line.
func ChangesInWords(changes []Change) string {
	words := make([]string, len(changes))
	for i, c := range changes {
		switch {
		case c.From == "":
			words[i] = c.What + ": " + c.To
		case c.To == "":
			words[i] = c.What + ": " + c.From + " → (unset)"
		default:
			words[i] = c.What + ": " + c.From + " → " + c.To
		}
	}
	return strings.Join(words, ", ")
}

// InWords says what a run came to: "2 changed, 997 as wanted, 1 failed of 1000 installs in 3s." planned is how many changes
// a dry run would make.
func (s Summary) InWords(dryRun bool, planned int) string {
	var parts []string
	count := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	if dryRun {
		count(planned, "would be changed")
		s.Left -= planned
	}
	count(s.Changed, "changed")
	count(s.OK, "ok")
	count(s.Different, "different")
	count(s.Failed, "failed")
	count(s.Left, "left as they are")
	took := time.Duration(s.Millis) * time.Millisecond
	if took > time.Second {
		took = took.Round(100 * time.Millisecond)
	}
	return fmt.Sprintf("%s of %s in %s.", strings.Join(parts, ", "), CountInWords(s.Targets), took)
}

// CountInWords counts installs.
func CountInWords(n int) string {
	if n == 1 {
		return "1 install"
	}
	return fmt.Sprintf("%d installs", n)
}
