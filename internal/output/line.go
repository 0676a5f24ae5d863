package output

import (
	"bytes"
	"context"
)

// CheckLines returns a [*FormatError] if a stream of values cannot be printed as the fields ask, a line each.
func (p *Printer) CheckLines() error {
	if p.Format == FormatYAML {
		return &FormatError{Msg: "this command prints a stream of events: -o json has one on each line, and there is no YAML of them"}
	}
	return p.Check()
}

// PrintLine prints one value of a stream: as JSON on one line or, with a jq expression or a template, what that makes of it.
func (p *Printer) PrintLine(ctx context.Context, value any) error {
	raw, err := marshal(value)
	switch {
	case err != nil:
		return err
	case p.JQ != "":
		return p.printJQ(ctx, raw)
	case p.Template != "":
		return p.printTemplate(ctx, raw)
	}
	return p.writeEscaped(append(bytes.TrimSpace(raw), '\n'))
}
