package flow

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/serve/ledger"
)

const (
	flowTTL = 30 * time.Minute // how long an owner has for login and consent

	// cookiePrefix begins the name of a flow's cookie. A browser takes a cookie whose name begins with __Host- from this very
	// host alone, over https, and for the whole of it. What follows tells flows apart that one browser is in at a time.
	cookiePrefix = "__Host-segctl-"
)

// Begun is a flow that a browser is to enter.
type Begun struct {
	URL    string       // the authorization server, where the browser is sent with a 303
	Cookie *http.Cookie // ties the answer to this browser
}

// Begin begins a flow for the link with an id. The link stays free until the owner's answer. The error is a *LinkError where
// the link cannot be used, and else as that of NewLink.
func (e *Engine) Begin(ctx context.Context, id string) (Begun, error) {
	if !isSecret(id) {
		return Begun{}, &LinkError{Unknown}
	}
	w := e.world()
	b, err := binding(w)
	if err != nil {
		return Begun{}, err
	}
	request, err := e.app(w, b).Begin()
	if err != nil {
		return Begun{}, err
	}
	f := ledger.Flow{
		Hash: ledger.Hash(request.State), Link: ledger.Link{Hash: ledger.Hash(id)}, Verifier: request.Verifier,
		ClientID: b.ClientID, Issuer: b.Issuer, Scope: b.Scope, CreatedAt: e.now(), ExpiresAt: e.now().Add(flowTTL),
	}
	cookie := newCookie(f.Hash, id)
	f.Browser = ledger.Hash(cookie.Value)
	w.Redactor.Learn(cookie.Value)
	err = e.ledger.AddFlow(ctx, f)
	if errors.Is(err, ledger.ErrNotFound) {
		return Begun{}, e.closed(ctx, id)
	}
	if err != nil {
		return Begun{}, err
	}
	w.Redactor.Learn(id)
	e.log.InfoContext(ctx, "flow begun", "flow", shortOf(f.Hash, 8), "link", shortOf(f.Link.Hash, 8))
	return Begun{URL: request.URL, Cookie: cookie}, nil
}

// closed returns why no flow can begin for a link.
func (e *Engine) closed(ctx context.Context, id string) error {
	view, err := e.Look(ctx, id)
	if err != nil {
		return err
	}
	if view.State == Open { // it was used up until just now, and is free again
		return &LinkError{Used}
	}
	return &LinkError{view.State}
}

// newCookie returns the cookie of a flow: the id of its link, so that the owner can begin again, and a random half, which no
// other browser knows that was handed the same link.
func newCookie(state []byte, id string) *http.Cookie {
	return &http.Cookie{
		Name: cookieName(state), Value: id + "." + ledger.NewSecret(), Path: "/", MaxAge: int(flowTTL / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// maxFlows is how many flows a browser may be in at a time. Each has a cookie, and servers refuse a request with too many.
const maxFlows = 8

// Surplus returns what takes the cookies away of the flows that a browser began first, where it is about to begin one more
// than it may be in. A browser sends the oldest first (RFC 6265 §5.4).
func Surplus(sent []*http.Cookie) (clear []*http.Cookie) {
	var names []string
	for _, c := range sent {
		if strings.HasPrefix(c.Name, cookiePrefix) {
			names = append(names, c.Name)
		}
	}
	for _, name := range names[:max(0, len(names)-maxFlows+1)] {
		clear = append(clear, clearedCookie(name))
	}
	return clear
}

// cleared returns the cookie that takes the one of a flow away.
func cleared(state []byte) *http.Cookie { return clearedCookie(cookieName(state)) }

func clearedCookie(name string) *http.Cookie {
	return &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

func cookieName(state []byte) string { return cookiePrefix + shortOf(state, 4) }

// linkIn returns the id of the link that a flow's cookie is for.
func linkIn(value string) (id string, ok bool) {
	id, half, ok := strings.Cut(value, ".")
	return id, ok && isSecret(id) && isSecret(half)
}

// shortOf returns the first bytes of a hash in hex, enough to tell rows apart in logs.
func shortOf(hash []byte, bytes int) string { return hex.EncodeToString(hash[:min(bytes, len(hash))]) }
