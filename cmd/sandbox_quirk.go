package cmd

import (
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxQuirk(app *App) *cobra.Command {
	return group("quirk", "Switch the quirks of a running sandbox", newSandboxQuirkList(app), newSandboxQuirkSet(app))
}

func newSandboxQuirkList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the quirks with their present values",
		Example: "  segctl sandbox quirk list",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return showAdmin(c.Context(), app, adminCall{Method: http.MethodGet, Path: "/quirks", Member: "quirks"}, quirkTable)
		},
	}
}

func newSandboxQuirkSet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "set NAME=VALUE",
		Short:   "Switch a quirk, and list all",
		Example: "  segctl sandbox quirk set reinstall=refused\n  segctl sandbox quirk set pkce=off",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			name, value, ok := strings.Cut(args[0], "=")
			if !ok {
				return usagef("%q is not NAME=VALUE", args[0]).hint("segctl sandbox quirk list")
			}
			call := adminCall{Method: http.MethodPost, Path: "/quirks", Body: sandbox.Quirk{Name: name, Value: value}, Member: "quirks"}
			return showAdmin(c.Context(), app, call, quirkTable)
		},
	}
}
