package cmd

import "github.com/segctl/segctl/internal/output"

// newProgress returns what shows on standard error how far a run is.
func (a *App) newProgress() *output.Progress {
	return output.NewProgress(output.ProgressOptions{
		Out:   a.Err,
		TTY:   output.UseBar(a.Env, isTerminal(a.Err)),
		Quiet: a.flags.quiet,
		Color: output.UseColor(a.Env, isTerminal(a.Err), a.flags.noColor),
		Now:   a.Now,
	})
}
