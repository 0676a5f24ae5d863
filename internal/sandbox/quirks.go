package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Names of the quirks.
const (
	quirkDuplicateCreate = "duplicate-create"
	quirkConnectionMode  = "connection-mode"
	quirkRefreshSources  = "refresh-sources"
	quirkRefreshInstall  = "refresh-install-name"
	quirkRefreshToken    = "refresh-token"
	quirkReinstall       = "reinstall"
	quirkRedirect        = "redirect-mismatch"
	quirkPageSize        = "page-size"
	quirkMissingFilter   = "missing-filter"
	quirkMissingSchema   = "missing-schema-config"
	quirkWorkspaces      = "workspaces"
	quirkExpiryGrace     = "expiry-grace"
	quirkForbidden       = "forbidden"
	quirkPKCE            = "pkce"
	quirkCatalogScope    = "catalog-scope"
	quirkErrorState      = "error-state"
	quirkConfig          = "config"
	quirkPatterns        = "patterns"
	quirkJSON            = "json"
	quirkDeletedPlan     = "deleted-plan"
	quirkShortState      = "short-state"
	quirkExpiredCode     = "expired-code"
	quirkOwnSource       = "own-source"
	quirkComponent       = "component"
)

// Quirk is one way in which the real service differs from its documents, or in which the documents leave a choice.
type Quirk struct {
	Name   string   `json:"name"`
	Value  string   `json:"value"`  // the present one
	Values []string `json:"values"` // all of them, the default first
	About  string   `json:"about"`  // one line
}

// Quirks lists every quirk with its default value.
func Quirks() []Quirk {
	all := []Quirk{
		{Name: quirkDuplicateCreate, Values: []string{"500", "409"}, About: "creating a destination that exists answers 500/13 as observed, or 409/6 as documented"},
		{Name: quirkConnectionMode, Values: []string{"unspecified", "kept"}, About: "a cloud-only destination reads back UNSPECIFIED as observed, or the mode it was given"},
		{Name: quirkRefreshSources, Values: []string{"absent", "present"}, About: "source_names in the answer to a refresh"},
		{Name: quirkRefreshInstall, Values: []string{"singular", "plural"}, About: "install_name in the answer to a refresh: install/7 as documented, or installs/7"},
		{Name: quirkRefreshToken, Values: []string{"uuid", "two-part"}, About: "what a refreshed token looks like"},
		{Name: quirkReinstall, Values: []string{"allowed", "refused"}, About: "an App that is on the workspace already is installed again, or refused with 'install already exists'"},
		{Name: quirkRedirect, Values: []string{"invalid_request", "invalid_grant"}, About: "error for another redirect_uri in the exchange: as Segment answers, or as RFC 6749 §5.2 says"},
		{Name: quirkPageSize, Values: []string{"10", "100"}, About: "items on a page when the request does not say"},
		{Name: quirkMissingFilter, Values: []string{"400", "500", "404"}, About: "a filter that is missing: 400/3 or 500/13 as observed, or 404/5 as documented"},
		{Name: quirkMissingSchema, Values: []string{"500", "404"}, About: "a schema config that is missing: 500/13 nil pointer dereference as observed, or 404/5"},
		{Name: quirkWorkspaces, Values: []string{"list", "object"}, About: "GET workspaces answers a page, or one bare workspace as the partner guide shows"},
		{Name: quirkExpiryGrace, Values: []string{"none", "minute"}, About: "how long a token works after it has expired"},
		{Name: quirkForbidden, Values: []string{"403", "401"}, About: "what is not permitted: 403/7 insufficient scope, or 401/16 malformed token as the FAQ says"},
		{Name: quirkPKCE, Values: []string{"enforced", "ignored"}, About: "a code challenge is enforced, or ignored as by a server that does not know it"},
		{Name: quirkCatalogScope, Values: []string{"any", "workspace"}, About: "whose tokens may read the catalog: all, or only those with a workspace scope"},
		{Name: quirkErrorState, Values: []string{"lost", "returned"}, About: "an error found before the login comes back with an empty state as from ORY Hydra 1.0, or with the state as RFC 6749 §4.1.2.1 says"},
		{Name: quirkConfig, Values: []string{"written", "all"}, About: "a destination reads back the settings that were written, or every setting of the catalog"},
		{Name: quirkPatterns, Values: []string{"ignored", "checked"}, About: "patterns, ranges and options of the catalog: left to the client, or enforced"},
		{Name: quirkJSON, Values: []string{"lenient", "strict"}, About: "request bodies with single quotes and \"true\" for true are taken as in Segment's own tutorial, or refused"},
		{Name: quirkDeletedPlan, Values: []string{"empty", "404"}, About: "the connections of a tracking plan that is gone: an empty list, or 404/5"},
		{Name: quirkShortState, Values: []string{"accepted", "refused"}, About: "a state of less than 8 characters is accepted, as the guide uses one, or refused with invalid_state as by ORY Hydra 1.0"},
		{Name: quirkExpiredCode, Values: []string{"invalid_request", "invalid_grant"}, About: "error for an authorization code that has expired: as ORY Hydra 1.0 answers, or as RFC 6749 §5.2 says"},
		{Name: quirkOwnSource, Values: []string{"forbidden", "readable"}, About: "whether a destination scope may read its own workspace and source"},
		{Name: quirkComponent, Values: []string{"present", "missing"}, About: "whether an App has a component for the destination of its scope; without one, creating the destination is refused"},
	}
	for i := range all {
		all[i].Value = all[i].Values[0]
	}
	return all
}

// setQuirk sets one quirk. For those with two values, on and off stand for the first and the second.
func setQuirk(set map[string]string, name, value string) error {
	for _, q := range Quirks() {
		if q.Name != name {
			continue
		}
		switch {
		case value == "on":
			value = q.Values[0]
		case value == "off":
			value = q.Values[len(q.Values)-1]
		case !slices.Contains(q.Values, value):
			return fmt.Errorf("quirk %s cannot be %q: on, off, %s", name, value, strings.Join(q.Values, ", "))
		}
		set[name] = value
		return nil
	}
	return fmt.Errorf("no quirk is called %q", name)
}

// quirk is the present value of the quirk called name.
func (s *Server) quirk(name string) string {
	return (*s.quirks.Load())[name]
}

func (s *Server) pageSize() int {
	if s.quirk(quirkPageSize) == "100" {
		return 100
	}
	return 10
}
