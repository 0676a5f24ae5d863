package web

import (
	"net/http"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// resultPage says what came of a link that was used: it is live, on its way, or what has to happen first.
func (s *service) resultPage(v flow.View) page {
	c := v.Connection
	p := page{Status: http.StatusOK, Tone: toneOK, Mark: "✓", Title: "Connected"}
	p.addFact("For", v.Customer)
	p.addFact("Destination", v.Destination)
	switch {
	case c == nil:
		s.beingSwitchedOn(&p, time.Time{})
	case c.Lost:
		p.Tone, p.Mark, p.Title = toneFailed, "!", "No longer connected"
		p.Words = []string{"The connection was made, and then removed in Segment."}
		p.Next = "To connect again, ask " + s.partner() + " for a new link."
	case c.Health == destination.Healthy, c.Enabled && c.Health == "":
		p.Title = "Connected, and live"
		p.Words = []string{"Your events now reach " + s.partner() + "."}
		p.Next = "There is nothing left to do. You can close this tab."
	case c.Health == "", c.Health == destination.Unreachable:
		s.beingSwitchedOn(&p, c.CreatedAt)
	default:
		p.Tone, p.Mark, p.Title = toneAsk, "…", "Connected, but not yet on"
		if c.Enabled {
			p.Title = "Connected, but not on just now"
		}
		p.Words, p.Next = s.notOn(c)
	}
	return p
}

// beingSwitchedOn is for what is done in a moment, and asks again by itself: soon at first, and not for ever.
func (s *service) beingSwitchedOn(p *page, since time.Time) {
	p.Tone, p.Mark, p.Title = toneOK, "✓", "Connected, being switched on"
	p.Words = []string{"Your yes has arrived. " + s.partner() + " is setting up its destination in your workspace now."}
	p.Next = "You need not wait: it goes on by itself. This page shows when it is done."
	switch age := s.Now().Sub(since); {
	case since.IsZero(), age < time.Minute:
		p.Reload = 3
	case age < time.Hour:
		p.Reload = 20
	default:
		p.Next = "It takes longer than it should, and goes on by itself. You can close this tab."
	}
}

// notOn says why a destination is not on, and what happens next.
func (s *service) notOn(c *ledger.Connection) (words []string, next string) {
	byItself := "Your yes is kept, and you need not do anything: it goes on as soon as " + s.partner() + " has seen to it. You can close this tab."
	switch c.Health {
	case destination.IsInvalid:
		return []string{"A setting of the destination is missing or was not accepted."}, byItself
	case destination.IsMissing:
		return []string{"The destination is not in your workspace, or was removed there."}, byItself
	case destination.IsDisabled:
		return []string{"The destination is switched off in Segment."}, "If that was not you, switch it on there, or ask " + s.partner() + "."
	case destination.IsChanged:
		return []string{"The destination has other settings in Segment than " + s.partner() + " gave it."}, "If that was not you, ask " + s.partner() + "."
	case destination.NoAccess:
		return []string{"Segment does not let " + s.partner() + " into this workspace or source (any more)."}, "Ask " + s.partner() + " for a new link."
	case destination.Unrefreshable:
		return []string{"Segment does not accept " + s.partner() + " just now."}, byItself
	default: // Healthy and Unreachable have pages of their own
		return []string{"It could not be switched on yet."}, byItself
	}
}
