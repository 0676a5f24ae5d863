// Package logging makes the log of the service: slog records as JSON or text, a line each, with no secret in them. Whoever
// logs needs not think of secrets, and a library that logs cannot know which texts are some.
package logging

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// Formats returns the formats of a log; the first is the default.
func Formats() []string { return []string{"text", "json"} }

// Levels returns the levels of a log, the one that says most first.
func Levels() []string { return []string{"debug", "info", "warn", "error"} }

// New returns a logger that writes to w, each record by one Write. format is one of [Formats], and level one of [Levels].
//
// An attribute is hidden when its name is a secret's, by the rule for fields on the wire; in all others, and in the message,
// what the Redactor learned is hidden, and so is what is a secret by its shape. Control characters are made visible.
func New(w io.Writer, format, level string, r *secret.Redactor) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("%q is no level: it is one of %s", level, strings.Join(Levels(), ", "))
	}
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr { return hide(groups, a, r) }}
	w = &redacting{w, r}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return nil, fmt.Errorf("%q is no format: it is one of %s", format, strings.Join(Formats(), ", "))
}

// hide returns an attribute as it may be written. slog has resolved its value, and calls it for each member of a group.
func hide(groups []string, a slog.Attr, r *secret.Redactor) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	own := len(groups) == 0 && a.Key == slog.MessageKey
	if !own && secret.IsField(a.Key) && a.Value.Kind() != slog.KindBool {
		return slog.String(a.Key, secret.Redacted)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, clean(a.Value.String(), r))
	case slog.KindAny:
		a.Value = anything(a.Value.Any(), r)
	default: // numbers, times and durations
	}
	return a
}

// anything returns a value of any type as it may be written: an error, or what has a text of its own, as text, and all else
// as JSON.
func anything(value any, r *secret.Redactor) slog.Value {
	switch v := value.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(clean(v.Error(), r))
	case fmt.Stringer:
		return slog.StringValue(clean(v.String(), r))
	case []byte:
		return slog.StringValue(clean(string(v), r))
	}
	text, err := json.Marshal(value)
	if err != nil {
		return slog.StringValue(clean(fmt.Sprintf("%T", value), r))
	}
	masked, found, ok := secret.Document(text, nil)
	if !ok {
		return slog.StringValue(secret.Redacted)
	}
	r.Learn(found...)
	return slog.AnyValue(json.RawMessage(masked))
}

// clean returns a text without secrets, on one line.
func clean(text string, r *secret.Redactor) string {
	text = r.Redact(text)
	quoted, err := json.Marshal(text)
	if err != nil {
		return secret.Redacted
	}
	masked, found, ok := secret.Document(quoted, nil)
	if !ok {
		return secret.Redacted
	}
	r.Learn(found...)
	if len(found) > 0 {
		if err := json.Unmarshal(masked, &text); err != nil {
			return secret.Redacted
		}
	}
	return secret.Clean(text)
}

// redacting redacts each record as a whole once more: names of attributes and groups are in it as well.
type redacting struct {
	w        io.Writer
	redactor *secret.Redactor
}

func (r *redacting) Write(record []byte) (int, error) {
	if _, err := io.WriteString(r.w, r.redactor.Redact(string(record))); err != nil {
		return 0, err
	}
	return len(record), nil
}
