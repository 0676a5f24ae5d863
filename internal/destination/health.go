package destination

import (
	"errors"
	"fmt"
	"slices"

	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// Health is how a destination is, in one word of a closed set: the same in every output.
type Health string

// The healths. Where several hold, it is the last of them in this order that a person has to see to first: without access
// nothing else can be known, what is missing has no settings, and a destination without its required settings works no
// better for being enabled. [IsDisabled] goes before [IsChanged] though: who disabled it did so on purpose, and it gets no
// events at all.
const (
	Healthy       Health = "ok"
	IsChanged     Health = "changed"       // not as the file says
	IsDisabled    Health = "disabled"      // also where a filter drops every event
	IsInvalid     Health = "invalid"       // required settings are missing
	IsMissing     Health = "missing"       // the destination is gone
	NoAccess      Health = "no_access"     // uninstalled, or the scope was taken back
	Unrefreshable Health = "unrefreshable" // the client credentials were refused
	Unreachable   Health = "unreachable"   // the network, or Segment's own trouble: nothing is known
)

// Healths returns all of them, from the best.
func Healths() []Health {
	return []Health{Healthy, IsChanged, IsDisabled, IsInvalid, IsMissing, NoAccess, Unrefreshable, Unreachable}
}

// ParseHealth returns the health of that name, and false where there is none.
func ParseHealth(name string) (Health, bool) {
	return Health(name), slices.Contains(Healths(), Health(name))
}

// healthOf returns the health that an error stands for, what is behind it in words, and false for an error that says
// nothing about the destination: one of this machine, its settings or the command line, or an interrupt. It decides on the
// facts that package problem puts into words: which request was refused, and for which reason.
func healthOf(err error) (h Health, detail string, ok bool) {
	err = segment.Decisive(err)
	if refused, ok := errors.AsType[*segment.Error](err); ok {
		if refused.OfRefresh() {
			h, detail = healthOfRefresh(refused)
		} else {
			h, detail = healthOfRefusal(refused)
		}
		return h, detail, true
	}
	if garbled, ok := errors.AsType[*segment.AnswerError](err); ok {
		return Unreachable, garbled.Error(), true
	}
	if network, ok := errors.AsType[*segment.NetworkError](err); ok {
		return Unreachable, network.Error(), true
	}
	if useless, ok := errors.AsType[*wire.GrantError](err); ok {
		return Unreachable, "no new token: " + useless.Error(), true
	}
	return "", "", false
}

// healthOfRefresh is about an install that got no new token: the request has the App's credentials instead of one.
func healthOfRefresh(e *segment.Error) (Health, string) {
	switch e.Reason {
	case segment.NotFound:
		return NoAccess, "uninstalled"
	case segment.Unauthenticated:
		return Unrefreshable, "client id or secret refused: " + e.Error()
	case segment.PermissionDenied:
		return Unrefreshable, "another App's install: " + e.Error()
	default:
		return Unreachable, "no new token: " + e.Error()
	}
}

// healthOfRefusal is about a request with a token. One that is refused as unknown is a fresh one: any other was replaced.
func healthOfRefusal(e *segment.Error) (Health, string) {
	switch e.Reason {
	case segment.NotFound:
		return IsMissing, "it is not there"
	case segment.Unauthenticated:
		return NoAccess, "fresh token refused: " + e.Error()
	case segment.PermissionDenied:
		return NoAccess, "not in the scope: " + e.Error()
	default:
		return Unreachable, e.Error()
	}
}

// filtered is what is said of a destination whose events a filter drops.
func filtered(f *segment.Filter) string {
	title := f.Title
	if title == "" {
		title = segment.IDOf(f.Name)
	}
	return fmt.Sprintf("filter %q drops every event", title)
}
