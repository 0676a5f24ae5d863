package output

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/segctl/segctl/internal/secret"
)

// parseTemplate adds to the functions of text/template those that its users expect of a command line's.
func parseTemplate(text string) (*template.Template, error) {
	t, err := template.New("template").Funcs(template.FuncMap{
		"json":  templateJSON,
		"join":  templateJoin,
		"upper": strings.ToUpper,
		"lower": strings.ToLower,
		"base":  func(name string) string { return name[strings.LastIndexByte(name, '/')+1:] },
	}).Parse(text)
	if err != nil {
		return nil, &ExpressionError{Flag: "--template", Expression: text, Err: errors.New(secret.Clean(err.Error()))}
	}
	return t, nil
}

// templateJSON returns a value as JSON.
func templateJSON(value any) (string, error) {
	raw, err := marshal(value)
	return strings.TrimSpace(string(raw)), err
}

// templateJoin joins a list by a separator, which comes first, so that {{.list | join ","}} reads well.
func templateJoin(separator string, list any) (string, error) {
	values, ok := list.([]any)
	if !ok && list != nil {
		return "", errors.New("join wants a list")
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, separator), nil
}

// printTemplate prints through the template and ends the last line. A template cannot be stopped from outside, so on the
// end of ctx it is left to itself, with nowhere to write.
func (p *Printer) printTemplate(ctx context.Context, raw []byte) error {
	t, err := parseTemplate(p.Template)
	if err != nil {
		return err
	}
	data, err := decode(raw)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- t.Execute(whileContext{ctx, &b}, data) }()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err = <-done:
	}
	if err != nil {
		return &ExpressionError{Flag: "--template", Expression: p.Template, Runtime: true, Err: templateFault(err)}
	}
	text := b.String()
	if p.TTY {
		text = secret.CleanText(text)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return p.write([]byte(text))
}

// templateFault drops the cause of a failed call, which may quote a value; its place in the template stays.
func templateFault(err error) error {
	text := err.Error()
	if _, ok := errors.AsType[template.ExecError](err); ok {
		if place, _, ok := strings.Cut(text, "error calling "); ok {
			text = place + "a function got a value that it cannot take"
		}
	}
	return errors.New(secret.Clean(text))
}

// whileContext refuses writes once its context has ended.
type whileContext struct {
	ctx context.Context
	w   io.Writer
}

func (w whileContext) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(b)
}
