package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Streams are standard input, output and error of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs a command with an environment, and returns its exit status, which for one that a signal killed is 128 and the
// signal's number. The error says why it could not be started, or that its end could not be awaited.
//
// SIGHUP, SIGTERM, SIGINT and SIGQUIT are passed on to the command, which decides what they mean: Run returns when it has
// ended, whatever becomes of ctx meanwhile. Ctrl-C and Ctrl-\ at a terminal reach it without help. A ctx that has ended
// before starts nothing.
func Run(ctx context.Context, args, environment []string, streams Streams) (exit int, err error) {
	child := exec.Command(args[0], args[1:]...) //nolint:noctx // the child decides itself what an interrupt means
	child.Stdin, child.Stdout, child.Stderr = streams.In, streams.Out, streams.Err
	child.Env = environment
	signals := make(chan os.Signal, 8) // package signal drops what does not fit
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup, and then the command ignores it too
		signal.Notify(signals, syscall.SIGHUP)
	}
	defer signal.Stop(signals)
	if err := ctx.Err(); err != nil { // a signal came before it could be passed on
		return 0, err
	}
	typed := controlling()
	defer typed.close()
	if err := child.Start(); err != nil {
		exit, err = notStarted(child.Path, environment, err)
		return exit, fmt.Errorf("run command %q: %w", args[0], err)
	}
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		passOn(signals, child.Process, typed, done)
		close(over)
	}()
	err = child.Wait()
	close(done)
	<-over
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return shellStatus(ended), nil
	}
	if err != nil {
		return 1, fmt.Errorf("await command %q: %w", args[0], err)
	}
	return 0, nil
}

// passOn sends the child the signals that only this process gets, until done. A terminal sends Ctrl-C and Ctrl-\ to the
// child as well; a program that got them twice would take the second for impatience.
func passOn(signals <-chan os.Signal, child *os.Process, typed terminal, done <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			switch {
			case (s == os.Interrupt || s == syscall.SIGQUIT) && typed.hasForeground():
				continue
			case s == syscall.SIGHUP:
				// Shells and the kernel both send it when a terminal goes. The second must not end this process before it has
				// cleaned up after the command.
				defer signal.Ignore(syscall.SIGHUP)
			}
			_ = child.Signal(s) // it has ended already where this fails
		case <-done:
			return
		}
	}
}

// shellStatus is the exit status as a shell reports it.
func shellStatus(ended *exec.ExitError) int {
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return ended.ExitCode()
}
