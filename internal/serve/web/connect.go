package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

	"github.com/segctl/segctl/internal/serve/flow"
)

// connect shows what a link is for, or begins its flow. Looking changes nothing: a scanner of mail that follows every link
// uses none up.
func (s *service) connect(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	view, err := s.Engine.Look(r.Context(), id)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if view.State != flow.Unknown {
		s.Redactor.Learn(id)
	}
	if view.State == flow.Open && begins(r) {
		s.begin(w, r, id)
		return
	}
	s.writePage(w, s.linkPage(view, finished(r, id)))
}

// begins reports whether a request is a browser's, on its way to the consent. One for an image or a script of some page is
// not, and says so (Fetch Metadata, §2).
func begins(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return r.Method == http.MethodGet && r.URL.Query().Get("go") == "1" && (mode == "" || mode == "navigate")
}

// begin sends the browser on its way.
func (s *service) begin(w http.ResponseWriter, r *http.Request, id string) {
	begun, err := s.Engine.Begin(r.Context(), id)
	if taken, ok := errors.AsType[*flow.LinkError](err); ok { // since we looked
		s.writePage(w, s.linkPage(flow.View{State: taken.State}, false))
		return
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	for _, c := range flow.Surplus(r.Cookies()) {
		http.SetCookie(w, c)
	}
	http.SetCookie(w, begun.Cookie)
	redirect(w, begun.URL)
}

// linkPage is the page of a link. Whoever has the link sees what it asks for; what came of it sees the browser alone in
// which it was used.
func (s *service) linkPage(v flow.View, mine bool) page {
	switch {
	case v.State == flow.Open:
		return s.askPage(v)
	case v.State == flow.Used && mine:
		return s.resultPage(v)
	case v.State == flow.Used:
		return s.usedPage()
	case v.State == flow.Expired:
		return page{
			Status: http.StatusGone, Tone: toneFailed, Mark: "!", Title: "This link has expired",
			Words: []string{"Links like this one are valid for a short time only. Nothing was changed in your Segment workspace."},
			Next:  "Ask " + s.partner() + " for a new link.",
		}
	}
	return page{
		Status: http.StatusNotFound, Tone: toneFailed, Mark: "!", Title: "This link is not known",
		Words: []string{"Perhaps it was not copied whole, or it is from long ago. Open it again from where you got it."},
		Next:  "If that does not help, ask " + s.partner() + " for a new link.",
	}
}

// partner is the partner's name as pages show it.
func (s *service) partner() string { return shown(s.Name) }

func (s *service) askPage(v flow.View) page {
	p := page{Status: http.StatusOK, Tone: toneAsk, Title: "Connect Segment to " + s.partner()}
	p.Words = []string{
		s.partner() + " asks to set up its destination in your Segment workspace, so that your events reach it.",
		"You log in at Segment, and choose there for which workspace and source. " + s.partner() + " does not see your password.",
	}
	p.addFact("For", v.Customer)
	p.addFact("Destination", v.Destination)
	p.addTime("Valid until", v.ExpiresAt)
	p.Button = &button{"Continue to Segment", "?go=1"}
	p.Next = "Nothing is changed before you say yes at Segment."
	return p
}

func (s *service) usedPage() page {
	return page{
		Status: http.StatusGone, Tone: toneAsk, Mark: "i", Title: "This link was used already",
		Words: []string{"Each link works once. If it was you who used it, all is well, and there is nothing left to do here."},
		Next:  "Otherwise ask " + s.partner() + " for a new link.",
	}
}

// linkPath is where the page of a link is.
func linkPath(id string) string { return "/connect/" + url.PathEscape(id) }

// finishedAge is how long a browser remembers that it used a link, in seconds: as long as the link itself is remembered.
const finishedAge = 24 * 60 * 60

// finishedCookie is what a browser remembers of a link that was used in it: the link's hash, which opens nothing.
func finishedCookie(id string) *http.Cookie {
	sum := sha256.Sum256([]byte("finished " + id))
	text := base64.RawURLEncoding.EncodeToString(sum[:])
	return &http.Cookie{
		Name: "__Host-finished-" + text[:8], Value: text[8:], Path: "/", MaxAge: finishedAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// finished reports whether a link was used in the browser that asks.
func finished(r *http.Request, id string) bool {
	want := finishedCookie(id)
	got, err := r.Cookie(want.Name)
	return err == nil && got.Value == want.Value
}
