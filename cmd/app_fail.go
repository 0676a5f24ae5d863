package cmd

// Every error ends here. Rules for what is printed:
//   - the message is one line, "segctl: " and what failed, lower case;
//   - what to do next is a line of its own, "hint: ", with the command to run;
//   - nothing that a server sent is printed before secrets are redacted and its control characters are harmless;
//   - with -o json it is one JSON object instead; either way on standard error.

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/secret"
)

// fail prints what an error comes to and returns the exit status.
func (a *App) fail(err error) int {
	p := problem.Of(err, a.problemContext())
	if p.Message == "" {
		return p.Exit
	}
	v := p.View(a.problemContext(), &a.redactor)
	if a.jsonErrors() {
		e := json.NewEncoder(a.Err)
		e.SetEscapeHTML(false)
		_ = e.Encode(map[string]problem.View{"error": v})
		return p.Exit
	}
	_, _ = fmt.Fprintln(a.Err, "segctl: "+secret.Clean(v.Message))
	for _, hint := range v.Hints {
		_, _ = fmt.Fprintln(a.Err, "hint: "+hint)
	}
	return p.Exit
}

// problemContext is the run that a problem belongs to.
func (a *App) problemContext() problem.Context {
	return problem.Context{Command: a.command, Covers: a.covers, Flags: a.context}
}

// jsonErrors reports whether -o json was asked for. Where the error is about the settings or the flags themselves, the
// arguments are read once more, for this flag alone.
func (a *App) jsonErrors() bool {
	if a.settings != nil {
		return output.Format(a.settings.Get(config.Output)) == output.FormatJSON
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	new(globalFlags).add(flags)
	flags.BoolP("help", "h", false, "") // else the parsing would end there
	_ = flags.Parse(a.args)             // what is wrong with them was said already
	if f := flags.Lookup("output"); f.Changed {
		return f.Value.String() == string(output.FormatJSON)
	}
	return a.env("SEGCTL_OUTPUT") == string(output.FormatJSON)
}

// hint returns a command to paste, with the context flags of this run.
func (a *App) hint(comment string, args ...string) string {
	return a.problemContext().Render(problem.Run(comment, args...))
}
