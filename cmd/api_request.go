package cmd

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/segment"
)

// apiMethods are the methods of the Config API.
var apiMethods = [...]string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
}

// apiRequest turns the command line into a request.
func (a *App) apiRequest(ctx context.Context, args []string, flags *apiFlags) (*segment.Request, error) {
	r := &segment.Request{}
	var err error
	if r.Method, err = apiMethod(args, flags); err != nil {
		return nil, err
	}
	if flags.paginate && r.Method != http.MethodGet {
		return nil, usagef("--paginate goes with GET, not with %s", r.Method)
	}
	if r.Header, err = parseHeaders(flags.headers); err != nil {
		return nil, err
	}
	path, query, _ := strings.Cut(args[len(args)-1], "?")
	if r.Query, err = url.ParseQuery(query); err != nil {
		return nil, usagef("query of the path: %w", err)
	}
	if err := a.fillBody(r, flags); err != nil {
		return nil, err
	}
	path = strings.Trim(path, "/")
	path = strings.TrimPrefix(path, "v1beta/") // as it stands in documents and curl commands
	if r.Path, err = a.fillPath(ctx, path, flags.place); err != nil {
		return nil, err
	}
	return r, nil
}

// apiMethod returns the method that is given, or the one that the other flags call for.
func apiMethod(args []string, flags *apiFlags) (string, error) {
	method := strings.ToUpper(args[0])
	known := slices.Contains(apiMethods[:], method)
	switch {
	case len(args) == 2 && known:
		return method, nil
	case len(args) == 2:
		return "", usagef("unknown method %q", args[0]).hint("the methods are " + strings.Join(apiMethods[:], ", "))
	case known:
		return "", usagef("missing argument: the path to send %s to", method).hint("segctl api " + method + " workspaces/{workspace}/sources")
	case len(flags.fields) > 0 || flags.input != "":
		return http.MethodPost, nil
	}
	return http.MethodGet, nil
}

// fillBody gives the request its body, and the query those fields that the body does not take.
func (a *App) fillBody(r *segment.Request, flags *apiFlags) error {
	if flags.input != "" && !hasBody(r.Method) {
		return usagef("--input does not go with %s", r.Method)
	}
	if err := a.claimStdin(flags); err != nil {
		return err
	}
	if flags.input == "" && hasBody(r.Method) {
		body, err := a.fieldsBody(flags.fields)
		r.Body = body
		return err
	}
	for _, f := range flags.fields {
		text, err := a.fieldText(f)
		if err != nil {
			return err
		}
		r.Query.Add(f.key, text)
	}
	if flags.input == "" {
		return nil
	}
	body, err := a.readInput(flags.input)
	if err != nil {
		return err
	}
	if r.Body = body; r.Header.Get("Content-Type") == "" && !json.Valid(body) {
		return usagef("--input: the body is not JSON").hint("-H 'Content-Type: …' sends something else")
	}
	return nil
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
		return usagef("standard input cannot be read twice: %s", strings.Join(readers, ", "))
	}
	return nil
}

// readInput reads a file, or standard input for "-".
func (a *App) readInput(path string) ([]byte, error) {
	if path == "-" {
		return a.readStdin(maxFile)
	}
	return readFile(path, maxFile)
}
