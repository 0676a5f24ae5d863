// Package candidates has the words that a shell completes: of closed sets, of the catalog and of saved installs, each with
// what it means, in the notation of the shell scripts: a word, a tab, and the description. It asks nobody and nothing: what
// is saved or read is given to it.
package candidates

import (
	"regexp"
	"strings"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// Described is a candidate with its description. What servers and files hold becomes one harmless line.
func Described(word, about string) string {
	if about == "" {
		return word
	}
	return word + "\t" + secret.Clean(about)
}

// pairs returns words with their descriptions, which follow them.
func pairs(words ...string) []string {
	var all []string
	for i := 0; i+1 < len(words); i += 2 {
		all = append(all, Described(words[i], words[i+1]))
	}
	return all
}

// Explained returns the words that a help text explains on lines of their own: "  word   what it means".
func Explained(text string) []string {
	var all []string
	for _, line := range regexp.MustCompile(`(?m)^  ([a-z_-]+)  +(\S.*)$`).FindAllStringSubmatch(text, -1) {
		all = append(all, Described(line[1], line[2]))
	}
	return all
}

// ExplainedOf returns words with what a help text explains of them.
func ExplainedOf(words []string, text string) []string {
	about := map[string]string{}
	for _, candidate := range Explained(text) {
		word, _, _ := strings.Cut(candidate, "\t")
		about[word] = candidate
	}
	all := make([]string, len(words))
	for i, word := range words {
		if all[i] = about[word]; all[i] == "" {
			all[i] = word
		}
	}
	return all
}

// List is the words of a completion, each once. The zero value is empty.
type List struct {
	All  []string
	seen map[string]bool
}

// Add adds a word with its description. A word that a shell would take for more than that is left out.
func (l *List) Add(word, about string) {
	for part := range strings.SplitSeq(word, "/") {
		if wire.CheckID(part) != nil {
			return
		}
	}
	if l.seen[word] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[word] = true
	l.All = append(l.All, Described(word, about))
}
