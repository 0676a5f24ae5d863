package cmd

// Every error ends here. Rules for what is printed:
//   - the message is one line, "segctl: " and what failed, lower case;
//   - what to do next is a line of its own, "hint: ", with the command to run;
//   - nothing that a server sent is printed before its control characters are harmless;
//   - with -o json it is one JSON object instead; either way on standard error.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

// Exit codes, promised in `segctl help exit-codes`.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitSignIn      = 4
	exitForbidden   = 5
	exitConflict    = 6
	exitRateLimited = 7
	exitNetwork     = 8
	exitStore       = 9
	exitInterrupted = 130
)

// statusNames are the exit codes as the JSON of an error names them.
func statusName(code int) string {
	switch code {
	case exitUsage:
		return "usage"
	case exitNotFound:
		return "not_found"
	case exitSignIn:
		return "sign_in_needed"
	case exitForbidden:
		return "forbidden"
	case exitConflict:
		return "conflict"
	case exitRateLimited:
		return "rate_limited"
	case exitNetwork:
		return "network"
	case exitStore:
		return "store"
	case exitInterrupted:
		return "interrupted"
	}
	return "failure"
}

// verdict is what an error comes to.
type verdict struct {
	Code    int
	Message string
	Hints   []string
}

// fail prints what an error comes to and returns the exit status.
func (a *App) fail(err error) int {
	v := a.judge(err)
	if v.Message == "" {
		return v.Code
	}
	if a.jsonErrors() {
		type body struct {
			Code    int    `json:"code"`
			Status  string `json:"status"`
			Message string `json:"message"`
			Hint    string `json:"hint,omitempty"`
		}
		e := json.NewEncoder(a.Err)
		e.SetEscapeHTML(false)
		_ = e.Encode(map[string]body{"error": {v.Code, statusName(v.Code), v.Message, strings.Join(v.Hints, "\n")}})
		return v.Code
	}
	_, _ = fmt.Fprintln(a.Err, "segctl: "+output.Clean(v.Message))
	for _, hint := range v.Hints {
		_, _ = fmt.Fprintln(a.Err, "hint: "+output.Clean(hint))
	}
	return v.Code
}

// jsonErrors reports whether -o json was asked for. Where the error is about the settings or the flags themselves, only
// the arguments as they are, and the environment, can tell.
func (a *App) jsonErrors() bool {
	if a.settings != nil {
		return output.Format(a.settings.Get(config.Output)) == output.FormatJSON
	}
	for i, arg := range a.args {
		switch arg {
		case "--":
			return false
		case "-o=json", "-ojson", "--output=json":
			return true
		case "-o", "--output":
			return i+1 < len(a.args) && a.args[i+1] == "json"
		}
	}
	return output.Format(a.env("SEGCTL_OUTPUT")) == output.FormatJSON
}

// judge turns an error into exit code, message and hints, by its type alone.
func (a *App) judge(err error) verdict {
	v := verdict{Code: exitFailure, Message: oneLine(err)}
	err = decisive(err)
	var (
		usage       *usageError
		ambiguous   *ambiguousError
		status      *statusError
		installed   *installedError
		credentials *credentialsError
		unsaved     *unsavedError
		settings    *config.Error
		format      *output.FormatError
		expression  *output.ExpressionError
		box         *sandboxError
	)
	switch {
	case errors.As(err, &status):
		v.Code = status.Code
		if status.Err == nil {
			v.Message = ""
		}
	case errors.As(err, &unsaved):
		v.Code = exitStore
		v.hint("segctl installs import %s   # once the store works; the App stays installed", unsaved.Install)
		v.store(err)
	case errors.Is(err, context.Canceled):
		v.Code, v.Message = exitInterrupted, "interrupted"
	case errors.As(err, &usage):
		v.Code = exitUsage
		v.Hints = usage.Hints
	case errors.As(err, &ambiguous):
		v.ambiguous(ambiguous)
	case errors.As(err, &settings):
		v.Code = exitUsage
		if settings.Hint != "" {
			v.hint("%s", settings.Hint)
		}
	case errors.As(err, &format):
		v.Code = exitUsage
	case errors.As(err, &expression):
		v.Code = exitUsage
		if expression.Runtime {
			v.Code = exitFailure
			v.hint("the same with -o json instead   # shows what it works on")
		}
	case errors.As(err, &credentials):
		v.Code = exitUsage
		v.credentials()
	case errors.As(err, &installed):
		v.Code = exitConflict
		v.hint("segctl token refresh --install %s   # the saved install, with a new token", installed.Name)
		v.hint("segctl installs import %s   # if its record is of no use any more", installed.Name)
		v.hint("segctl install --scope %s --force   # to install on another workspace or source", installed.Scope)
	case errors.As(err, &box):
		v.Code = exitNetwork
		v.hint("segctl sandbox start   # in another shell, and paste what it prints into this one")
	case errors.Is(err, errForeignToken):
		v.Code = exitSignIn
		v.hint("unset SEGCTL_TOKEN, or set SEGCTL_API_URL to the sandbox's address (segctl sandbox start prints it)")
	case errors.Is(err, errSignIn):
		v.Code = exitSignIn
		a.signIn(&v)
	case a.isForeign(err):
		v.Code = exitSignIn
		v.Message += " (the API is a sandbox or another program on this machine, and the token is not from there)"
		v.hint("unset SEGCTL_TOKEN, or unset SEGCTL_API_URL   # a token works only with the API that issued it")
	case v.authorize(err), v.token(err), v.segment(err):
	default:
		v.store(err)
	}
	if len(v.Hints) == 0 && v.Code == exitUsage && a.running != nil {
		v.hint("%s --help", a.running.CommandPath())
	}
	return v
}

func (v *verdict) hint(format string, args ...any) {
	v.Hints = append(v.Hints, fmt.Sprintf(format, args...))
}
