package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	scopeWorkspace     = "workspace"
	scopeWorkspaceRead = "workspace:read"
	scopeDestination   = "destination/"
)

// checkScope says whether scope is one that Segment knows.
func checkScope(scope string) error {
	if scope == scopeWorkspace || scope == scopeWorkspaceRead {
		return nil
	}
	slug, ok := strings.CutPrefix(scope, scopeDestination)
	if !ok || slug == "" || strings.ContainsAny(slug, "/ ") {
		return fmt.Errorf("scope %q is none of workspace, workspace:read, destination/SLUG", scope)
	}
	return nil
}

// narrow reports whether a scope is for one destination on one source.
func narrow(scope string) bool { return strings.HasPrefix(scope, scopeDestination) }

// admit authenticates the bearer token and checks that it may do what the route does.
func (c *call) admit(rt *route) error {
	if rt.access == accessBasic {
		return nil
	}
	tok, ok := c.bearer()
	if !ok {
		return malformedToken()
	}
	c.token, c.install = tok, tok.Install
	if err := c.permitted(rt); err != nil {
		return err
	}
	return c.hasComponent(rt)
}

// hasComponent refuses to create the destination of an App that has no component for it in the Developer Center: there
// is nothing yet that could be created. How Segment words that is not known.
func (c *call) hasComponent(rt *route) error {
	creates := rt.access == accessDestination && rt.method == http.MethodPost
	if creates && narrow(c.token.Scope) && c.server.quirk(quirkComponent) == "missing" {
		slug := strings.TrimPrefix(c.token.Scope, scopeDestination)
		return invalidArgument("invalid argument: the App has no component for the destination %q", slug)
	}
	return nil
}

// bearer finds the token of the Authorization header, if it works.
func (c *call) bearer() (*token, bool) {
	scheme, value, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, false
	}
	tok, ok := get[*token](c.tx, "tokens/"+strings.TrimSpace(value))
	if !ok || tok.expired(c.server.now().Add(-c.server.expiryGrace())) {
		return nil, false
	}
	return tok, true
}

func (s *Server) expiryGrace() time.Duration {
	if s.quirk(quirkExpiryGrace) == "minute" {
		return time.Minute
	}
	return 0
}

func (t *token) expired(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }

// permitted compares the route with the token's scope.
func (c *call) permitted(rt *route) error {
	insufficient := &apiError{http.StatusForbidden, 7, "insufficient scope"}
	if c.server.quirk(quirkForbidden) == "401" {
		insufficient = malformedToken()
	}
	slug, narrow := strings.CutPrefix(c.token.Scope, scopeDestination)
	switch {
	case rt.access == accessAny && (!narrow || c.server.quirk(quirkCatalogScope) == "any"):
		return nil
	case narrow && rt.access == accessOwn && c.server.quirk(quirkOwnSource) == "readable":
		if len(c.words) >= 2 && !c.token.sees(c.name(2)) || len(c.words) >= 4 && !c.token.seesSource(c.name(4)) {
			return insufficient
		}
		return nil
	case narrow:
		if rt.access != accessDestination || c.name(4) != c.token.Source {
			return insufficient
		}
		named, err := c.destinationSlug()
		if err == nil && named != slug {
			return insufficient
		}
		return err
	case rt.writes && c.token.Scope != scopeWorkspace:
		return insufficient
	case rt.access == accessAny:
		return nil
	case len(c.words) >= 2 && !c.token.sees(c.name(2)):
		return insufficient
	}
	return nil
}

// sees reports whether the workspace is one of the token's.
func (t *token) sees(workspace string) bool {
	if t.Source != "" {
		return workspace == collection(collection(t.Source))
	}
	return len(t.Workspaces) == 0 || slices.Contains(t.Workspaces, workspace)
}

// seesSource reports whether the source, of a workspace that the token sees, is one of the token's.
func (t *token) seesSource(source string) bool { return t.Source == "" || t.Source == source }

// destinationSlug is the destination that the path names, or for a creation the one that the body names.
func (c *call) destinationSlug() (string, error) {
	if len(c.words) > 5 {
		return c.words[5], nil
	}
	var in destinationRequest
	err := c.decode(&in)
	return lastWord(in.Destination.Name), err
}
