package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, p := range []Printer{
		{Format: "xml"}, {JQ: ".", Template: "x"}, {Format: FormatYAML, JQ: "."},
	} {
		if _, ok := errors.AsType[*FormatError](p.Check()); !ok {
			t.Errorf("%+v: %v", p, p.Check())
		}
	}
	for _, p := range []Printer{{JQ: ".["}, {JQ: "nosuch"}, {JQ: `import "a" as a; .`}, {Template: "{{"}, {Template: "{{nosuch}}"}} {
		e, ok := errors.AsType[*ExpressionError](p.Check())
		if !ok || e.Runtime {
			t.Errorf("%+v: %v", p, p.Check())
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err       error
		usage, ok bool
	}{
		{nil, false, false},
		{errors.New("another"), false, false},
		{&FormatError{}, true, true},
		{fmt.Errorf("print: %w", &FormatError{}), true, true},
		{&ExpressionError{Err: errors.New("x")}, true, true},
		{fmt.Errorf("print: %w", &ExpressionError{Err: errors.New("x"), Runtime: true}), false, true},
	} {
		if usage, ok := Explain(test.err); usage != test.usage || ok != test.ok {
			t.Errorf("Explain(%v) = %v, %v", test.err, usage, ok)
		}
	}
}

func TestExpressionFailsOnResult(t *testing.T) {
	t.Parallel()
	for _, p := range []Printer{
		{JQ: ".config[0].value.x"},
		{JQ: ".config[0].value | tonumber"},
		{JQ: ".config[0].value + 1"},
		{Template: "{{(index .config 0).value.x}}"},
		{Template: `{{join "," (index .config 0).value}}`},
	} {
		p.Out = new(strings.Builder)
		err := p.Print(t.Context(), json.RawMessage(destination), nil)
		e, ok := errors.AsType[*ExpressionError](err)
		if !ok || !e.Runtime || strings.Contains(err.Error(), "abcd") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestEndlessExpressionEnds(t *testing.T) {
	t.Parallel()
	for _, p := range []Printer{{JQ: "last(repeat(.))"}, {JQ: "repeat(.)"}, {Template: "{{range 1000000000}}x{{end}}"}} {
		p.Out = new(strings.Builder)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := p.Print(ctx, 1, nil)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func FuzzJQ(f *testing.F) {
	f.Add(".config[].value")
	f.Add(".enabled | not")
	f.Add(`.[`)
	f.Add(`"\(.)" | @base64`)
	f.Fuzz(func(t *testing.T, expression string) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		p := Printer{Out: new(strings.Builder), JQ: expression}
		err := p.Print(ctx, json.RawMessage(destination), rows)
		if err != nil && ctx.Err() == nil {
			if _, ok := errors.AsType[*ExpressionError](err); !ok {
				t.Errorf("%q: %T %v", expression, err, err)
			}
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("{{.name}}")
	f.Add(`{{with .config}}{{json .}}{{end}}`)
	f.Add(`{{join "," .empty}}{{upper .name}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "range") || strings.Contains(text, "define") || strings.Contains(text, "block") {
			t.Skip("may run for ever, and cannot be stopped")
		}
		p := Printer{Out: new(strings.Builder), Template: text}
		if err := p.Print(t.Context(), json.RawMessage(destination), rows); err != nil {
			if _, ok := errors.AsType[*ExpressionError](err); !ok {
				t.Errorf("%q: %T %v", text, err, err)
			}
		}
	})
}
