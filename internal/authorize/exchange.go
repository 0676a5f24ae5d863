package authorize

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/oauth2"
)

// maxAnswer bounds the token endpoint's answer, in bytes. A real one has 400.
const maxAnswer = 1 << 20

// exchangeTransport is what the exchange goes over.
func (f *Flow) exchangeTransport() http.RoundTripper {
	transport := withoutReuse(f.Transport)
	if f.Wrap == nil {
		return transport
	}
	return f.Wrap(transport)
}

// exchange redeems the code, in one attempt: a code works once, so a second
// could only hide the first one's answer.
func exchange(ctx context.Context, transport http.RoundTripper, config *oauth2.Config, code, verifier string, known redactor) (Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
	defer cancel()
	once := &oneAttempt{transport: transport}
	client := &http.Client{
		Transport:     once,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	_, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, client), code, oauth2.VerifierOption(verifier))
	if once.status == 0 {
		return Grant{}, networkError(config.Endpoint.TokenURL, err, known)
	}
	// x/oauth2 drops a whole token for one odd field, and the install with it:
	// the answer is read here instead.
	return readAnswer(once.status, once.body, known)
}

// oneAttempt sends one request that net/http will not repeat, and keeps the
// answer.
type oneAttempt struct {
	transport http.RoundTripper
	status    int
	body      []byte
}

func (o *oneAttempt) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Close = true
	req.GetBody = nil // without it a body that was begun cannot be sent again
	resp, err := o.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	o.status, o.body = resp.StatusCode, body
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// withoutReuse makes a connection of its own for every request, where the
// transport is one that can be told to.
func withoutReuse(transport http.RoundTripper) http.RoundTripper {
	if transport == nil {
		transport = http.DefaultTransport
	}
	t, ok := transport.(*http.Transport)
	if !ok {
		return transport
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	return t
}

func networkError(tokenURL string, err error, known redactor) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	var host string
	if u, parseErr := url.Parse(tokenURL); parseErr == nil {
		host = u.Host
	}
	return &NetworkError{Host: host, Err: &redactedError{text: known.clean(err.Error()), err: err}}
}

type tokenAnswer struct {
	AccessToken    string          `json:"access_token"`
	TokenType      string          `json:"token_type"`
	ExpiresIn      json.RawMessage `json:"expires_in"`
	Scope          string          `json:"scope"`
	AppName        string          `json:"app_name"`
	InstallName    string          `json:"install_name"`
	WorkspaceNames []string        `json:"workspace_names"`
	SourceNames    []string        `json:"source_names"`

	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
	ErrorHint        string `json:"error_hint"`
}

// readAnswer reads a token endpoint's answer (RFC 6749 §5). Fields of a wrong
// type count as absent: only a missing or unusable token is a failure.
func readAnswer(status int, body []byte, known redactor) (Grant, error) {
	bad := func(problem string) (Grant, error) {
		return Grant{}, known.refused(StageExchange, status, refusal{description: problem})
	}
	success := status >= 200 && status < 300
	switch {
	case len(body) > maxAnswer:
		return bad("the answer is too large")
	case status >= 300 && status < 400:
		return bad("the answer is a redirect, which is not followed")
	case !json.Valid(body) && success:
		return bad("the answer is not JSON")
	case !json.Valid(body):
		return bad(string(body))
	}
	var a tokenAnswer
	_ = json.Unmarshal(body, &a) // valid JSON: an error can only be a field of a wrong type
	switch {
	case !success || a.Error != "":
		return Grant{}, known.refused(StageExchange, status, refusal{a.Error, a.ErrorDescription, a.ErrorHint})
	case a.AccessToken == "":
		return bad("the answer holds no access_token")
	case strings.ContainsFunc(a.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }):
		return bad("the answer's access_token holds characters that no token may hold")
	case a.TokenType != "" && !strings.EqualFold(a.TokenType, "bearer"):
		return bad("the answer's token_type is not bearer")
	}
	return Grant{
		AccessToken: a.AccessToken, TokenType: cmp.Or(a.TokenType, "bearer"), ExpiresIn: seconds(a.ExpiresIn),
		Scope: a.Scope, AppName: a.AppName, InstallName: a.InstallName,
		WorkspaceNames: a.WorkspaceNames, SourceNames: a.SourceNames,
	}, nil
}

// seconds reads expires_in, which servers also send as 3599.0 or "3599".
func seconds(raw json.RawMessage) int64 {
	f, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || !(f > 0) {
		return 0
	}
	return int64(min(f, math.MaxInt32))
}
