package cmd

import (
	"fmt"
	"strings"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
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
  segctl sandbox start --quirk reinstall=refused --state sandbox.state
  segctl sandbox start --customers 1000 --enabled 80%`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if flags.listQuirks {
				return flags.printQuirks(c, app)
			}
			host, remote, err := local.Reachable(addr)
			if err != nil {
				return problem.Usage("--addr %w", err).Hint("", "sandbox", "start", "--addr", sandboxAddr)
			}
			if remote && !allowRemote {
				return problem.Usage("%s is not an address of this machine alone", addr).
					Hint("anyone who reaches it can then do anything to the sandbox", "sandbox", "start", "--addr", addr, "--allow-remote")
			}
			box, err := flags.start(c.Context(), app, local.Options{Addr: addr, TLS: flags.tls})
			if err != nil {
				return err
			}
			defer closeSandbox(box, &err)
			redirect := sandbox.DemoRedirectURL
			if len(flags.redirectURLs) > 0 {
				redirect = flags.redirectURLs[0]
			}
			app.printExports(box.Environment(redirect))
			if remote {
				fmt.Fprintf(app.Err, "warning: the sandbox listens on %s; anyone who reaches it can log in, read its secrets and change it\n", inWords(host))
			}
			app.Say("The sandbox listens on %s. Paste the lines above into another shell; Ctrl-C stops it.", box.URL)
			app.sayTrust(box)
			return box.Wait(c.Context())
		},
	}
	c.Flags().StringVar(&addr, "addr", sandboxAddr, "`address` to listen on; a loopback one, unless --allow-remote")
	c.Flags().BoolVar(&allowRemote, "allow-remote", false, "let --addr be an address that other machines reach")
	flags.add(c.Flags())
	return c
}

// printExports prints variables as lines to paste into a shell.
func (a *App) printExports(variables []string) {
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(a.Out, "export %s=%s\n", name, shellquote.Join(value))
	}
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
func (a *App) sayTrust(box *local.Sandbox) {
	if box.Authority == "" {
		return
	}
	a.Say("Its certificate is for %s and localhost. To trust it, in the shell that uses it:", strings.Join(sandbox.Hosts(), ", "))
	for _, variable := range box.TrustEnvironment() {
		a.Say("  export %s", variable)
	}
	a.Say("To give it Segment's names (on port 443), in /etc/hosts or as aliases in a container network:")
	a.Say("  127.0.0.1 %s", strings.Join(sandbox.Hosts(), " "))
}
