package cmd

import (
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
)

// sandboxClock is what a sandbox takes for the present time.
type sandboxClock struct {
	Now time.Time `json:"now"`
}

func newSandboxClock(app *App) *cobra.Command {
	var advance time.Duration
	c := &cobra.Command{
		Use:     "clock",
		Short:   "Show the clock of a running sandbox, or move it forward",
		Long:    "Clock shows what a running sandbox takes for the present time. Moved forward with --advance, it\nmakes tokens and codes expire without waiting.",
		Example: "  segctl sandbox clock\n  segctl sandbox clock --advance 1h",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			call := adminCall{Method: http.MethodGet, Path: "/clock"}
			if c.Flags().Changed("advance") {
				if advance <= 0 {
					return usagef("--advance %s: the clock only moves forward", advance).hint("segctl sandbox clock --advance 1h")
				}
				call = adminCall{Method: http.MethodPost, Path: "/clock", Body: map[string]string{"advance": advance.String()}}
			}
			return showAdmin(c.Context(), app, call, func(clock sandboxClock) output.Table {
				return output.Table{Rows: [][]string{{"now", clock.Now.Format(time.RFC3339Nano)}}}
			})
		},
	}
	c.Flags().DurationVar(&advance, "advance", 0, "how far to move it, such as 1h30m")
	return c
}
