package cmd

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

func addYesFlag(flags *pflag.FlagSet, yes *bool) {
	flags.BoolVarP(yes, "yes", "y", false, "do not ask")
}

// confirm asks a question on a terminal. Where nobody can answer, --yes is needed.
func (a *App) confirm(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !a.canPrompt() {
		return usagef("%s There is no terminal to ask on", question).hint("--yes   # answers it")
	}
	_, _ = fmt.Fprint(a.Err, question+" [y/N] ")
	read := func() ([]byte, error) { return bufio.NewReader(a.In).ReadBytes('\n') }
	answer, err := awaitRead(ctx, read, func() { _, _ = fmt.Fprintln(a.Err) })
	if err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(string(answer))) {
	case "y", "yes":
		return nil
	}
	return &statusError{Code: exitFailure, Err: fmt.Errorf("not confirmed: nothing was changed")}
}
