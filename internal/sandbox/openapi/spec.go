// Package openapi holds what goes over the wire against an OpenAPI 3.1 description, such as docs/schema/config-api.yaml. It
// is made for tests, and knows as much of OpenAPI as the descriptions of docs/schema use: JSON bodies, plain text,
// parameters of the query, required headers, HTTP authentication. Responses among the components that have an x-status are
// the answers to paths which lead nowhere. It does not know the server whose answers it judges.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// Operation is one method on one path of the description.
type Operation struct {
	Method   string   // GET, …
	Path     string   // workspaces/{workspace}, without the path of the server
	Scheme   string   // of the Authorization header: bearer or basic; "" is none
	Statuses []string // of its answers, sorted

	words     []string
	query     map[string]*parameter
	body      *content // of the request; nil: none
	required  bool     // whether there has to be one
	responses map[string]*response
}

// parameter is one of the query.
type parameter struct{ schema *jsonschema.Schema }

// response is what an answer with some status has to be.
type response struct {
	*content
	headers []string // that it has to have
}

// content is what a body can be: schemas by media type. Without any, there is no body.
type content struct{ types map[string]*jsonschema.Schema }

// Spec is a description that was read.
type Spec struct {
	base       []string // the words that all paths of the description are under
	slashes    bool     // whether a word of a path can have a slash, escaped
	operations []*Operation
	noRoute    map[string]*response // to a path that there is not, by status
	noMethod   *response            // to a method that a path has not
}

// Load reads a description. The errors are about a file that is none, or that says what this package does not know.
func Load(path string) (*Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := read(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// read makes a Spec of YAML. A mistake in the description is an error here, so that no part of it is passed over.
func read(text []byte) (s *Spec, err error) {
	var raw any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return nil, err
	}
	d := &reader{root: node{value: document}, compiler: jsonschema.NewCompiler()}
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(document0, document); err != nil {
		return nil, err
	}
	s = &Spec{}
	if s.base, err = d.base(); err != nil {
		return nil, err
	}
	s.slashes, _ = d.root.object()["x-escaped-slashes"].(bool)
	paths := d.root.child("paths")
	for _, path := range slices.Sorted(maps.Keys(paths.object())) {
		operations, err := d.path(path, paths.child(path))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.operations = append(s.operations, operations...)
	}
	responses := d.root.child("components").child("responses")
	if s.noRoute, err = d.elsewhere(); err != nil {
		return nil, err
	}
	s.noMethod, err = d.response(responses.child("MethodNotAllowed"))
	return s, err
}

// Operations are all of the description, by path.
func (s *Spec) Operations() []Operation {
	all := make([]Operation, len(s.operations))
	for i, o := range s.operations {
		all[i] = *o
	}
	return all
}

// find returns the operation for the words of a path, and whether the path has any at all. HEAD is GET.
func (s *Spec) find(method string, words []string) (found *Operation, known bool) {
	if method == "HEAD" {
		method = "GET"
	}
	literal := -1 // a path with fewer placeholders wins
	for _, o := range s.operations {
		if !o.match(words) {
			continue
		}
		known = true
		if n := len(words) - strings.Count(o.Path, "{"); o.Method == method && n > literal {
			found, literal = o, n
		}
	}
	return found, known
}

func (o *Operation) match(words []string) bool {
	return slices.EqualFunc(o.words, words, func(want, got string) bool { return want == got || strings.HasPrefix(want, "{") })
}
