package install

import (
	"slices"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// Card is what is known of an install besides its token. There is no secret in it. What is unknown is empty.
type Card struct {
	Name       string      `json:"name"`            // "installs/7"
	Label      string      `json:"label,omitempty"` // the user's own name for it
	App        string      `json:"app,omitempty"`   // "apps/2"
	Scope      wire.Scope  `json:"scope,omitempty"`
	Workspaces []string    `json:"workspaces,omitempty"` // full names
	Sources    []string    `json:"sources,omitempty"`    // full names; only with a destination scope
	ClientID   string      `json:"client_id,omitempty"`
	Issuer     wire.Origin `json:"issuer,omitempty"`     // the authorization server; unknown in records of earlier versions
	Origin     wire.Origin `json:"origin,omitempty"`     // the API, which alone the token is sent to
	ObtainedAt time.Time   `json:"obtained_at,omitzero"` // of the token, by the local clock; zero where there is none yet
	ExpiresAt  time.Time   `json:"expires_at,omitzero"`
}

// Place says in short what the install may act on: "acme/js", or "acme" where it is for a whole workspace. Several are
// joined by commas; "" where nothing is known.
func (c Card) Place() string {
	var all []string
	for _, place := range c.places() {
		all = append(all, place.String())
	}
	return strings.Join(all, ",")
}

// CheckServer returns an *OriginError if the install belongs to another server. What is unknown, or not asked for, is no
// reason to refuse it.
func (c Card) CheckServer(issuer, origin wire.Origin) error {
	for _, pair := range [][2]wire.Origin{{c.Origin, origin}, {c.Issuer, issuer}} {
		if bound, wanted := pair[0], pair[1]; bound != "" && wanted != "" && bound != wanted {
			return &OriginError{Install: c.Name, Bound: bound, Wanted: wanted}
		}
	}
	return nil
}

// place is a workspace, or a source in it, by their slugs.
type place struct{ workspace, source string }

func (p place) String() string {
	if p.source == "" {
		return p.workspace
	}
	return p.workspace + "/" + p.source
}

// parsePlace reads "acme", "acme/js" and the full names "workspaces/acme" and "workspaces/acme/sources/js".
func parsePlace(s string) (place, bool) {
	var p place
	switch parts := strings.Split(s, "/"); {
	case len(parts) == 1:
		p.workspace = parts[0]
	case len(parts) == 2 && parts[0] == "workspaces":
		p.workspace = parts[1]
	case len(parts) == 2:
		p.workspace, p.source = parts[0], parts[1]
	case len(parts) == 4 && parts[0] == "workspaces" && parts[2] == "sources":
		p.workspace, p.source = parts[1], parts[3]
	default:
		return place{}, false
	}
	return p, p.workspace != ""
}

// places returns the sources that the install is for, else its workspaces.
func (c Card) places() []place {
	names := c.Sources
	if len(names) == 0 {
		names = c.Workspaces
	}
	var all []place
	for _, name := range names {
		if p, ok := parsePlace(name); ok {
			all = append(all, p)
		}
	}
	return all
}

// with returns the card with what another one of the same install says: the user's label and places replace what there
// is, and the rest is taken only where nothing was known.
func (c Card) with(other Card) Card {
	if other.Label != "" {
		c.Label = other.Label
	}
	if len(other.Workspaces) > 0 {
		c.Workspaces = slices.Clone(other.Workspaces)
	}
	if len(other.Sources) > 0 {
		c.Sources = slices.Clone(other.Sources)
	}
	c.App, c.ClientID = first(c.App, other.App), first(c.ClientID, other.ClientID)
	c.Scope = first(c.Scope, other.Scope)
	c.Issuer, c.Origin = first(c.Issuer, other.Issuer), first(c.Origin, other.Origin)
	return c
}

// Extend returns the card as [Store.Add] leaves it where it adds another one of the same install, and whether that changes
// anything.
func (c Card) Extend(other Card) (Card, bool) {
	extended := c.with(other)
	return extended, !sameCard(c, extended)
}

func first[S ~string](a, b S) S {
	if a != "" {
		return a
	}
	return b
}
