// Package conformance is what the sandbox claims of Segment's Config API, as requests with what they are answered: the
// sandbox's own tests hold it to them, and `segctl sandbox compare` asks a sandbox and another server the same.
//
// It knows neither the sandbox nor segctl: a server is whatever answers an [Ask].
package conformance

import (
	"context"
	"net/http"
	"strings"
)

// Case is one request and what is claimed of its answer.
//
// In Path and Body, {workspace}, {source} and {destination} stand for full names, {slug} for the destination's own. In
// Body, {config} is a list of the settings that the destination cannot do without, {config-before} that with what the
// destination had before, {enabled-before} whether it was enabled, and {pattern-setting} the full name of a setting whose
// pattern the value "x" does not match.
type Case struct {
	Name   string
	Claim  string // one sentence
	Source string // letters of who says so: D A P S C G H, or ? for nobody
	Scope  Scope  // of the tokens that the claim is about
	Needs  Need
	Writes bool // it may change something, and then {destination} alone

	Method string
	Path   string // below /v1beta/, with its query
	Body   string

	Aspect Aspect // what is judged in place of the shape; None is the shape

	Want   Want            // by default
	Quirks map[string]Want // by NAME=VALUE: where the claim is one of several
}

// Scope says whose tokens a case is for.
type Scope int

// The scopes of cases.
const (
	AnyScope    Scope = iota
	WideScope         // workspace and workspace:read
	NarrowScope       // destination/<slug>
)

// Fits reports whether a token of that scope is meant.
func (s Scope) Fits(scope string) bool {
	narrow := strings.HasPrefix(scope, "destination/")
	return s == AnyScope || narrow == (s == NarrowScope)
}

// Need is what must be so before a case's request makes sense.
type Need int

// What cases need.
const (
	Nothing     Need = iota
	Absent           // {destination} is not there
	Destination      // {destination} is there
	Fresh            // it is there because the comparison created it, so that it may be changed and deleted
)

// Aspect is one thing about an answer that its shape does not say.
type Aspect int

// The aspects.
const (
	None     Aspect = iota
	PageSize        // how many items a page has on which not all of them are
	Mode            // the connection mode
	Settings        // whether there are settings that nobody wrote
)

// Want is what the sandbox answers.
type Want struct {
	Status int
	Code   int    // of an error; 0 for an answer that is none, or has none
	Fields string // names of the answer's fields, sorted, with spaces between; not judged of errors
	Text   string // what an error's text begins with, in the sandbox's own words; never asked of another server
	Aspect string // what the aspect is
}

// Request is one request to a Config API.
type Request struct {
	Method string
	Path   string // below /v1beta/, with its query
	Body   []byte // JSON, or nil
}

// Answer is what a server answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Ask sends a request to a server with the token that is meant.
type Ask func(ctx context.Context, r Request) (Answer, error)

// Place is what the placeholders of requests stand for.
type Place struct {
	Workspace, Source string // full names
	Slug              string // of the destination
	Config            string // JSON list of the settings that it cannot do without
	ConfigBefore      string // JSON list of the settings that it had; "" is Config
	EnabledBefore     bool
	PatternSetting    string // name of a setting, "" where there is none
}

// Destination returns the full name of the destination.
func (p Place) Destination() string { return p.Source + "/destinations/" + p.Slug }

// Request returns the request of a case at a place.
func (p Place) Request(c Case) Request {
	enabled := "false"
	if p.EnabledBefore {
		enabled = "true"
	}
	before := p.ConfigBefore
	if before == "" {
		before = p.Config
	}
	fill := strings.NewReplacer("{workspace}", p.Workspace, "{source}", p.Source, "{destination}", p.Destination(), "{slug}", p.Slug,
		"{config}", p.Config, "{config-before}", before, "{enabled-before}", enabled,
		"{pattern-setting}", p.Destination()+"/config/"+p.PatternSetting)
	r := Request{Method: c.Method, Path: fill.Replace(c.Path)}
	if c.Body != "" {
		r.Body = []byte(fill.Replace(c.Body))
	}
	return r
}

// Hide puts the placeholders in the place of an account's names in a text.
func (p Place) Hide(text string) string {
	quoted := func(name string) string { return `"` + name[strings.LastIndex(name, "/")+1:] + `"` }
	hide := strings.NewReplacer(p.Destination(), "{destination}", p.Source, "{source}", p.Workspace, "{workspace}",
		quoted(p.Source), "{source}", quoted(p.Workspace), "{workspace}")
	return hide.Replace(text)
}
