package flow

import (
	"errors"

	"github.com/segctl/segctl/internal/authorize"
)

// What an owner reads. Whoever runs the service finds more in its logs.
const (
	detailSetUp   = "The service is not set up right. Its operator has been told."
	detailChanged = "The service was set up anew meanwhile. Please connect once more."
	detailSegment = "Segment could not do it just now. Please connect once more, in a while."
	detailLost    = "The connection was cut before it was complete. Please connect once more."
	detailOther   = "This workspace is connected for another customer already. Nothing was changed there."
	detailForeign = "This workspace is connected by another service already. Nothing was changed there."
)

// refusal says what an error of the authorization or the exchange comes to.
func refusal(err error) (Status, string) {
	refused, ok := errors.AsType[*authorize.Error](err)
	if !ok {
		return StatusFailed, detailSegment
	}
	switch refused.Reason {
	case authorize.Denied:
		return StatusDenied, "The App was not allowed. Nothing was connected."
	case authorize.InstallExists:
		return StatusFailed, "The App is installed on this workspace already. Please ask whoever sent you here."
	case authorize.UnauthorizedRequest:
		return StatusFailed, "The page of the consent was left open for too long. Please connect once more."
	case authorize.CookiesBlocked:
		return StatusFailed, "This browser blocks cookies that Segment's login needs. Please allow them, or use another browser."
	case authorize.InvalidCode:
		return StatusFailed, "Segment's answer came too late, or was used before. Please connect once more."
	case authorize.InvalidScope, authorize.RedirectMismatch, authorize.InsecureRedirect, authorize.InvalidClient, authorize.CodeOrRedirect:
		return StatusFailed, detailSetUp
	case authorize.Other, authorize.RateLimited, authorize.ServerFailure, authorize.BadAnswer, authorize.NoInstall:
		return StatusFailed, detailSegment
	}
	return StatusFailed, detailSegment
}

// verdict is what an exchange that failed tells of the code.
type verdict int

const (
	unused verdict = iota // it was refused, and no install came of it
	gone                  // it was redeemed, and the token is lost
	open                  // it is not known
)

// judge tells what became of the code. again says that somebody may have redeemed it before.
func judge(err error, again bool) verdict {
	refused, ok := errors.AsType[*authorize.Error](err)
	if !ok {
		return open
	}
	switch refused.Reason {
	case authorize.InvalidCode, authorize.CodeOrRedirect:
		if again {
			return gone
		}
		return unused
	case authorize.BadAnswer, authorize.NoInstall:
		if refused.StatusCode >= 300 { // a redirect, which is not followed
			return unused
		}
		return gone
	case authorize.ServerFailure, authorize.RateLimited:
		return open
	case authorize.Other, authorize.Denied, authorize.InvalidScope, authorize.RedirectMismatch, authorize.InsecureRedirect,
		authorize.InstallExists, authorize.InvalidClient, authorize.UnauthorizedRequest, authorize.CookiesBlocked:
		return unused
	}
	return open
}
