package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

// sandboxAddr is where `sandbox start` listens, and where the sandbox profile looks for it.
const sandboxAddr = "127.0.0.1:8899"

// sandboxScope is the scope that a sandbox's demo App is registered with, unless --scope names another.
const sandboxScope = "destination/clearbrain"

func newSandbox(app *App) *cobra.Command {
	fault := group("fault", "Make requests to a running sandbox go wrong",
		newSandboxFaultAdd(app), newSandboxFaultClear(app), newSandboxFaultList(app))
	quirk := group("quirk", "Switch the quirks of a running sandbox", newSandboxQuirkList(app), newSandboxQuirkSet(app))
	snapshot := group("snapshot", "Keep states of a running sandbox, and go back to them",
		newSandboxSnapshotList(app), newSandboxSnapshotRemove(app), newSandboxSnapshotRestore(app), newSandboxSnapshotSave(app))
	return group("sandbox", "A local Segment to try things on, and to test with",
		newSandboxAct(app), newSandboxClock(app), newSandboxCompare(app), newSandboxCounters(app), newSandboxDemo(app), newSandboxExport(app), fault, quirk,
		newSandboxRequests(app), newSandboxReset(app), newSandboxRun(app), snapshot, newSandboxStart(app), newSandboxWait(app))
}

// sandboxAdmin returns the client of a running sandbox's admin API. What could not be printed is refused before anything
// is asked.
func (a *App) sandboxAdmin() (*sandbox.Admin, error) {
	if _, err := a.Settings(); err != nil {
		return nil, err
	}
	url, err := a.SandboxURL()
	if err != nil {
		return nil, err
	}
	return &sandbox.Admin{BaseURL: url, HTTP: a.HTTP(), Timeout: a.flags.requestTimeout}, nil
}

// showSandbox asks a running sandbox something, with a method of its client, and prints the answer; table makes rows of it.
func showSandbox[T any](c *cobra.Command, app *App, ask func(*sandbox.Admin, context.Context) (T, error), table func(T) output.Table) error {
	admin, err := app.sandboxAdmin()
	if err != nil {
		return err
	}
	answer, err := ask(admin, c.Context())
	if err != nil {
		return err
	}
	return app.Print(c.Context(), answer, func() output.Table { return table(answer) })
}
