package cmd

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox/local"
)

func newSandboxRun(app *App) *cobra.Command {
	var flags sandboxFlags
	var intercept bool
	c := &cobra.Command{
		Use:   "run [flags] -- CMD [ARG...]",
		Short: "Run a command against a sandbox of its own",
		Long: `Run starts a sandbox on a free port, runs CMD with the environment set to use it,
stops the sandbox and exits with CMD's status: 127 if there is no such command, 126 if it
cannot be executed, 128 and the signal's number if a signal killed it. SIGHUP, SIGINT, SIGQUIT
and SIGTERM are passed on to CMD, but for Ctrl-C and Ctrl-\ at a terminal, which reach it anyway.

CMD finds SEGCTL_PROFILE, SEGCTL_ID_URL, SEGCTL_API_URL, SEGCTL_CLIENT_ID, SEGCTL_CLIENT_SECRET,
SEGCTL_REDIRECT_URL (a free port, registered), SEGCTL_STORE=file, SEGCTL_CONFIG_DIR and
SEGCTL_STATE_DIR (temporary folders, removed afterwards), and CLIENT_ID and CLIENT_SECRET.
Whatever else is called SEGCTL_... is not passed on to it.

With --intercept, programs that have Segment's host names built in work unmodified: they reach
the sandbox as id.segmentapis.com, platform.segmentapis.com, eu1.api.segmentapis.com and
app.segment.com, over https. CMD finds NODE_OPTIONS, which leads Node.js 18 and later there, and
for curl, Go, Python and Ruby HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SSL_CERT_FILE, CURL_CA_BUNDLE,
GIT_SSL_CAINFO, NODE_EXTRA_CA_CERTS and REQUESTS_CA_BUNDLE; SEGCTL_SANDBOX_SPKI is for a browser.
The proxy refuses every other host; addresses of this machine are reached directly.

Every flag has a variable, such as SEGCTL_SANDBOX_TOKEN_TTL; several values are separated by spaces.`,
		Example: `  segctl sandbox run --auto-approve -- ./smoke-test.sh
  segctl sandbox run --auto-approve=globex/web -- ./smoke-test.sh
  segctl sandbox run --token t0ken:workspace -- curl -H "Authorization: Bearer t0ken" ...
  segctl sandbox run --auto-approve --intercept -- npm test`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !flags.listQuirks {
				return problem.Usage("missing argument: the command to run").Hint("", "sandbox", "run", "--", "CMD")
			}
			return nil
		},
		Annotations: sandboxVariables(),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case flags.listQuirks:
				return flags.printQuirks(c, app)
			case len(flags.hosts) > 0 && !intercept:
				return problem.Usage("--intercept-host is nothing without --intercept").
					Hint("", "sandbox", "run", "--intercept", "--intercept-host", flags.hosts[0], "--", "CMD")
			}
			return app.runWithSandbox(c.Context(), &flags, intercept, args)
		},
	}
	c.Flags().BoolVar(&intercept, "intercept", false, "answer for Segment's real host names to CMD, and refuse it all others")
	c.Flags().StringArrayVar(&flags.hosts, "intercept-host", nil, "another host `name` to answer for with --intercept (repeatable)")
	flags.add(c.Flags())
	return c
}

// runWithSandbox runs a command against a sandbox that lives as long as the command.
func (a *App) runWithSandbox(ctx context.Context, flags *sandboxFlags, intercept bool, args []string) (err error) {
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		return err
	}
	box, err := flags.start(ctx, a, local.Options{Addr: "127.0.0.1:0", TLS: flags.tls, Intercept: intercept}, redirect)
	if err != nil {
		return err
	}
	defer closeSandbox(box, &err)
	defer flags.watch(a, box)()
	environment, err := box.ChildEnvironment(os.Environ(), redirect)
	if err != nil {
		return err
	}
	status, err := local.Run(ctx, args, environment, local.Streams{In: a.In, Out: a.Out, Err: a.Err})
	switch {
	case err != nil && status != 0:
		return problem.With(status, "%w", err).Hint("", "sandbox", "run", "--help")
	case err == nil && status != 0:
		return problem.Silent(status)
	}
	return err
}

// closeSandbox stops a sandbox at the end of a function. Its error becomes the function's, unless there is one.
func closeSandbox(box *local.Sandbox, err *error) {
	if closing := box.Close(); *err == nil {
		*err = closing
	}
}
