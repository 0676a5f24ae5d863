package segment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/secret"
)

const (
	// maxMessage bounds what is quoted of an answer, in characters.
	maxMessage = 300
	// maxQuoted is how long an undocumented answer can be, in bytes, to be looked through for what may be quoted.
	maxQuoted = 64 << 10
	// maxRetryAfter bounds what a server can ask for; more is no rate limit but a mistake.
	maxRetryAfter = 24 * time.Hour
)

// Reason is what a refusal means, for those who decide on it.
type Reason int

// The reasons. They follow the table of errors in the Config API's documentation, with what real answers taught.
const (
	Other            Reason = iota
	InvalidArgument         // 400 / 3
	Unauthenticated         // 401 / 16; "malformed token" is also the text for an expired one
	PermissionDenied        // 403 / 7
	NotFound                // 404 / 5
	AlreadyExists           // 409 / 6, and what is seen in practice: 500 / 13 with a text that says so
	RateLimited             // 429 / 8
	Internal                // 500 / 13
	Unimplemented           // 501 / 12
	Unavailable             // 502, 503 / 14, 504
	NoRoute                 // 503 in plain text, "upstream connect error…": the URL is wrong
)

// Error is an answer of the Config API that is not a success.
type Error struct {
	Method, Path string
	StatusCode   int
	Code         int           // of the body; 0 where there is none
	Message      string        // what the body says, on one short line, secrets redacted; "" where it may not be quoted
	Body         []byte        // what may be quoted of the body, secrets redacted; nil for none
	RetryAfter   time.Duration // 0 where the server did not say; a day at most
	Reason       Reason
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("Segment answered %d %s", e.StatusCode, http.StatusText(e.StatusCode))
	}
	return fmt.Sprintf("Segment answered %d: %s", e.StatusCode, e.Message)
}

// NetworkError says that no whole answer came: name resolution, connection, TLS, a deadline, a body cut short. It says
// nothing about the token.
type NetworkError struct {
	Host string
	Err  error
}

func (e *NetworkError) Error() string { return fmt.Sprintf("no answer from %s: %v", e.Host, e.Err) }
func (e *NetworkError) Unwrap() error { return e.Err }

// IsLost reports whether no answer, or none that can be read, came to a request: nobody knows what the server did.
func IsLost(err error) bool {
	_, network := errors.AsType[*NetworkError](err)
	_, answer := errors.AsType[*AnswerError](err)
	return network || answer
}

// AnswerError says that an answer is not what Segment documents: not JSON, too large, without end, with names that are
// none, or a redirect, which is never followed.
type AnswerError struct{ Method, Path, Problem string }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("answer to %s %s: %s", e.Method, e.Path, e.Problem)
}

// refusal reads an answer that is not a success.
func (c *Client) refusal(r *Request, a *Response) *Error {
	e := &Error{Method: r.Method, Path: r.Path, StatusCode: a.StatusCode, RetryAfter: retryAfter(a.Header)}
	var told struct {
		Error string          `json:"error"`
		Code  json.RawMessage `json:"code"`
	}
	quoted := quotable(r, a)
	said := quoted
	if isDocumented := json.Unmarshal(a.Body, &told) == nil && told.Error != ""; isDocumented {
		said = told.Error
		e.Code, _ = strconv.Atoi(strings.Trim(string(told.Code), `"`)) // 0 where it is no number
		e.Reason = classify(a.StatusCode, told.Error)
	} else if isNoRoute(a.Body) {
		e.Reason = NoRoute
	} else {
		e.Reason = classify(a.StatusCode, string(a.Body))
	}
	// What is secret must be gone before the text is cut, for a part of it would not be found.
	e.Message = secret.Brief(c.redactor.Redact(said), maxMessage)
	if quoted != "" {
		e.Body = []byte(c.redactor.Redact(quoted))
	}
	return e
}

// quotable returns what may be quoted of an answer besides the fields of a documented error: JSON without what is secret
// in it, and plain text. A page of HTML may repeat the request in ways that no redaction knows, and an answer about a
// refresh may hold a token.
func quotable(r *Request, a *Response) string {
	if isRefresh(r.Path) || len(a.Body) > maxQuoted {
		return ""
	}
	if masked, _, isJSON := secret.Document(a.Body, nil); isJSON {
		return string(masked)
	}
	if kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type")); err != nil || kind != "text/plain" {
		return ""
	}
	return string(a.Body)
}

// classify is the one place where Segment's words are read.
func classify(status int, text string) Reason {
	switch {
	case status == http.StatusConflict, strings.Contains(text, "already exists"):
		return AlreadyExists
	case status == http.StatusBadRequest && strings.Contains(text, "filter does not exist"):
		return NotFound
	}
	return byStatus(status)
}

// byStatus is what a status says where the words say no more.
func byStatus(status int) Reason {
	switch status {
	case http.StatusBadRequest:
		return InvalidArgument
	case http.StatusUnauthorized:
		return Unauthenticated
	case http.StatusForbidden:
		return PermissionDenied
	case http.StatusNotFound:
		return NotFound
	case http.StatusTooManyRequests:
		return RateLimited
	case http.StatusInternalServerError:
		return Internal
	case http.StatusNotImplemented:
		return Unimplemented
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Unavailable
	}
	return Other
}

// isNoRoute recognises the plain-text answer of Segment's proxy to a URL that leads nowhere.
func isNoRoute(body []byte) bool { return bytes.HasPrefix(body, []byte("upstream connect error")) }

// HasReason reports whether err is, or wraps, an *Error with that reason.
func HasReason(err error, reason Reason) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == reason
}

// OfRefresh reports whether a new token was refused, rather than what a token was sent for.
func (e *Error) OfRefresh() bool { return isRefresh(e.Path) }

// Decisive returns the last of joined errors: after a refusal, it is why there was no other token to try.
func Decisive(err error) error {
	var joined interface {
		error
		Unwrap() []error
	}
	if errors.As(err, &joined) {
		all := joined.Unwrap()
		return Decisive(all[len(all)-1])
	}
	return err
}

// retryAfter reads the header in seconds or as a date (RFC 9110 §10.2.3): from nothing to a day, whatever a server says.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, time.Until(at)), maxRetryAfter)
	}
	// A number that is too large for 64 bits comes with an error and the largest one there is.
	seconds, err := strconv.ParseUint(value, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
}

// noAnswer tells an interrupt from a network that failed.
func (c *Client) noAnswer(ctx context.Context, host string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var answer *AnswerError
	if errors.As(err, &answer) {
		return answer
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the URL, whose query is nobody's business
	}
	return &NetworkError{host, &quietError{secret.Brief(c.redactor.Redact(err.Error()), maxMessage), err}}
}

// quietError gives an error other words, since its own may quote what a server sent.
type quietError struct {
	words string
	err   error
}

func (e *quietError) Error() string { return e.words }
func (e *quietError) Unwrap() error { return e.err }
