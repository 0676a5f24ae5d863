package output

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/itchyny/gojq"

	"github.com/segctl/segctl/internal/secret"
)

// compileJQ gives the expression no environment, modules or further input.
func compileJQ(expression string) (*gojq.Code, error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, &ExpressionError{Flag: "--jq", Expression: expression, Err: err}
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, &ExpressionError{Flag: "--jq", Expression: expression, Err: err}
	}
	return code, nil
}

// printJQ prints each result as it comes, so that an endless expression shows what it does until ctx ends it.
func (p *Printer) printJQ(ctx context.Context, raw []byte) error {
	code, err := compileJQ(p.JQ)
	if err != nil {
		return err
	}
	input, err := decode(raw)
	if err != nil {
		return err
	}
	results := code.RunWithContext(ctx, input)
	var b bytes.Buffer
	for {
		result, ok := results.Next()
		if err, failed := result.(error); failed {
			if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.Value() == nil {
				break
			}
			if writeErr := p.write(b.Bytes()); writeErr != nil {
				return writeErr
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &ExpressionError{Flag: "--jq", Expression: p.JQ, Runtime: true, Err: withoutValues(err)}
		}
		if !ok {
			break
		}
		if err := p.appendResult(&b, result); err != nil {
			return err
		}
		if b.Len() > 64<<10 {
			if err := p.write(b.Bytes()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	return p.write(b.Bytes())
}

// appendResult writes one result of jq: a string raw, anything else as JSON, indented on a terminal.
func (p *Printer) appendResult(b *bytes.Buffer, result any) error {
	if text, ok := result.(string); ok {
		if p.TTY {
			text = secret.CleanText(text)
		}
		b.WriteString(text + "\n")
		return nil
	}
	raw, err := gojq.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode result of --jq: %w", err)
	}
	if p.TTY {
		var indented bytes.Buffer
		if err := json.Indent(&indented, raw, "", "  "); err != nil {
			return fmt.Errorf("indent result of --jq: %w", err)
		}
		raw = secret.CleanDocument(indented.Bytes())
	}
	b.Write(append(raw, '\n'))
	return nil
}

// decode returns JSON as plain Go values, with numbers that keep their digits.
func decode(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode result: %w", err)
	}
	return v, nil
}

// withoutValues drops what jq's messages quote, such as in `expected an object but got: string ("…")`: any value may be a
// secret.
func withoutValues(err error) error {
	text := regexp.MustCompile(`(?s) \(.*\)|".*"`).ReplaceAllString(err.Error(), "")
	return errors.New(secret.Clean(strings.TrimSpace(text)))
}
