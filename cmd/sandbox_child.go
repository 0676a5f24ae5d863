package cmd

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// exitNoCommand is what shells exit with when a command cannot be started.
const exitNoCommand = 127

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
