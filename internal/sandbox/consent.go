package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// consentPage is what the page shows: who asks, for what, and where it may be installed.
type consentPage struct {
	Challenge, FormToken string
	App, Person, Problem string
	Destination          string // display name; empty for a workspace scope
	Scope                string
	ReadOnly             bool
	ReturnsTo            string
	Workspaces           []consentWorkspace
	Workspace, Source    string // chosen
}

type consentWorkspace struct {
	Name, DisplayName string
	Sources           []consentSource
}

type consentSource struct{ Name, Slug string }

// serveConsent asks the workspace owner, and takes the answer. Everything is done by the form itself; the script only
// keeps the two selects in step.
func (s *Server) serveConsent(x *exchange) {
	if err := x.r.ParseForm(); err != nil {
		s.errorPage(x, http.StatusBadRequest, newOAuthError("invalid_request", "The form is malformed."))
		return
	}
	challenge := x.r.Form.Get("consent_challenge")
	var req *consent
	var data consentPage
	_ = s.store.view(func(t *tx) error {
		var ok bool
		if req, ok = get[*consent](t, "consents/"+challenge); ok {
			data = newConsentPage(t, req)
		}
		return nil
	})
	if req == nil {
		s.errorPage(x, http.StatusNotFound, newOAuthError("invalid_request", "The consent challenge is unknown, answered already, or was forgotten."))
		return
	}
	if x.callbackError != nil {
		s.finish(x, req, func(*tx) (*code, *oauthError) { return nil, x.callbackError })
		return
	}
	who, ok := s.session(x.r)
	if !ok {
		x.redirect("/login?consent_challenge=" + challenge)
		return
	}
	data.Person = who.Email
	data.FormToken = s.sign("consent", challenge, who.Email)
	if x.r.Method != http.MethodPost {
		s.page(x, http.StatusOK, "consent.html", data, req.RedirectURL)
		return
	}
	s.decide(x, req, data)
}

func newConsentPage(t *tx, req *consent) consentPage {
	data := consentPage{Challenge: req.Challenge, App: req.App, Scope: req.Scope, ReadOnly: req.Scope == scopeWorkspaceRead}
	if client, ok := get[*app](t, req.App); ok {
		data.App = client.DisplayName
	}
	if u, err := url.Parse(req.RedirectURL); err == nil {
		data.ReturnsTo = u.Host
	}
	if slug, ok := strings.CutPrefix(req.Scope, scopeDestination); ok {
		data.Destination = slug
		if entry, ok := get[*catalogDestination](t, "catalog/destinations/"+slug); ok {
			data.Destination = entry.DisplayName
		}
	}
	for _, w := range list[*workspace](t, "workspaces") {
		shown := consentWorkspace{Name: w.Name, DisplayName: w.DisplayName}
		for _, src := range list[*source](t, w.Name+"/sources") {
			shown.Sources = append(shown.Sources, consentSource{src.Name, lastWord(src.Name)})
		}
		data.Workspaces = append(data.Workspaces, shown)
	}
	return data
}

// decide takes Allow or Deny. A request is answered once.
func (s *Server) decide(x *exchange, req *consent, data consentPage) {
	form := x.r.PostForm
	again := func(status int, problem string) {
		data.Problem, data.Workspace, data.Source = problem, form.Get("workspace"), form.Get("source")
		s.page(x, status, "consent.html", data, req.RedirectURL)
	}
	if !sameSecret(form.Get("form_token"), data.FormToken) {
		again(http.StatusForbidden, "This form is out of date. Please decide again.")
		return
	}
	allowed := form.Get("decision") == "allow"
	if allowed {
		if problem := data.checkChoice(form.Get("workspace"), form.Get("source")); problem != "" {
			again(http.StatusBadRequest, problem)
			return
		}
	}
	s.finish(x, req, func(t *tx) (*code, *oauthError) {
		switch {
		case !s.now().Before(req.Expires): // the page was left open too long
			return nil, newOAuthError("request_unauthorized", "")
		case !allowed:
			return nil, newOAuthError("access_denied", "The resource owner denied the request.")
		}
		return s.grant(t, req, form.Get("workspace"), form.Get("source"))
	})
}

// finish sends the person back to the App with the answer, unless the request was answered in the meantime.
func (s *Server) finish(x *exchange, req *consent, answer func(*tx) (*code, *oauthError)) {
	var granted *code
	var refused *oauthError
	err := s.store.update(func(t *tx) error {
		if t.lookup("consents/"+req.Challenge) == nil {
			refused = newOAuthError("access_denied", "The request has been answered already.")
			return nil
		}
		t.remove("consents/" + req.Challenge)
		granted, refused = answer(t)
		return nil
	})
	s.answerClient(x, req, granted, refused, err)
}

// checkChoice says what is wrong with the choice, in words for the page.
func (p *consentPage) checkChoice(workspace, source string) string {
	for _, w := range p.Workspaces {
		if w.Name != workspace {
			continue
		}
		if p.Destination == "" {
			return ""
		}
		for _, src := range w.Sources {
			if src.Name == source {
				return ""
			}
		}
		return "Please choose a source of " + w.DisplayName + "."
	}
	return "Please choose a workspace."
}
