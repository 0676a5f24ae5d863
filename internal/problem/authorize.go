package problem

import (
	"errors"

	"github.com/segctl/segctl/internal/authorize"
)

// ofAuthorize translates the errors of package authorize.
func ofAuthorize(err error, p *Problem) bool {
	if e, ok := errors.AsType[*authorize.Error](err); ok {
		p.HTTPStatus = e.StatusCode
		p.Reason = e.Code
		p.unauthorized(e)
		return true
	}
	if _, ok := errors.AsType[*authorize.NetworkError](err); ok {
		p.Exit = ExitNetwork
		p.hint("again; if Segment then says that the install exists, segctl installs import gets it", "install")
		p.hint("checks the network, the proxy and both hosts", "doctor")
		return true
	}
	if _, ok := errors.AsType[*authorize.RedirectURLError](err); ok {
		p.Exit = ExitUsage
		p.hint("the guide's own", "config", "set", "redirect_url", "http://localhost:8888/auth/segment/callback")
		return true
	}
	return false
}

// unauthorized explains what the authorization server said. The causes are those of the guide's troubleshooting FAQ.
func (p *Problem) unauthorized(e *authorize.Error) {
	const again = "asks again"
	said := e.Error()
	switch e.Reason {
	case authorize.Denied:
		p.Exit = ExitForbidden
		p.Message = "the owner of the workspace denied the install: " + said
		p.hint(again, "install")
	case authorize.InvalidScope:
		p.Exit = ExitForbidden
		p.Message = "the scope is not the one that your App is registered with: " + said
		p.hint("with the scope on the App's page", "install", "--scope", "destination/clearbrain")
	case authorize.RedirectMismatch:
		p.Exit = ExitUsage
		p.Message = "the redirect URL is not one that your App is registered with: " + said
		p.redirectURL()
	case authorize.InsecureRedirect:
		p.Exit = ExitUsage
		p.Message = "Segment takes plain http for localhost alone: " + said
		p.redirectURL()
	case authorize.InstallExists:
		p.Exit = ExitConflict
		p.Message = "the App is installed on this workspace already: " + said
		p.hint("what is saved here", "installs", "list")
	case authorize.InvalidClient:
		p.Exit = ExitSignIn
		p.Message = "the client id or client secret is wrong: " + said
		p.hint("where both come from; compare them with the App's page", "config", "list")
	case authorize.InvalidCode:
		p.Exit = ExitSignIn
		p.Message = "the authorization code was refused: it has expired or was used before: " + said
		p.hint(again, "install")
	case authorize.CodeOrRedirect:
		p.Exit = ExitUsage
		p.Message = "the redirect URL is not one that your App is registered with, or the code has expired: " + said
		p.redirectURL()
		p.hint("again, if it took long", "install")
	case authorize.UnauthorizedRequest:
		p.Exit = ExitSignIn
		p.Message = "the consent page was left open too long: " + said
		p.hint(again, "install")
	case authorize.CookiesBlocked:
		p.Exit = ExitSignIn
		p.Message = "the browser blocks the cookies of Segment's login: allow them, or use another browser: " + said
		p.hint("prints the URL for another browser", "install", "--no-browser")
	case authorize.RateLimited:
		p.Exit = ExitRateLimited
		p.Message = "Segment allows 200 requests a minute: " + said
		p.hint("again, in a minute", "install")
	case authorize.ServerFailure, authorize.BadAnswer:
		p.Exit = ExitNetwork
		p.hint("again, in a while", "install")
		p.hint("is it the network, or Segment?", "doctor")
	case authorize.NoInstall:
		p.Exit = ExitNetwork
		p.Message = "the answer names no install, so that its token could not be renewed: " + said
		p.hint("with the install's name, from the App's page or the workspace", "installs", "import", "installs/7")
	case authorize.Other:
		p.hint("with -v, it shows what was asked and answered, without secrets", "install", "-v")
	}
}

// redirectURL is what to do about a redirect URL that the App is not registered with.
func (p *Problem) redirectURL() {
	p.hint("register it on the App's page, or set the one that is registered", "config", "set", "redirect_url",
		"http://localhost:8888/auth/segment/callback")
}
