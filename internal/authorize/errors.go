package authorize

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/segctl/segctl/internal/secret"
)

// Stage says which half of the flow failed.
type Stage string

// The two halves.
const (
	StageAuthorize Stage = "authorization" // the browser's: reported to the redirect URL, or to Ask
	StageExchange  Stage = "code exchange" // ours: the answer of the token endpoint
)

// Error is a refusal by the authorization server. Its texts are the server's, made printable, bounded, and free of the
// secrets that are known.
type Error struct {
	Stage       Stage
	Reason      Reason
	Code        string // the error code of RFC 6749 §4.1.2.1 or §5.2; "" where the answer had none
	Description string
	Hint        string // error_hint
	StatusCode  int    // HTTP status of the answer; 0 where the refusal came in a URL
	Err         error  // a *wire.GrantError where a successful answer cannot be used; else nil
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s failed", e.Stage)
	if e.StatusCode != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.StatusCode)
	}
	for _, text := range []string{e.Code, e.Description, e.Hint} {
		if text != "" {
			b.WriteString(": " + text)
		}
	}
	return b.String()
}

// Unwrap returns what is wrong with an answer that cannot be used.
func (e *Error) Unwrap() error { return e.Err }

// NetworkError says that the server gave no whole answer: name resolution, connection, TLS, a deadline, a body cut short.
// At StageExchange, whether the code was redeemed is not known.
type NetworkError struct {
	Stage Stage
	Host  string
	Err   error
}

func (e *NetworkError) Error() string {
	if e.Stage == StageExchange {
		return fmt.Sprintf("exchange the code with %s: %v", e.Host, e.Err)
	}
	return fmt.Sprintf("ask %s for the authorization: %v", e.Host, e.Err)
}

// Unwrap returns the cause.
func (e *NetworkError) Unwrap() error { return e.Err }

// newNetworkError takes off net/http's own words, which hold the whole URL, and hides secrets in the others.
func newNetworkError(stage Stage, endpoint string, err error, known *secret.Redactor) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var host string
	if u, parseErr := url.Parse(endpoint); parseErr == nil {
		host = u.Host
	}
	return &NetworkError{Stage: stage, Host: host, Err: &redactedError{text: secret.Brief(known.Redact(err.Error()), maxText), err: err}}
}

// redactedError is an error whose text was made fit to show and whose kind is kept.
type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Unwrap() error { return e.err }

// RedirectURLError says why a redirect URL cannot be used. It holds the URL without user and password.
type RedirectURLError struct{ URL, Problem string }

func (e *RedirectURLError) Error() string {
	return fmt.Sprintf("redirect URL %q %s", e.URL, e.Problem)
}
