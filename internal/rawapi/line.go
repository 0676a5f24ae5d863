package rawapi

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Line is what a command line says of a request.
type Line struct {
	Args     []string // the path, or the method and the path
	Fields   []Field
	Input    string   // name of a file with the body, "-" for standard input, "" for none
	Headers  []string // as "Name: value"
	Paginate bool     // follow next_page_token
}

// Source is what a request takes from the world around it.
type Source struct {
	API   wire.Origin                       // where the token may go
	Read  func(path string) ([]byte, error) // reads a file whole, or standard input for "-"
	Stdin []string                          // what reads standard input already, in words
}

// Field is one field of a request.
type Field struct {
	Key   string // "a", "a[b]", "a[]", …
	Value string
	Typed bool // it is what it reads like; else it is a string
}

// ParseField reads a field of the form key=value.
func ParseField(text string, typed bool) (Field, error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return Field{}, errors.New("not of the form key=value")
	}
	return Field{key, value, typed}, nil
}

// Methods are the methods of the Config API.
func Methods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
}

// Request makes the request. The placeholders of its path are still to be filled. What is wrong with the line is a usage
// error, and nothing was read before the line is known to be right.
func (l *Line) Request(s Source) (*segment.Request, error) {
	r := &segment.Request{}
	var err error
	if r.Method, err = l.method(); err != nil {
		return nil, err
	}
	if l.Paginate && r.Method != http.MethodGet {
		return nil, problem.Usage("--paginate goes with GET, not with %s", r.Method)
	}
	if r.Header, err = segment.ParseHeaders(l.Headers); err != nil {
		return nil, problem.Usage("-H: %w", err)
	}
	where, err := belowAPI(l.Args[len(l.Args)-1], s.API)
	if err != nil {
		return nil, err
	}
	path, query, _ := strings.Cut(where, "?")
	if r.Query, err = url.ParseQuery(query); err != nil {
		return nil, problem.Usage("query of the path: %w", err)
	}
	// As it stands in documents and curl commands.
	r.Path = strings.TrimPrefix(strings.Trim(path, "/"), "v1beta/")
	if err := checkPlaceholders(r.Path); err != nil {
		return nil, err
	}
	return r, l.fillBody(r, s)
}

// method returns the method that is given, or the one that the rest of the line calls for.
func (l *Line) method() (string, error) {
	method := strings.ToUpper(l.Args[0])
	known := slices.Contains(Methods(), method)
	switch {
	case len(l.Args) == 2 && known:
		return method, nil
	case len(l.Args) == 2:
		return "", problem.Usage("unknown method %q: the methods are %s", l.Args[0], strings.Join(Methods(), ", "))
	case known:
		return "", problem.Usage("missing argument: the path to send %s to", method).
			Hint("such as this", "api", method, "workspaces/{workspace}/sources")
	case len(l.Fields) > 0 || l.Input != "":
		return http.MethodPost, nil
	}
	return http.MethodGet, nil
}
