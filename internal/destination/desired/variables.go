package desired

import (
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/config"
)

// split splits a text at its variables: ${NAME} is one, and $${ is a literal ${. It says what is wrong with a variable.
func split(text string) (parts []part, problem string) {
	var b strings.Builder
	cut := func() {
		if b.Len() > 0 {
			parts = append(parts, part{text: b.String()})
			b.Reset()
		}
	}
	for text != "" {
		switch {
		case strings.HasPrefix(text, "$${"):
			b.WriteString("${")
			text = text[3:]
		case strings.HasPrefix(text, "${"):
			name, rest, closed := strings.Cut(text[2:], "}")
			switch {
			case !closed || !isVariable(name):
				return nil, "has a ${ that begins no variable: ${NAME} is one, of letters, digits and _, and $${ is a literal ${"
			case slices.Contains(config.SecretVariables(), name):
				return nil, "names the variable " + name + ", which is a secret of segctl itself: no file gets it"
			}
			cut()
			parts = append(parts, part{variable: name})
			text = rest
		default:
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	cut()
	return parts, ""
}

// escape writes a text so that split reads it as it is.
func escape(text string) string { return strings.ReplaceAll(text, "${", "$${") }

func isVariable(name string) bool {
	for i, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', '0' <= c && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return name != ""
}
