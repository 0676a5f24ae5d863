package fleet

import (
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

// Unified is what differs of one destination, as the lines of a unified diff: each begins with "-" for what is, and "+"
// for what is wanted, the first two with three of them. Secrets are masked.
func (r Result) Unified() []string {
	title := r.On
	if name, err := segment.ParseName(r.Destination); err == nil {
		title = destination.Place(name) + " " + name.Destination
	}
	is, wanted := "Segment", r.Target.Want.From
	switch destination.Action(r.Action) {
	case destination.Created:
		is = "Segment: missing"
	case destination.Deleted:
		wanted = "deleted"
	default:
	}
	lines := []string{"--- " + title + " (" + is + ")", "+++ " + title + " (" + wanted + ")"}
	for _, c := range r.Changes {
		if c.From != "" {
			lines = append(lines, "-"+c.What+": "+c.From)
		}
		if c.To != "" {
			to := c.To
			if to == c.From { // what differs is masked, or too long to be shown
				to += " (changed)"
			}
			lines = append(lines, "+"+c.What+": "+to)
		}
	}
	return lines
}
