package desired

import (
	"slices"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/config"
)

// names gives variables names of their own.
type names struct{ taken map[string]bool }

// unique returns a name of a variable that was not given out yet: ACME_JS_API_KEY for apiKey on acme/js.
func (n *names) unique(owner string, setting ...string) string {
	words := variableWords(owner)
	if len(words) == 0 { // a label in a script that variables do not know
		words = []string{"INSTALL"}
	}
	for _, part := range setting {
		words = append(words, variableWords(part)...)
	}
	name := strings.Join(words, "_")
	// Names that begin with a digit are none, and those of segctl are taken.
	if name[0] <= '9' || strings.HasPrefix(name, "SEGCTL_") || slices.Contains(config.SecretVariables(), name) {
		name = "V_" + name
	}
	if n.taken == nil {
		n.taken = map[string]bool{}
	}
	free := name
	for i := 2; n.taken[free]; i++ {
		free = name + "_" + strconv.Itoa(i)
	}
	n.taken[free] = true
	return free
}

// variableWords splits camelCase, APIKey, snake_case and kebab-case into upper-case words of letters and digits.
func variableWords(text string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, strings.ToUpper(word.String()))
			word.Reset()
		}
	}
	isUpper := func(i int) bool { return i < len(text) && text[i] >= 'A' && text[i] <= 'Z' }
	isLower := func(i int) bool { return i < len(text) && text[i] >= 'a' && text[i] <= 'z' }
	for i := range len(text) {
		c := text[i]
		isDigit := c >= '0' && c <= '9'
		if isUpper(i) && i > 0 && (!isUpper(i-1) || isLower(i+1)) {
			end()
		}
		if isUpper(i) || isLower(i) || isDigit {
			word.WriteByte(c)
		} else {
			end()
		}
	}
	end()
	return words
}
