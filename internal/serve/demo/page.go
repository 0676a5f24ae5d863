package demo

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page's template and style
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string

	pageTemplate = sync.OnceValue(func() *template.Template {
		page := template.New("page").Funcs(template.FuncMap{"clock": func(t time.Time) string { return t.UTC().Format("15:04:05") }})
		return template.Must(page.Parse(strings.ReplaceAll(pageHTML, "{{style}}", pageCSS)))
	})
)

// page is what the one page of the backend shows.
type page struct {
	Customers      []customerView
	Events         []received
	Refused        int
	Problem        string
	Segment, Login string
}

// customerView is a customer as the page shows them.
type customerView struct {
	customer
	Label string // of the button
	Tone  string // ok, busy, bad, or "" for one that is not connected
	Words string
}

func view(c customer) customerView {
	v := customerView{customer: c, Label: "Connect Segment", Words: "not connected"}
	switch {
	case c.Health == "ok":
		v.Tone, v.Words = "ok", "live: events flow to the product"
	case c.Health == "connected", c.Health == "" && c.Status == "connected":
		v.Tone, v.Words = "busy", "connected: the destination is being enabled"
	case c.Health != "":
		v.Tone, v.Words = "bad", strings.ReplaceAll(c.Health, "_", " ")
	case c.Status != "":
		v.Tone, v.Words = "bad", "came back: "+c.Status
	}
	if c.Install != "" {
		v.Label = "Reconnect"
	}
	return v
}

func (b *Backend) showPage(w http.ResponseWriter, _ *http.Request) {
	p := page{Segment: b.options.Segment, Login: b.options.Login}
	b.mu.Lock()
	for _, c := range b.customers {
		p.Customers = append(p.Customers, view(*c))
	}
	for _, r := range b.events {
		p.Events = append(p.Events, *r)
	}
	p.Refused, p.Problem = b.refused, b.problem
	b.mu.Unlock()
	var body bytes.Buffer
	if err := pageTemplate().Execute(&body, p); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = body.WriteTo(w)
}

// secureHeaders keeps the page out of caches, frames and referrers, and lets nothing load or run in it but its own style.
// Where its form leads in the end, the service and Segment, is not limited: browsers hold every redirect against that limit.
func secureHeaders(h http.Header) {
	sum := sha256.Sum256([]byte(pageCSS))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}
