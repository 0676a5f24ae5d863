package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/output"
)

// maxAdminAnswer bounds what is read of a sandbox's admin API; a full request log has some 2 MB.
const maxAdminAnswer = 64 << 20

// adminCall is one request to a sandbox's admin API.
type adminCall struct {
	Method, Path string
	Body         any    // sent as JSON; nil: none
	Member       string // of the answer, that is the result; "" is all of it
}

// showAdmin asks the admin API and prints what it answers; table makes rows of it.
func showAdmin[T any](ctx context.Context, app *App, call adminCall, table func(T) output.Table) error {
	answer, err := app.sandboxAdmin(ctx, call)
	if err != nil {
		return err
	}
	if call.Member != "" {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(answer, &members); err != nil {
			return fmt.Errorf("read answer of the sandbox: %w", err)
		}
		answer = members[call.Member]
	}
	var value T
	if err := json.Unmarshal(answer, &value); err != nil {
		return fmt.Errorf("read answer of the sandbox: %w", err)
	}
	return app.print(ctx, json.RawMessage(answer), func() output.Table { return table(value) })
}

// sandboxAdmin asks the admin API of the sandbox that the settings name, by default the one of `sandbox start`, and
// returns the body of its answer. No credential is sent. What would not be printable is refused before it asks.
func (a *App) sandboxAdmin(ctx context.Context, call adminCall) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, a.flags.requestTimeout)
	defer cancel()
	resp, err := a.sandboxStream(ctx, call, a.trace(a.Transport))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAdminAnswer))
	if err != nil {
		return nil, &sandboxError{URL: a.settings.Get(config.APIURL), Err: err}
	}
	return answer, nil
}

// sandboxStream is sandboxAdmin for an answer that may have no end. Its caller closes the body.
func (a *App) sandboxStream(ctx context.Context, call adminCall, transport http.RoundTripper) (*http.Response, error) {
	a.flags.sandbox = a.flags.sandbox || a.flags.profile == ""
	p, err := a.printer()
	if err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	base := a.settings.Get(config.APIURL)
	var body bytes.Buffer
	if call.Body != nil {
		if err := json.NewEncoder(&body).Encode(call.Body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, strings.TrimRight(base, "/")+"/_sandbox"+call.Path, &body)
	if err != nil {
		return nil, usagef("%w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, &sandboxError{URL: base, Err: err}
	}
	if err := refusedBySandbox(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	switch kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); kind {
	case "application/json", "application/x-ndjson", "application/yaml":
	default:
		resp.Body.Close()
		return nil, &sandboxError{URL: base, Err: fmt.Errorf("it answers %s, as a sandbox would not", kind)}
	}
	return resp, nil
}

// refusedBySandbox returns what the admin API says is wrong with a request.
func refusedBySandbox(resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	var refusal struct {
		Error string `json:"error"`
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if json.Unmarshal(b, &refusal) == nil && resp.StatusCode == http.StatusBadRequest && refusal.Error != "" {
		return usagef("%s", refusal.Error)
	}
	origin := resp.Request.URL.Scheme + "://" + resp.Request.URL.Host
	return &sandboxError{URL: origin, Err: fmt.Errorf("it answers %s, as a sandbox would not", resp.Status)}
}

// sandboxError says that no sandbox answers where one should.
type sandboxError struct {
	URL string
	Err error
}

func (e *sandboxError) Error() string { return fmt.Sprintf("no sandbox at %s: %v", e.URL, e.Err) }
func (e *sandboxError) Unwrap() error { return e.Err }
