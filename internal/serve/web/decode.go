package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/segctl/segctl/internal/serve/flow"
)

func wrongField(field, message string) error {
	e := badRequest(field, message)
	return &e
}

// fieldName is the name of a field that nobody knows, for an answer: only what looks like one, for it may be anything,
// such as a token in the wrong place.
func fieldName(name string) string {
	word := func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' }
	if len(name) > 32 || strings.ContainsFunc(name, func(r rune) bool { return !word(r) }) {
		return ""
	}
	return name
}

// readBody returns the JSON object that a request has for a body. An empty body is nil where it may be left out.
func readBody(r *http.Request, optional bool) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(r.Body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, message: "the body is larger than 64 KiB"}
	}
	if err != nil {
		return nil, wrongField("", "the body could not be read to its end")
	}
	if len(body) == 0 && optional {
		return nil, nil
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, message: "the body must be JSON, and Content-Type say so: application/json"}
	}
	if !utf8.Valid(body) {
		return nil, wrongField("", "the body is not UTF-8")
	}
	return object(body, "")
}

// object takes a JSON object apart. Names that are there twice are refused: which of them counts is read differently by
// different programs. field is what the object is the value of, or "" for the body.
func object(text []byte, field string) (map[string]json.RawMessage, error) {
	what := field
	if what == "" {
		what = "the body"
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil, wrongField(field, what+" must be a JSON object")
	}
	fields := map[string]json.RawMessage{}
	for decoder.More() {
		t, err := decoder.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			return nil, wrongField(field, what+" is not JSON")
		}
		if _, twice := fields[name]; twice {
			return nil, wrongField(cmp.Or(field, fieldName(name)), what+" has a field twice")
		}
		fields[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, wrongField(field, what+" is not JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, wrongField(field, what+" has something after the JSON object")
	}
	return fields, nil
}

// linkFields are the names of what a link can be asked for.
func linkFields() []string {
	return []string{"customer", "label", "destination", "settings", "return_url", "ttl"}
}

// readLink reads what a link is asked for. A field that is left out is zero; whether it may be is the engine's affair.
func readLink(r *http.Request, optional bool) (link flow.LinkRequest, err error) {
	if _, err := parameters(r); err != nil {
		return link, err
	}
	fields, err := readBody(r, optional)
	if err != nil {
		return link, err
	}
	for name := range fields {
		if !slices.Contains(linkFields(), name) {
			return link, wrongField(fieldName(name), "the body has a field that is not one of a link")
		}
	}
	for name, to := range map[string]*string{
		"customer": &link.Customer, "label": &link.Label, "destination": &link.Destination, "return_url": &link.ReturnURL,
	} {
		if err := text(fields, name, to); err != nil {
			return link, err
		}
	}
	if raw, ok := fields["settings"]; ok {
		if link.Settings, err = object(raw, "settings"); err != nil {
			return link, err
		}
	}
	if raw, ok := fields["ttl"]; ok {
		link.TTL, err = ttl(raw)
	}
	return link, err
}

// text reads a field that is a string, if it is there. null is not one.
func text(fields map[string]json.RawMessage, name string, to *string) error {
	raw, ok := fields[name]
	if !ok {
		return nil
	}
	if raw[0] != '"' || json.Unmarshal(raw, to) != nil {
		return wrongField(name, name+" must be a string")
	}
	return nil
}

// ttl reads how long a link is to live: seconds, or a duration in words such as "24h".
func ttl(raw json.RawMessage) (time.Duration, error) {
	wrong := wrongField("ttl", `ttl must be a number of seconds or a duration such as "24h", and more than nothing`)
	var words string
	var count int64
	var d time.Duration
	switch {
	case json.Unmarshal(raw, &count) == nil && raw[0] != 'n':
		if count > int64(maxTTL/time.Second) {
			count = int64(maxTTL / time.Second) // the engine says what the most is; this only keeps it from running over
		}
		d = time.Duration(count) * time.Second
	case raw[0] == '"' && json.Unmarshal(raw, &words) == nil:
		var err error
		if d, err = time.ParseDuration(words); err != nil {
			return 0, wrong
		}
	default:
		return 0, wrong
	}
	if d <= 0 {
		return 0, wrong
	}
	return d, nil
}

// maxTTL is more than any link may live.
const maxTTL = 365 * 24 * time.Hour
