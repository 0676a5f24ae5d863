package cmd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// exitNoCommand is what shells exit with when a command cannot be started.
const exitNoCommand = 127

func newSandboxRun(app *App) *cobra.Command {
	var flags sandboxFlags
	c := &cobra.Command{
		Use:   "run [flags] -- CMD [ARG...]",
		Short: "Run a command against a sandbox of its own",
		Long: `Run starts a sandbox on a free port, runs CMD with the environment set to use it,
stops the sandbox and exits with CMD's status.

CMD finds SEGCTL_PROFILE, SEGCTL_ID_URL, SEGCTL_API_URL, SEGCTL_CLIENT_ID, SEGCTL_CLIENT_SECRET,
SEGCTL_REDIRECT_URL (a free port, registered), SEGCTL_STORE=file, SEGCTL_CONFIG_DIR and
SEGCTL_STATE_DIR (temporary folders, removed afterwards), and CLIENT_ID and CLIENT_SECRET.`,
		Example: `  segctl sandbox run --auto-approve -- ./smoke-test.sh
  segctl sandbox run --token t0ken:workspace -- curl -H "Authorization: Bearer t0ken" ...`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			redirect, err := freeRedirectURL()
			if err != nil {
				return err
			}
			flags.redirectURLs = append(flags.redirectURLs, redirect)
			box, err := flags.start(c.Context(), app, "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer box.close()
			folder, err := os.MkdirTemp("", "segctl-sandbox-")
			if err != nil {
				return fmt.Errorf("make temporary folder: %w", err)
			}
			defer os.RemoveAll(folder)
			environment := append(box.environment(redirect),
				"SEGCTL_STORE=file",
				"SEGCTL_CONFIG_DIR="+filepath.Join(folder, "config"),
				"SEGCTL_STATE_DIR="+filepath.Join(folder, "state"),
			)
			return app.runChild(args, environment)
		},
	}
	flags.add(c.Flags())
	return c
}

// runChild runs a command with environment on top of ours, and returns its exit status as an error. A signal of the
// terminal reaches the child by itself; one sent to this process alone is passed on. Either way the child ends first.
func (a *App) runChild(args, environment []string) error {
	child := exec.Command(args[0], args[1:]...) //nolint:noctx // the child decides itself what an interrupt means
	child.Stdin, child.Stdout, child.Stderr = a.In, a.Out, a.Err
	child.Env = append(os.Environ(), environment...)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		return &statusError{Code: exitNoCommand, Err: err}
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case s := <-signals:
				if s != os.Interrupt {
					_ = child.Process.Signal(s)
				}
			case <-done:
				return
			}
		}
	}()
	err := child.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &statusError{Code: shellStatus(exit)}
	}
	return err
}

// shellStatus is the exit status as a shell reports it: 128 and the signal's number for a child that was killed.
func shellStatus(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
