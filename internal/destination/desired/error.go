package desired

import (
	"fmt"
	"strings"
)

// Error says what is wrong with a file. It quotes nothing of it but names of fields, settings and variables.
type Error struct {
	File         string   // as it was named; "standard input"
	Line, Column int      // from 1 on; 0 where there is none
	Problem      string   // such as "enabled must be true or false"
	Files        []string // what may have been meant instead of File; may be empty
}

func (e *Error) Error() string {
	return place(e.File, e.Line, e.Column) + ": " + e.Problem
}

// place writes a place in a file as compilers do, so that terminals and editors make a link of it.
func place(file string, line, column int) string {
	var b strings.Builder
	b.WriteString(file)
	for _, n := range []int{line, column} {
		if n == 0 {
			break
		}
		fmt.Fprintf(&b, ":%d", n)
	}
	return b.String()
}
