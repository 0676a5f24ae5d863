package web

import (
	"context"
	"net/http"
	"time"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/serve/flow"
)

// callback takes the browser's answer from Segment. A browser that goes away stops nothing: the code can be exchanged only
// once.
func (s *service) callback(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), callbackTimeout)
	defer cancel()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(callbackTimeout + writeTimeout)) // a recorder has none
	outcome, err := s.Engine.Callback(ctx, r.URL.RawQuery, r.Cookies())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	s.Redactor.Learn(outcome.LinkID)
	for _, c := range outcome.Clear {
		http.SetCookie(w, c)
	}
	connected := outcome.Status == flow.StatusConnected && outcome.LinkID != ""
	if connected {
		http.SetCookie(w, finishedCookie(outcome.LinkID))
	}
	switch {
	case outcome.Location != "":
		redirect(w, outcome.Location)
	case connected:
		redirect(w, linkPath(outcome.LinkID)) // which has no code in it, and can be reloaded
	default:
		s.writePage(w, s.outcomePage(outcome))
	}
}

// outcomePage says how a flow ended whose browser has nowhere else to go.
func (s *service) outcomePage(o flow.Outcome) page {
	p := page{Status: http.StatusOK, Tone: toneFailed, Mark: "!"}
	if o.Detail != "" {
		p.Words = []string{secret.Brief(o.Detail, 2*maxShown)}
	}
	again := func(text string) {
		if o.LinkID != "" {
			p.Button = &button{text, linkPath(o.LinkID)}
		}
	}
	switch o.Status {
	case flow.StatusConnected:
		p.Tone, p.Mark, p.Title = toneOK, "✓", "Connected"
		p.Next = "There is nothing left to do here. You can close this tab."
	case flow.StatusDenied:
		p.Status, p.Title = http.StatusForbidden, "Not connected"
		p.Words = append([]string{"You said no at Segment, and nothing was changed."}, p.Words...)
		p.Next = "If that was a mistake, try again: your link is still good."
		again("Try again")
	case flow.StatusFailed:
		p.Status, p.Title = http.StatusBadGateway, "Not connected yet"
		p.Words = append([]string{"Segment and " + s.partner() + " could not complete the connection."}, p.Words...)
		p.Next = "If it fails again, tell " + s.partner() + "."
		again("Try again")
	case flow.StatusConflict:
		p.Status, p.Title = http.StatusConflict, "Connected for somebody else"
		p.Words = append([]string{"The workspace and source that you chose are connected to " + s.partner() + " already, under another name. Nothing was changed for it."}, p.Words...)
		p.Next = "Choose another source, or ask " + s.partner() + " what to do."
		again("Choose another source")
	case flow.StatusExpired:
		p.Status, p.Title = http.StatusGone, "That took too long"
		p.Words = append([]string{"For your safety, an answer from Segment counts for half an hour only. Nothing was changed."}, p.Words...)
		again("Begin again")
	case flow.StatusUsed:
		return s.usedPage()
	case flow.StatusPending:
		p.Status, p.Tone, p.Mark, p.Title = http.StatusAccepted, toneAsk, "…", "One moment, please"
		p.Words = []string{"Your answer has arrived, and is being saved."}
		p.Next, p.Reload = "This page goes on by itself.", 2
	default: // flow.StatusForeign
		p.Status, p.Title = http.StatusBadRequest, "Not begun in this browser"
		p.Words = append([]string{"What came back from Segment does not belong to anything that was begun in this browser, or that was too long ago. Nothing was changed."}, p.Words...)
		p.Next = "Open your link again, in this browser, and allow it cookies."
		again("Begin again")
	}
	return p
}
