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

// oauthTexts are what fosite 0.29.6 says with each error. The hint is for where it has no better one.
type oauthTexts struct {
	description, hint string
	status            int
}

// hydraTexts returns the texts of an error, of which only the status is set where Hydra does not know it.
func hydraTexts(code string) oauthTexts {
	known := map[string]oauthTexts{
		"invalid_request": {
			"The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed",
			"Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters. Make sure that the client you are using has exactly whitelisted the redirect_uri you specified.",
			http.StatusBadRequest,
		},
		"invalid_scope":             {"The requested scope is invalid, unknown, or malformed", "", http.StatusBadRequest},
		"invalid_state":             {"The state is missing or has less than 8 characters and is therefore considered too weak", "", http.StatusBadRequest},
		"unsupported_response_type": {"The authorization server does not support obtaining a token using this method", "", http.StatusBadRequest},
		"unsupported_grant_type":    {"The authorization grant type is not supported by the authorization server", "", http.StatusBadRequest},
		"unauthorized_client": {
			"The client is not authorized to request a token using this method",
			"Make sure that client id and secret are correctly specified and that the client exists.",
			http.StatusBadRequest,
		},
		"invalid_grant": {
			"The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client",
			"", http.StatusBadRequest,
		},
		"invalid_client": {
			"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)",
			"", http.StatusUnauthorized,
		},
		"access_denied": {
			"The resource owner or authorization server denied the request",
			"Make sure that the request you are making is valid. Maybe the credential or request parameters you are using are limited in scope or otherwise restricted.",
			http.StatusForbidden,
		},
		"request_unauthorized": {
			"The request could not be authorized", "Check that you provided valid credentials in the right format.", http.StatusUnauthorized,
		},
		"request_forbidden": {"The request is not allowed", "You are not allowed to perform this action.", http.StatusForbidden},
		"server_error": {
			"The authorization server encountered an unexpected condition that prevented it from fulfilling the request",
			"", http.StatusInternalServerError,
		},
		"temporarily_unavailable": {
			"The authorization server is currently unable to handle the request due to a temporary overloading or maintenance of the server",
			"", http.StatusServiceUnavailable,
		},
	}
	if texts, ok := known[code]; ok {
		return texts
	}
	return oauthTexts{status: http.StatusBadRequest}
}

// newOAuthError returns an error with a hint of its own; "" takes Hydra's usual one, where it has one.
func newOAuthError(code, hint string) *oauthError {
	texts := hydraTexts(code)
	if hint == "" {
		hint = texts.hint
	}
	return &oauthError{Code: code, Description: texts.description, Hint: hint, Status: texts.status}
}

// query is the error as it is sent to the client through the person's browser.
func (e *oauthError) query() url.Values {
	values := url.Values{"error": {e.Code}, "error_description": {e.Description}}
	if e.Hint != "" {
		values.Set("error_hint", e.Hint)
	}
	return values
}
