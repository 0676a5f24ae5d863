package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxClock(app *App) *cobra.Command {
	var advance time.Duration
	c := &cobra.Command{
		Use:   "clock",
		Short: "Show the clock of a running sandbox, or move it forward",
		Long: `Clock shows what a running sandbox takes for the present time. Moved forward with --advance, it
makes tokens and codes expire without waiting.`,
		Example: "  segctl sandbox clock\n  segctl sandbox clock --advance 1h",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			moved := c.Flags().Changed("advance")
			if moved && advance <= 0 {
				return problem.Usage("--advance %s: the clock only moves forward", advance).Hint("", "sandbox", "clock", "--advance", "1h")
			}
			ask := func(admin *sandbox.Admin, ctx context.Context) (sandbox.Clock, error) {
				if moved {
					return admin.Advance(ctx, advance)
				}
				return admin.Clock(ctx)
			}
			return showSandbox(c, app, ask, func(clock sandbox.Clock) output.Table {
				return output.Table{Rows: [][]string{{"now", clock.Now.Format(time.RFC3339Nano)}}}
			})
		},
	}
	c.Flags().DurationVar(&advance, "advance", 0, "how far to move it, such as 1h30m")
	return c
}
