package authorize

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page's template and style
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	pageTemplate = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("page").Parse(strings.ReplaceAll(pageHTML, "{{style}}", pageCSS)))
	})
)

// outcome is how a flow ended, for the page that the browser ends on.
type outcome struct {
	grant   Grant
	message string
	err     error
}

// write sends the page. It shows what was granted or one of our own sentences,
// never a secret, nor anything of the query.
func (o outcome) write(w http.ResponseWriter) {
	page := struct {
		OK                         bool
		Title, Message, App, Scope string
		Workspaces, Sources        []string
	}{OK: o.err == nil}
	status := http.StatusOK
	if page.OK {
		page.Title, page.Message = "Authorized", o.message
		page.App, page.Scope = o.grant.AppName, o.grant.Scope
		page.Workspaces, page.Sources = o.grant.WorkspaceNames, o.grant.SourceNames
	} else {
		status, page.Title, page.Message = explain(o.err)
	}
	var body bytes.Buffer
	if err := pageTemplate().Execute(&body, page); err != nil {
		refuse(w, http.StatusInternalServerError, "The result is in the terminal.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}

// explain has one fixed sentence for each kind of failure.
func explain(err error) (status int, title, message string) {
	var refused *Error
	var network *NetworkError
	switch {
	case errors.As(err, &network):
		return http.StatusBadGateway, "Not authorized", "Segment could not be reached to complete the authorization."
	case !errors.As(err, &refused):
		return http.StatusInternalServerError, "Not completed", "Segment granted the authorization, but the command could not finish its work."
	}
	status = http.StatusBadGateway
	if refused.Stage == StageAuthorize {
		status = http.StatusBadRequest
	}
	switch refused.Reason {
	case Denied:
		return http.StatusForbidden, "Access denied", "The request for access was declined. Nothing was changed."
	case InvalidScope:
		message = "The App is not registered with the scope that was asked for."
	case RedirectMismatch:
		message = "The redirect URL is not the one that the App is registered with."
	case InstallExists:
		return http.StatusConflict, "Installed already", "The App is installed on this workspace already."
	case InvalidClient:
		message = "The App's client id or secret was not accepted."
	case InvalidCode:
		message = "The authorization code was not accepted: it has expired, or was used before."
	case ServerFailure:
		message = "Segment could not complete the authorization just now."
	case BadAnswer:
		message = "Segment's answer could not be understood."
	case Other:
		message = "Segment refused the authorization."
	}
	return status, "Not authorized", message
}

// secureHeaders keeps the answer out of caches, frames and referrers, and lets
// nothing load or run in it but the page's own style.
func secureHeaders(h http.Header) {
	sum := sha256.Sum256([]byte(pageCSS))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}
