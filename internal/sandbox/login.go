package sandbox

import (
	"net/http"
	"net/url"
)

type loginPage struct {
	Challenge, FormToken, Email, Password, Problem string
}

// serveLogin is the login page. It leads on to the consent that the person came for.
func (s *Server) serveLogin(x *exchange) {
	if err := x.r.ParseForm(); err != nil {
		s.errorPage(x, http.StatusBadRequest, newOAuthError("invalid_request", "The form is malformed."))
		return
	}
	challenge := x.r.Form.Get("consent_challenge")
	data := loginPage{challenge, s.sign("login", challenge), DemoEmail, DemoPassword, ""}
	if x.r.Method != http.MethodPost {
		if _, ok := s.session(x.r); ok && challenge != "" {
			x.redirect("/authorize?consent_challenge=" + url.QueryEscape(challenge))
			return
		}
		s.page(x, http.StatusOK, "login.html", data, "")
		return
	}
	if !sameSecret(x.r.PostForm.Get("form_token"), data.FormToken) {
		data.Problem = "This form is out of date. Please try again."
		s.page(x, http.StatusForbidden, "login.html", data, "")
		return
	}
	data.Email = x.r.PostForm.Get("email")
	var who *user
	_ = s.store.view(func(t *tx) error {
		who, _ = get[*user](t, "users/"+data.Email)
		return nil
	})
	if who == nil || !sameSecret(x.r.PostForm.Get("password"), who.Password) {
		data.Password, data.Problem = "", "E-mail address or password is wrong."
		s.page(x, http.StatusUnauthorized, "login.html", data, "")
		return
	}
	s.startSession(x, who.Email)
	if challenge == "" {
		x.redirect("/")
		return
	}
	x.redirect("/authorize?consent_challenge=" + url.QueryEscape(challenge))
}
