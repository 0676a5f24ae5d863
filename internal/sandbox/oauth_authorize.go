package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	consentLifetime = 30 * time.Minute
	// consentKept is how long an expired consent page can still be answered, with an error for the App.
	consentKept = 24 * time.Hour
	// maxPending is how many codes, and how many unanswered authorization requests, are remembered.
	maxPending = 10_000
	// maxPendingBytes bounds what those requests hold: a client can send a state of any length.
	maxPendingBytes = 16 << 20
)

// serveAuthorization is the authorization endpoint (RFC 6749 §4.1.1). A wrong client or redirect URI is told to the
// person and never redirected (§4.1.2.1); everything else goes back to the client.
func (s *Server) serveAuthorization(x *exchange) {
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodPost {
		x.header.Set("Allow", "GET, POST")
		s.errorPage(x, http.StatusMethodNotAllowed, newOAuthError("invalid_request", "The authorization endpoint takes GET and POST."))
		return
	}
	if err := x.r.ParseForm(); err != nil {
		s.errorPage(x, http.StatusBadRequest, newOAuthError("invalid_request", "The query or the body is malformed."))
		return
	}
	form := x.r.Form
	var client *app
	_ = s.store.view(func(t *tx) error {
		client, _ = t.client(form.Get("client_id"))
		return nil
	})
	redirectURL, refused := checkClient(client, form)
	if refused != nil {
		s.redirectErrorPage(x, client, form, refused)
		return
	}
	if refused := s.checkRequest(client, form); refused != nil {
		s.refuseBeforeLogin(x, redirectURL, form.Get("state"), refused)
		return
	}
	req, refused := s.newConsent(client, redirectURL, form)
	if refused == nil {
		refused = x.callbackError
	}
	if refused != nil {
		x.redirectError(redirectURL, form.Get("state"), refused)
		return
	}
	if s.options.AutoApprove {
		s.approveAtOnce(x, req)
		return
	}
	if err := s.store.update(func(t *tx) error {
		trim(t, "consents", maxPending, func(c *consent) bool { return !s.now().Before(c.Expires.Add(consentKept)) })
		t.put("consents/"+req.Challenge, req)
		return nil
	}); err != nil {
		internalError(err.Error()).write(x)
		return
	}
	page := "/authorize"
	if _, ok := s.session(x.r); !ok { // as where the login page has a host, and cookies, of its own: it leads on from there
		page = "/login"
	}
	x.redirect(atHost(x.r, hostApp) + page + "?consent_challenge=" + req.Challenge)
}

// newConsent returns the authorization request that waits for the person's answer. Its errors are about PKCE and the
// redirect URI's protocol, which Hydra checks after the consent: they come back with the state.
func (s *Server) newConsent(client *app, redirectURL string, form url.Values) (*consent, *oauthError) {
	req := &consent{ // of copies: a part of a request line would keep all of it in memory
		Challenge: randomHex(16), App: client.Name, RedirectURL: strings.Clone(redirectURL), RedirectLeftOut: form.Get("redirect_uri") == "",
		Scope: strings.Clone(form.Get("scope")), State: strings.Clone(form.Get("state")), Expires: s.now().Add(consentLifetime),
	}
	if !secureRedirect(redirectURL) {
		return nil, newOAuthError("invalid_request", "Redirect URL is using an insecure protocol, http is only allowed for hosts with suffix `localhost`, for example: http://myapp.localhost/.")
	}
	if s.quirk(quirkPKCE) == "ignored" {
		return req, nil
	}
	var refused *oauthError
	req.PKCEChallenge = strings.Clone(form.Get("code_challenge"))
	req.PKCEMethod, refused = checkPKCE(req.PKCEChallenge, strings.Clone(form.Get("code_challenge_method")))
	return req, refused
}

// answerClient redirects to the client with a code or with an error.
func (s *Server) answerClient(x *exchange, req *consent, granted *code, refused *oauthError, err error) {
	switch {
	case err != nil:
		internalError(err.Error()).write(x)
	case refused != nil:
		x.redirectError(req.RedirectURL, req.State, refused)
	default:
		x.redirectBack(req.RedirectURL, url.Values{"code": {granted.Value}, "scope": {granted.Scope}}, req.State)
	}
}

// grant makes the authorization code for what was chosen.
func (s *Server) grant(t *tx, req *consent, workspace, source string) (*code, *oauthError) {
	if !narrow(req.Scope) {
		source = ""
	}
	if s.quirk(quirkReinstall) == "refused" && findInstall(t, req.App, workspace, source) != nil {
		return nil, newOAuthError("invalid_request", "install already exists")
	}
	c := &code{
		Value: newCode(), App: req.App, RedirectURL: req.RedirectURL, RedirectLeftOut: req.RedirectLeftOut, Scope: req.Scope,
		Workspace: workspace, Source: source,
		PKCEChallenge: req.PKCEChallenge, PKCEMethod: req.PKCEMethod, Expires: s.now().Add(s.options.CodeTTL),
	}
	trim(t, "codes", maxPending, func(c *code) bool { return !s.now().Before(c.Expires) })
	t.put("codes/"+c.Value, c)
	return c, nil
}

// refuseBeforeLogin redirects to the client with an error that was found before the login. Hydra 1.0 reads the state only
// after these checks, and so returns it empty.
func (s *Server) refuseBeforeLogin(x *exchange, redirectURL, state string, e *oauthError) {
	if s.quirk(quirkErrorState) == "returned" {
		x.redirectError(redirectURL, state, e)
		return
	}
	values := e.query()
	values.Set("state", "")
	x.redirectBack(redirectURL, values, "")
}

// redirectError redirects to the client with an error.
func (x *exchange) redirectError(redirectURL, state string, e *oauthError) {
	x.redirectBack(redirectURL, e.query(), state)
}

// redirectBack adds the answer to the query that the redirect URL has already, and returns state exactly as it came.
func (x *exchange) redirectBack(redirectURL string, values url.Values, state string) {
	if state != "" {
		values.Set("state", state)
	}
	u, err := url.Parse(redirectURL)
	if err != nil {
		invalidArgument("invalid argument: redirect URL: %v", err).write(x)
		return
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += values.Encode()
	x.redirect(u.String())
}
