package cmd

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/sandbox"
)

func newSandboxStart(app *App) *cobra.Command {
	var flags sandboxFlags
	var addr string
	var allowRemote bool
	c := &cobra.Command{
		Use:   "start",
		Short: "Run a sandbox until it is interrupted",
		Example: `  segctl sandbox start
  segctl sandbox start --auto-approve --scope workspace --token-ttl 5s
  segctl sandbox start --quirk reinstall=refused --state sandbox.state`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if flags.listQuirks {
				return flags.printQuirks(c, app)
			}
			host, remote, err := reachable(addr)
			if err != nil {
				return err
			}
			if remote && !allowRemote {
				return usagef("%s is not an address of this machine alone", addr).hint("--allow-remote   # anyone who reaches it can then do anything to the sandbox")
			}
			folder := ""
			if flags.tls {
				if folder, err = os.MkdirTemp("", "segctl-sandbox-"); err != nil {
					return fmt.Errorf("make temporary folder: %w", err)
				}
				defer os.RemoveAll(folder)
			}
			box, err := flags.start(c.Context(), app, addr, folder)
			if err != nil {
				return err
			}
			defer func() {
				if closing := box.close(); err == nil {
					err = closing
				}
			}()
			redirect := sandbox.DemoRedirectURL
			if len(flags.redirectURLs) > 0 {
				redirect = flags.redirectURLs[0]
			}
			for _, variable := range box.environment(redirect) {
				fmt.Fprintln(app.Out, "export "+variable)
			}
			if remote {
				fmt.Fprintf(app.Err, "warning: the sandbox listens on %s; anyone who reaches it can log in, read its secrets and change it\n", inWords(host))
			}
			app.say("The sandbox listens on %s. Paste the lines above into another shell; Ctrl-C stops it.", box.URL)
			app.sayTrust(box)
			return box.wait(c.Context())
		},
	}
	c.Flags().StringVar(&addr, "addr", sandboxAddr, "`address` to listen on; a loopback one, unless --allow-remote")
	c.Flags().BoolVar(&allowRemote, "allow-remote", false, "let --addr be an address that other machines reach")
	flags.add(c.Flags())
	return c
}

// inWords is the host as a person says it.
func inWords(host string) string {
	if host == "" || host == "0.0.0.0" || host == "::" {
		return "every address of this machine"
	}
	return host
}

// sayTrust tells how programs come to trust the certificate of --tls. These lines are not among the exports: with most of
// these variables a program trusts the sandbox and nothing else.
func (a *App) sayTrust(box *localSandbox) {
	if box.Authority == "" {
		return
	}
	a.say("Its certificate is for %s and localhost. To trust it, in the shell that uses it:", strings.Join(sandbox.Hosts(), ", "))
	for _, variable := range box.trustEnvironment() {
		a.say("  export %s", variable)
	}
	a.say("To give it Segment's names (on port 443), in /etc/hosts or as aliases in a container network:")
	a.say("  127.0.0.1 %s", strings.Join(sandbox.Hosts(), " "))
}
