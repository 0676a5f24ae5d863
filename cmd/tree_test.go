package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
	"github.com/segctl/segctl/internal/tree"
)

// The tests of this file are about every command of the tree, those that will be added as well.

// allCommands returns the commands of the tree, the groups among them.
func allCommands(t *testing.T) []*cobra.Command {
	t.Helper()
	root := Root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var all []*cobra.Command
	var add func(c *cobra.Command)
	add = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Runnable() {
				all = append(all, sub)
			}
			add(sub)
		}
	}
	add(root)
	if len(all) < 60 {
		t.Fatalf("only %d commands", len(all))
	}
	return append(all, root)
}

// bounds is how long a command may take that waits for nobody.
const bounds = time.Minute

// lost is a network without anybody.
type lost struct{}

func (lost) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }

// No command asks or waits for somebody who is not there: without a terminal, settings and a network, each ends by itself,
// whether it gets its arguments or not.
func TestNoCommandWaitsWithoutATerminal(t *testing.T) {
	t.Parallel()
	endless := []string{"sandbox start"} // until it is interrupted, as it says
	for _, c := range allCommands(t) {
		words := commandOf(c)
		if slices.Contains(endless, strings.Join(words, " ")) {
			continue
		}
		lines := [][]string{words}
		if names := tree.ArgumentNames(c.Use); len(names) > 0 {
			lines = append(lines, append(slices.Clone(words), slices.Repeat([]string{"x"}, len(names))...))
		}
		for _, secret := range secretFlags() {
			if c.Flags().Lookup(strings.TrimPrefix(secret, "--")) != nil {
				lines = append(lines, append(slices.Clone(words), secret))
			}
		}
		for _, line := range lines {
			t.Run(strings.Join(line, " "), func(t *testing.T) {
				t.Parallel()
				null, err := os.Open(os.DevNull)
				if err != nil {
					t.Fatal(err)
				}
				defer null.Close()
				var out, said bytes.Buffer
				folder := t.TempDir()
				line := slices.Clone(line)
				for i := range line {
					if line[i] == "x" { // which may be a file to write
						line[i] = filepath.Join(folder, "x")
					}
				}
				variable := map[string]string{"HOME": folder, "SEGCTL_CONFIG_DIR": folder, "SEGCTL_STATE_DIR": folder, "PATH": os.Getenv("PATH")}
				app := &App{In: null, Out: &out, Err: &said, Env: envOf(variable), Now: time.Now, Transport: lost{}}
				ctx, stop := context.WithTimeout(t.Context(), bounds)
				defer stop()
				done := make(chan int, 1)
				go func() { done <- app.Run(ctx, line) }()
				select {
				case <-done:
				case <-time.After(2 * bounds):
					t.Fatal("it does not end, not even when it is interrupted")
				}
				if ctx.Err() != nil {
					t.Errorf("it waited; it said:\n%s", said.String())
				}
				if text := said.String(); text != "" && !strings.HasSuffix(text, "\n") {
					t.Errorf("it asked somebody:\n%s", text)
				}
			})
		}
	}
}

// place is a sandbox with an App that is installed, and files to name on command lines.
type place struct {
	variable map[string]string
	store    install.Store
}

func newPlace(t *testing.T, options sandbox.Options) *place {
	t.Helper()
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		t.Fatal(err)
	}
	options.RedirectURLs, options.AutoApprove, options.TokenTTL = []string{redirect}, true, time.Hour
	box, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	p := &place{store: install.NewMemory(), variable: map[string]string{"HOME": folder, "SEGCTL_CONFIG_DIR": folder, "SEGCTL_STATE_DIR": folder, "SEGCTL_STORE": "file"}}
	for _, variable := range (&local.Sandbox{URL: server.URL}).Environment(redirect) {
		name, value, _ := strings.Cut(variable, "=")
		p.variable[name] = value
	}
	return p
}

// run runs a command line, with what it reads.
func (p *place) run(t *testing.T, input string, args ...string) (exit int, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	app := &App{
		In: strings.NewReader(input), Out: &stdout, Err: &stderr, Env: envOf(p.variable), Now: time.Now,
		Store: p.store, OpenURL: local.Visit,
	}
	ctx, stop := context.WithTimeout(t.Context(), bounds)
	defer stop()
	exit = app.Run(ctx, args)
	return exit, stdout.String(), stderr.String()
}

// must is run for what has to succeed.
func (p *place) must(t *testing.T, args ...string) {
	t.Helper()
	if exit, _, said := p.run(t, "a-longer-key\n", args...); exit != problem.ExitOK {
		t.Fatalf("segctl %s exits with %d: %s", strings.Join(args, " "), exit, said)
	}
}

// formatted are the arguments with which each command is run for -o. Commands that are not here get none.
func formatted() map[string][]string {
	return map[string][]string{
		"api":                      {"workspaces"},
		"catalog get":              {"clearbrain"},
		"config get":               {"scope"},
		"config set":               {"output", "table"},
		"config unset":             {"output"},
		"dest apply":               {"-f", "desired.yaml", "--yes"},
		"dest create":              {"clearbrain", "--api-key", "-"},
		"dest delete":              {"clearbrain", "--yes"},
		"dest diff":                {"-f", "desired.yaml"},
		"dest enable":              {"--api-key", "-"},
		"dest update":              {"clearbrain", "--api-key", "-"},
		"dest get":                 {"clearbrain"},
		"dest disable":             {"clearbrain"},
		"dest check":               {"clearbrain"},
		"dest watch":               {"clearbrain", "--until", "ok"},
		"install":                  {},
		"installs import":          {"installs/1"},
		"installs label":           {"installs/1", "acme"},
		"installs remove":          {"installs/1", "--yes"},
		"installs use":             {"installs/1"},
		"sandbox act change":       {"--destination", "clearbrain"},
		"sandbox compare":          {"--against", "$URL"},
		"sandbox fault add":        {"status", "--status", "500"},
		"sandbox run":              {"--", "true"},
		"sandbox quirk set":        {"reinstall=refused"},
		"sandbox snapshot remove":  {"one"},
		"sandbox snapshot restore": {"one"},
		"sandbox snapshot save":    {"two"},
		"source create":            {"net", "--catalog-name", "net"},
		"source delete":            {"js", "--yes"},
		"source get":               {"js"},
		"workspace get":            {"acme"},
	}
}

// What -o asks for is there, or it is refused with the reason: it is never left out in silence.
func TestOutputIsHonouredOrRefused(t *testing.T) {
	t.Parallel()
	// They need a database, or run for ever: tests of their own have them.
	elsewhere := regexp.MustCompile(`^(serve .*|sandbox start)$`)
	for _, c := range allCommands(t) {
		name := strings.Join(commandOf(c), " ")
		if elsewhere.MatchString(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scope := "workspace"
			if strings.HasPrefix(name, "dest ") || name == "sandbox compare" {
				scope = "destination/clearbrain"
			}
			p := newPlace(t, sandbox.Options{Scope: scope})
			p.variable["SEGCTL_SCOPE"] = scope
			p.must(t, "install")
			if name != "dest create" && strings.HasPrefix(name, "dest ") || strings.HasPrefix(name, "sandbox act") {
				p.must(t, "dest", "enable", "clearbrain", "--api-key", "-", "--source", "workspaces/acme/sources/js")
			}
			if strings.HasPrefix(name, "sandbox snapshot") {
				p.must(t, "sandbox", "snapshot", "save", "one")
			}
			args := append(commandOf(c), formatted()[name]...)
			for i, arg := range args {
				switch arg {
				case "$URL":
					args[i] = p.variable["SEGCTL_API_URL"]
				case "desired.yaml":
					args[i] = filepath.Join(t.TempDir(), arg)
					text := wantedFile
					if err := os.WriteFile(args[i], []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			exit, out, said := p.run(t, "a-longer-key\n", slices.Insert(args, len(commandOf(c)), "-o", "json")...)
			switch {
			case unformatted(c) != "" || name == "installs export": // which says so itself
				if exit != problem.ExitUsage || !strings.Contains(said, "-o") || out != "" {
					t.Errorf("-o is not refused: status %d\n%s\n%s", exit, out, said)
				}
			case exit != problem.ExitOK && exit != problem.ExitDifferent:
				t.Errorf("it exits with %d:\n%s", exit, said)
			case !isJSON(out):
				t.Errorf("that is no JSON, with status %d:\n%s\n%s", exit, out, said)
			}
		})
	}
}

// isJSON reports whether a text is one or more JSON values.
func isJSON(text string) bool {
	n := 0
	for d := json.NewDecoder(strings.NewReader(text)); d.More(); n++ {
		var value any
		if d.Decode(&value) != nil {
			return false
		}
	}
	return n > 0
}

// commandLines returns the command lines of segctl in an example, as arguments, and whether that is all there is in it: no
// other program, and no file that is written or read by a shell.
func commandLines(t *testing.T, example string) (lines [][]string, plain bool) {
	t.Helper()
	plain = !strings.ContainsAny(example, "|<>$&;#")
	words, err := shellquote.Split(strings.ReplaceAll(example, "xargs -n 1 segctl", "xargs -n 1 "))
	if err != nil {
		t.Errorf("%q: %v", example, err)
		return nil, false
	}
	for at := slices.Index(words, "segctl"); at >= 0; at = slices.Index(words, "segctl") {
		words = words[at+1:]
		end := slices.IndexFunc(words, func(w string) bool {
			return w == "|" || w == "&&" || w == "||" || strings.HasPrefix(w, "<") || strings.HasPrefix(w, ">") || strings.HasPrefix(w, "#")
		})
		if end < 0 {
			end = len(words)
		}
		lines = append(lines, words[:end])
		words = words[end:]
	}
	return lines, plain
}

// takes returns why the tree does not take a command line.
func takes(args []string) error {
	root := Root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	c, rest, err := root.Find(markBareSecrets(args))
	if err != nil {
		return err
	}
	c.InitDefaultHelpFlag()
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if c.Name() == "help" {
		_, rest, err := root.Find(c.Flags().Args())
		if err == nil && len(rest) > 0 {
			err = fmt.Errorf("there is no help for %q", rest)
		}
		return err
	}
	if c.Args == nil {
		return nil
	}
	if c.HasSubCommands() && c.Flags().NArg() > 0 {
		return fmt.Errorf("%q is no command of %s", c.Flags().Arg(0), c.CommandPath())
	}
	return c.Args(c, c.Flags().Args())
}

// Each example of the help is a command line that the tree takes.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, c := range allCommands(t) {
		if strings.HasPrefix(strings.Join(commandOf(c), " "), "completion") {
			continue // cobra's
		}
		for _, example := range tree.ExampleLines(c.Example) {
			lines, _ := commandLines(t, example)
			for _, args := range lines {
				seen++
				if err := takes(args); err != nil {
					t.Errorf("%s: %q: %v", c.CommandPath(), example, err)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d examples were seen", seen)
	}
}

// wantedFile is what a destination should be.
const wantedFile = `version: 1
destinations:
  - destination: clearbrain
    enabled: true
`

// notRun says of an example why it is not run here, "" where it is.
func notRun(c *cobra.Command, example string) string {
	name := strings.Join(commandOf(c), " ")
	switch {
	case name == "serve" || strings.HasPrefix(name, "serve "):
		return "it needs a database: the tests of serve run it"
	case slices.Contains([]string{"sandbox start", "sandbox run", "sandbox demo", "dest watch", "sandbox export", "sandbox wait"}, name):
		return "it runs for as long as somebody wants, or starts programs"
	case strings.HasPrefix(name, "completion"):
		return "it is cobra's"
	case name == "sandbox compare", name == "doctor":
		return "it asks the real Segment, or this machine"
	case strings.Contains(example, "--follow"), strings.Contains(example, "--no-browser"):
		return "it ends when it is interrupted, or when somebody opens a URL"
	case strings.Contains(example, "=@-"), strings.Contains(example, "@FILE"):
		return "it reads something else"
	}
	return ""
}

// expected are the examples that cannot succeed in a sandbox where there is one install, on acme/js, with a destination:
// their exit codes, which say that the rest of them was understood.
func expected() map[string]int {
	return map[string]int{
		"segctl dest delete clearbrain":                                                problem.ExitUsage, // it wants to ask
		"segctl source delete js":                                                      problem.ExitUsage,
		"segctl installs remove installs/1":                                            problem.ExitUsage,
		"segctl installs remove --match 'trial-*'":                                     problem.ExitSignIn, // nobody of that name
		"segctl sandbox fault clear 2":                                                 problem.ExitNotFound,
		"segctl sandbox snapshot restore before-the-migration":                         problem.ExitNotFound,
		"segctl sandbox snapshot remove before-the-migration":                          problem.ExitNotFound,
		"segctl source create js --catalog-name javascript":                            problem.ExitConflict,
		"segctl api DELETE workspaces/acme/sources/net -i":                             problem.ExitNotFound,
		"segctl dest update google-analytics --set sampleRate=7":                       problem.ExitNotFound,
		"segctl dest update --unset domain --connection-mode DEVICE":                   problem.ExitUsage, // ClearBrain has no domain
		"segctl sandbox act change --set eventUploadThreshold=30":                      problem.ExitUsage,
		"segctl config list --profile acme -o json":                                    problem.ExitUsage, // there is no such profile
		"segctl dest diff -f clearbrain.yaml -f webhooks.yaml --match 'acme*' --prune": problem.ExitUsage, // both files are about ClearBrain
	}
}

// Where an example of the help can be run against a sandbox, it is: it succeeds, or fails as is said above.
func TestExamplesRun(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, c := range allCommands(t) {
		for _, example := range tree.ExampleLines(c.Example) {
			example = strings.ReplaceAll(example, "installs/7", "installs/1")
			lines, plain := commandLines(t, example)
			if !plain || len(lines) != 1 || notRun(c, example) != "" {
				continue
			}
			ran++
			t.Run(example, func(t *testing.T) {
				t.Parallel()
				scope := "destination/clearbrain"
				if regexp.MustCompile(`segctl (api|source|workspace|catalog|.*google-analytics)|--scope workspace`).MatchString(example) {
					scope = "workspace"
				}
				p := newPlace(t, sandbox.Options{Scope: scope})
				p.variable["SEGCTL_SCOPE"] = scope
				p.must(t, "install")
				p.must(t, "installs", "label", "installs/1", "acme-1")
				creates := strings.HasPrefix(example, "segctl dest create")
				if !creates {
					p.must(t, "dest", "enable", "clearbrain", "--api-key", "-", "--source", "workspaces/acme/sources/js")
				}
				folder := t.TempDir()
				args := slices.Clone(lines[0])
				for i := range args {
					if args[i] = prepared(t, folder, args[i]); args[i] == "acme" && args[i-1] == "--install" {
						args[i] = "acme-1"
					}
				}
				exit, _, said := p.run(t, "a-longer-key\n", args...)
				if exit != expected()[example] {
					t.Errorf("it exits with %d:\n%s", exit, said)
				}
			})
		}
	}
	if ran < 50 {
		t.Errorf("only %d examples were run", ran)
	}
}

// prepared writes the file that an argument names, and returns the argument with the file's path.
func prepared(t *testing.T, folder, arg string) string {
	t.Helper()
	texts := map[string]string{
		"key.txt": "a-longer-key\n", "clearbrain.yaml": wantedFile, "webhooks.yaml": wantedFile, "report.xml": "",
		"customers.csv": "install\ninstalls/8\n", "body.json": "{}", "destination.yaml": "enabled: true\nconfig:\n  - name: apiKey\n    value: a-longer-key\n",
	}
	name := strings.TrimPrefix(arg, "@")
	text, ok := texts[name]
	if !ok {
		return arg
	}
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(arg, name) + path
}
