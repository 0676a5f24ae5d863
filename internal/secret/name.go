package secret

import (
	"slices"
	"strings"
	"unicode"
)

// isSecretName reports whether the name of a setting or a field speaks of a secret, as apiKey, clientsecret,
// auth_token and X-Api-Key do.
func isSecretName(name string) bool {
	words := nameWords(name)
	return hasStem(strings.Join(words, ""), "") || hasSecretWord(words, false)
}

// isSecretLabel reports whether a display name speaks of a secret, as "REST API Key" does. A display name can be a
// sentence, so its words are not joined, and what follows in parentheses does not count.
func isSecretLabel(label string) bool {
	label, _, _ = strings.Cut(label, "(")
	words := nameWords(label)
	for i, word := range words {
		if hasStem(word, wordAt(words, i+1)) {
			return true
		}
	}
	return hasSecretWord(words, true)
}

// stems are what makes a name secret wherever it stands within it, with or without capitals or underscores around it.
func stems() []string {
	return []string{
		"secret", "token", "password", "passwd", "passphrase", "passcode", "credential", "authorization", "bearer",
		"basicauth", "connectionstring",
	}
}

// keyOwners are the words that make a secret of a "key" that is joined to them, as in appkey. Where the words of a name
// can be told apart, isSecretKey goes by what makes a key harmless instead.
func keyOwners() []string {
	return []string{
		"access", "account", "admin", "api", "app", "auth", "branch", "client", "connection", "consumer", "dev",
		"encryption", "insert", "integration", "license", "master", "private", "project", "read", "repeat", "rest", "sdk",
		"secret", "security", "send", "server", "service", "shared", "signing", "subscription", "workspace", "write",
	}
}

// hasStem reports whether one of the stems, or an owned key, is within a name in lower case, unless what follows says
// that the name only describes a secret, as in tokenType. next is the word after the name.
func hasStem(joined, next string) bool {
	// Neither is a secret: a keyword, and the token of a list's next page.
	joined = strings.NewReplacer("keyword", " ", "pagetoken", " ").Replace(joined)
	found := func(stem string) bool {
		for rest := joined; ; {
			_, after, ok := strings.Cut(rest, stem)
			if !ok {
				return false
			}
			following := strings.TrimPrefix(after, "s")
			if following == "" {
				following = next
			}
			if !describes(after) && !describes(following) {
				return true
			}
			rest = after
		}
	}
	if slices.ContainsFunc(stems(), found) {
		return true
	}
	return strings.Contains(joined, "key") && slices.ContainsFunc(keyOwners(), func(owner string) bool { return found(owner + "key") })
}

// describes reports whether a word that follows the name of a secret makes it the name of something else.
func describes(word string) bool {
	switch word {
	case "type", "types", "typehint", "name", "names", "url", "uri", "endpoint", "ttl", "lifetime", "length", "format", "count",
		"limit", "policy", "hint", "issuer", "mapping", "mappings", "ary":
		return true
	}
	for _, beginning := range []string{"iz", "isation", "expir", "less"} { // tokenizer, tokenExpiry, passwordless
		if strings.HasPrefix(word, beginning) {
			return true
		}
	}
	return false
}

// hasSecretWord reports whether one of the words makes the name that of a secret. These words are too short to be looked
// for within others: passive, compass, monkey.
func hasSecretWord(words []string, sentence bool) bool {
	for i, word := range words {
		last := i == len(words)-1
		switch word {
		case "jwt", "jwts", "pwd", "pwds", "dsn":
			return true
		case "pass", "auth", "oauth":
			if last {
				return true
			}
		case "cookie": // a header; cookieDomain and trackingCookie are something else
			if last && (i == 0 || words[i-1] == "set") {
				return true
			}
		case "string":
			if i > 0 && words[i-1] == "connection" {
				return true
			}
		case "key", "keys":
			if isSecretKey(words, i, sentence) {
				return true
			}
		}
	}
	return false
}

// isSecretKey judges the "key" among the words of a name by the words around it: apiKey, projectKeys and key are secrets,
// primaryKey, eventKeys and keyMapping are not. In a sentence, only a key at its end or one that is owned counts.
func isSecretKey(words []string, i int, sentence bool) bool {
	if len(words) == 1 {
		return true
	}
	if i == 0 || describes(wordAt(words, i+1)) {
		return false
	}
	previous := words[i-1]
	if slices.Contains(keyOwners(), previous) {
		return true
	}
	if sentence && i < len(words)-1 {
		return false
	}
	switch previous {
	case "primary", "event", "foreign", "sort", "partition", "unique", "public", "property", "properties", "trait", "traits", "attribute",
		"column", "field", "row", "record", "cache", "dedup", "dedupe", "deduplication", "dimension", "metric", "label",
		"tag", "group", "map", "mapping", "json", "object", "lookup", "join", "query", "param", "parameter", "header",
		"context", "hot", "a", "an", "the", "this", "these", "those", "as", "by", "of", "or", "and", "to", "for", "with",
		"each", "every", "is", "are", "use":
		return false
	}
	return true
}

// wordAt returns a word, or "" where there is none.
func wordAt(words []string, i int) string {
	if i < len(words) {
		return words[i]
	}
	return ""
}

// nameWords splits camelCase, APIKey, snake_case and kebab-case into lower-case words, without digits.
func nameWords(name string) []string {
	var words []string
	runes := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(string(runes[start:end])))
		}
		start = end
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			cut(i)
			start = i + 1
		case i > start && unicode.IsUpper(r):
			endsAcronym := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if unicode.IsLower(runes[i-1]) || endsAcronym {
				cut(i)
			}
		}
	}
	cut(len(runes))
	return words
}
