package segment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
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
	Message      string        // of the body, or the body where it is not JSON; short, without control characters
	Body         []byte        // as it came, but for secrets of the request that it repeats
	RetryAfter   time.Duration // 0 where the server did not say
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

// AnswerError says that an answer is not what Segment documents: not JSON, too large, or a redirect, which is never
// followed.
type AnswerError struct{ Method, Path, Problem string }

func (e *AnswerError) Error() string {
	return fmt.Sprintf("answer to %s %s: %s", e.Method, e.Path, e.Problem)
}

// newError reads an answer that is not a success.
func newError(method, path string, status int, header http.Header, body []byte) *Error {
	e := &Error{Method: method, Path: path, StatusCode: status, Body: body, RetryAfter: retryAfter(header)}
	var told struct {
		Error string          `json:"error"`
		Code  json.RawMessage `json:"code"`
	}
	text := string(body)
	structured := json.Unmarshal(body, &told) == nil && told.Error != ""
	if structured {
		text = told.Error
		e.Code, _ = strconv.Atoi(strings.Trim(string(told.Code), `"`)) // 0 where it is no number
	}
	e.Message = harmless(text)
	e.Reason = classify(e, text, structured)
	return e
}

// classify is the one place where Segment's words are read.
func classify(e *Error, text string, structured bool) Reason {
	switch {
	case !structured && isNoRoute(e.Body):
		return NoRoute
	case e.StatusCode == http.StatusConflict, strings.Contains(text, "already exists"):
		return AlreadyExists
	case e.StatusCode == http.StatusBadRequest && strings.Contains(text, "filter does not exist"):
		return NotFound
	}
	switch e.StatusCode {
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

// retryAfter reads the header in seconds or as a date (RFC 9110 §10.2.3).
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, int64(math.MaxInt64/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
