package cmd

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// apiMethods are the methods of the Config API.
func apiMethods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
}

// apiField is one field of a request, as -f or -F gave it.
type apiField struct {
	key   string // "a", "a[b]", "a[]", …
	value string
	typed bool
}

// fieldFlag appends to one list for both flags, for their order counts: a[][x]=1 begins an object that a[][y]=2 goes on.
type fieldFlag struct {
	fields *[]apiField
	typed  bool
}

func (f fieldFlag) Set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return errors.New("not of the form key=value")
	}
	*f.fields = append(*f.fields, apiField{key, value, f.typed})
	return nil
}

func (fieldFlag) String() string { return "" }
func (fieldFlag) Type() string   { return "key=value" }

// apiRequest turns the command line into a request. The placeholders of its path are still to be filled.
func (a *App) apiRequest(args []string, flags *apiFlags) (*segment.Request, error) {
	r := &segment.Request{}
	var err error
	if r.Method, err = apiMethod(args, flags); err != nil {
		return nil, err
	}
	if flags.paginate && r.Method != http.MethodGet {
		return nil, problem.Usage("--paginate goes with GET, not with %s", r.Method)
	}
	if r.Header, err = segment.ParseHeaders(flags.headers); err != nil {
		return nil, problem.Usage("-H: %w", err)
	}
	where, err := a.belowAPI(args[len(args)-1])
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
	return r, a.fillBody(r, flags)
}

// belowAPI returns what a URL of the API has after the API's origin; a path is one already. The URL of another server is
// refused: what is sent has the token with it.
func (a *App) belowAPI(where string) (string, error) {
	if !strings.Contains(strings.ToLower(where), "://") {
		return where, nil
	}
	u, err := url.Parse(where)
	if err != nil || u.User != nil || u.Fragment != "" {
		return "", problem.Usage("that is no URL of the API")
	}
	s, err := a.Settings()
	if err != nil {
		return "", err
	}
	_, api := s.Server()
	origin, err := wire.ParseOrigin(u.Scheme + "://" + u.Host)
	if err != nil || origin != api {
		return "", problem.Usage("%s://%s is not the API of these settings, %s, and the token goes nowhere else", u.Scheme, u.Host, api).
			Hint("where that is set", "config", "get", config.APIURL)
	}
	path := u.EscapedPath()
	if strings.ContainsAny(u.Path, "{}") {
		path = u.Path // placeholders, which are to be filled
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path, nil
}

// apiMethod returns the method that is given, or the one that the other flags call for.
func apiMethod(args []string, flags *apiFlags) (string, error) {
	method := strings.ToUpper(args[0])
	known := slices.Contains(apiMethods(), method)
	switch {
	case len(args) == 2 && known:
		return method, nil
	case len(args) == 2:
		return "", problem.Usage("unknown method %q: the methods are %s", args[0], strings.Join(apiMethods(), ", "))
	case known:
		return "", problem.Usage("missing argument: the path to send %s to", method).
			Hint("such as this", "api", method, "workspaces/{workspace}/sources")
	case len(flags.fields) > 0 || flags.input != "":
		return http.MethodPost, nil
	}
	return http.MethodGet, nil
}

// fillBody gives the request its body, and the query those fields that the body does not take.
func (a *App) fillBody(r *segment.Request, flags *apiFlags) error {
	hasBody := r.Method != http.MethodGet && r.Method != http.MethodHead
	if flags.input != "" && !hasBody {
		return problem.Usage("--input does not go with %s", r.Method)
	}
	if err := a.claimStdin(flags); err != nil {
		return err
	}
	var fields []segment.Field
	for _, f := range flags.fields {
		text, isRead, err := a.fieldText(f)
		if err != nil {
			return problem.Usage("field %s: %w", f.key, err)
		}
		switch {
		case !hasBody || flags.input != "":
			r.Query.Add(f.key, text)
		case f.typed && !isRead:
			fields = append(fields, segment.Field{Key: f.key, Value: segment.FieldValue(text)})
		default:
			fields = append(fields, segment.Field{Key: f.key, Value: segment.TextValue(text)})
		}
	}
	var err error
	if r.Body, err = segment.FieldsBody(fields); err != nil {
		return problem.Usage("%w", err)
	}
	if flags.input == "" {
		return nil
	}
	if r.Body, err = a.ReadInput(flags.input); err != nil {
		return err
	}
	if r.Header.Get("Content-Type") == "" && !json.Valid(r.Body) {
		return problem.Usage("--input: the body is not JSON; -H 'Content-Type: …' sends something else")
	}
	return nil
}

// fieldText returns the text of a field's value, and whether it was read from a file or standard input.
func (a *App) fieldText(f apiField) (text string, isRead bool, err error) {
	path, isFile := strings.CutPrefix(f.value, "@")
	if !f.typed || !isFile {
		return f.value, false, nil
	}
	read, err := a.ReadInput(path)
	return strings.TrimRight(string(read), "\r\n"), true, err
}

// claimStdin refuses to read standard input for two purposes: the second would get nothing.
func (a *App) claimStdin(flags *apiFlags) error {
	var readers []string
	if a.flags.tokenStdin {
		readers = append(readers, "--token-stdin")
	}
	if flags.input == "-" {
		readers = append(readers, "--input -")
	}
	for _, f := range flags.fields {
		if f.typed && f.value == "@-" {
			readers = append(readers, "-f "+f.key+"=@-")
		}
	}
	if len(readers) > 1 {
		return problem.Usage("standard input cannot be read twice: %s", strings.Join(readers, ", "))
	}
	return nil
}
