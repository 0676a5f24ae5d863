package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// refreshToken gives an install a new token. The old one stops working in the same moment.
func refreshToken(c *call) (any, error) {
	id, secret, ok := c.r.BasicAuth() // as curl -u sends it: nothing form-encoded
	client, known := c.tx.client(id)
	if !ok || !known || !sameSecret(secret, client.ClientSecret) {
		c.header.Set("WWW-Authenticate", `Basic realm="segctl sandbox"`)
		return nil, unauthenticated("invalid client id or secret")
	}
	in, ok := get[*install](c.tx, c.name(2))
	if !ok {
		return nil, notFound("install")
	}
	if in.App != client.Name {
		return nil, &apiError{http.StatusForbidden, 7, "permission denied"}
	}
	value := newUUIDToken()
	if c.server.quirk(quirkRefreshToken) == "two-part" {
		value = newToken()
	}
	renewed := c.server.issue(c.tx, *in, value)
	c.install = in.Name
	c.server.stats.refreshed(in.Name)
	c.header.Set("Cache-Control", "no-store")
	answer := c.server.tokenAnswer(renewed)
	answer.ExpiresIn = int64(c.server.options.TokenTTL / time.Second)
	if c.server.quirk(quirkRefreshInstall) == "singular" {
		answer.InstallName = "install/" + strings.TrimPrefix(in.Name, "installs/")
	}
	if c.server.quirk(quirkRefreshSources) == "absent" {
		answer.SourceNames = nil
	}
	return answer, nil
}

// issue makes value the install's only token.
func (s *Server) issue(t *tx, in install, value string) *install {
	if in.Token != "" {
		t.remove("tokens/" + in.Token)
	}
	in.Token = value
	tok := &token{
		Value: value, Install: in.Name, Scope: in.Scope,
		Workspaces: []string{in.Workspace}, Source: in.Source,
		Expires: s.now().Add(s.options.TokenTTL),
	}
	t.put("tokens/"+value, tok)
	t.put(in.Name, &in)
	return &in
}

// tokenAnswer is the answer to an exchange. expires_in is a whole number of seconds that have begun, so an hour reads
// 3599 as in Segment's own example.
func (s *Server) tokenAnswer(in *install) tokenAnswer {
	answer := tokenAnswer{
		AccessToken: in.Token, TokenType: "bearer",
		ExpiresIn: max(1, int64((s.options.TokenTTL-time.Nanosecond)/time.Second)),
		Scope:     in.Scope, AppName: in.App, InstallName: in.Name,
		WorkspaceNames: []string{in.Workspace},
	}
	if in.Source != "" {
		answer.SourceNames = []string{in.Source}
	}
	return answer
}

// client finds the App with a client id.
func (t *tx) client(id string) (*app, bool) {
	name, ok := get[string](t, "clients/"+id)
	if !ok {
		return nil, false
	}
	return get[*app](t, name)
}

// Installed is where an App is installed, without its token.
type Installed struct {
	Name      string `json:"name"` // installs/7
	App       string `json:"app"`
	Workspace string `json:"workspace"`        // slug
	Source    string `json:"source,omitempty"` // slug; "" for all of the workspace
	Scope     string `json:"scope"`
}

// Place is where it is, as people write it: workspace/source, or the workspace.
func (i Installed) Place() string {
	if i.Source == "" {
		return i.Workspace
	}
	return i.Workspace + "/" + i.Source
}

// Installs lists where Apps are installed, oldest first.
func (s *Server) Installs() []Installed {
	all := []Installed{}
	_ = s.store.view(func(t *tx) error {
		for _, in := range list[*install](t, "installs") {
			one := Installed{Name: in.Name, App: in.App, Workspace: lastWord(in.Workspace), Scope: in.Scope}
			if in.Source != "" {
				one.Source = lastWord(in.Source)
			}
			all = append(all, one)
		}
		return nil
	})
	return all
}
