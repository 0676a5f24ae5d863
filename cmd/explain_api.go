package cmd

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
)

// segment explains what the Config API said, or that it said nothing.
func (v *verdict) segment(err error) bool {
	var (
		refused *segment.Error
		network *segment.NetworkError
		answer  *segment.AnswerError
		origin  *segment.OriginError
		name    *segment.NameError
		exists  *existsError
		absent  *absentError
	)
	switch {
	case errors.As(err, &exists):
		v.Code = exitConflict
		v.hint("segctl dest update %s --set name=value   # changes it", exists.Name)
		v.hint("segctl dest enable %s   # enables it", exists.Name)
	case errors.As(err, &absent):
		v.Code = exitNotFound
		v.Message += " (it was never created, or your App has no component for it)"
		v.hint("segctl dest enable %s --source NAME   # creates it", absent.Slug)
		v.hint("segctl catalog list   # is the slug right?")
	case errors.As(err, &refused) && strings.HasPrefix(refused.Path, "installs/"):
		v.refresh(refused)
	case errors.As(err, &refused):
		v.api(refused)
	case errors.As(err, &answer):
		v.Code = exitNetwork
		v.hint("segctl config get api_url   # is it https://platform.segmentapis.com?")
		v.hint("segctl doctor   # checks the network and the proxy: one of them may answer in Segment's place")
	case errors.As(err, &origin):
		v.Code = exitUsage
		v.hint("segctl config set api_url https://platform.segmentapis.com")
	case errors.As(err, &network):
		v.Code = exitNetwork
		v.hint("segctl doctor   # checks the network, the proxy and both hosts")
	case errors.As(err, &name):
		v.Code = exitUsage
	default:
		return false
	}
	return true
}

// api explains what the Config API refused. The causes are those of the guide's troubleshooting FAQ.
func (v *verdict) api(e *segment.Error) {
	switch e.Reason {
	case segment.InvalidArgument:
		v.Code = exitUsage
		switch words := strings.Split(e.Path, "/"); {
		case len(words) == 6:
			v.hint("segctl catalog get %s   # its settings, and the rules they keep to", words[5])
		case len(words) == 5:
			v.hint("segctl catalog list   # is the slug right?")
		}
	case segment.Unauthenticated:
		v.Code = exitSignIn
		v.Message += " (the token has expired, was replaced by a refresh, or may not do this)"
		v.hint("segctl token refresh")
		v.hint("segctl token show   # the token that was used, and its scope")
	case segment.PermissionDenied:
		v.Code = exitForbidden
		v.Message += " (the scope of the token does not cover this)"
		v.hint("segctl token show   # the scope; destination/<slug> covers that one destination on one source")
	case segment.NotFound:
		v.Code = exitNotFound
		v.missing(e.Path)
	case segment.RateLimited:
		v.Code = exitRateLimited
		v.Message += " (Segment allows 200 requests a minute)"
		wait := max(time.Minute, e.RetryAfter)
		v.hint("sleep %d   # then run it again", int(wait/time.Second))
	case segment.NoRoute:
		v.Code = exitNetwork
		v.Message += " (this is how Segment answers a URL that leads nowhere)"
		v.hint("segctl config get api_url   # is it https://platform.segmentapis.com?")
	case segment.AlreadyExists:
		v.Code = exitConflict
		if e.StatusCode >= http.StatusInternalServerError {
			v.trouble()
		}
	case segment.Internal, segment.Unavailable:
		v.trouble()
	}
	if len(v.Hints) == 0 {
		v.hint("the same with --verbose   # shows the request and the answer, without secrets")
	}
}

// trouble is what is Segment's own.
func (v *verdict) trouble() {
	v.Code = exitNetwork
	v.Message += " (Segment has trouble of its own)"
	v.hint("sleep 60   # then run it again")
}

// missing explains what is not there, by the path that was asked for.
func (v *verdict) missing(path string) {
	switch words := strings.Split(path, "/"); {
	case strings.HasPrefix(path, "catalog/"):
		v.hint("segctl catalog list   # is the slug right?")
	case len(words) == 6:
		v.Message += " (it was never created on this source, or your App has no component for it)"
		v.hint("segctl dest enable %s   # creates it", path)
		v.hint("segctl catalog list   # is the slug right?")
	case len(words) == 4 || len(words) == 5:
		v.hint("segctl source list")
	default:
		v.hint("segctl workspace list")
	}
}

// refresh explains why an install got no new token: the request has the App's credentials instead of a token.
func (v *verdict) refresh(e *segment.Error) {
	v.api(e)
	name := strings.TrimSuffix(e.Path, "/token")
	message, _, _ := strings.Cut(v.Message, " (")
	switch e.Reason {
	case segment.Unauthenticated:
		v.Message = message + " (the client id or client secret is wrong)"
		v.Hints = []string{"segctl config list   # where both come from; compare them with the App's page"}
	case segment.PermissionDenied:
		v.Message = message + " (" + name + " belongs to another App)"
		v.Hints = []string{"segctl config get client_id   # is it that of the App?"}
	case segment.NotFound:
		v.Message = message + " (there is no " + name + ": it was removed, or it is on another server)"
		v.Hints = []string{"segctl install   # makes a new one", "segctl config get api_url   # is it the server that the install is on?"}
	}
}

// isForeign reports whether a token that was given was refused by a sandbox, or another program on this machine, that
// cannot have issued it. The reverse, a sandbox's token for Segment, is never sent.
func (a *App) isForeign(err error) bool {
	if !segment.HasReason(err, segment.Unauthenticated) || a.session == nil || a.session.Refresh != nil {
		return false
	}
	given, err := a.session.Install(context.Background())
	return err == nil && isLoopback(a.settings.Get(config.APIURL)) && !sandbox.Issued(given.Token)
}
