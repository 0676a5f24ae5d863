package cmd

import "github.com/spf13/cobra"

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
			Long: `segctl exits with

    0  done
    1  other failure
    2  usage: a flag, argument, setting or value is wrong
    3  not found at Segment
    4  sign-in needed: no token, one that cannot be renewed, or no such install here
    5  forbidden, denied, or the wrong scope
    6  conflict: it exists already
    7  rate limited
    8  network or server
    9  keyring or store
   10  different: "dest diff" found something, or a check failed
   11  some of several installs failed
  130  interrupted

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
