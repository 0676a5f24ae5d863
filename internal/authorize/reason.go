package authorize

import (
	"net/http"
	"strings"
)

// Reason is what a refusal means, for those who decide on it.
type Reason int

// The reasons.
const (
	Other               Reason = iota
	Denied                     // the owner pressed Deny
	InvalidScope               // the scope is not the one the App was registered with
	RedirectMismatch           // the redirect URL is not one that the App was registered with
	InsecureRedirect           // the server takes no redirect URL like this one over http, such as http://[::1]:8888/
	InstallExists              // the App is installed on this workspace already
	InvalidClient              // the client id or secret is wrong
	InvalidCode                // the code has expired, was used, or was not issued to this client
	CodeOrRedirect             // either InvalidCode or RedirectMismatch: the server says the same for both
	UnauthorizedRequest        // the consent page was left open for too long
	CookiesBlocked             // the browser sent no cookie of the login and consent pages
	RateLimited                // too many requests
	ServerFailure              // the server could not do it just now
	BadAnswer                  // the token endpoint's answer is not one that RFC 6749 §5 knows
	NoInstall                  // the token endpoint's answer names no install, so that the token cannot be kept or renewed
)

// The server's words, in lower case: those of the guide's troubleshooting FAQ, and of ORY Hydra 1.0, which it was.
const (
	saysInstalled  = "install already exists"
	saysParameter  = "redirect_uri"
	saysInsecure   = "insecure protocol"
	saysIncomplete = "missing a required parameter"
	saysNothing    = "be aware of case sensitivity and trim your parameters" // the hint where ORY Hydra has no better one
)

// reasonOf is the one place where the server's words are read.
func reasonOf(e *Error) Reason {
	hint := strings.ToLower(e.Hint)
	if strings.Contains(hint, saysNothing) {
		hint = "" // it goes on about the redirect URI, whatever is wrong
	}
	text := strings.ToLower(strings.Join([]string{e.Code, e.Description}, "\n")) + "\n" + hint
	switch {
	case strings.Contains(text, saysInstalled):
		return InstallExists
	case e.StatusCode == http.StatusTooManyRequests:
		return RateLimited
	case e.Code == "access_denied":
		return Denied
	case e.Code == "invalid_scope":
		return InvalidScope
	case strings.Contains(text, saysInsecure):
		return InsecureRedirect
	case strings.Contains(text, saysParameter):
		return RedirectMismatch
	}
	if e.Stage == StageExchange {
		return exchangeReason(e, text)
	}
	switch e.Code {
	case "request_unauthorized":
		return UnauthorizedRequest
	case "request_forbidden":
		return CookiesBlocked
	}
	return commonReason(e)
}

// exchangeReason is about the code. The server answers an expired one, and a redirect URL other than the one of the
// authorization, with the same invalid_request, of which only the hint tells whether it is the redirect URL. The guide knows
// the text for the redirect URL alone, and shows no hint.
func exchangeReason(e *Error, text string) Reason {
	switch {
	case e.Code == "invalid_grant":
		return InvalidCode
	case e.Code == "invalid_request" && e.Hint == "" && strings.Contains(text, saysIncomplete):
		return CodeOrRedirect
	case e.Code == "invalid_request":
		return InvalidCode
	case e.StatusCode >= 200 && e.StatusCode < 400 && e.Code == "":
		return BadAnswer
	}
	return commonReason(e)
}

// commonReason is for what either half can answer.
func commonReason(e *Error) Reason {
	switch {
	case e.Code == "invalid_client", e.Code == "unauthorized_client", e.StatusCode == http.StatusUnauthorized:
		return InvalidClient
	case e.Code == "server_error", e.Code == "temporarily_unavailable", e.StatusCode >= http.StatusInternalServerError:
		return ServerFailure
	}
	return Other
}
