package cmd

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/candidates"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxAct(app *App) *cobra.Command {
	return group("act", "Do to a running sandbox what a customer does on Segment's pages",
		newSandboxActVerb(app, "uninstall", "Take the App off a workspace: its install and its token are gone", `
  segctl sandbox act uninstall --install acme/js`),
		newSandboxActVerb(app, "disable", "Disable a destination", `
  segctl sandbox act disable --install installs/7 --destination clearbrain`),
		newSandboxActVerb(app, "enable", "Enable a destination", ""),
		newSandboxActVerb(app, "change", "Change settings of a destination", `
  segctl sandbox act change --set eventUploadThreshold=30`),
		newSandboxActVerb(app, "delete", "Delete a destination with its settings", ""))
}

// newSandboxActVerb returns the command of one thing that a customer does; examples are lines beside the plainest one.
func newSandboxActVerb(app *App, verb, short, examples string) *cobra.Command {
	act := sandbox.Act{Verb: verb}
	var settings []string
	c := &cobra.Command{
		Use:     verb,
		Short:   short,
		Example: "  segctl sandbox act " + verb + examples,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			set, err := pairs("--set", "name=value", settings)
			if err != nil {
				return err
			}
			for _, pair := range set {
				if act.Settings == nil {
					act.Settings = map[string]string{}
				}
				act.Settings[pair.Name] = pair.Value
			}
			act.Install = cmp.Or(act.Install, app.flags.install)
			return app.actInSandbox(c.Context(), act)
		},
	}
	flags := c.Flags()
	// Hides the flag of every command: no install has to be saved here.
	flags.StringVar(&act.Install, "install", "", "`install` in the sandbox: its name, workspace/source or workspace (default: the only one)")
	_ = c.RegisterFlagCompletionFunc("install", app.complete(app.findSandboxInstalls, cobra.ShellCompDirectiveNoFileComp)) // there is the flag
	if verb != "uninstall" {
		flags.StringVar(&act.Destination, "destination", "", "`slug` of the destination (default: the one of the install's scope)")
		flags.StringVar(&act.Source, "source", "", "source of the destination (default: the install's)")
	}
	if verb == "change" {
		flags.StringArrayVar(&settings, "set", nil, "setting as `name=value`, typed by the catalog (repeatable; default: the first text, made another one)")
	}
	return c
}

// actInSandbox does what a customer does, and says what came of it.
func (a *App) actInSandbox(ctx context.Context, act sandbox.Act) error {
	admin, err := a.sandboxAdmin()
	if err != nil {
		return err
	}
	done, err := admin.Act(ctx, act)
	if err != nil {
		return err
	}
	_, slug, _ := strings.Cut(done.Destination, "/destinations/")
	switch {
	case done.Destination == "":
		a.Say("uninstall: %s is no longer on %s", done.Install, done.Place)
	case len(done.Settings) > 0:
		a.Say("%s: %s of %s on %s", done.Verb, strings.Join(done.Settings, ", "), slug, done.Place)
	default:
		a.Say("%s: %s on %s", done.Verb, slug, done.Place)
	}
	return a.PrintIfAsked(ctx, done, func() output.Table {
		return output.Table{Rows: [][]string{
			{"act", done.Verb},
			{"install", done.Install},
			{"place", done.Place},
			{"destination", done.Destination},
			{"settings", strings.Join(done.Settings, ",")},
		}}
	})
}

// findSandboxInstalls returns what a customer's act takes for an install: names, and the places that they are on.
func (a *App) findSandboxInstalls(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	admin, err := a.sandboxAdmin()
	if err != nil {
		return nil
	}
	installs, err := admin.Installs(ctx)
	if err != nil {
		return nil
	}
	var found candidates.List
	for _, in := range installs {
		found.Add(in.Name, fmt.Sprintf("%s, %s", in.Place(), in.Scope))
		found.Add(in.Place(), in.Name)
	}
	return found.All
}
