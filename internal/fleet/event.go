package fleet

import (
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
)

// SchemaVersion is the version of the events. It grows when something in them changes its meaning or goes; what is new is
// no reason.
const SchemaVersion = 1

// Event is one step of a run: a [Version], [Planned], [Result], [Transition] or [Summary]. Their JSON names are promised, in
// docs/schema/events.schema.json.
type Event interface{ event() }

// Version is the first event of every run.
type Version struct {
	Event   string `json:"event"` // "version"
	Version int    `json:"version"`
	Command string `json:"command"` // such as "dest enable"
	Segctl  string `json:"segctl"`  // the version of the program
}

// Subject says what an event is about.
type Subject struct {
	Install     string `json:"install"`
	Label       string `json:"label,omitempty"`
	On          string `json:"on,omitempty"`          // workspace/source
	Destination string `json:"destination,omitempty"` // full name
}

// Where says on which workspace and source it is, as far as that is known: an install may be for several.
func (s Subject) Where() string {
	if name, err := segment.ParseName(s.Destination); err == nil {
		return destination.Place(name)
	}
	return s.On
}

// Planned is a target that would be changed.
type Planned struct {
	Event string `json:"event"` // "plan"
	Subject
	Action  string   `json:"action"`
	Changes []Change `json:"changes,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// Change is one value that is, or would be, another. Secrets are masked; "" is none.
type Change struct {
	What string `json:"what"` // a setting's name, "enabled" or "connection mode"
	From string `json:"from"`
	To   string `json:"to"`
}

// Status is what became of a target.
type Status string

// The statuses. Every target that was begun ends in one of them, once.
const (
	OK        Status = "ok"        // as wanted, and nothing was changed
	Changed   Status = "changed"   // it was changed
	Different Status = "different" // not as it should be
	Failed    Status = "failed"
)

// Result is what became of a target.
type Result struct {
	Event string `json:"event"` // "result"
	Subject
	Status   Status             `json:"status"`
	Action   string             `json:"action,omitempty"`
	Health   destination.Health `json:"health,omitempty"`
	Detail   string             `json:"detail,omitempty"`
	Changes  []Change           `json:"changes,omitempty"`
	Notes    []string           `json:"notes,omitempty"`
	Resource any                `json:"resource,omitempty"`
	Error    *problem.View      `json:"error,omitempty"` // of a failed one

	// Err is the error behind Error, and Target what was worked on, for printing.
	Err    error  `json:"-"`
	Target Target `json:"-"`
}

// Transition is a destination whose health is another than it was.
type Transition struct {
	Event string    `json:"event"` // "health"
	Time  time.Time `json:"time"`  // UTC
	Subject
	From      destination.Health `json:"from,omitempty"` // "" where it was seen for the first time
	To        destination.Health `json:"to"`
	Recovered bool               `json:"recovered"` // it is ok again
	Detail    string             `json:"detail,omitempty"`
	Error     *problem.View      `json:"error,omitempty"` // the answer behind missing, no_access, unrefreshable or unreachable
}

// Summary is the last event of every run. OK, Changed, Different, Failed and Left add up to Targets.
type Summary struct {
	Event     string `json:"event"` // "summary"
	Targets   int    `json:"targets"`
	OK        int    `json:"ok"`
	Changed   int    `json:"changed"`
	Different int    `json:"different"`
	Failed    int    `json:"failed"`
	Left      int    `json:"left"` // never begun, or only planned
	ExitCode  int    `json:"exit_code"`
	Millis    int64  `json:"duration_ms"`
}

func (Version) event()    {}
func (Planned) event()    {}
func (Result) event()     {}
func (Transition) event() {}
func (Summary) event()    {}

// Observer is told how a run goes. Its methods are called one after another.
type Observer interface {
	// Phase begins: planning, canary or working, on that many targets.
	Phase(name string, targets int)
	// Done says that one more target of the phase is done.
	Done(failed bool)
	// Event is told each event.
	Event(e Event)
}
