package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// DenyAll is the answer of a person who allows nothing.
const DenyAll = "deny"

// approveAtOnce answers an authorization request in place of the person.
func (s *Server) approveAtOnce(x *exchange, req *consent) {
	var granted *code
	var refused *oauthError
	err := s.store.update(func(t *tx) error {
		if s.options.Approve == DenyAll {
			refused = newOAuthError("access_denied", "The resource owner denied the request")
			return nil
		}
		at := s.approved(t)
		if at == nil {
			refused = newOAuthError("access_denied", "There is no workspace with a source to install the App on")
			return nil
		}
		granted, refused = s.grant(t, req, collection(collection(at.Name)), at.Name)
		return nil
	})
	s.answerClient(x, req, granted, refused, err)
}

// approved is the source that Options.Approve chooses, the first of its workspace or of all where it leaves that open; nil
// when there is none.
func (s *Server) approved(t *tx) *source {
	workspaceSlug, sourceSlug, _ := strings.Cut(place(s.options.Approve), "/")
	for _, w := range list[*workspace](t, "workspaces") {
		if workspaceSlug != "" && workspaceSlug != lastWord(w.Name) {
			continue
		}
		for _, src := range list[*source](t, w.Name+"/sources") {
			if sourceSlug == "" || sourceSlug == lastWord(src.Name) {
				return src
			}
		}
	}
	return nil
}

// checkApproval says which sources there are, when Options.Approve names none of them.
func (s *Server) checkApproval() error {
	if s.options.Approve == "" || s.options.Approve == DenyAll {
		return nil
	}
	return s.store.view(func(t *tx) error {
		if s.approved(t) != nil {
			return nil
		}
		var all []*source
		for _, w := range list[*workspace](t, "workspaces") {
			all = slices.Concat(all, list[*source](t, w.Name+"/sources"))
		}
		return fmt.Errorf("approve %q: there is no such workspace and source, but %s, and %s", s.options.Approve,
			namesOf(all, func(src *source) string { return place(src.Name) }), DenyAll)
	})
}
