package output

import "strings"

// Style is how text looks on a terminal: the number of an ANSI rendition (ECMA-48 §8.3.117), empty for none.
type Style string

// The styles.
const (
	Plain  Style = ""
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
)

// Paint returns text in the style. It does not look at the text: what comes from elsewhere is to be cleaned before.
func (s Style) Paint(text string) string {
	if s == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// State is a [Table]'s Tint that colours words for a state, whatever their column.
func State(_ int, cell string) Style {
	switch strings.ToLower(cell) {
	case "enabled", "ok", "valid", "current":
		return Green
	case "disabled", "none", "-":
		return Dim
	case "expiring", "warning", "deprecated":
		return Yellow
	case "expired", "error", "failed", "missing":
		return Red
	default:
		return Plain
	}
}

// UseColor tells whether to colour what goes to a terminal (tty). A person says no by --no-color, by NO_COLOR with any
// value (no-color.org), or by TERM=dumb.
func UseColor(env func(string) (string, bool), tty, noColor bool) bool {
	value, _ := env("NO_COLOR")
	term, _ := env("TERM")
	return tty && !noColor && value == "" && term != "dumb"
}
