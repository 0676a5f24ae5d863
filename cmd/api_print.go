package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/rawapi"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/segment"
)

// apiPrinter prints answers of the Config API.
type apiPrinter struct {
	*output.Printer
	verbatim bool // the body as it came
	heads    bool // the status line and headers too
}

// apiPrinter returns the printer of `segctl api`. Its output is JSON, whatever the setting `output` says: only -o, --jq
// and --template change that.
func (a *App) apiPrinter(c *cobra.Command, heads bool) (*apiPrinter, error) {
	p, err := a.printer()
	if err != nil {
		return nil, err
	}
	if !c.Flags().Changed(config.Output) {
		p.Format = output.FormatAuto
	}
	verbatim := p.Format == output.FormatAuto && p.JQ == "" && p.Template == "" && !p.TTY
	return &apiPrinter{p, verbatim, heads}, nil
}

// single prints one answer, with its head where that is wanted.
func (p *apiPrinter) single(ctx context.Context, r *segment.Request, answer *segment.Response, err error) error {
	if answer != nil {
		err = errors.Join(err, p.head(answer))
	}
	return p.result(ctx, r, answer, err)
}

// result prints whatever came back, before it returns the error that this stands for: an answer about a refresh may be
// all that is left of a token.
func (p *apiPrinter) result(ctx context.Context, r *segment.Request, answer *segment.Response, err error) error {
	switch {
	case err == nil:
		return p.body(ctx, answer.Body)
	case answer != nil:
		err = errors.Join(err, p.refusal(ctx, answer.Body))
	}
	return fmt.Errorf("%s %s: %w", r.Method, r.Path, err)
}

// head prints the status line and the headers, where they are wanted.
func (p *apiPrinter) head(answer *segment.Response) error {
	if !p.heads {
		return nil
	}
	_, err := p.Out.Write(rawapi.Head(answer))
	return err
}

// body prints the body of an answer.
func (p *apiPrinter) body(ctx context.Context, body []byte) error {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil
	case p.verbatim:
		return p.text(body)
	case json.Valid(body):
		return printable(p.Print(ctx, json.RawMessage(body), nil))
	case p.Format == output.FormatAuto && p.JQ == "" && p.Template == "":
		return p.text(body)
	}
	return problem.Usage("the answer is not JSON, so that -o, --jq and --template cannot work on it")
}

// refusal prints the body of an answer that is no success. Formats and filters are for what was asked for, not for what
// the server says instead.
func (p *apiPrinter) refusal(ctx context.Context, body []byte) error {
	plain := &apiPrinter{Printer: &output.Printer{Out: p.Out, TTY: p.TTY}, verbatim: !p.TTY}
	return plain.body(ctx, body)
}

// text prints bytes as they are, with the last line ended; on a terminal, what could steer it is made visible.
func (p *apiPrinter) text(body []byte) error {
	text := string(body)
	if p.TTY {
		text = secret.CleanText(text)
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err := p.Out.Write([]byte(text))
	return err
}
