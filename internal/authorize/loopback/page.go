package loopback

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page's template and style
	"encoding/base64"
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

// page is what the browser ends on. It never holds a secret, nor anything of the query.
type page struct {
	Status              int
	OK                  bool
	Title, Message      string
	App, Scope          string
	Workspaces, Sources []string
}

func (p page) write(w http.ResponseWriter) {
	var body bytes.Buffer
	if err := pageTemplate().Execute(&body, p); err != nil {
		refuse(w, http.StatusInternalServerError, "The result is in the terminal.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(p.Status)
	_, _ = body.WriteTo(w)
}

// secureHeaders keeps the answer out of caches, frames and referrers, and lets nothing load or run in it but the page's
// own style.
func secureHeaders(h http.Header) {
	sum := sha256.Sum256([]byte(pageCSS))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}
