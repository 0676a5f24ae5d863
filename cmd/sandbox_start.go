package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxStart(app *App) *cobra.Command {
	var flags sandboxFlags
	var addr string
	c := &cobra.Command{
		Use:   "start",
		Short: "Run a sandbox until it is interrupted",
		Example: `  segctl sandbox start
  segctl sandbox start --auto-approve --scope workspace --token-ttl 5s`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			box, err := flags.start(c.Context(), app, addr)
			if err != nil {
				return err
			}
			defer box.close()
			redirect := sandbox.DemoRedirectURL
			if len(flags.redirectURLs) > 0 {
				redirect = flags.redirectURLs[0]
			}
			for _, variable := range box.environment(redirect) {
				fmt.Fprintln(app.Out, "export "+variable)
			}
			app.say("The sandbox listens on %s. Paste the lines above into another shell; Ctrl-C stops it.", box.URL)
			return box.wait(c.Context())
		},
	}
	c.Flags().StringVar(&addr, "addr", sandboxAddr, "loopback `address` to listen on")
	flags.add(c.Flags())
	return c
}
