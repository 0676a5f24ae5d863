package loopback

import (
	"errors"
	"net/http"

	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/wire"
)

// outcome is how a flow ended, for the page that the browser ends on.
type outcome struct {
	grant   wire.Grant
	message string
	err     error
}

func (o outcome) write(w http.ResponseWriter) { o.page().write(w) }

// page shows what was granted, or has one of our own sentences for each kind of failure.
func (o outcome) page() page {
	var refused *authorize.Error
	var network *authorize.NetworkError
	switch {
	case o.err == nil:
		return page{
			Status: http.StatusOK, OK: true, Title: "Authorized", Message: o.message,
			App: o.grant.AppName, Scope: string(o.grant.Scope), Workspaces: o.grant.WorkspaceNames, Sources: o.grant.SourceNames,
		}
	case errors.As(o.err, &refused):
		return refusedPage(refused)
	case errors.As(o.err, &network):
		return page{Status: http.StatusBadGateway, Title: "Not authorized", Message: "Segment could not be reached to complete the authorization."}
	}
	return page{
		Status: http.StatusInternalServerError, Title: "Not completed",
		Message: "Segment granted the authorization, but the command could not finish its work.",
	}
}

// unprovenPage answers an error that proves nothing. It does not repeat it.
func unprovenPage() page {
	return page{
		Status: http.StatusBadRequest, Title: "Not authorized",
		Message: "An error came back instead of an authorization. segctl asks Segment for the reason.",
	}
}

func refusedPage(refused *authorize.Error) page {
	p := page{Status: http.StatusBadGateway, Title: "Not authorized"}
	if refused.Stage == authorize.StageAuthorize {
		p.Status = http.StatusBadRequest
	}
	switch refused.Reason {
	case authorize.Denied:
		p.Status, p.Title = http.StatusForbidden, "Access denied"
		p.Message = "The request for access was declined. Nothing was changed."
	case authorize.InstallExists:
		p.Status, p.Title = http.StatusConflict, "Installed already"
		p.Message = "The App is installed on this workspace already."
	case authorize.RateLimited:
		p.Status, p.Title = http.StatusTooManyRequests, "Too many requests"
		p.Message = "Segment has had too many requests just now. Try again in a minute."
	case authorize.InvalidScope:
		p.Message = "The App is not registered with the scope that was asked for."
	case authorize.RedirectMismatch:
		p.Message = "The redirect URL is not the one that the App is registered with."
	case authorize.InsecureRedirect:
		p.Message = "Segment does not take the redirect URL, since it is not https. It does take http://localhost."
	case authorize.InvalidClient:
		p.Message = "The App's client id or secret was not accepted."
	case authorize.InvalidCode:
		p.Message = "The authorization code was not accepted: it has expired, or was used before."
	case authorize.CodeOrRedirect:
		p.Message = "The authorization code was not accepted: it has expired, or the redirect URL is not the one that the App is registered with."
	case authorize.UnauthorizedRequest:
		p.Message = "The page that asks for access was open for too long. Nothing was changed."
	case authorize.CookiesBlocked:
		p.Message = "The browser sent no cookies to Segment. Allow them, or use another browser."
	case authorize.ServerFailure:
		p.Message = "Segment could not complete the authorization just now."
	case authorize.BadAnswer:
		p.Message = "Segment's answer could not be understood."
	case authorize.NoInstall:
		p.Message = "Segment's answer names no install."
	case authorize.Other:
		p.Message = "Segment refused the authorization."
	}
	return p
}
