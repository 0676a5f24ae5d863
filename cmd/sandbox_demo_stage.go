package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/local"
)

// stage is where the demo plays: an App of its own, which sees neither this machine's environment nor its files.
type stage struct {
	app      *App
	box      *local.Sandbox
	store    install.Store
	variable map[string]string
	browser  bool // a person does the clicks
	told     int  // requests of the log that were shown already
}

// play runs one scene and tells which requests it made and what came of them.
func (s *stage) play(ctx context.Context, scene scene, before string) error {
	var said bytes.Buffer
	actor := &App{In: strings.NewReader(scene.input), Out: &said, Err: &said, Now: s.app.Now, Store: s.store, Transport: s.app.Transport}
	variable := maps.Clone(s.variable)
	if scene.before {
		variable["SEGCTL_TOKEN"] = before
	}
	actor.Env = envOf(variable)
	if s.browser {
		actor.Err = io.MultiWriter(&said, s.app.Err) // the person needs the URL before the end of the scene
	} else {
		actor.OpenURL = local.Visit
	}
	exit := actor.Run(ctx, scene.args)
	requests := s.box.Requests()
	for _, r := range requests[s.told:] {
		fmt.Fprintf(s.app.Out, "   → %s %s  %d\n", r.Method, r.Path, r.Status)
	}
	s.told = len(requests)
	for line := range strings.Lines(said.String()) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintln(s.app.Out, "   "+line)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if exit != scene.exit {
		return problem.With(problem.ExitFailure, "%s exited with %d instead of %d", scene.line(), exit, scene.exit)
	}
	return nil
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

// envOf returns what App.Env is for an environment of its own.
func envOf(variable map[string]string) func(name string) (string, bool) {
	return func(name string) (string, bool) { value, ok := variable[name]; return value, ok }
}
