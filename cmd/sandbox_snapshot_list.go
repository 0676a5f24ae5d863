package cmd

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/candidates"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxSnapshotList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the states that were saved",
		Example: "  segctl sandbox snapshot list",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return showSandbox(c, app, (*sandbox.Admin).Snapshots, snapshotTable)
		},
	}
}

func snapshotTable(snapshots []sandbox.Snapshot) output.Table {
	t := output.Table{Header: []string{"name", "time", "records"}}
	for _, s := range snapshots {
		t.Rows = append(t.Rows, []string{s.Name, s.Time.Format(time.RFC3339Nano), strconv.Itoa(s.Records)})
	}
	return t
}

// findSnapshots returns the names of what was saved.
func (a *App) findSnapshots(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	admin, err := a.sandboxAdmin()
	if err != nil {
		return nil
	}
	snapshots, err := admin.Snapshots(ctx)
	if err != nil {
		return nil
	}
	var found candidates.List
	for _, s := range snapshots {
		found.Add(s.Name, fmt.Sprintf("%d records", s.Records))
	}
	return found.All
}
