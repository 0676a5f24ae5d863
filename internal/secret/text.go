package secret

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// span is a part of a text that is secret by what it is or by what stands before it, in bytes.
type span struct {
	start, end int
	learn      int // from how many bytes on it is learned
}

// spans returns a text with the secret parts of it replaced, and learns them.
func (w *walker) spans(text string) string {
	found := secretSpans(text, true)
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for _, s := range merge(found) {
		b.WriteString(text[done:s.start] + w.replace(text[s.start:s.end]))
		done = s.end
	}
	for _, s := range found {
		if part := text[s.start:s.end]; len(part) >= s.learn {
			w.found = append(w.found, part)
			if plain, ok := unescape(part); ok && plain != part {
				w.found = append(w.found, plain)
			}
		}
	}
	w.changed = true
	return b.String() + text[done:]
}

// merge joins spans that overlap, and sorts them.
func merge(spans []span) []span {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	merged := sorted[:1]
	for _, s := range sorted[1:] {
		if last := &merged[len(merged)-1]; s.start < last.end {
			last.end = max(last.end, s.end)
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// shapes are the patterns of secrets, compiled when the first text is judged.
type shapes struct{ known, scheme, assigned, header *regexp.Regexp }

var compiled = sync.OnceValue(func() *shapes {
	return &shapes{
		// Private keys, JSON Web Tokens, tokens of Segment's authorization server, and those of well-known services.
		known: regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)` +
			`|\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?` +
			`|[\w-]{43}\.[\w-]{43}` +
			`|\b(?:[sr]k[-_](?:live_|test_|ant-|proj-)?[\w-]{16,}|xox[a-z]-[\w-]{10,}|gh[opsu]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}` +
			`|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|shp[a-z]{2}_\w{16,}|key-[0-9a-f]{32})`),
		scheme:   regexp.MustCompile(`(?i)\b(bearer|basic|token|digest|apikey)[ \t]+([\w.~+/=:-]+)`),
		assigned: regexp.MustCompile(`([A-Za-z][\w.-]*)=("[^"]+"|'[^']+'|[^\s;,&"'#]+)`),
		header:   regexp.MustCompile(`(?m)^[ \t]*([A-Za-z][\w-]*)[ \t]*:[ \t]*(?:[A-Za-z]+[ \t]+)?([^\s]+)[ \t\r]*$`),
	}
})

// secretSpans returns the parts of a text that are secret, in no order; they may overlap. The fields of URLs in it are
// decoded and judged too, if nested says so.
func secretSpans(text string, nested bool) []span {
	if len(text) < minLearned {
		return nil
	}
	var found []span
	if strings.ContainsAny(text, "-_.") || len(text) >= 20 {
		for _, at := range compiled().known.FindAllStringIndex(text, -1) {
			found = append(found, span{at[0], at[1], minLearned})
		}
	}
	found = append(found, urlSpans(text, nested)...)
	if strings.ContainsAny(text, " \t") {
		found = append(found, schemeSpans(text)...)
	}
	if strings.ContainsRune(text, '=') {
		for _, at := range compiled().assigned.FindAllStringSubmatchIndex(text, -1) {
			if name, value := text[at[2]:at[3]], text[at[4]:at[5]]; isSecretName(name) && !isTrivial(value) {
				found = append(found, span{at[4] + quotes(value), at[5] - quotes(value), minLearned})
			}
		}
	}
	if strings.ContainsRune(text, ':') {
		for _, at := range compiled().header.FindAllStringSubmatchIndex(text, -1) {
			if name, value := text[at[2]:at[3]], text[at[4]:at[5]]; isSecretName(name) && (len(value) >= 16 || isMixed(value)) {
				found = append(found, span{at[4], at[5], minLearned})
			}
		}
	}
	return found
}

// schemeSpans finds what stands after the scheme of an Authorization header (RFC 9110 §11.4). In prose the words mean
// other things, so what follows must look like credentials, unless the text is nothing but a bearer token.
func schemeSpans(text string) []span {
	var found []span
	for _, at := range compiled().scheme.FindAllStringSubmatchIndex(text, -1) {
		scheme, value := strings.ToLower(text[at[2]:at[3]]), text[at[4]:at[5]]
		alone := strings.TrimSpace(text) == text[at[0]:at[1]]
		decoded, err := base64.StdEncoding.DecodeString(value)
		if len(value) >= 8 && isMixed(value) || alone && scheme == "bearer" || scheme == "basic" && err == nil && strings.Contains(string(decoded), ":") {
			found = append(found, span{at[4], at[5], minLearned})
		}
	}
	return found
}

// isTrivial reports whether an assigned value says nothing: password=true.
func isTrivial(value string) bool {
	switch strings.ToLower(value) {
	case "true", "false", "null", "none":
		return true
	}
	return false
}

// quotes returns how many bytes of quotation marks a value begins with.
func quotes(value string) int {
	if value[0] == '"' || value[0] == '\'' {
		return 1
	}
	return 0
}

// isMixed reports whether a text has a digit among its letters or a change to capitals within a word, as credentials have
// and plain words have not.
func isMixed(text string) bool {
	letters, digits, before := false, false, rune(0)
	for _, r := range text {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			return true
		}
		letters, digits = letters || unicode.IsLetter(r), digits || unicode.IsDigit(r)
		before = r
	}
	return letters && digits
}

// looksRandom reports whether a text that is no sentence was made by a machine: a UUID, or 16 characters or more of
// those in which tokens are written, with digits, capitals and small letters taking turns, or very many without a break.
func looksRandom(text string) bool {
	if len(text) < 16 {
		return false
	}
	turns, run, longest := 0, 0, 0
	class := func(c byte) int {
		switch {
		case '0' <= c && c <= '9':
			return 1
		case 'a' <= c && c <= 'z':
			return 2
		case 'A' <= c && c <= 'Z':
			return 3
		}
		return 0
	}
	letters := false
	for i := range len(text) {
		c := class(text[i])
		if c == 0 {
			if !strings.ContainsRune("-_.~+=:%", rune(text[i])) {
				return false
			}
			run = 0
			continue
		}
		run++
		longest, letters = max(longest, run), letters || c > 1
		if i == 0 {
			continue
		}
		// A capital letter before a small one is how a word begins.
		if before := class(text[i-1]); before != 0 && before != c && (before != 3 || c != 2) {
			turns++
		}
	}
	return letters && (turns >= 3 && turns*6 >= len(text) || longest >= 24)
}
