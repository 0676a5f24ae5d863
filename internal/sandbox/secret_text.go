package sandbox

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// nestingOfText is what a level of JSON inside a string counts of maxNesting: its quotation marks are escaped again at
// each level, so that few are meant by anybody.
const nestingOfText = 25

// maskText returns a text without secrets: those that their form gives away, the values of "name=value" and "Name: value",
// and those of URLs. A text that is JSON is judged as JSON.
func maskText(text string, depth int) string {
	if trimmed := strings.TrimSpace(text); trimmed != "" && strings.ContainsAny(trimmed[:1], `{["`) {
		var inside any
		if json.Unmarshal([]byte(trimmed), &inside) == nil {
			if depth > maxNesting-nestingOfText {
				return masked
			}
			shown, _ := json.Marshal(maskSecrets(inside, depth+nestingOfText)) // it came from JSON
			before, _ := json.Marshal(inside)
			if string(shown) == string(before) {
				return text
			}
			return string(shown)
		}
	}
	p := patterns()
	for _, pattern := range p.texts {
		text = maskGroup(pattern, text)
	}
	text = maskHeaderLines(text)
	host, _, hasPath := strings.Cut(text, "/")
	user, _, hasUser := strings.Cut(text, "@")
	user, _, hasPassword := strings.Cut(user, ":")
	switch {
	case strings.Contains(text, "//"):
		text = p.url.ReplaceAllStringFunc(text, maskURL)
	case strings.ContainsAny(text, " \t\n"):
	case hasPath && strings.Contains(host, "."), hasUser && hasPassword && user != "mailto":
		text = maskURL(text)
	}
	return maskAssigned(text)
}

// maskGroup masks what the last group of a pattern matches.
func maskGroup(pattern *regexp.Regexp, text string) string {
	var b strings.Builder
	done := 0
	for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
		start, end := at[len(at)-2], at[len(at)-1]
		b.WriteString(text[done:start] + masked)
		done = end
	}
	return b.String() + text[done:]
}

// maskHeaderLines masks the values of headers that are written one a line.
func maskHeaderLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		words := strings.Fields(value)
		if ok && !strings.ContainsAny(strings.TrimSpace(name), " =/") && isSecretName(name) && len(words) > 0 && len(words) < 3 {
			if last := words[len(words)-1]; len(last) >= 16 || isMixed(last) {
				lines[i] = strings.Replace(line, last, masked, 1)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// maskAssigned masks the values of "name=value", between spaces, semicolons and the like.
func maskAssigned(text string) string {
	if !strings.Contains(text, "=") {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, ";,& \t\n\"'?#")
		piece, rest := text, ""
		if end >= 0 {
			piece, rest = text[:end], text[end:]
		}
		name, value, ok := strings.Cut(piece, "=")
		if ok && value == "" && rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			if quoted := strings.IndexByte(rest[1:], rest[0]); quoted > 0 {
				value, rest = rest[1:quoted+1], rest[quoted+1:]
				name += "=" + rest[:1]
			}
		} else {
			name += "="
		}
		if ok && isSecretName(name) && value != "" && value != "true" && value != "false" && value != masked {
			piece = name + masked
		} else if ok {
			piece = name + value
		}
		b.WriteString(piece)
		if rest != "" {
			b.WriteString(rest[:1])
			rest = rest[1:]
		}
		text = rest
	}
	return b.String()
}

// maskURL masks what is secret in a URL, with or without its scheme: user and password, tokens in its path, and the
// values of secret fields and of other URLs in its query and fragment.
func maskURL(text string) string {
	scheme, rest, ok := strings.Cut(text, "//")
	if ok {
		scheme += "//"
	} else {
		scheme, rest = "", text
	}
	if strings.Contains(rest, "://") { // two URLs without a space between them
		before, after, _ := strings.Cut(rest, "://")
		if _, _, hasUser := strings.Cut(before, "@"); hasUser || !strings.Contains(strings.SplitN(before, "/", 2)[0], ":") || strings.Contains(before, ",") {
			return maskURL(scheme+before+":") + maskURL("//"+after)
		}
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	at := strings.LastIndexByte(authority, '@')
	_, port, hasPort := strings.Cut(authority, ":")
	if at < 0 && hasPort && strings.TrimLeft(port, "0123456789") != "" { // a password with a slash
		at = strings.LastIndexByte(rest, '@')
	}
	if at >= 0 {
		scheme, rest = scheme+masked+"@", rest[at+1:]
	}
	return scheme + maskAddress(rest)
}

// maskAddress masks the path, the query and the fragment of a URL that begins with its host.
func maskAddress(address string) string {
	p := patterns()
	var b strings.Builder
	hook, slack, before := false, false, ""
	for n := 0; ; n++ {
		end := strings.IndexAny(address, "/?#&;")
		piece := address
		if end >= 0 {
			piece = address[:end]
		}
		name, value, assigned := strings.Cut(piece, "=")
		switch plain := unescape(value); {
		case n == 0: // the host
			b.WriteString(piece)
		case assigned && strings.Trim(value, "=") != "":
			if isSecret(unescape(name)) || p.signature.MatchString(snake(name)) || isRandom(value) || plain != value && maskText(plain, 0) != plain {
				value = masked
			}
			b.WriteString(name + "=" + value)
		case isRandom(piece),
			slack && n > 1 && piece != "",
			(hook || isSecretName(before)) && len(piece) >= 6 && isMixed(piece) && !p.version.MatchString(piece):
			b.WriteString(masked)
		default:
			b.WriteString(piece)
		}
		if end < 0 {
			return b.String()
		}
		hook = hook || strings.Contains(piece, "hook")
		slack = slack || n == 0 && strings.EqualFold(piece, "hooks.slack.com")
		before = piece
		b.WriteByte(address[end])
		address = address[end+1:]
	}
}

// isMixed reports whether a text has digits among letters, or capitals after small letters.
func isMixed(text string) bool {
	p := patterns()
	hasDigit := strings.ContainsAny(text, "0123456789")
	return hasDigit && strings.ContainsFunc(text, unicode.IsLetter) || p.hump.MatchString(text)
}

// isRandom reports whether a part of a URL was made by a machine: long, of the characters of tokens, and with digits,
// capitals and small letters taking turns.
func isRandom(text string) bool {
	if len(text) < 16 || strings.Trim(text, "-_.~+=:%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return false
	}
	turns := 0
	for i := 1; i < len(text); i++ {
		a, b := rune(text[i-1]), rune(text[i])
		digit := unicode.IsDigit(a) != unicode.IsDigit(b) && (unicode.IsLetter(a) || unicode.IsLetter(b))
		if digit || unicode.IsLower(a) && unicode.IsUpper(b) {
			turns++
		}
	}
	longest := 0
	for _, run := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-_.~+=:%", r) }) {
		if strings.ContainsFunc(run, unicode.IsLetter) {
			longest = max(longest, len(run))
		}
	}
	return turns >= 3 && turns*6 >= len(text) || longest >= 24
}
