package secret

import (
	"net/url"
	"strings"
	"unicode"
)

// URL returns what may be shown of the URL of a request: without user and password, without fragment, and with the values
// of secret fields of its query replaced. Its path stays, for it says which resource is meant. The URL may be relative,
// and need not be well-formed.
func URL(raw string) string {
	if scheme, rest, ok := strings.Cut(raw, "//"); ok && !strings.ContainsAny(scheme, "/?#") {
		raw = scheme + "//" + rest[userinfo(rest):]
	}
	raw, _, _ = strings.Cut(raw, "#")
	address, query, ok := strings.Cut(raw, "?")
	if !ok {
		return address
	}
	shown, _ := Query(query)
	return address + "?" + shown
}

// Query returns a form or the query of a URL with the values of its secret fields replaced by [Redacted], and those values,
// for [Redactor.Learn]. Other values are judged by what they are, such as a URL with a code. The order of the fields stays.
func Query(raw string) (masked string, found []string) {
	pieces := strings.Split(raw, "&")
	for i, piece := range pieces {
		name, value, hasValue := strings.Cut(piece, "=")
		plainName, nameOK := unescape(name)
		plain, valueOK := unescape(value)
		w := &walker{replace: func(string) string { return Redacted }, wire: true}
		switch {
		case !nameOK || !valueOK, strings.Contains(piece, ";"): // servers read it in different ways, if at all
			pieces[i] = Redacted
			w.hide(piece, minLearned)
		case !hasValue:
			if shown := w.text(plainName, 0); w.changed {
				pieces[i] = shown
			}
		case isQueryField(plainName):
			if plain != "" {
				pieces[i] = name + "=" + Redacted
				w.hide(plain, learnFrom(plainName))
			}
		default:
			if shown := w.text(plain, 0); w.changed {
				pieces[i] = name + "=" + url.QueryEscape(shown)
			}
		}
		found = append(found, w.found...)
	}
	return strings.Join(pieces, "&"), found
}

// maxURLs bounds how many URLs without a space between them are judged, for each can reach to the end; the rest is hidden
// whole.
const maxURLs = 10

// urlSpans finds what is secret in the URLs of a text. A text that is a URL without its scheme, or user, password and
// host, counts as one.
func urlSpans(text string, nested bool) []span {
	const delimiters = " \t\r\n\"<>"
	var found []span
	first := strings.Index(text, "://")
	// A text that begins as a URL is one to its end, whatever its password is.
	alone := first >= 0 && !strings.ContainsAny(text[:first], delimiters)
	urls, lastEnd := 0, 0
	for at := first; at >= 0; {
		begin := at + len("://")
		end := begin + endOf(text[begin:], delimiters)
		if alone && at == first {
			end = len(text)
		}
		if urls++; end > lastEnd {
			urls, lastEnd = 1, end
		}
		if urls > maxURLs {
			found = append(found, span{begin, end, minLearned})
			begin = end
		} else {
			found = append(found, addressSpans(text, begin, end, nested)...)
		}
		if at = strings.Index(text[begin:], "://"); at >= 0 {
			at += begin
		}
	}
	if first >= 0 || strings.ContainsAny(text, " \t\r\n") {
		return found
	}
	host, _, hasPath := strings.Cut(text, "/")
	user, _, hasUser := strings.Cut(text, "@")
	user, _, hasPassword := strings.Cut(user, ":")
	if hasPath && strings.Contains(host, ".") || hasUser && hasPassword && !strings.EqualFold(user, "mailto") {
		return addressSpans(text, 0, len(text), nested)
	}
	return nil
}

// addressSpans finds what is secret in a URL whose host or userinfo begins at a place of the text: user and password,
// tokens in its path, and the values of secret fields of its query and fragment.
func addressSpans(text string, begin, end int, nested bool) []span {
	var found []span
	if at := userinfo(text[begin:end]); at > 0 {
		user, password, _ := strings.Cut(text[begin:begin+at-1], ":")
		userEnd := begin + len(user)
		userLearn := minLearned
		if password != "" && !isMixed(user) { // the name of a person is no secret, a token before ":x" is
			userLearn = len(text) + 1
		}
		if user != "" {
			found = append(found, span{begin, userEnd, userLearn})
		}
		if password != "" {
			found = append(found, span{userEnd + 1, begin + at - 1, minLearned})
		}
		begin += at
	}
	hostEnd := begin + endOf(text[begin:end], "/?#")
	host := strings.ToLower(text[begin:hostEnd])
	hook, isSlack := strings.Contains(host, "hook"), host == "hooks.slack.com"
	before := ""
	for start := hostEnd; start < end; {
		start++ // the delimiter
		stop := min(start, end) + endOf(text[min(start, end):end], "/?#&;")
		piece := text[min(start, end):stop]
		name, value, assigned := strings.Cut(piece, "=")
		value = strings.TrimRight(value, "=")
		switch {
		case assigned && value != "":
			plain, _ := unescape(name)
			if isQueryField(plain) && !isTrivial(value) {
				found = append(found, span{start + len(name) + 1, stop, learnFrom(plain)})
			} else if looksRandom(value) || nested && holdsEncoded(value) {
				found = append(found, span{start + len(name) + 1, stop, learnWeak})
			}
		case isSlack && before != "" && piece != "", isPathToken(piece, before, hook):
			found = append(found, span{start, stop, learnWeak})
		}
		hook = hook || strings.Contains(strings.ToLower(piece), "hook")
		before, start = piece, stop
	}
	return found
}

// holdsEncoded reports whether a value of a query holds a secret that its percent-encoding hides, such as another URL.
func holdsEncoded(value string) bool {
	plain, ok := unescape(value)
	return ok && plain != value && len(secretSpans(plain, false)) > 0
}

// isPathToken judges one part of a path: whether it looks like a token, or stands where tokens stand, which is after a
// part such as "key", and anywhere in the URL of a webhook.
func isPathToken(piece, before string, hook bool) bool {
	switch {
	case looksRandom(piece):
		return true
	case hook:
		isVersion := len(piece) > 1 && piece[0] == 'v' && unicode.IsDigit(rune(piece[1]))
		return !isVersion && len(piece) >= 6 && isMixed(piece)
	default:
		return isSecretName(before) && len(piece) >= 6 && isMixed(piece)
	}
}

// userinfo returns how many bytes of user, password and "@" an address without scheme begins with, or 0. A password with
// a slash in it, which no URL may have, is one too.
func userinfo(address string) int {
	authority := address[:endOf(address, "/?#")]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return at + 1
	}
	_, port, ok := strings.Cut(authority, ":")
	if ok && !strings.HasPrefix(authority, "[") && strings.ContainsFunc(port, func(r rune) bool { return !unicode.IsDigit(r) }) {
		return strings.LastIndexByte(address, '@') + 1
	}
	return 0
}

// endOf returns where one of the characters stands first in a text, or its length.
func endOf(text, chars string) int {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return i
	}
	return len(text)
}

// unescape decodes the percent-encoding of a query.
func unescape(text string) (string, bool) {
	plain, err := url.QueryUnescape(text)
	return plain, err == nil
}
