package sandbox

import (
	"mime"
	"net/http"
	"net/url"
)

// serveToken is the token endpoint (RFC 6749 §4.1.3): it redeems an authorization code.
func (s *Server) serveToken(x *exchange) {
	x.header.Set("Cache-Control", "no-store")
	x.header.Set("Pragma", "no-cache")
	var answer tokenAnswer
	form, refused := tokenForm(x)
	if refused == nil {
		err := s.store.update(func(t *tx) error {
			var client *app
			if client, refused = s.authenticateClient(t, x, form); refused == nil {
				answer, refused = s.redeem(t, client, form)
			}
			return nil // also when it is refused: a wrong verifier burns the code
		})
		if err != nil {
			internalError(err.Error()).write(x)
			return
		}
	}
	if refused != nil {
		if refused.Status == http.StatusUnauthorized {
			x.header.Set("WWW-Authenticate", `Basic realm="segctl sandbox"`)
		}
		x.json(refused.Status, refused)
		return
	}
	x.install = answer.InstallName
	s.stats.redeemed()
	x.json(http.StatusOK, answer)
}

// tokenForm reads the form; parameters in the query do not count.
func tokenForm(x *exchange) (url.Values, *oauthError) {
	if x.r.Method != http.MethodPost {
		x.header.Set("Allow", "POST")
		e := newOAuthError("invalid_request", `HTTP method is "`+x.r.Method+`", expected "POST".`)
		e.Status = http.StatusMethodNotAllowed
		return nil, e
	}
	kind, _, _ := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	form, err := url.ParseQuery(string(x.body))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, newOAuthError("invalid_request", "Unable to parse HTTP body, make sure to send a properly formatted form request body.")
	}
	if name := repeated(form, "grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier"); name != "" {
		return nil, newOAuthError("invalid_request", `The "`+name+`" parameter was sent more than once.`)
	}
	if form.Get("grant_type") == "" {
		return nil, newOAuthError("invalid_request", `Request parameter "grant_type"" is missing`) // Hydra's quotes
	}
	return form, nil
}

// authenticateClient checks HTTP Basic, of which both halves are form-encoded (RFC 6749 §2.3.1). The secret in the form is
// refused, beside Basic too (§2.3: one method a request), but a client id in the form alone does not matter to Hydra.
func (s *Server) authenticateClient(t *tx, x *exchange, form url.Values) (*app, *oauthError) {
	rawID, rawSecret, ok := x.r.BasicAuth()
	if !ok {
		rawID, rawSecret = form.Get("client_id"), form.Get("client_secret")
	}
	if !ok && rawID == "" {
		return nil, newOAuthError("invalid_request", "Client credentials missing or malformed in both HTTP Authorization header and HTTP POST body.")
	}
	id, err := url.QueryUnescape(rawID)
	if err != nil {
		return nil, newOAuthError("invalid_request", `The client id in the HTTP authorization header could not be decoded from "application/x-www-form-urlencoded".`)
	}
	secret, err := url.QueryUnescape(rawSecret)
	if err != nil {
		return nil, newOAuthError("invalid_request", `The client secret in the HTTP authorization header could not be decoded from "application/x-www-form-urlencoded".`)
	}
	client, known := t.client(id)
	if known && form.Get("client_id") != "" && form.Get("client_secret") != "" {
		return nil, newOAuthError("invalid_client", `The OAuth 2.0 Client supports client authentication method "client_secret_basic", but method "client_secret_post" was requested. `+
			`You must configure the OAuth 2.0 client's "token_endpoint_auth_method" value to accept "client_secret_post".`)
	}
	if !known || !sameSecret(secret, client.ClientSecret) {
		return nil, newOAuthError("invalid_client", "")
	}
	return client, nil
}

// redeem exchanges a code. A code works once: when it comes a second time it may have been stolen, so the token that it
// was given for is revoked (RFC 6749 §4.1.2).
func (s *Server) redeem(t *tx, client *app, form url.Values) (tokenAnswer, *oauthError) {
	if form.Get("grant_type") != "authorization_code" {
		return tokenAnswer{}, newOAuthError("unsupported_grant_type", "")
	}
	stored, ok := get[*code](t, "codes/"+form.Get("code"))
	switch {
	case !ok:
		return tokenAnswer{}, newOAuthError("invalid_grant", "") // also where there is no code at all
	case stored.App != client.Name:
		return tokenAnswer{}, newOAuthError("invalid_request", "The OAuth 2.0 Client ID from this request does not match the one from the authorize request.")
	case stored.Used:
		revoke(t, stored.Token)
		return tokenAnswer{}, newOAuthError("invalid_grant", "The authorization code has already been used.")
	case !stored.RedirectLeftOut && form.Get("redirect_uri") != stored.RedirectURL:
		return tokenAnswer{}, newOAuthError(s.quirk(quirkRedirect), `The "redirect_uri" from this request does not match the one from the authorize request.`)
	case !s.now().Before(stored.Expires):
		return tokenAnswer{}, newOAuthError(s.quirk(quirkExpiredCode), "")
	case stored.PKCEChallenge == "" && form.Get("code_verifier") != "" && s.quirk(quirkPKCE) == "enforced":
		return tokenAnswer{}, newOAuthError("invalid_grant", "Unable to find initial PKCE data tied to this request")
	}
	used := *stored
	used.Used = true
	defer func() { t.put("codes/"+used.Value, &used) }()
	if used.PKCEChallenge != "" && !verified(used.PKCEChallenge, used.PKCEMethod, form.Get("code_verifier")) {
		return tokenAnswer{}, newOAuthError("invalid_grant", "The PKCE code challenge did not match the code verifier.")
	}
	in := findInstall(t, used.App, used.Workspace, used.Source)
	if in == nil {
		in = &install{Name: t.next("installs"), App: used.App, Workspace: used.Workspace, Source: used.Source}
	}
	renewed := *in
	renewed.Scope = used.Scope
	installed := s.issue(t, renewed, newToken())
	used.Token = installed.Token
	return s.tokenAnswer(installed), nil
}

// revoke makes a token useless, for its install too.
func revoke(t *tx, value string) {
	tok, ok := get[*token](t, "tokens/"+value)
	if !ok {
		return
	}
	t.remove("tokens/" + value)
	if in, ok := get[*install](t, tok.Install); ok {
		revoked := *in
		revoked.Token = ""
		t.put(revoked.Name, &revoked)
	}
}

// findInstall returns the App's install on a workspace, and on a source when its scope names a destination.
func findInstall(t *tx, app, workspace, source string) *install {
	in, _ := byKey[*install](t, installKey(app, workspace, source))
	return in
}
