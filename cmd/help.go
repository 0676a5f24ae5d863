package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
)

// usageTemplate is cobra's, with examples first, and with the global flags on the root's page alone. A command that holds
// others and has flags of its own, with their variables, runs without one of them as well.
const usageTemplate = `{{if .HasExample}}Examples:
{{.Example}}

{{end}}Usage:{{if .HasAvailableSubCommands}}{{if index .Annotations "segctl_variables"}}
  {{.UseLine}}{{end}}
  {{.CommandPath}} COMMAND{{else}}
  {{.UseLine}}{{end}}{{if .Aliases}}

Aliases:
  {{.NameAndAliases}}{{end}}{{if .HasAvailableSubCommands}}{{$all := .Commands}}{{if not .Groups}}

Commands:{{range $all}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{range $group := .Groups}}

{{.Title}}{{range $all}}{{if and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasHelpSubCommands}}

Help topics:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{.Root.Name}} help {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasParent}}

Flags of every command: {{.Root.Name}} --help{{end}}
`

// newHelp is cobra's help command, but for what is no command: that is an error, with a suggestion, and not the page of
// something else.
func newHelp(app *App) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  segctl help dest get\n  segctl help exit-codes",
		ValidArgsFunction: func(c *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var found []cobra.Completion
			if about, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
				for _, sub := range about.Commands() {
					if (sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand()) && strings.HasPrefix(sub.Name(), toComplete) {
						found = append(found, cobra.CompletionWithDesc(sub.Name(), sub.Short))
					}
				}
			}
			return found, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			switch {
			case err != nil:
				return problem.Usage("%w", err).Hint("", "--help")
			case len(rest) > 0 && about.HasSubCommands():
				return unknownCommand(about, rest[0])
			}
			about.InitDefaultHelpFlag()
			app.command = commandOf(about)
			return about.Help()
		},
	}
}

// refuseHelpOfNothing keeps `segctl dest aply --help` from printing the page of dest: cobra looks at --help before it looks
// whether there is such a command.
func (a *App) refuseHelpOfNothing(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if words := c.Flags().Args(); c.HasSubCommands() && len(words) > 0 {
			a.command, a.noHelp = commandOf(c), unknownCommand(c, words[0])
			return
		}
		help(c, args)
	})
}

// exitCodes are the lines of the exit codes in help.
func exitCodes() string {
	var b strings.Builder
	for _, c := range problem.Codes() {
		fmt.Fprintf(&b, "%5d  %s\n", c.Code, c.Meaning)
	}
	return b.String()
}

// helpTopics are the pages of `segctl help` that belong to no command.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{
			Use:   "events",
			Short: "The events that commands for several installs print with -o json",
			Long: `With -o json, a command that works on several installs prints one JSON object on each line of standard
output, and nothing else. Commands of desired state and health (dest diff, apply, check, watch) do so for one install, too.

  version  first; {"event":"version","version":1,"command":"dest enable","segctl":"…"}
  plan     a target that would be changed: install, label, on (workspace/source), destination, action, changes
  result   what became of a target, once for each: status, and action, health, detail, changes, resource, error
  health   of "dest watch": from, to, recovered, time
  summary  last; targets = ok + changed + different + failed + left, exit_code, duration_ms

The status of a result is ok (as wanted, nothing was sent), changed, different (not as it should be) or failed; a failed one
has the error that the command prints for one install. A plan and its result have the same install and destination.
Secrets in changes are masked; resource is the API's own object, whole in "dest get" and masked elsewhere.

New fields and events may come; none that is there goes or changes its meaning without a new version. The JSON Schema is
docs/schema/events.schema.json.

  segctl token refresh --all -o json | jq -r 'select(.status == "failed") | .install + " " + .error.message'
  segctl dest check --all --jq 'select(.event == "summary")'`,
		},
		{
			Use:   "exit-codes",
			Short: "The exit codes that scripts can rely on",
			Long: "segctl exits with\n\n" + exitCodes() + `
Count every other code as a failure: new causes get new codes.

"segctl sandbox run" exits with the status of its command.

With -o json an error is one JSON object on standard error:

  {"error":{"code":3,"status":"not_found","reason":"NOT_FOUND","http_status":404,
    "message":"…","hints":["segctl …"]}}

where status is usage, not_found, sign_in_needed, forbidden, conflict, rate_limited,
network, store, different, interrupted or failure; reason and http_status are there where
a server gave them, and each hint is a command to run.`,
		},
		{
			Use:   "environment",
			Short: "The environment variables that segctl reads",
			Long: `SEGCTL_CLIENT_ID, SEGCTL_CLIENT_SECRET
    the App's credentials
SEGCTL_TOKEN
    a token to use instead of a saved install's
SEGCTL_SCOPE, SEGCTL_REDIRECT_URL, SEGCTL_ID_URL, SEGCTL_API_URL, SEGCTL_STORE, SEGCTL_OUTPUT
    settings, see "segctl config list"
SEGCTL_PROFILE
    the profile of the configuration
SEGCTL_INSTALL, SEGCTL_SANDBOX, SEGCTL_NO_INPUT, … (SEGCTL_ and the name of any flag of every command)
    the flag's value where it is not given
SEGCTL_CONFIG_DIR, SEGCTL_STATE_DIR
    folders for config.yaml, and for the index of installs
BROWSER
    the command that opens a URL, which takes the place of %s or is appended; "none" opens nothing
NO_COLOR, TERM=dumb
    no colour
HTTPS_PROXY, HTTP_PROXY, NO_PROXY
    as usual`,
		},
	}
}
