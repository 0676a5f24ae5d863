package secret

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// formsOf returns a secret in every form that it travels in: as it is, in a URL and in a form, in JSON (also in JSON that
// is a string of JSON, and as other languages escape it), and in base64.
func formsOf(secret string) []string {
	forms := append(base64Forms(secret), secret)
	if strings.ContainsFunc(secret, func(r rune) bool { return !isUnreserved(r) }) { // else no encoding of text changes it
		for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret)} {
			forms = append(forms, escaped, lowerEscapes(escaped))
		}
		forms = append(forms, jsonForms(secret)...)
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// isUnreserved reports whether a character needs no escape in a URL (RFC 3986 §2.3), nor in JSON.
func isUnreserved(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~", r)
}

// base64Forms returns a text in the alphabets of base64, with and without padding.
func base64Forms(text string) []string {
	data := []byte(text)
	return []string{
		base64.StdEncoding.EncodeToString(data), base64.RawStdEncoding.EncodeToString(data),
		base64.URLEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data),
	}
}

// jsonForms returns what stands between the quotation marks of a JSON string: with little escaped, with Go's escapes for
// HTML, with slashes escaped, and with all but ASCII escaped.
func jsonForms(secret string) []string {
	plain := inJSON(secret)
	html, _ := json.Marshal(secret) // a string always marshals
	forms := []string{plain, string(html[1 : len(html)-1]), strings.ReplaceAll(plain, "/", `\/`), asciiJSON(plain)}
	for _, form := range slices.Clone(forms) {
		forms = append(forms, inJSON(form))
	}
	return forms
}

func inJSON(text string) string {
	quoted := string(encode(text))
	return quoted[1 : len(quoted)-1]
}

// asciiJSON escapes what is not ASCII in the text of a JSON string.
func asciiJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			b.WriteString(escapeRune(r))
		}
	}
	return b.String()
}

// lowerEscapes writes the percent-encoding of a text in small letters: %2f for %2F.
func lowerEscapes(escaped string) string {
	if !strings.Contains(escaped, "%") {
		return escaped
	}
	b := []byte(escaped)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i:], strings.ToLower(string(b[i:i+3])))
		}
	}
	return string(b)
}

// lengths are the lengths of the forms that begin with the same bytes, the longest first.
type lengths struct {
	all   []int
	count []int // how many forms have the length at the same place of all
}

func (l *lengths) place(n int) (int, bool) {
	return slices.BinarySearchFunc(l.all, n, func(have, want int) int { return want - have })
}

func (l *lengths) add(n int) {
	i, ok := l.place(n)
	if !ok {
		l.all, l.count = slices.Insert(l.all, i, n), slices.Insert(l.count, i, 0)
	}
	l.count[i]++
}

func (l *lengths) remove(n int) {
	i, ok := l.place(n)
	if !ok {
		return
	}
	if l.count[i]--; l.count[i] == 0 {
		l.all, l.count = slices.Delete(l.all, i, i+1), slices.Delete(l.count, i, i+1)
	}
}
