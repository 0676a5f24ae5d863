package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxQuirkSet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "set NAME=VALUE",
		Short:   "Switch a quirk",
		Example: "  segctl sandbox quirk set reinstall=refused\n  segctl sandbox quirk set pkce=off",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			name, value, ok := strings.Cut(args[0], "=")
			if !ok {
				return problem.Usage("%q is not NAME=VALUE", args[0]).Hint("", "sandbox", "quirk", "list")
			}
			return showSandbox(c, app, func(admin *sandbox.Admin, ctx context.Context) (sandbox.Quirk, error) {
				return admin.SetQuirk(ctx, name, value)
			}, func(q sandbox.Quirk) output.Table { return quirkTable([]sandbox.Quirk{q}) })
		},
	}
}
