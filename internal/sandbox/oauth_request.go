package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// minState is how short a state may be for Hydra, in bytes: fosite's MinParameterEntropy.
const minState = 8

// checkClient says which registered redirect URL the answer may go to. Without a redirect_uri it is the only one that is
// registered, or for the demo App, which may have others beside it, the guide's.
func checkClient(client *app, form url.Values) (string, *oauthError) {
	redirect := form.Get("redirect_uri")
	switch {
	case client == nil || len(form["client_id"]) != 1:
		return "", newOAuthError("invalid_client", "The requested OAuth 2.0 Client does not exist.")
	case len(form["redirect_uri"]) > 1:
		return "", newOAuthError("invalid_request", `The "redirect_uri" parameter was sent more than once.`)
	case redirect == "" && client.ClientID == DemoClientID:
		return DemoRedirectURL, nil
	case redirect == "" && len(client.RedirectURLs) == 1:
		return client.RedirectURLs[0], nil
	case !slices.Contains(client.RedirectURLs, redirect):
		return "", newOAuthError("invalid_request", `The "redirect_uri" parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.`)
	}
	return redirect, nil
}

// checkRequest checks what ORY Hydra checks before it shows the login page, in its order, beside client and redirect URI.
func (s *Server) checkRequest(client *app, form url.Values) *oauthError {
	if name := repeated(form, "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"); name != "" {
		return newOAuthError("invalid_request", `The "`+name+`" parameter was sent more than once.`)
	}
	scope, responseType := form.Get("scope"), form.Get("response_type")
	switch {
	case scope != client.Scope:
		return newOAuthError("invalid_scope", `The OAuth 2.0 Client is not allowed to request scope "`+otherScope(scope, client.Scope)+`".`)
	case responseType == "":
		return newOAuthError("unsupported_response_type", `The request is missing the "response_type"" parameter.`) // Hydra's quotes
	case responseType != "code":
		return newOAuthError("unsupported_response_type", `The client is not allowed to request response_type "`+responseType+`".`)
	case len(form.Get("state")) < minState && s.quirk(quirkShortState) == "refused":
		return newOAuthError("invalid_state", fmt.Sprintf(`Request parameter "state" must be at least be %d characters long to ensure sufficient entropy.`, minState))
	}
	return nil
}

// repeated returns the first of the parameters that was sent more than once (RFC 6749 §3.1); those that the server does
// not know do not matter to it.
func repeated(form url.Values, known ...string) string {
	for _, name := range known {
		if len(form[name]) > 1 {
			return name
		}
	}
	return ""
}

// otherScope returns the first scope of a list that is not the registered one.
func otherScope(asked, registered string) string {
	for scope := range strings.SplitSeq(asked, " ") {
		if scope != registered {
			return scope
		}
	}
	return asked // the registered one, more than once
}

// secureRedirect reports whether Hydra takes a redirect URL: plain http leads to this machine alone, and [::1] does not
// count.
func secureRedirect(redirectURL string) bool {
	u, err := url.Parse(redirectURL)
	if err != nil || u.Scheme != "http" {
		return true
	}
	host := u.Hostname()
	return host == "localhost" || host == "127.0.0.1" || strings.HasSuffix(host, ".localhost")
}
