package cmd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/sandbox/local"
)

func newSandboxDemo(app *App) *cobra.Command {
	var browser bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Play the whole story, from the install to the delete",
		Long: `Demo plays the whole story in one process, with a sandbox and real command lines. It needs
no browser, keyring, account or network. With --browser a person does the two clicks.`,
		Example: "  segctl sandbox demo\n  segctl sandbox demo --browser",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return app.demo(c.Context(), browser)
		},
	}
	c.Flags().BoolVar(&browser, "browser", false, "log in and allow the install yourself, in a browser")
	return c
}

// demo plays the scenes. It prints them as they go.
func (a *App) demo(ctx context.Context, browser bool) (err error) {
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		return err
	}
	flags := sandboxFlags{scope: sandboxScope, approve: approval{on: !browser}, tokenTTL: time.Hour}
	box, err := flags.start(ctx, a, local.Options{Addr: "127.0.0.1:0"}, redirect)
	if err != nil {
		return err
	}
	defer closeSandbox(box, &err)
	environment, err := box.ChildEnvironment(nil, redirect)
	if err != nil {
		return err
	}
	s := &stage{app: a, box: box, store: install.NewMemory(), browser: browser, variable: map[string]string{}}
	s.color = output.UseColor(a.Env, isTerminal(a.Out), a.flags.noColor)
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		s.variable[name] = value
	}
	if browser {
		s.variable["BROWSER"] = a.env("BROWSER")
	}
	fmt.Fprintf(a.Out, "A sandbox plays Segment on %s: one App, workspace acme.\n", box.URL)
	before := "" // the token of the install as the scene began
	for n, scene := range demoScenes() {
		fmt.Fprintf(a.Out, "%s\n   %s\n", s.paint(output.Bold, fmt.Sprintf("\n%d. %s", n+1, scene.words)), s.paint(output.Green, "$ "+scene.line()))
		if !scene.before {
			before = s.token(ctx)
		}
		if err := s.play(ctx, scene, before); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.Out, "%s\n  segctl init                         sets it up, with where each value stands\n"+
		"  segctl install --enable --api-key   on a first workspace; it asks for the key\n"+
		"  segctl dest get                     what is there now\n", s.paint(output.Bold, "\nThat is the whole of it. With your own App:"))
	return nil
}
