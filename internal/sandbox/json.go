package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
)

// maxQuoted is how many quoted booleans one body may have: each costs another reading of the body.
const maxQuoted = 32

// decode reads the request's JSON body. Unknown fields are let through, as protocol buffers do; a known one of the wrong
// type is refused.
func (c *call) decode(into any) error {
	err := json.Unmarshal(c.body, into)
	if err != nil && c.server.quirk(quirkJSON) == "lenient" {
		err = c.decodeLeniently(into, err)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := wrong.Field
		if field == "" {
			field = "request body"
		}
		return invalidArgument("invalid argument: %s is not %s", field, kindInWords(wrong.Type))
	}
	if err != nil {
		return invalidArgument("invalid argument: request body is not JSON: %v", err)
	}
	return nil
}

// decodeLeniently reads a body that strict decoding refused with an error: strings may be in single quotes, and a boolean
// may be a string, as in Segment's own tutorial. From then on the body is the plain JSON that it stands for.
func (c *call) decodeLeniently(into any, strict error) error {
	if !json.Valid(c.body) {
		body := doubleQuoted(c.body)
		if !json.Valid(body) {
			return strict
		}
		c.body = body
	}
	for range maxQuoted {
		reflect.ValueOf(into).Elem().SetZero()
		err := json.Unmarshal(c.body, into)
		wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
		if !ok || wrong.Type.Kind() != reflect.Bool {
			return err
		}
		body, ok := unquoteBoolean(c.body, int(wrong.Offset))
		if !ok {
			return err
		}
		c.body = body
	}
	return strict
}

// doubleQuoted writes strings in single quotes in double quotes, and leaves everything else as it is. In single quotes
// \' stands for an apostrophe, and a double quote for itself; the other escapes are JSON's. What it returns may not be JSON.
func doubleQuoted(body []byte) []byte {
	out := make([]byte, 0, len(body)+16)
	var quote byte // of the string that the byte is in; 0 outside
	for i := 0; i < len(body); i++ {
		b := body[i]
		switch {
		case quote == 0 && (b == '\'' || b == '"'):
			quote = b
			out = append(out, '"')
		case quote == 0:
			out = append(out, b)
		case b == quote:
			quote = 0
			out = append(out, '"')
		case b == '\\' && quote == '\'' && i+1 < len(body) && body[i+1] == '\'':
			i++
			out = append(out, '\'')
		case b == '\\' && i+1 < len(body):
			i++
			out = append(out, b, body[i])
		case b == '"': // in single quotes
			out = append(out, '\\', '"')
		default:
			out = append(out, b)
		}
	}
	return out
}

// unquoteBoolean takes the quotes off the "true" or "false" that ends at an offset, and reports whether there is one.
func unquoteBoolean(body []byte, end int) ([]byte, bool) {
	for _, word := range []string{"true", "false"} {
		if before, ok := bytes.CutSuffix(body[:end], []byte(`"`+word+`"`)); ok {
			return bytes.Join([][]byte{before, []byte(word), body[end:]}, nil), true
		}
	}
	return nil, false
}

// kindInWords is a type of Go's as a client calls it.
func kindInWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "a boolean"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return "a number"
	}
}
