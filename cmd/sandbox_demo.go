package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/install"
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

// scene is one step of the demo: what happens in plain words, and the command line that does it.
type scene struct {
	words  string
	args   []string
	before bool // run with the token that the install had before the refresh
	status int  // what the command exits with
}

func demoScenes(slug string) []scene {
	return []scene{
		{words: "Authorize: the owner of a workspace allows the App, the code comes back and is exchanged, and the install token is saved.", args: []string{"install", "--scope", "destination/" + slug}},
		{words: "Create the destination, enabled.", args: []string{"dest", "enable", "--api-key", "demo-api-key-1"}},
		{words: "Read it back.", args: []string{"dest", "get", "-o", "json", "--template", "{{.display_name}}: enabled {{.enabled}}"}},
		{words: "Update one setting; nothing else is touched.", args: []string{"dest", "update", "--set", "apiKey=demo-api-key-2"}},
		{words: "Refresh the token.", args: []string{"token", "refresh"}},
		{words: "The old token is refused from that moment on.", args: []string{"dest", "get", "--source", "workspaces/acme/sources/js", slug}, before: true, status: exitSignIn},
		{words: "Disable the destination.", args: []string{"dest", "disable"}},
		{words: "Delete it.", args: []string{"dest", "delete", "--yes"}},
	}
}

// stage is where the demo plays: an App of its own, which sees neither this machine's environment nor its files.
type stage struct {
	app      *App
	box      *localSandbox
	store    install.Store
	variable map[string]string
	seen     int // requests of the log that were told already
}

func (a *App) demo(ctx context.Context, browser bool) (err error) {
	redirect, err := freeRedirectURL()
	if err != nil {
		return err
	}
	flags := sandboxFlags{scope: sandboxScope, autoApprove: !browser, tokenTTL: time.Hour, redirectURLs: []string{redirect}}
	box, err := flags.start(ctx, a, "127.0.0.1:0", "")
	if err != nil {
		return err
	}
	defer func() {
		if closing := box.close(); err == nil {
			err = closing
		}
	}()
	s := &stage{app: a, box: box, store: install.NewMemory(), variable: map[string]string{
		"SEGCTL_CONFIG_DIR": filepath.Join(os.TempDir(), "segctl-demo-has-no-configuration"),
	}}
	for _, variable := range box.environment(redirect) {
		name, value, _ := strings.Cut(variable, "=")
		s.variable[name] = value
	}
	if browser {
		s.variable["BROWSER"] = a.env("BROWSER")
	}
	fmt.Fprintf(a.Out, "A sandbox plays Segment on %s: one App, its owner, and the workspace acme.\n", box.URL)
	var before string // the token of the install as the scene began
	for n, scene := range demoScenes(strings.TrimPrefix(sandboxScope, "destination/")) {
		fmt.Fprintf(a.Out, "\n%d. %s\n   $ segctl %s\n", n+1, scene.words, strings.Join(scene.args, " "))
		if !scene.before {
			before = s.token(ctx)
		}
		if err := s.play(ctx, scene, before, browser); err != nil {
			return err
		}
	}
	fmt.Fprint(a.Out, "\nThat is the whole of it. With your own App: export SEGCTL_CLIENT_ID and SEGCTL_CLIENT_SECRET,\n"+
		"then segctl install --scope destination/<slug>.\n")
	return nil
}

// play runs one scene and tells which requests it made and what came of them.
func (s *stage) play(ctx context.Context, scene scene, before string, browser bool) error {
	var said bytes.Buffer
	actor := &App{In: strings.NewReader(""), Out: &said, Err: &said, Now: s.app.Now, Store: s.store, Transport: s.app.Transport}
	variable := maps.Clone(s.variable)
	if scene.before {
		variable["SEGCTL_TOKEN"] = before
	}
	actor.Env = envOf(variable)
	if browser {
		actor.Err = io.MultiWriter(&said, s.app.Err) // the person needs the URL before the end of the scene
	} else {
		actor.OpenURL = followLink
	}
	status := actor.Run(ctx, scene.args)
	requests := s.box.Requests()
	for _, r := range requests[s.seen:] {
		fmt.Fprintf(s.app.Out, "   → %s %s  %d\n", r.Method, r.Path, r.Status)
	}
	s.seen = len(requests)
	for line := range strings.Lines(said.String()) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintln(s.app.Out, "   "+line)
		}
	}
	if status != scene.status {
		return fmt.Errorf("segctl %s exited with %d instead of %d", strings.Join(scene.args, " "), status, scene.status)
	}
	return nil
}

// envOf returns what App.Env is for an environment of its own.
func envOf(variable map[string]string) func(name string) (string, bool) {
	return func(name string) (string, bool) { value, ok := variable[name]; return value, ok }
}

// token returns the token that is saved, "" before the install.
func (s *stage) token(ctx context.Context) string {
	name, err := s.store.Current(ctx)
	if err != nil {
		return ""
	}
	saved, err := s.store.Get(ctx, name)
	if err != nil {
		return ""
	}
	return saved.Token
}

// followLink stands for a browser whose owner says yes to everything: it follows redirects to the callback.
func followLink(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	go func() {
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	return nil
}
