package authorize

import (
	"fmt"
	"net/http"
	"strings"
)

// Stage says which half of the flow the server refused.
type Stage string

// The two halves.
const (
	StageAuthorize Stage = "authorization" // the browser's: reported through the callback
	StageExchange  Stage = "code exchange" // ours: the answer of the token endpoint
)

// Reason is what a refusal means, for those who decide on it.
type Reason int

// The reasons.
const (
	Other            Reason = iota
	Denied                  // the owner pressed Deny
	InvalidScope            // the scope is not the one the App was registered with
	RedirectMismatch        // the redirect URL is not one the App was registered with
	InstallExists           // the App is installed on this workspace already
	InvalidClient           // the client id or secret is wrong
	InvalidCode             // the code has expired, was used, or was not issued to this client
	RateLimited             // too many requests (HTTP 429)
	ServerFailure           // the server could not do it just now
	BadAnswer               // the token endpoint's answer is not one that RFC 6749 §5 knows
)

// Error is a refusal by the authorization server. Its texts are the server's,
// made printable, bounded, and free of the secrets of this flow.
type Error struct {
	Stage       Stage
	Reason      Reason
	Code        string // the error code of RFC 6749 §4.1.2.1 or §5.2; "" where there was none
	Description string
	Hint        string // error_hint
	StatusCode  int    // HTTP status of the token endpoint; 0 for StageAuthorize
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

// NetworkError says that the token endpoint gave no whole answer: name
// resolution, connection, TLS, a deadline, a body cut short. Whether the code
// was redeemed is not known.
type NetworkError struct {
	Host string
	Err  error
}

func (e *NetworkError) Error() string {
	return fmt.Sprintf("exchange the code with %s: %v", e.Host, e.Err)
}

func (e *NetworkError) Unwrap() error { return e.Err }

// PortError says that the redirect URL's port could not be had on Addr, which
// is an address and port such as "127.0.0.1:8888". Err tells whether another
// program has it (EADDRINUSE) or it needs privileges (EACCES).
type PortError struct {
	Addr string
	Err  error
}

func (e *PortError) Error() string { return fmt.Sprintf("listen on %s: %v", e.Addr, e.Err) }

func (e *PortError) Unwrap() error { return e.Err }

// RedirectURLError says why a redirect URL cannot be listened on.
type RedirectURLError struct{ URL, Problem string }

func (e *RedirectURLError) Error() string {
	return fmt.Sprintf("redirect URL %q %s", e.URL, e.Problem)
}

// EndpointError says why a URL of the authorization server is refused. Name is
// "authorization" or "token".
type EndpointError struct{ Name, URL, Problem string }

func (e *EndpointError) Error() string {
	return fmt.Sprintf("%s URL %q %s", e.Name, e.URL, e.Problem)
}

// classify is the one place where the server's words are read. The texts are
// those of the Enable with Segment guide's troubleshooting FAQ and of the
// authorization server it was written against.
func classify(e *Error) Reason {
	text := strings.ToLower(strings.Join([]string{e.Code, e.Description, e.Hint}, "\n"))
	atToken := e.Stage == StageExchange
	switch {
	case strings.Contains(text, "install already exists"):
		return InstallExists
	case e.Code == "access_denied":
		return Denied
	case e.Code == "invalid_scope":
		return InvalidScope
	// The FAQ: a wrong redirect_uri is answered with "missing a required parameter".
	case atToken && (strings.Contains(text, "redirect_uri") || strings.Contains(text, "missing a required parameter")):
		return RedirectMismatch
	case e.Code == "invalid_client", e.Code == "unauthorized_client", e.StatusCode == http.StatusUnauthorized:
		return InvalidClient
	case e.Code == "invalid_grant":
		return InvalidCode
	case e.Code == "server_error", e.Code == "temporarily_unavailable", e.StatusCode >= 500:
		return ServerFailure
	case e.StatusCode >= 200 && e.StatusCode < 400 && e.Code == "":
		return BadAnswer
	case e.StatusCode == http.StatusTooManyRequests:
		return RateLimited
	}
	return Other
}
