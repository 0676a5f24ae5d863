package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/config"
)

// maxAdminAnswer bounds what is read of a sandbox's admin API; a full request log has some 2 MB.
const maxAdminAnswer = 64 << 20

// sandboxAdmin asks the admin API of the sandbox that the settings name, by default the one of `sandbox start`, and
// returns the body of its answer. No credential is sent.
func (a *App) sandboxAdmin(ctx context.Context, method, path string, body io.Reader) (json.RawMessage, error) {
	a.flags.sandbox = a.flags.sandbox || a.flags.profile == ""
	s, err := a.load()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.flags.requestTimeout)
	defer cancel()
	url := strings.TrimRight(s.Get(config.APIURL), "/") + "/_sandbox" + path
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, usagef("%w", err)
	}
	client := &http.Client{Transport: a.transport()}
	resp, err := client.Do(req)
	if err != nil {
		return nil, &sandboxError{URL: s.Get(config.APIURL), Err: err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAdminAnswer))
	if err != nil {
		return nil, &sandboxError{URL: s.Get(config.APIURL), Err: err}
	}
	if resp.StatusCode != http.StatusOK || !json.Valid(answer) {
		return nil, &sandboxError{URL: s.Get(config.APIURL), Err: fmt.Errorf("it answers %s, as a sandbox would not", resp.Status)}
	}
	return answer, nil
}

// sandboxError says that no sandbox answers where one should.
type sandboxError struct {
	URL string
	Err error
}

func (e *sandboxError) Error() string { return fmt.Sprintf("no sandbox at %s: %v", e.URL, e.Err) }
func (e *sandboxError) Unwrap() error { return e.Err }
