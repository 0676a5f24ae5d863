package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// jsonText reads JSON that is known to be valid, value by value, without taking memory for what it passes over.
type jsonText struct {
	text []byte
	at   int
}

// newJSONText returns the text as something to read from, unless it is no JSON.
func newJSONText(raw []byte) (*jsonText, error) {
	if !json.Valid(raw) {
		return nil, errors.New("not JSON")
	}
	return &jsonText{text: raw}, nil
}

// next returns the next character that is no blank, and stays before it.
func (j *jsonText) next() byte {
	for ; j.at < len(j.text); j.at++ {
		switch c := j.text[j.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take passes over one such character.
func (j *jsonText) take(c byte) bool {
	if j.next() != c {
		return false
	}
	j.at++
	return true
}

// string returns the string that is next.
func (j *jsonText) string() (string, error) {
	j.take('"')
	start, plain := j.at, true
	for ; j.text[j.at] != '"'; j.at++ {
		if j.text[j.at] == '\\' {
			plain = false
			j.at++
		}
	}
	j.at++
	within := j.text[start : j.at-1]
	if plain && utf8.Valid(within) {
		return string(within), nil
	}
	var s string
	err := json.Unmarshal(j.text[start-1:j.at], &s)
	return s, err
}

// literal returns the number, true, false or null that is next.
func (j *jsonText) literal() []byte {
	j.next()
	rest := j.text[j.at:]
	if end := bytes.IndexAny(rest, ",]} \t\r\n"); end >= 0 {
		rest = rest[:end]
	}
	j.at += len(rest)
	return rest
}
