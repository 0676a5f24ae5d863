package cmd

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxFaultClear(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "clear [ID]",
		Short:   "Switch off one fault, or all, and list the rest",
		Example: "  segctl sandbox fault clear\n  segctl sandbox fault clear 2",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			id := 0 // all of them
			if len(args) > 0 {
				var err error
				if id, err = strconv.Atoi(args[0]); err != nil || id < 1 {
					return problem.Usage("%q is not the ID of a fault", args[0]).Hint("", "sandbox", "fault", "list")
				}
			}
			return showFaults(c, app, func(admin *sandbox.Admin, ctx context.Context) ([]sandbox.Fault, error) {
				return admin.ClearFaults(ctx, id)
			})
		},
	}
}
