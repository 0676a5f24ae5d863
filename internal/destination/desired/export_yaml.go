package desired

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/secret"
)

// listKey is the line that begins the list of entries.
const listKey = "destinations:\n"

// listItem returns an entry as an item of the list of entries.
func listItem(entry *yaml.Node) (string, error) {
	list := mapping()
	put(list, strings.TrimSuffix(listKey, ":\n"), &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{entry}})
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(list); err != nil {
		return "", err
	}
	return escapeUnsafe(strings.TrimPrefix(b.String(), listKey)), nil
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func put(m *yaml.Node, name string, value *yaml.Node) {
	key := text(name)
	if key.Style == yaml.LiteralStyle {
		key.Style = yaml.DoubleQuotedStyle
	}
	m.Content = append(m.Content, key, value)
}

// text returns a node that is read back as that text, whatever it looks like.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n"); {
	case strings.ContainsFunc(s, isUnsafe), slices.Contains([]string{"y", "n", "yes", "no", "on", "off"}, strings.ToLower(s)):
		n.Style = yaml.DoubleQuotedStyle // the others are booleans to older readers of YAML
	case strings.Contains(s, "\n") && slices.ContainsFunc(lines, isBare):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
	}
	return n
}

// isBare reports whether a line is empty, or has blanks at an end of it: the encoder may write a block of such lines that
// nothing can read.
func isBare(line string) bool { return line == "" || strings.TrimSpace(line) != line }

// scalar returns a node of a number, a boolean or null, as JSON spells it.
func scalar(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// isUnsafe reports whether a character could steer a terminal or deceive a reader. A text with one is written in double
// quotes, where YAML has escapes.
func isUnsafe(r rune) bool {
	return r != '\n' && (r < ' ' || r >= 0x7f && secret.Clean(string(r)) != string(r))
}

// escapeUnsafe escapes what the encoder takes for printable. It stands within double quotes alone.
func escapeUnsafe(document string) string {
	if secret.CleanText(document) == document {
		return document
	}
	var b strings.Builder
	for _, r := range document {
		switch {
		case !isUnsafe(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}
