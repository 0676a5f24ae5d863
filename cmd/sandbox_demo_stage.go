package cmd

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/output"
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
	color    bool
	told     int // requests of the log that were shown already
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
	clicked := s.browser && scene.browser
	if clicked {
		actor.Err = s.app.Err // the person needs the URL before the end of the scene
	} else {
		actor.OpenURL = local.Visit
	}
	exit := actor.Run(ctx, scene.args)
	s.tellRequests()
	for _, line := range told(said.String()) {
		style := output.Plain
		if strings.HasPrefix(line, "✓") {
			style = output.Green
		}
		fmt.Fprintln(s.app.Out, "   "+s.paint(style, line))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if exit != scene.exit {
		return problem.With(problem.ExitFailure, "%s exited with %d instead of %d", scene.line(), exit, scene.exit)
	}
	return nil
}

// sandboxPlace is where the demo's destination is. It is left out of the paths of requests: each of them would have it.
const sandboxPlace = "/v1beta/workspaces/acme/sources/js"

// tellRequests tells the requests of a scene, several on a line.
func (s *stage) tellRequests() {
	const width = 76 // of a line, without its indent
	requests := s.box.Requests()
	line := ""
	for _, r := range requests[s.told:] {
		path := r.Path
		if below, ok := strings.CutPrefix(path, sandboxPlace); ok {
			path = "…" + below
		}
		text := fmt.Sprintf("%s %s %d", r.Method, path, r.Status)
		switch {
		case line == "":
			line = "→ " + text
		case utf8.RuneCountInString(line+text) > width-3:
			fmt.Fprintln(s.app.Out, "   "+s.paint(output.Dim, line))
			line = "→ " + text
		default:
			line += " · " + text
		}
	}
	if line != "" {
		fmt.Fprintln(s.app.Out, "   "+s.paint(output.Dim, line))
	}
	s.told = len(requests)
}

// told returns the lines of what a command said that tell what came of it: its result, what it did with what changed, or
// the first words of its error.
func told(said string) []string {
	var lines []string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		text := strings.TrimSpace(line)
		last := len(lines) - 1
		switch {
		case strings.HasPrefix(text, "segctl: "):
			text, _, _ = strings.Cut(text, ";")
			return append(lines, text)
		case last >= 0 && strings.HasPrefix(line, "  ") && strings.HasPrefix(lines[last], "✓"):
			lines[last] += "; " + text
		case strings.HasPrefix(line, " "), strings.HasPrefix(text, "To install"), strings.HasPrefix(text, "It is the current"), text == "":
		default:
			text, _, _ = strings.Cut(text, ", saved in memory")
			lines = append(lines, text)
		}
	}
	return lines
}

// paint gives text a style, where colour is wanted.
func (s *stage) paint(style output.Style, text string) string {
	if !s.color {
		return text
	}
	return style.Paint(text)
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
