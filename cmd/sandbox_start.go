package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/output"
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
		Long: `Start runs a sandbox until Ctrl-C. On standard output it prints the variables to export, or
with -o json its URL, its variables and the certificate to trust.

It answers requests for localhost, loopback addresses and Segment's host names, and with
--allow-remote for what --addr names; a request for any other host is refused (421), so that no
web page can reach it under a name of its own. --host adds names.

Every flag has a variable, such as SEGCTL_SANDBOX_TOKEN_TTL; several values are separated by spaces.`,
		Example: `  segctl sandbox start
  segctl sandbox start --auto-approve --scope workspace --token-ttl 5s
  segctl sandbox start --quirk reinstall=refused --state sandbox.state
  segctl sandbox start --customers 1000 --enabled 80%
  segctl sandbox start --log -o json`,
		Args:        noArgs,
		Annotations: sandboxVariables(),
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
			p, err := app.printer()
			if err != nil {
				return err
			}
			box, err := flags.start(c.Context(), app, local.Options{Addr: addr, TLS: flags.tls})
			if err != nil {
				return err
			}
			defer closeSandbox(box, &err)
			defer flags.watch(app, box)()
			redirect := sandbox.DemoRedirectURL
			if len(flags.redirectURLs) > 0 {
				redirect = flags.redirectURLs[0]
			}
			if format := p.Effective(); format == output.FormatJSON || format == output.FormatYAML {
				if err := printable(p.Print(c.Context(), box.Describe(redirect), nil)); err != nil {
					return err
				}
			} else {
				app.printExports(app.Out, "", box.Environment(redirect))
			}
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
	c.Flags().StringArrayVar(&flags.hosts, "host", nil, "host `name` to answer to as well, such as that of a container (repeatable)")
	flags.add(c.Flags())
	return c
}

// printExports prints variables as lines to paste into a shell.
func (a *App) printExports(to io.Writer, indent string, variables []string) {
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(to, "%sexport %s=%s\n", indent, name, shellquote.Join(value))
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
	if box.Authority == "" || a.flags.quiet {
		return
	}
	a.Say("Its certificate is for %s and localhost. To trust it, in the shell that uses it:", strings.Join(sandbox.Hosts(), ", "))
	a.printExports(a.Err, "  ", box.TrustEnvironment())
	a.Say("To give it Segment's names (on port 443), in /etc/hosts or as aliases in a container network:")
	a.Say("  127.0.0.1 %s", strings.Join(sandbox.Hosts(), " "))
}
