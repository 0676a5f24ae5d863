package problem

import (
	"context"
	"errors"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/segment"
)

// Problem is what an error comes to.
type Problem struct {
	Exit       int
	Reason     string // the reason in a word of the API or the authorization server, such as "NOT_FOUND"; "" for none
	HTTPStatus int    // of the answer; 0 for none
	Message    string // one line; "": nothing is printed
	Hints      []Hint // never empty where there is a message
}

// hint adds a command that helps.
func (p *Problem) hint(comment string, args ...string) {
	p.Hints = append(p.Hints, Run(comment, args...))
}

// translators has one function for each package with errors of its own, the packages that wrap others first. Each reports
// whether the error was one of its package's.
func translators() []func(error, *Problem) bool {
	return []func(error, *Problem) bool{
		ofAccount, ofDestination, ofDesired, ofAuthorize, ofLoopback, ofSegment, ofInstall, ofConfig, ofSandbox, ofWire, ofPrivate,
	}
}

// Of returns what an error comes to. c is the run that failed.
func Of(err error, c Context) Problem {
	p := Problem{Exit: ExitFailure, Message: oneLine(err)}
	if errors.Is(err, context.Canceled) && !keepsWords(err) {
		p.Exit, p.Message = ExitInterrupted, "interrupted"
		p.hint("again", c.Command...)
		return p
	}
	if !ofOwn(err, &p) && !ofTimeout(err, &p) { // whatever is joined below them
		err = segment.Decisive(err)
		for _, translate := range translators() {
			if translate(err, &p) {
				break
			}
		}
	}
	if c.Covers != "" {
		p.Message = strings.Replace(p.Message, notCovered, " ("+c.Covers+")", 1)
	}
	if len(p.Hints) == 0 && p.Message != "" {
		p.Hints = []Hint{lastResort(p.Exit, c)}
	}
	return p
}

// keepsWords reports whether an error says more than that it was interrupted: an install that was granted and not saved,
// or whatever says itself what it comes to.
func keepsWords(err error) bool {
	_, unsaved := errors.AsType[*account.UnsavedError](err)
	_, own := errors.AsType[*Error](err)
	return unsaved || own
}

// lastResort is the hint of a problem that has none of its own.
func lastResort(exit int, c Context) Hint {
	if exit == ExitUsage {
		return Run("", append(c.Command, "--help")...)
	}
	return Run("checks this machine, the settings, the store and the network", "doctor")
}

// oneLine returns the message of an error; joined errors take a line each.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}

// ofOwn translates the errors that say themselves what they come to.
func ofOwn(err error, p *Problem) bool {
	own, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	p.Exit, p.Hints = own.Exit, own.Hints
	if own.Err == nil {
		p.Message = ""
	}
	return true
}
