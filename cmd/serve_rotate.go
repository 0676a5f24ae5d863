package cmd

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/serve"
)

// rotation is what a rotation did, as -o json prints it.
type rotation struct {
	Rotated int `json:"rotated"`
}

func newServeRotate(app *App) *cobra.Command {
	var batch int
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Seal anew what was sealed to other keys than those of now",
		Long: `Rotate seals tokens, secrets and settings anew to the recipients of SEGCTL_SEAL_RECIPIENTS, where they were sealed to
others. The service goes on meanwhile, and a run that was interrupted is continued by the next one. It needs an identity
that opens the old seals. To replace a key:

  1. every replica gets both identities, and the new recipient beside the old one
  2. segctl serve rotate
  3. every replica gets the new recipient alone, and once more segctl serve rotate
  4. the old identity is taken away`,
		Example: "  segctl serve rotate\n  segctl serve rotate --batch 1000 -o json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if batch < 1 {
				return problem.Usage("--batch must be at least 1").Hint("", "serve", "rotate", "--batch", "500")
			}
			return app.withShared(c, func(ctx context.Context, _ *account.World, store *postgres.Store) error {
				n, err := serve.Rotate(ctx, store, batch)
				if err != nil {
					if n > 0 {
						app.Say("%d values were sealed anew before that; running it again does the rest.", n)
					}
					return err
				}
				app.Say("✓ %d values were sealed anew; everything is sealed to the recipients of now.", n)
				return app.PrintIfAsked(ctx, rotation{n}, func() output.Table { return rotationTable(rotation{n}) })
			})
		},
	}
	c.Flags().IntVar(&batch, "batch", 500, "`number` of values that are sealed at a time")
	return c
}

func rotationTable(r rotation) output.Table {
	return output.Table{Header: []string{"rotated"}, Rows: [][]string{{strconv.Itoa(r.Rotated)}}}
}
