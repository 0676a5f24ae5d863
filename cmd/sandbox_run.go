package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func newSandboxRun(app *App) *cobra.Command {
	var flags sandboxFlags
	c := &cobra.Command{
		Use:   "run [flags] -- CMD [ARG...]",
		Short: "Run a command against a sandbox of its own",
		Long: `Run starts a sandbox on a free port, runs CMD with the environment set to use it,
stops the sandbox and exits with CMD's status.

CMD finds SEGCTL_PROFILE, SEGCTL_ID_URL, SEGCTL_API_URL, SEGCTL_CLIENT_ID, SEGCTL_CLIENT_SECRET,
SEGCTL_REDIRECT_URL (a free port, registered), SEGCTL_STORE=file, SEGCTL_CONFIG_DIR and
SEGCTL_STATE_DIR (temporary folders, removed afterwards), and CLIENT_ID and CLIENT_SECRET.

With --intercept, programs that have Segment's host names built in work unmodified: CMD finds
HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SSL_CERT_FILE, CURL_CA_BUNDLE, GIT_SSL_CAINFO, NODE_EXTRA_CA_CERTS
and REQUESTS_CA_BUNDLE, with which Go, Node.js 24, Python, Ruby and curl reach the sandbox as
id.segmentapis.com, platform.segmentapis.com and app.segment.com, over https. Every other host is
refused; addresses of this machine are reached directly.`,
		Example: `  segctl sandbox run --auto-approve -- ./smoke-test.sh
  segctl sandbox run --token t0ken:workspace -- curl -H "Authorization: Bearer t0ken" ...
  segctl sandbox run --auto-approve --intercept -- npm test`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && !flags.listQuirks {
				return usagef("missing argument: the command to run").hint("segctl sandbox run -- CMD")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if flags.listQuirks {
				return flags.printQuirks(c, app)
			}
			return app.runWithSandbox(c.Context(), &flags, args)
		},
	}
	c.Flags().BoolVar(&flags.intercept, "intercept", false, "answer for Segment's real host names to CMD, and refuse it all others")
	flags.add(c.Flags())
	return c
}

// runWithSandbox runs a command against a sandbox that lives as long as the command.
func (a *App) runWithSandbox(ctx context.Context, flags *sandboxFlags, args []string) (err error) {
	redirect, err := freeRedirectURL()
	if err != nil {
		return err
	}
	flags.redirectURLs = append(flags.redirectURLs, redirect)
	folder, err := os.MkdirTemp("", "segctl-sandbox-")
	if err != nil {
		return fmt.Errorf("make temporary folder: %w", err)
	}
	defer os.RemoveAll(folder)
	box, err := flags.start(ctx, a, "127.0.0.1:0", folder)
	if err != nil {
		return err
	}
	defer func() {
		if closing := box.close(); err == nil {
			err = closing
		}
	}()
	environment := append(box.environment(redirect),
		"SEGCTL_STORE=file",
		"SEGCTL_CONFIG_DIR="+filepath.Join(folder, "config"),
		"SEGCTL_STATE_DIR="+filepath.Join(folder, "state"),
	)
	return a.runChild(args, append(environment, box.trustEnvironment()...))
}
