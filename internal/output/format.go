package output

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Format is how results are printed.
type Format string

// The formats. FormatAuto is a table on a terminal and tab-separated values elsewhere; JSON with a jq expression or a
// template, and for what has no table.
const (
	FormatAuto  Format = ""
	FormatTable Format = "table"
	FormatJSON  Format = "json"
	FormatYAML  Format = "yaml"
	FormatTSV   Format = "tsv"
	FormatCSV   Format = "csv"
)

// Formats returns the names that [ParseFormat] takes.
func Formats() []string { return []string{"table", "json", "yaml", "tsv", "csv"} }

// isTabular reports whether a format prints the rows of a table.
func (f Format) isTabular() bool { return f == FormatTable || f == FormatTSV || f == FormatCSV }

// ParseFormat returns the format of that name, FormatAuto for "", or a [*FormatError].
func ParseFormat(name string) (Format, error) {
	if name != "" && !slices.Contains(Formats(), name) {
		return "", &FormatError{Msg: fmt.Sprintf("unknown output format %q", name), Valid: Formats()}
	}
	return Format(name), nil
}

// FormatError says that a result cannot be printed as asked.
type FormatError struct {
	Msg   string
	Valid []string // the formats or columns there are, where the one asked for is none
}

func (e *FormatError) Error() string {
	if len(e.Valid) == 0 {
		return e.Msg
	}
	return fmt.Sprintf("%s (valid: %s)", e.Msg, strings.Join(e.Valid, ", "))
}

// ExpressionError says what is wrong with a jq expression or a template.
type ExpressionError struct {
	Flag       string // "--jq" or "--template"
	Expression string // as given
	Runtime    bool   // it is well-formed, but failed on this result
	Err        error
}

func (e *ExpressionError) Error() string {
	if e.Runtime {
		return fmt.Sprintf("%s fails on this result: %v", e.Flag, e.Err)
	}
	return fmt.Sprintf("%s cannot be understood: %v", e.Flag, e.Err)
}

func (e *ExpressionError) Unwrap() error { return e.Err }

// Explain says whether an error is one of this package's, ok, and whether it is the user's: a format, an expression or a
// template that cannot work, whatever the result is.
func Explain(err error) (usage, ok bool) {
	if _, ok := errors.AsType[*FormatError](err); ok {
		return true, true
	}
	if e, ok := errors.AsType[*ExpressionError](err); ok {
		return !e.Runtime, true
	}
	return false, false
}
