package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
)

func newTokenPrint(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "print",
		Short: "Print the token and nothing else",
		Long: `Print writes the token and a newline. A token that has expired, or is about to, is refreshed first: a
program that shares an install with segctl asks here for its token instead of refreshing it.`,
		Example: `  segctl token print | my-program --token-stdin
  printf 'header = "Authorization: Bearer %s"\n' "$(segctl token print)" |
    curl -K - https://platform.segmentapis.com/v1beta/workspaces`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.With(c, placeFlags{}, func(ctx context.Context, acc *account.Account) error {
				token, err := acc.Token(ctx)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(app.Out, token)
				return err
			})
		},
	}
}
