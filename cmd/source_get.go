package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/output"
)

func newSourceGet(app *App) *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:     "get [SOURCE]",
		Short:   "Show one source",
		Long:    "Get shows one source: without SOURCE, the one that the install is for.",
		Example: "  segctl source get js\n  segctl source get js --jq '.write_keys[]'",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			wanted, err := sourceArg(args, place)
			if err != nil {
				return err
			}
			return app.With(c, place, func(ctx context.Context, acc *account.Account) error {
				name, err := acc.SourceItself(ctx, wanted)
				if err != nil {
					return err
				}
				s, err := acc.API().Source(ctx, name)
				if err != nil {
					return fmt.Errorf("get source %q: %w", name, err)
				}
				return app.Print(ctx, s, func() output.Table { return app.sourceDetails(s) })
			})
		},
	}
	place.addWorkspace(c.Flags())
	return c
}
