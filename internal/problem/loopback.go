package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/authorize/loopback/browser"
)

// ofTimeout translates a wait that ended without an answer, unless the server said why when it was asked.
func ofTimeout(err error, p *Problem) bool {
	if !errors.Is(err, loopback.ErrTimeout) {
		return false
	}
	if e, ok := errors.AsType[*authorize.Error](err); ok && e.Reason != authorize.Other {
		return false
	}
	if _, ok := errors.AsType[*authorize.NetworkError](err); ok {
		return false
	}
	p.Exit = ExitSignIn
	p.Message += ": if the browser showed an error about the client or the redirect URI, compare client_id and redirect_url with the App's page"
	p.hint("a longer wait", "install", "--timeout", "15m")
	p.hint("where both come from", "config", "list")
	return true
}

// ofLoopback translates the errors of package loopback.
func ofLoopback(err error, p *Problem) bool {
	if e, ok := errors.AsType[*loopback.PortError](err); ok {
		switch {
		case e.InUse():
			p.Message = "the redirect URL's port is taken: " + e.Error() + ": end the program that listens there, or register another redirect URL with your App"
		case e.NeedsPrivilege():
			p.Message += ": use a redirect URL with a port above 1023"
		}
		p.hint("one that is registered on the App's page", "config", "set", "redirect_url", "http://localhost:8889/auth/segment/callback")
		p.hint("is the port free?", "doctor")
		return true
	}
	if _, ok := errors.AsType[*browser.CommandError](err); ok {
		p.Exit = ExitUsage
		p.hint("prints the URL instead", "install", "--no-browser")
		return true
	}
	return false
}
