package cmd

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/segctl/segctl/internal/problem"
)

// canPrompt reports whether a person can be asked something: there is a terminal, and --no-input was not given.
func (a *App) canPrompt() bool {
	return !a.flags.noInput && isTerminal(a.In) && isTerminal(a.Err)
}

func addYesFlag(flags *pflag.FlagSet, yes *bool) {
	flags.BoolVarP(yes, "yes", "y", false, "do not ask")
}

// Confirm asks a question on a terminal. Where nobody can answer, --yes is needed.
func (a *App) Confirm(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !a.canPrompt() {
		return problem.Usage("%s There is no terminal to ask on: --yes answers it", question)
	}
	answer, err := a.readLine(ctx, question+" [y/N] ")
	if err != nil {
		return err
	}
	if isYes(answer) {
		return nil
	}
	return problem.With(problem.ExitFailure, "not confirmed: nothing was changed")
}

func isYes(answer string) bool {
	return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")
}

// askLine asks for a line of text on the terminal; an empty one is a mistake.
func (a *App) askLine(ctx context.Context, name string) (string, error) {
	answer, err := a.readLine(ctx, name+": ")
	if err == nil && answer == "" {
		err = problem.Usage("the %s is empty", name)
	}
	return answer, err
}

// readLine prompts on the terminal and returns what is typed, without the blanks around it.
func (a *App) readLine(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(a.Err, prompt)
	read := func() ([]byte, error) { return bufio.NewReader(a.In).ReadBytes('\n') }
	answer, err := awaitRead(ctx, read, func() { fmt.Fprintln(a.Err) })
	return strings.TrimSpace(string(answer)), err
}

// promptSecret asks on the terminal, without echo. An interrupted prompt leaves the terminal as it was.
func (a *App) promptSecret(ctx context.Context, prompt string) ([]byte, error) {
	tty := int(a.In.(*os.File).Fd())
	before, err := term.GetState(tty)
	if err != nil {
		return nil, err
	}
	defer func() { _ = term.Restore(tty, before) }()
	if err := silence(tty); err != nil {
		return nil, err
	}
	fmt.Fprint(a.Err, prompt)
	defer fmt.Fprintln(a.Err)
	return awaitRead(ctx, func() ([]byte, error) { return term.ReadPassword(tty) }, func() {})
}

// awaitRead returns what read returns, or ctx's error as soon as ctx ends; then undo is called, and read is left
// behind, for a blocked terminal read cannot be taken back.
func awaitRead(ctx context.Context, read func() ([]byte, error), undo func()) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		undo()
		return nil, ctx.Err()
	}
}
