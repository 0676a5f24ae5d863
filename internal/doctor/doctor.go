// Package doctor checks what segctl depends on: this machine, the settings, the store, the network and the token. A check
// comes to a finding, which says what is the matter and which command helps.
//
// It changes nothing and refreshes no token, and a finding holds no secret, so that findings can be pasted into a ticket.
// It prints nothing: that is its caller's.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize/loopback/browser"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
)

// Status says how bad a finding is.
type Status string

// The statuses, as the JSON of a finding has them.
const (
	OK      Status = "ok"
	Warning Status = "warning" // deserves a look, and stops no command
	Failure Status = "failure" // stops commands
)

// Finding is what one check came to.
type Finding struct {
	Check   string // such as "api_url"; promised
	Status  Status
	Message string
	Hints   []problem.Hint // what to do; may be empty
}

// Machine is what the checks need to know of the process, beside its account.World.
type Machine struct {
	Version string // of segctl, such as "1.2.3"
	Browser browser.Opener
	World   func() (*account.World, error)
	Select  install.Selector // the install that is meant; empty: the current one
}

// checkTime bounds each check. It is a little longer than the five seconds after which a keyring is given up, so that it
// is the keyring's own error that is told.
const checkTime = 6 * time.Second

// Check makes all the checks: those that depend on nothing side by side, then the token's, which needs the store and the
// network. Settings that cannot be read are a finding as well, and then nothing that needs them is checked.
func Check(ctx context.Context, m Machine) []Finding {
	found := []Finding{m.version()}
	world, err := m.World()
	if err != nil {
		return append(found, explained("configuration", err))
	}
	c := &checkup{Machine: m, world: world}
	found = append(found, c.settings()...)
	var (
		kept vault
		api  host
	)
	for _, result := range sideBySide(ctx,
		func(context.Context) []Finding { return []Finding{c.redirectPort()} },
		func(context.Context) []Finding { return []Finding{c.browser()} },
		func(ctx context.Context) []Finding { return []Finding{c.idHost(ctx).Finding} },
		func(ctx context.Context) []Finding {
			api = c.apiHost(ctx)
			return []Finding{api.Finding, clock(api)}
		},
		func(ctx context.Context) []Finding {
			kept = c.vault(ctx)
			return []Finding{kept.Finding, c.clientSecret(kept)}
		},
	) {
		found = append(found, result...)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return append(found, c.token(ctx, kept, api))
}

// Failed reports whether any of the findings is a failure.
func Failed(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Status == Failure })
}

// checkup is one run of the checks.
type checkup struct {
	Machine

	world *account.World
}

// sideBySide runs checks at once, and returns what they found in the order of the checks.
func sideBySide(ctx context.Context, checks ...func(context.Context) []Finding) [][]Finding {
	results := make([][]Finding, len(checks))
	var wait sync.WaitGroup
	for i, check := range checks {
		wait.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			results[i] = check(ctx)
		})
	}
	wait.Wait()
	return results
}

func passed(check, format string, args ...any) Finding {
	return Finding{Check: check, Status: OK, Message: fmt.Sprintf(format, args...)}
}

func warned(check, format string, args ...any) Finding {
	return Finding{Check: check, Status: Warning, Message: fmt.Sprintf(format, args...)}
}

func failed(check, format string, args ...any) Finding {
	return Finding{Check: check, Status: Failure, Message: fmt.Sprintf(format, args...)}
}

// explained is a failure in the words, and with the hints, that a command would have for the error. A hint to run doctor
// is left out.
func explained(check string, err error) Finding {
	p := problem.Of(err, problem.Context{})
	f := failed(check, "%s", p.Message)
	for _, hint := range p.Hints {
		if len(hint.Args) == 0 || hint.Args[0] != "doctor" {
			f.Hints = append(f.Hints, hint)
		}
	}
	return f
}

// advise returns the finding with a command that helps.
func (f Finding) advise(comment string, args ...string) Finding {
	f.Hints = append(f.Hints, problem.Run(comment, args...))
	return f
}

// soften returns the finding as a warning.
func (f Finding) soften() Finding {
	f.Status = Warning
	return f
}
