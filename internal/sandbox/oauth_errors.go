package sandbox

import (
	"net/http"
	"net/url"
)

// oauthError is an error of the authorization server, as RFC 6749 §4.1.2.1 and §5.2 name them, with the texts, the hint
// and the status code that ORY Hydra adds.
type oauthError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	Hint        string `json:"error_hint,omitempty"`
	Status      int    `json:"status_code"`
}

func (e *oauthError) Error() string { return e.Code + ": " + e.Description }

func newOAuthError(code, hint string) *oauthError {
	e := &oauthError{Code: code, Hint: hint, Status: http.StatusBadRequest}
	switch code {
	case "invalid_request":
		e.Description = "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed"
	case "invalid_scope":
		e.Description = "The requested scope is invalid, unknown, or malformed"
	case "unsupported_response_type":
		e.Description = "The authorization server does not support obtaining a token using this method"
	case "unsupported_grant_type":
		e.Description = "The authorization grant type is not supported by the authorization server"
	case "invalid_grant":
		e.Description = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client"
	case "invalid_client":
		e.Description = "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)"
		e.Status = http.StatusUnauthorized
	case "access_denied":
		e.Description = "The resource owner or authorization server denied the request"
		e.Status = http.StatusForbidden
	}
	return e
}

// query is the error as it is sent to the client through the person's browser.
func (e *oauthError) query() url.Values {
	values := url.Values{"error": {e.Code}, "error_description": {e.Description}}
	if e.Hint != "" {
		values.Set("error_hint", e.Hint)
	}
	return values
}
