package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/segment"
)

func newWorkspace(app *App) *cobra.Command {
	return group("workspace", "The customer's workspace", newWorkspaceGet(app), newWorkspaceList(app))
}

func newWorkspaceList(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the workspaces that the token can see",
		Long:    "List shows the workspaces that the token can see: for an install's token, the one it is installed on.",
		Example: "  segctl workspace list\n  segctl workspace list -o json --jq '.[].name'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			all, err := collect(api.Workspaces(ctx))
			if err != nil {
				return fmt.Errorf("list workspaces: %w", err)
			}
			if len(all) == 0 {
				app.say("The token sees no workspace.")
			}
			return app.print(ctx, all, func() output.Table {
				t := output.Table{Header: []string{"workspace", "display name", "id", "name"}}
				for _, w := range all {
					t.Rows = append(t.Rows, []string{slugOf(w.Name), w.DisplayName, w.ID, w.Name})
				}
				return t
			})
		},
	}
}

func newWorkspaceGet(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "get [WORKSPACE]",
		Short: "Show one workspace",
		Long: `Get shows one workspace: WORKSPACE is a slug such as acme or a full name such as workspaces/acme.
Left out, it is the one that the App is installed on.`,
		Example: "  segctl workspace get\n  segctl workspace get acme -o json",
		Args:    atMostOneArg,
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			name, err := app.workspaceArg(ctx, args)
			if err != nil {
				return err
			}
			api, err := app.client(ctx)
			if err != nil {
				return err
			}
			w, err := api.Workspace(ctx, name)
			if err != nil {
				return fmt.Errorf("get workspace %q: %w", name, err)
			}
			return app.print(ctx, w, func() output.Table {
				return output.Table{Rows: [][]string{
					{"name", w.Name},
					{"display name", w.DisplayName},
					{"id", w.ID},
					{"created", formatTime(w.CreateTime)},
				}}
			})
		},
	}
}

// workspaceArg returns the workspace that an argument names, else the one that the install is on.
func (a *App) workspaceArg(ctx context.Context, args []string) (segment.Name, error) {
	if len(args) > 0 {
		if args[0] == "" {
			return segment.Name{}, usagef("the name of the workspace is empty")
		}
		return a.workspace(ctx, placeFlags{workspace: args[0]})
	}
	i, _, err := a.currentInstall(ctx)
	if err != nil {
		return segment.Name{}, err
	}
	names := i.Workspaces
	if len(names) == 0 {
		if names, err = a.visibleWorkspaces(ctx); err != nil {
			return segment.Name{}, err
		}
	}
	if len(names) != 1 {
		return segment.Name{}, whichArgument("workspace", names)
	}
	return segment.ParseName(names[0])
}

// visibleWorkspaces returns the full names of the workspaces that the token can see.
func (a *App) visibleWorkspaces(ctx context.Context) ([]string, error) {
	api, err := a.client(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for w, err := range api.Workspaces(ctx) {
		if err != nil {
			return nil, fmt.Errorf("list workspaces: %w", err)
		}
		names = append(names, w.Name)
	}
	return names, nil
}
