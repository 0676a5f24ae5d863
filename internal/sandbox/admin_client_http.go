package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAdminAnswer bounds what is read of one answer, or of one line of a stream, in bytes. A full request log has some 4 MB.
const maxAdminAnswer = 64 << 20

// ask sends a request, with in as its JSON body unless it is nil, and decodes the answer into out.
func (a *Admin) ask(ctx context.Context, method, path string, in, out any) error {
	answer, err := a.read(ctx, method, path, in, "application/json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return a.absent(fmt.Errorf("its answer cannot be read: %w", err))
	}
	return nil
}

// read sends a request and returns the whole body of its answer, which must be of a kind.
func (a *Admin) read(ctx context.Context, method, path string, in any, kind string) ([]byte, error) {
	if a.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.Timeout)
		defer cancel()
	}
	resp, err := a.send(ctx, method, path, in, kind)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAdminAnswer+1))
	switch {
	case err != nil:
		return nil, a.absent(err)
	case len(answer) > maxAdminAnswer:
		return nil, a.absent(fmt.Errorf("its answer is longer than %d bytes", maxAdminAnswer))
	}
	return answer, nil
}

// send sends a request and checks that it is a sandbox that answers. The caller closes the body.
func (a *Admin) send(ctx context.Context, method, path string, in any, kind string) (*http.Response, error) {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode request to the sandbox: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(a.BaseURL, "/")+"/_sandbox/"+path, body)
	if err != nil {
		return nil, a.absent(err)
	}
	req.Header.Set("Content-Type", "application/json")
	// A sandbox never redirects an admin request: a server that does so is another one.
	client := http.Client{Transport: a.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return nil, a.absent(err)
	}
	if err := a.check(resp, kind); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// check returns what the sandbox refuses, or that the answer is none of a sandbox.
func (a *Admin) check(resp *http.Response, kind string) error {
	got, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	switch {
	case resp.StatusCode == http.StatusBadRequest, resp.StatusCode == http.StatusNotFound:
		var refusal struct {
			Error   string `json:"error"`
			Missing string `json:"missing"`
		}
		text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		// Other servers answer 404, too: a sandbox says what is missing.
		if err == nil && json.Unmarshal(text, &refusal) == nil && refusal.Error != "" &&
			(resp.StatusCode == http.StatusBadRequest || refusal.Missing != "") {
			return &AdminError{refusal.Error, refusal.Missing}
		}
	case resp.StatusCode == http.StatusOK && got == kind:
		return nil
	case resp.StatusCode == http.StatusOK:
		return a.absent(fmt.Errorf("it answers %q, as a sandbox would not", got))
	}
	return a.absent(fmt.Errorf("it answers %s, as a sandbox would not", resp.Status))
}

func (a *Admin) absent(err error) error { return &NoSandboxError{a.BaseURL, err} }

// Follow calls each with every request that the sandbox remembers, and then with each new one. It returns nil when the
// sandbox stops, and otherwise the error of each, of ctx, or of the stream.
func (a *Admin) Follow(ctx context.Context, each func(Request) error) error {
	waiting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answered := func() bool { return true }
	if a.Timeout > 0 { // for the beginning of the answer: the stream itself has no end
		answered = time.AfterFunc(a.Timeout, func() { cancel(context.DeadlineExceeded) }).Stop
	}
	resp, err := a.send(waiting, http.MethodGet, "requests?follow", nil, "application/x-ndjson")
	if err == nil {
		defer resp.Body.Close()
	}
	if !answered() && ctx.Err() == nil {
		return a.absent(fmt.Errorf("it does not answer within %s", a.Timeout))
	}
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxAdminAnswer)
	for lines.Scan() {
		var r Request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return a.absent(fmt.Errorf("its answer cannot be read: %w", err))
		}
		if err := each(r); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil && ctx.Err() == nil {
		return a.absent(err)
	}
	return ctx.Err()
}
