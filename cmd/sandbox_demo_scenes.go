package cmd

import (
	"github.com/kballard/go-shellquote"

	"github.com/segctl/segctl/internal/problem"
)

// scene is one step of the demo: what happens in plain words, and the command line that does it.
type scene struct {
	words   string
	args    []string
	input   string // on standard input: secrets are no arguments, here as elsewhere
	browser bool   // a person does the clicks, where one wants to
	before  bool   // run with the token that the install had before the refresh
	exit    int    // what the command exits with
}

func demoScenes() []scene {
	return []scene{
		{words: "Install: the owner allows the App; the code becomes a token, which is saved.", args: []string{"install", "--scope", sandboxScope}, browser: true},
		{words: "Create the destination, enabled, with the customer's key.", args: []string{"dest", "enable", "--api-key", "-"}, input: "demo-api-key-1\n"},
		{words: "Read it back.", args: []string{"dest", "get", "-o", "json", "--template", "{{.display_name}}: {{.enabled}}"}},
		{words: "Update one setting; nothing else is touched.", args: []string{"dest", "update", "--api-key", "-"}, input: "demo-api-key-2\n"},
		{words: "Refresh the token.", args: []string{"token", "refresh"}},
		{words: "The old token is refused from that moment on.", args: []string{"workspace", "list"}, before: true, exit: problem.ExitSignIn},
		{words: "Disable the destination.", args: []string{"dest", "disable"}},
		{words: "Delete it.", args: []string{"dest", "delete", "--yes"}},
	}
}

// line is the command as it would be typed into a shell.
func (s scene) line() string {
	line := "segctl " + shellquote.Join(s.args...)
	if s.input != "" {
		line += " < api-key.txt"
	}
	if s.before {
		line = `SEGCTL_TOKEN="$OLD_TOKEN" ` + line
	}
	return line
}
