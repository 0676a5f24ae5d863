// Package output prints results: as a table, as values separated by tabs or commas, as JSON or YAML, through a jq
// expression or a template.
// It makes what servers sent harmless for a terminal, and traces HTTP without showing secrets.
//
// It knows neither commands nor Segment's resources; what it prints is any value with a JSON form, and tables made of
// text. Its Printer writes results only: words to a person are the caller's.
package output

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/segctl/segctl/internal/secret"
)

// Printer prints results. The zero value of each field but Out is a sensible default.
type Printer struct {
	Out      io.Writer
	Format   Format   // must be FormatAuto or FormatJSON with JQ or Template
	JQ       string   // jq expression that JSON goes through; strings it yields are printed raw, one result a line
	Template string   // text/template that JSON goes through
	Columns  []string // of a table, in the order wanted, by [ColumnName]; nil: all
	TTY      bool     // Out is a terminal
	Width    int      // of the terminal in columns; 0: no limit
	Color    bool

	painted bytes.Buffer // JSON in colour, used again and again
}

// Check returns a [*FormatError] or an [*ExpressionError] if nothing can be printed as the fields ask. It is for
// calling before a request is made.
func (p *Printer) Check() error {
	if _, err := ParseFormat(string(p.Format)); err != nil {
		return err
	}
	if len(p.Columns) > 0 {
		return p.checkColumns()
	}
	if p.JQ == "" && p.Template == "" {
		return nil
	}
	if p.JQ != "" && p.Template != "" {
		return &FormatError{Msg: "--jq and --template exclude each other"}
	}
	if p.Format != FormatAuto && p.Format != FormatJSON {
		return &FormatError{Msg: fmt.Sprintf("--jq and --template work on JSON, not on %s", p.Format)}
	}
	if p.JQ != "" {
		_, err := compileJQ(p.JQ)
		return err
	}
	_, err := parseTemplate(p.Template)
	return err
}

// Effective returns the format that a result with a table is printed in, never FormatAuto.
func (p *Printer) Effective() Format {
	switch {
	case p.JQ != "" || p.Template != "":
		return FormatJSON
	case p.Format != FormatAuto:
		return p.Format
	case p.TTY:
		return FormatTable
	default:
		return FormatTSV
	}
}

// Print prints a value in the format wanted. The value's JSON is printed as its MarshalJSON made it: unknown fields,
// order and digits stay. The table is built only if it is printed; a nil one means that the value has none, and a table,
// TSV or CSV is then JSON. A list is printed element by element, so that a long one takes little memory. ctx bounds jq and
// templates, which can run for ever.
func (p *Printer) Print(ctx context.Context, value any, table func() Table) error {
	if err := p.Check(); err != nil {
		return err
	}
	format := p.Effective()
	switch {
	case format.isTabular() && table != nil:
		return p.printTable(format, table())
	case len(p.Columns) > 0:
		return &FormatError{Msg: "this result has no columns"}
	case p.JQ == "" && p.Template == "" && format == FormatYAML:
		return p.printYAML(value)
	case p.JQ == "" && p.Template == "":
		return p.printJSON(value)
	}
	raw, err := marshal(value)
	if err != nil {
		return err
	}
	if p.JQ != "" {
		return p.printJQ(ctx, raw)
	}
	return p.printTemplate(ctx, raw)
}

// marshal returns the JSON of a value. Raw JSON is taken as it is; an Encoder would have to copy it.
func marshal(value any) ([]byte, error) {
	if raw, ok := value.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return b.Bytes(), nil
}

// writeEscaped writes JSON or YAML. JSON may hold characters raw that steer a terminal: there they become \uXXXX, which
// is the same JSON.
func (p *Printer) writeEscaped(text []byte) error {
	if p.TTY {
		text = secret.CleanDocument(text)
	}
	return p.write(text)
}

func (p *Printer) write(text []byte) error {
	if _, err := p.Out.Write(text); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}
