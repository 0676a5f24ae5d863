package cmd

import "github.com/spf13/cobra"

// usageTemplate is cobra's, with examples first, and with the global flags on the root's page alone.
const usageTemplate = `{{if .HasExample}}Examples:
{{.Example}}

{{end}}Usage:{{if .HasAvailableSubCommands}}
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
   10  different: a check of "segctl doctor" failed
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
