package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// secure keeps an answer out of caches, frames and referrers, and lets nothing load or run in it but the pages' own style
// and the logo.
func (s *service) secure(h http.Header) {
	sum := sha256.Sum256([]byte(pageCSS))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex")
	if s.https {
		h.Set("Strict-Transport-Security", "max-age=31536000") // of this host alone: what else is on the domain is not ours to say
	}
}

// redirect sends a browser on with a GET, whatever it came with.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusSeeOther)
}
