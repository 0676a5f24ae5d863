package wire

import (
	"fmt"
	"strings"
)

// Scope is what an App is registered for ("Enable with Segment" guide): destination/<slug>, workspace or
// workspace:read.
type Scope string

// The scopes that are not about one destination.
const (
	ScopeWorkspace     Scope = "workspace"
	ScopeWorkspaceRead Scope = "workspace:read"
)

// scopeDestination begins the scope of one destination; the path of the API says destinations/ instead.
const scopeDestination = "destination/"

// DestinationScope returns the scope of the destination with that slug.
func DestinationScope(slug string) Scope { return Scope(scopeDestination + slug) }

// Destination returns the slug of the destination that the scope names, "" for the other scopes.
func (s Scope) Destination() string {
	slug, ok := strings.CutPrefix(string(s), scopeDestination)
	if !ok || CheckID(slug) != nil {
		return ""
	}
	return slug
}

// ScopeError says that a text is none of Segment's scopes.
type ScopeError struct{ Text string }

func (e *ScopeError) Error() string {
	return fmt.Sprintf("%q is not one of Segment's scopes: destination/<slug>, workspace, workspace:read", e.Text)
}

// ParseScope returns the scope, or a *ScopeError.
func ParseScope(s string) (Scope, error) {
	scope := Scope(s)
	if scope == ScopeWorkspace || scope == ScopeWorkspaceRead || scope.Destination() != "" {
		return scope, nil
	}
	return "", &ScopeError{s}
}
