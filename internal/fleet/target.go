package fleet

import (
	"context"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
)

// Target is one thing to work on: an install, and what is wanted of one of its destinations where the work is about
// destinations.
type Target struct {
	Card install.Card
	Want destination.Wanted
	Err  error // why nothing can be done to it: it fails with that; nil otherwise
}

// Targets returns a target for each card, all with the same want.
func Targets(cards []install.Card, want destination.Wanted) []Target {
	targets := make([]Target, len(cards))
	for i, card := range cards {
		targets[i] = Target{Card: card, Want: want}
	}
	return targets
}

// Step does something to one target, or finds out what would be done to it.
type Step func(ctx context.Context, acc *account.Account, t Target) (Outcome, error)

// Task is what is done to each target.
type Task struct {
	// Plan finds out what Do would change, and changes nothing. nil is for work that changes nothing, or whose changes need
	// no confirmation: Do is then called for every target at once.
	Plan Step
	// Do does it. After a Plan it is called only for the targets that would change, and looks anew.
	Do Step
	// Check tells how a target is after it was changed, for canaries. nil has none.
	Check Step
	// Local is for work on what is saved here: no account is opened, and the steps get nil.
	Local bool
}

// Outcome is what became of a target, or would become of it.
type Outcome struct {
	Destination string // its full name; "" where the work is about the install alone
	Action      string // in a word, such as created or refreshed
	Changed     bool   // something was changed or, in a plan, would be
	Different   bool   // something is not as it should be: a difference that was found, a health that is not ok
	Changes     []destination.Difference
	Health      destination.Health // "" where it was not asked for
	Detail      string             // what is behind the action or the health, in words
	Behind      error              // the answer that the health stands for; nil where it is no answer
	Notes       []string           // what else is to be said
	Resource    any                // what is printed of it as JSON, without secrets; may be nil
}
