// Package compare asks a sandbox in this process and another server the conformance cases, and tells where the answers
// differ. So no guess of what Segment does is written down anywhere but in the sandbox.
//
// It knows nothing of segctl: how the other server is asked, and what is to be kept out of the report, it is told.
package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/sandbox/conformance"
)

// Options say what is compared, and where.
type Options struct {
	Server    conformance.Ask // the other server, with the partner's token
	Scope     string          // of that token
	Workspace string          // full names
	Source    string
	Slug      string                   // of the destination that cases are about; "" is the first of the source
	Write     bool                     // the destination may be created, changed and deleted
	Redact    func(text string) string // masks secrets in the texts of errors
	Now       func() time.Time         // the sandbox's clock; nil means time.Now
}

// Outcomes of a case.
const (
	Same      = "same"
	Different = "different"
	NotTried  = "not tried"
)

// Result is what came of one case. Its request has placeholders where the account has names.
type Result struct {
	Name        string                   `json:"name"`
	Claim       string                   `json:"claim"`
	Source      string                   `json:"source"` // letters of who says so, as in docs/sandbox.md
	Request     string                   `json:"request"`
	Outcome     string                   `json:"result"`
	Differences []conformance.Difference `json:"differences,omitempty"`
	Why         string                   `json:"why,omitempty"` // it was not tried
}

// About says in one line why a case was not tried, or what differs.
func (r Result) About() string {
	words := make([]string, len(r.Differences))
	for i, d := range r.Differences {
		words[i] = d.String()
	}
	return r.Why + strings.Join(words, "; ")
}

// Report is what came of all of them. It holds no value of the account, no name and no secret.
type Report struct {
	Scope     string   `json:"scope"` // of the token
	Cases     []Result `json:"cases"`
	Same      int      `json:"same"`
	Different int      `json:"different"`
	NotTried  int      `json:"not_tried"`

	// Restored says what became of the destination that was written to; "" where nothing was. Left is true if it may not
	// be as it was before.
	Restored string `json:"restored,omitempty"`
	Left     bool   `json:"left"`
}

// run is one comparison.
type run struct {
	options Options
	place   conformance.Place
	sandbox conformance.Ask
	before  json.RawMessage // the destination as it was on the server, nil where it was not there
	exists  bool            // the destination, on both
	fresh   bool            // it was created by a case
	touched bool            // a case that writes was sent

	cloudOnly bool // the destination, by the catalog
	report    Report
}

// Run compares. Whatever happens after the first request that writes, the destination is put back as it was, and the
// report says so. An error of the server that is no answer ends the comparison; it is returned beside the report.
func Run(ctx context.Context, o Options) (Report, error) {
	r := &run{options: o, report: Report{Scope: o.Scope}, place: conformance.Place{Workspace: o.Workspace, Source: o.Source, Slug: o.Slug}}
	if err := r.prepare(ctx); err != nil {
		return r.report, err
	}
	err := r.tryAll(ctx)
	if r.touched {
		r.restore(ctx)
	}
	return r.report, err
}

func (r *run) tryAll(ctx context.Context) error {
	for _, c := range conformance.Cases() {
		result := Result{Name: c.Name, Claim: c.Claim, Source: c.Source, Request: c.Method + " " + c.Path}
		var err error
		if result.Why = r.obstacle(c); result.Why == "" {
			err = r.try(ctx, c, &result)
		} else {
			result.Outcome = NotTried
		}
		if err != nil {
			return err
		}
		r.add(result)
	}
	return nil
}

func (r *run) add(result Result) {
	switch result.Outcome {
	case Same:
		r.report.Same++
	case Different:
		r.report.Different++
	default:
		r.report.NotTried++
	}
	r.report.Cases = append(r.report.Cases, result)
}

// obstacle says why a case cannot be tried, "" if it can.
func (r *run) obstacle(c conformance.Case) string {
	switch {
	case !c.Scope.Fits(r.options.Scope):
		return "it is for tokens of another scope than " + r.options.Scope
	case c.Writes && !r.options.Write, c.Needs == conformance.Fresh && !r.options.Write:
		return "it writes, which --write-to DEST allows"
	case c.Needs == conformance.Absent && r.before != nil, c.Needs == conformance.Fresh && r.before != nil:
		return "the destination was there before, and is not deleted for this"
	case c.Needs == conformance.Fresh && !r.fresh:
		return "the destination was not created"
	case c.Name == "deleted" && !r.fresh:
		return "the destination was not created"
	case c.Needs == conformance.Destination && !r.exists:
		return "there is no such destination"
	case c.Name == "patterns" && r.place.PatternSetting == "":
		return "the destination has no setting with a pattern that x does not match"
	case c.Name == "connection-mode" && !r.cloudOnly:
		return "the destination is not cloud-only"
	}
	return ""
}

// try asks both, and keeps to what they answered.
func (r *run) try(ctx context.Context, c conformance.Case, result *Result) error {
	request := r.place.Request(c)
	r.touched = r.touched || c.Writes
	asked := ctx
	if request.Method == http.MethodPost {
		// A creation that is cut may still be made, after the destination was put back: its answer is awaited.
		asked = context.WithoutCancel(ctx)
	}
	server, err := r.options.Server(asked, request)
	if err != nil {
		return err
	}
	sandbox, err := r.sandbox(ctx, request)
	if err != nil {
		return err
	}
	here, there := conformance.Observe(c, sandbox, r.place.Written()), conformance.Observe(c, server, r.place.Written())
	if c.Aspect == conformance.PageSize && there.Status == http.StatusOK && there.Aspect == "" {
		result.Outcome, result.Why = NotTried, "the whole list is on one page"
		return nil
	}
	result.Differences = conformance.Differences(c, here, there, func(text string) string {
		return r.place.Hide(r.options.Redact(text))
	})
	if result.Outcome = Same; len(result.Differences) > 0 {
		result.Outcome = Different
	}
	if c.Name == "create" {
		r.fresh = server.Status < http.StatusMultipleChoices && sandbox.Status < http.StatusMultipleChoices
		r.exists = r.fresh
	}
	return nil
}

// unclear is the error of a comparison that could not put the destination back.
func unclear(slug string, status int) error {
	return fmt.Errorf("look at destination %q before it is written to: the server answered %d", slug, status)
}
