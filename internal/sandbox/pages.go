package sandbox

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"sync"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed pages/style.css
var stylesheet string

//go:embed pages/consent.js
var consentScript string

//go:embed pages/dashboard.js
var dashboardScript string

//go:embed pages/morph.js
var morphScript string

// pageTemplates parses the pages when the first one is wanted: most runs of a sandbox show none.
var pageTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(pageFiles, "pages/*.html"))
})

// page shows a page. formTarget is where a form on it leads to, beside the sandbox itself; "" is nowhere else. Browsers hold
// form-action against every redirect that follows a form: an App may send the browser on from its redirect URL to any other
// server, so there is no one server to name.
func (s *Server) page(x *exchange, status int, name string, data any, formTarget string) {
	formAction := "'self'"
	if u, err := url.Parse(formTarget); err == nil && u.Host != "" {
		formAction += " http: https:"
	}
	x.header.Set("Content-Type", "text/html; charset=utf-8")
	x.header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "+
		"connect-src 'self'; form-action "+formAction+"; base-uri 'none'; frame-ancestors 'none'")
	x.header.Set("Cache-Control", "no-store")
	x.header.Set("Referrer-Policy", "no-referrer")
	x.header.Set("X-Content-Type-Options", "nosniff")
	x.header.Set("X-Frame-Options", "DENY")
	x.WriteHeader(status)
	if err := pageTemplates().ExecuteTemplate(x, name, data); err != nil {
		x.answer.Reset()
		x.text(http.StatusInternalServerError, err.Error())
	}
}

// errorPage is an error of the authorization server, as the person sees it.
type errorPage struct {
	*oauthError

	About      string   // the parameter that is wrong, where the page compares it with what is registered; "" for none
	Sent       []string // its values in the request; none is one that was left out
	Registered []string
}

// errorPage shows an error of the authorization server to the person.
func (s *Server) errorPage(x *exchange, status int, e *oauthError) {
	s.page(x, status, "error.html", errorPage{oauthError: e}, "")
}

// redirectErrorPage shows an error of a request that cannot be redirected: with the redirect URLs that were sent and that
// are registered, for who mends it has to compare them character by character.
func (s *Server) redirectErrorPage(x *exchange, client *app, form url.Values, e *oauthError) {
	data := errorPage{oauthError: e}
	if client != nil && e.Code == "invalid_request" {
		data.About, data.Sent, data.Registered = "redirect_uri", form["redirect_uri"], client.RedirectURLs
	}
	s.page(x, e.Status, "error.html", data, "")
}
