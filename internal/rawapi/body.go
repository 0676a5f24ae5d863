package rawapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/segment"
)

// fillBody gives the request its body, and the query those fields that the body does not take.
func (l *Line) fillBody(r *segment.Request, s Source) error {
	hasBody := r.Method != http.MethodGet && r.Method != http.MethodHead
	if l.Input != "" && !hasBody {
		return problem.Usage("--input does not go with %s", r.Method)
	}
	if err := l.claimStdin(s.Stdin); err != nil {
		return err
	}
	var fields []segment.Field
	for _, f := range l.Fields {
		text, isRead, err := f.text(s.Read)
		if err != nil {
			return problem.Usage("field %s: %w", f.Key, err)
		}
		switch {
		case !hasBody || l.Input != "":
			r.Query.Add(f.Key, text)
		case f.Typed && !isRead:
			fields = append(fields, segment.Field{Key: f.Key, Value: segment.FieldValue(text)})
		default:
			fields = append(fields, segment.Field{Key: f.Key, Value: segment.TextValue(text)})
		}
	}
	var err error
	if r.Body, err = segment.FieldsBody(fields); err != nil {
		return problem.Usage("%w", err)
	}
	if l.Input == "" {
		return nil
	}
	if r.Body, err = s.Read(l.Input); err != nil {
		return err
	}
	if r.Header.Get("Content-Type") == "" && !json.Valid(r.Body) {
		return problem.Usage("--input: the body is not JSON; -H 'Content-Type: …' sends something else")
	}
	return nil
}

// text returns the text of a field's value, and whether it was read from a file or standard input.
func (f Field) text(read func(path string) ([]byte, error)) (text string, isRead bool, err error) {
	path, isFile := strings.CutPrefix(f.Value, "@")
	if !f.Typed || !isFile {
		return f.Value, false, nil
	}
	all, err := read(path)
	return strings.TrimRight(string(all), "\r\n"), true, err
}

// claimStdin refuses to read standard input for two purposes: the second would get nothing.
func (l *Line) claimStdin(others []string) error {
	readers := others[:len(others):len(others)]
	if l.Input == "-" {
		readers = append(readers, "--input -")
	}
	for _, f := range l.Fields {
		if f.Typed && f.Value == "@-" {
			readers = append(readers, "-f "+f.Key+"=@-")
		}
	}
	if len(readers) > 1 {
		return problem.Usage("standard input cannot be read twice: %s", strings.Join(readers, ", "))
	}
	return nil
}
