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
		e := newOAuthError("invalid_request", "HTTP method is not POST")
		e.Status = http.StatusMethodNotAllowed
		return nil, e
	}
	kind, _, _ := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	form, err := url.ParseQuery(string(x.body))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, newOAuthError("invalid_request", "Unable to parse HTTP body, make sure to send a properly formatted form request body")
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, newOAuthError("invalid_request", `The "`+name+`" parameter was sent more than once`)
		}
	}
	if form.Get("grant_type") == "" {
		return nil, newOAuthError("invalid_request", `Request parameter "grant_type" is missing`)
	}
	return form, nil
}

// authenticateClient checks HTTP Basic, of which both halves are form-encoded (RFC 6749 §2.3.1).
func (s *Server) authenticateClient(t *tx, x *exchange, form url.Values) (*app, *oauthError) {
	rawID, rawSecret, ok := x.r.BasicAuth()
	if !ok {
		return nil, newOAuthError("invalid_client", "The client id and secret have to be sent by HTTP Basic Authentication")
	}
	id, idErr := url.QueryUnescape(rawID)
	secret, secretErr := url.QueryUnescape(rawSecret)
	client, known := t.client(id)
	if idErr != nil || secretErr != nil || !known || !sameSecret(secret, client.ClientSecret) {
		return nil, newOAuthError("invalid_client", "The client id or secret is wrong")
	}
	if other := form.Get("client_id"); other != "" && other != id {
		return nil, newOAuthError("invalid_client", "The client_id of the form is not the one of HTTP Basic Authentication")
	}
	return client, nil
}

// redeem exchanges a code. A code works once: when it comes a second time it may have been stolen, so the token that it
// was given for is revoked (RFC 6749 §4.1.2).
func (s *Server) redeem(t *tx, client *app, form url.Values) (tokenAnswer, *oauthError) {
	if form.Get("grant_type") != "authorization_code" {
		return tokenAnswer{}, newOAuthError("unsupported_grant_type", "")
	}
	if form.Get("code") == "" {
		return tokenAnswer{}, newOAuthError("invalid_request", `Request parameter "code" is missing`)
	}
	stored, ok := get[*code](t, "codes/"+form.Get("code"))
	if !ok || stored.App != client.Name {
		return tokenAnswer{}, newOAuthError("invalid_grant", "The authorization code does not exist")
	}
	if stored.Used {
		revoke(t, stored.Token)
		return tokenAnswer{}, newOAuthError("invalid_grant", "The authorization code has already been used")
	}
	if !s.now().Before(stored.Expires) {
		return tokenAnswer{}, newOAuthError("invalid_grant", "The authorization code has expired")
	}
	if form.Get("redirect_uri") != stored.RedirectURL {
		return tokenAnswer{}, newOAuthError(s.quirk(quirkRedirect), `The "redirect_uri" from this request does not match the one from the authorize request.`)
	}
	used := *stored
	used.Used = true
	defer func() { t.put("codes/"+used.Value, &used) }()
	if used.PKCEChallenge != "" && !verified(used.PKCEChallenge, used.PKCEMethod, form.Get("code_verifier")) {
		return tokenAnswer{}, newOAuthError("invalid_grant", "The PKCE code challenge did not match the code verifier")
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
	for _, in := range list[*install](t, "installs") {
		if in.App == app && in.Workspace == workspace && in.Source == source {
			return in
		}
	}
	return nil
}
