package problem

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/segment"
)

// ofSegment translates the errors of package segment.
func ofSegment(err error, p *Problem) bool {
	if e, ok := errors.AsType[*segment.Error](err); ok {
		p.Reason, p.HTTPStatus = reasonName(e.Reason), e.StatusCode
		p.refused(e)
		if e.OfRefresh() {
			p.notRefreshed(e)
		}
		return true
	}
	if _, ok := errors.AsType[*segment.AnswerError](err); ok {
		p.Exit = ExitNetwork
		p.hint("is it https://platform.segmentapis.com?", "config", "get", "api_url")
		p.hint("checks the network and the proxy: one of them may answer in Segment's place", "doctor")
		return true
	}
	if _, ok := errors.AsType[*segment.NetworkError](err); ok {
		p.Exit = ExitNetwork
		p.hint("checks the network, the proxy and both hosts", "doctor")
		return true
	}
	if _, ok := errors.AsType[*segment.NameError](err); ok {
		p.Exit = ExitUsage
		return true
	}
	if e, ok := errors.AsType[*segment.KeyError](err); ok {
		p.Exit = ExitUsage
		if len(e.Candidates) > 0 {
			p.Message += ": --set NAME=… names one"
		}
		p.hint("the settings of each destination", "catalog", "list")
		return true
	}
	if _, ok := errors.AsType[*segment.FieldError](err); ok {
		p.Exit = ExitUsage
		p.hint("how fields are written", "api", "--help")
		return true
	}
	if _, ok := errors.AsType[*segment.HeaderError](err); ok {
		p.Exit = ExitUsage
		p.hint("how headers are written", "api", "--help")
		return true
	}
	if _, ok := errors.AsType[segment.Problem](err); ok {
		p.Exit = ExitUsage
		p.hint("the settings of each destination", "catalog", "list")
		return true
	}
	return false
}

// reasonName is a reason as the JSON of an error has it: the name of Segment's code (Config API, errors).
func reasonName(r segment.Reason) string {
	switch r {
	case segment.InvalidArgument:
		return "INVALID_ARGUMENT"
	case segment.Unauthenticated:
		return "UNAUTHENTICATED"
	case segment.PermissionDenied:
		return "PERMISSION_DENIED"
	case segment.NotFound:
		return "NOT_FOUND"
	case segment.AlreadyExists:
		return "ALREADY_EXISTS"
	case segment.RateLimited:
		return "RESOURCE_EXHAUSTED"
	case segment.Internal:
		return "INTERNAL"
	case segment.Unimplemented:
		return "UNIMPLEMENTED"
	case segment.Unavailable:
		return "UNAVAILABLE"
	case segment.NoRoute:
		return "NO_ROUTE"
	case segment.Other:
		return "OTHER"
	}
	return "OTHER"
}

// notCovered is said of a scope where it is not known which install is used.
const notCovered = " (the scope of the token does not cover this)"

// refused explains what the Config API refused. The causes are those of the guide's troubleshooting FAQ.
func (p *Problem) refused(e *segment.Error) {
	switch e.Reason {
	case segment.InvalidArgument:
		p.Exit = ExitUsage
		switch words := strings.Split(e.Path, "/"); len(words) {
		case 6:
			p.hint("its settings, and the rules they keep to", "catalog", "get", words[5])
		default:
			p.hint("is the slug right?", "catalog", "list")
		}
	case segment.Unauthenticated:
		p.Exit = ExitSignIn
		p.Message += " (the token has expired, was replaced by a refresh, or may not do this)"
		p.hint("", "token", "refresh")
		p.hint("the token that was used, and its scope", "token", "show")
	case segment.PermissionDenied:
		p.Exit = ExitForbidden
		p.Message += notCovered
		p.hint("the scope; destination/<slug> covers that one destination on one source", "token", "show")
		if e.Method == http.MethodGet && len(strings.Split(e.Path, "/")) == 6 {
			p.hint("is it the source that the install is for?", "installs", "list")
		}
	case segment.NotFound:
		p.Exit = ExitNotFound
		p.missing(e.Path)
	case segment.RateLimited:
		p.Exit = ExitRateLimited
		wait := max(time.Minute, e.RetryAfter)
		p.Message += " (Segment allows 200 requests a minute; run it again in " + strconv.Itoa(int(wait/time.Second)) + " seconds)"
		p.hint("what else may be using the token", "token", "show")
	case segment.NoRoute:
		p.Exit = ExitNetwork
		p.Message += " (this is how Segment answers a URL that leads nowhere: " + e.Path + ")"
		p.hint("is it https://platform.segmentapis.com?", "config", "get", "api_url")
	case segment.AlreadyExists:
		p.Exit = ExitConflict
		if e.StatusCode >= http.StatusInternalServerError {
			p.trouble()
		}
		p.hint("what is there", "source", "list")
	case segment.Internal, segment.Unavailable:
		p.trouble()
	case segment.Unimplemented:
		p.hint("what Segment has instead", "api", "--help")
	case segment.Other:
		p.hint("with -v, the same command shows the request and the answer, without secrets", "doctor")
	}
}

// trouble is what is Segment's own.
func (p *Problem) trouble() {
	p.Exit = ExitNetwork
	p.Message += " (Segment has trouble of its own; run it again in a minute)"
	p.hint("is it the network, or Segment?", "doctor")
}

// missing explains what is not there, by the path that was asked for.
func (p *Problem) missing(path string) {
	switch words := strings.Split(path, "/"); {
	case strings.HasPrefix(path, "catalog/"):
		p.hint("is the slug right?", "catalog", "list")
	case len(words) == 6:
		p.Message += " (it was never created on this source, or your App has no component for it)"
		p.hint("creates it", "dest", "enable", path)
		p.hint("is the slug right?", "catalog", "list")
	case len(words) == 4 || len(words) == 5:
		p.hint("", "source", "list")
	default:
		p.hint("", "workspace", "list")
	}
}

// notRefreshed explains why an install got no new token: the request has the App's credentials instead of a token.
func (p *Problem) notRefreshed(e *segment.Error) {
	name := strings.TrimSuffix(e.Path, "/token")
	message, _, _ := strings.Cut(p.Message, " (")
	switch e.Reason {
	case segment.Unauthenticated:
		p.Message = message + " (the client id or client secret is wrong)"
		p.Hints = []Hint{Run("where both come from; compare them with the App's page", "config", "list")}
	case segment.PermissionDenied:
		p.Message = message + " (" + name + " belongs to another App)"
		p.Hints = []Hint{Run("is it that of the App?", "config", "get", "client_id")}
	case segment.NotFound:
		p.Message = message + " (there is no " + name + ": it was removed, or it is on another server)"
		p.Hints = []Hint{Run("makes a new one", "install"), Run("is it the server that the install is on?", "config", "get", "api_url")}
	case segment.Other, segment.InvalidArgument, segment.AlreadyExists, segment.RateLimited, segment.Internal,
		segment.Unimplemented, segment.Unavailable, segment.NoRoute:
	}
}
