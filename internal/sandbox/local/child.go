package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Exit statuses of a command that cannot be started, as shells have them (POSIX, Shell Command Language, §2.8.2).
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// Streams are standard input, output and error of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs a command with an environment, and returns its exit status, which for one that a signal killed is 128 and the
// signal's number. The error says why it could not be started, or that its end could not be awaited.
//
// SIGTERM is passed on to the command. Ctrl-C at a terminal reaches it without help, and the command decides what that
// means: Run returns when it has ended, whatever becomes of ctx meanwhile. A ctx that has ended before starts nothing.
func Run(ctx context.Context, args, environment []string, streams Streams) (exit int, err error) {
	child := exec.Command(args[0], args[1:]...) //nolint:noctx // the child decides itself what an interrupt means
	child.Stdin, child.Stdout, child.Stderr = streams.In, streams.Out, streams.Err
	child.Env = environment
	signals := make(chan os.Signal, 8) // package signal drops what does not fit
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := ctx.Err(); err != nil { // a signal came before it could be passed on
		return 0, err
	}
	if err := child.Start(); err != nil {
		exit = exitNotExecutable
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			exit = exitNotFound
		}
		return exit, fmt.Errorf("run command %q: %w", args[0], withoutName(err))
	}
	done := make(chan struct{})
	defer close(done)
	go passOn(signals, child.Process, done)
	err = child.Wait()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return shellStatus(ended), nil
	}
	if err != nil {
		return 1, fmt.Errorf("await command %q: %w", args[0], err)
	}
	return 0, nil
}

// passOn sends the child the signals that only this process gets, until done.
func passOn(signals <-chan os.Signal, child *os.Process, done <-chan struct{}) {
	for {
		select {
		case s := <-signals:
			if s != os.Interrupt {
				_ = child.Signal(s) // it has ended already where this fails
			}
		case <-done:
			return
		}
	}
}

// withoutName returns what is wrong with a command, without the name that stands in the message already.
func withoutName(err error) error {
	if lookup, ok := errors.AsType[*exec.Error](err); ok {
		return lookup.Err
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// shellStatus is the exit status as a shell reports it.
func shellStatus(ended *exec.ExitError) int {
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return ended.ExitCode()
}
