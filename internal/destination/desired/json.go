package desired

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
)

// encode writes JSON on one line, without HTML escapes.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts, and what came out of JSON, cannot fail
	return bytes.TrimSpace(b.Bytes())
}

// decode reads a value with its numbers as they are written.
func decode(data json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	return value, err
}

// plainJSON writes JSON as YAML takes it: the escapes that YAML does not know, pairs of surrogates and a slash, as the
// characters that they are, and the characters within strings that YAML refuses or takes for line breaks as escapes. What is
// not JSON is left as it is.
func plainJSON(text []byte) []byte {
	if !json.Valid(text) {
		return text
	}
	pair := regexp.MustCompile(`^\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)
	var plain bytes.Buffer
	for {
		i := bytes.IndexByte(text, '\\') // in valid JSON, something follows
		if i < 0 {
			writePlain(&plain, text)
			return plain.Bytes()
		}
		writePlain(&plain, text[:i])
		text = text[i:]
		var char string
		known := text[:2]
		switch found := pair.Find(text); {
		case found != nil && json.Unmarshal([]byte(`"`+string(found)+`"`), &char) == nil:
			known = found
			plain.WriteString(char)
		case text[1] == '/':
			plain.WriteByte('/')
		default:
			plain.Write(known)
		}
		text = text[len(known):]
	}
}

// writePlain writes a part of JSON without escapes in it.
func writePlain(b *bytes.Buffer, text []byte) {
	refused := func(r rune) bool {
		return 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffe' || r == '\uffff'
	}
	if !bytes.ContainsFunc(text, refused) {
		b.Write(text)
		return
	}
	for _, r := range string(text) {
		if refused(r) {
			fmt.Fprintf(b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
}
