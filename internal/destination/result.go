package destination

import "github.com/segctl/segctl/internal/segment"

// Action is what was done to a destination, in a word.
type Action string

// The actions.
const (
	Created   Action = "created"
	Updated   Action = "updated"
	Enabled   Action = "enabled" // or created so
	Disabled  Action = "disabled"
	Deleted   Action = "deleted"
	Already   Action = "already"   // it was as asked for, and nothing was sent
	Unchanged Action = "unchanged" // what was sent changed nothing
)

// Result is what became of a change to a destination.
type Result struct {
	Name        segment.Name
	Action      Action
	Destination *segment.Destination // as Segment has it, with its secrets, or had it if it is deleted; nil where that is not known
	Masked      *segment.Destination // the same without its secrets
	Changes     []Difference         // masked
	Left        []Difference         // what is still not as wanted by Segment's own answer, masked; of ToApply alone
	Notes       []string             // what else is to be said; may be there beside an error
}

// result makes a result of what a step came to. d may be nil.
func (p *Plan) result(s step, d *segment.Destination, action Action) Result {
	r := Result{Name: p.name, Action: action, Notes: p.notes}
	if d != nil {
		r.Destination, r.Masked = d, maskBy(d, p.judges())
		r.Changes = Diff(s.old, d, p.judges())
	}
	return r
}

// String says in a few words what was done, and on which customer's source: "ClearBrain enabled on acme/js".
func (r Result) String() string {
	title, state := r.Name.Destination, ""
	if r.Destination != nil {
		state = State(r.Destination)
		if r.Destination.DisplayName != "" {
			title = r.Destination.DisplayName
		}
	}
	place := "on " + Place(r.Name)
	switch r.Action {
	case Created:
		return title + " created " + place + ", " + state
	case Already:
		if r.Destination == nil {
			return title + " is not there " + place
		}
		return title + " is already " + state + " " + place
	case Unchanged:
		return title + " is as it was " + place + ", " + state
	case Updated, Enabled, Disabled, Deleted:
	}
	return title + " " + string(r.Action) + " " + place
}

// IsChange reports whether something was changed.
func (r Result) IsChange() bool {
	switch r.Action {
	case Created, Updated, Enabled, Disabled, Deleted:
		return true
	case Already, Unchanged:
	}
	return false
}

// State is "enabled" or "disabled".
func State(d *segment.Destination) string {
	if d.Enabled {
		return "enabled"
	}
	return "disabled"
}

// Place names the workspace and source of a destination, as a customer is called: "acme/js".
func Place(name segment.Name) string { return name.Workspace + "/" + name.Source }
