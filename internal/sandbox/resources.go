package sandbox

import (
	"encoding/json"
	"time"
)

// The wire types of the Config API. They are the sandbox's own on purpose: a client's wrong JSON tag must not find the
// same mistake on the other side.

type workspace struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	ID          string `json:"id"`
	CreateTime  string `json:"create_time"`
}

type source struct {
	Name           string            `json:"name"`
	Parent         string            `json:"parent"`
	CatalogName    string            `json:"catalog_name"`
	WriteKeys      []string          `json:"write_keys"`
	LibraryConfig  libraryConfig     `json:"library_config"`
	CreateTime     string            `json:"create_time"`
	DisplayName    string            `json:"display_name"`
	ID             string            `json:"id"`
	Labels         map[string]string `json:"labels"`
	FunctionConfig []struct{}        `json:"function_config"` // always empty: nobody says what can be in it
}

type libraryConfig struct {
	MetricsEnabled       bool   `json:"metrics_enabled"`
	RetryQueue           bool   `json:"retry_queue"`
	CrossDomainIDEnabled bool   `json:"cross_domain_id_enabled"`
	APIHost              string `json:"api_host"`
}

type destination struct {
	Name           string        `json:"name"`
	Parent         string        `json:"parent"`
	DisplayName    string        `json:"display_name"`
	Enabled        bool          `json:"enabled"`
	ConnectionMode string        `json:"connection_mode"`
	Config         []configEntry `json:"config"`
	CreateTime     string        `json:"create_time"`
	UpdateTime     string        `json:"update_time"`
}

// configEntry is one setting of a destination. Its value is kept as the bytes that were sent, so that it keeps its
// JSON type and precision.
type configEntry struct {
	Name        string          `json:"name"`
	DisplayName string          `json:"display_name"`
	Value       json.RawMessage `json:"value"`
	Type        string          `json:"type"`
}

// tokenAnswer is what the exchange of a code and the refresh of an install token answer.
type tokenAnswer struct {
	AccessToken    string   `json:"access_token"`
	TokenType      string   `json:"token_type"`
	ExpiresIn      int64    `json:"expires_in"`
	Scope          string   `json:"scope"`
	AppName        string   `json:"app_name"`
	InstallName    string   `json:"install_name"`
	WorkspaceNames []string `json:"workspace_names"`
	SourceNames    []string `json:"source_names,omitempty"`
}

// What follows is never sent as it is: it is what the authorization server remembers.

type user struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

type app struct {
	Name         string   `json:"name"` // apps/2
	DisplayName  string   `json:"display_name"`
	Workspace    string   `json:"workspace"` // of the partner who made it; empty for seeded ones
	Scope        string   `json:"scope"`
	Public       bool     `json:"public"`
	Description  string   `json:"description,omitempty"`
	ClientURI    string   `json:"client_uri,omitempty"`
	LogoURI      string   `json:"logo_uri,omitempty"`
	TosURI       string   `json:"tos_uri,omitempty"`
	PolicyURI    string   `json:"policy_uri,omitempty"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	RedirectURLs []string `json:"redirect_urls"`
	CreateTime   string   `json:"create_time"`
}

// consent is an authorization request that waits for its answer on the login and consent pages.
type consent struct {
	Challenge     string    `json:"challenge"`
	App           string    `json:"app"`
	RedirectURL   string    `json:"redirect_url"`
	Scope         string    `json:"scope"`
	State         string    `json:"state"`
	PKCEChallenge string    `json:"pkce_challenge"`
	PKCEMethod    string    `json:"pkce_method"`
	Expires       time.Time `json:"expires"`

	RedirectLeftOut bool `json:"redirect_left_out"` // the request had no redirect_uri: the exchange needs none either
}

func (c *consent) size() int { return len(c.State) + len(c.RedirectURL) + len(c.PKCEChallenge) }

// code is an authorization code. A redeemed one is remembered until it expires, with the token it was given for, so that
// a second redemption can revoke that token (RFC 6749 §4.1.2).
type code struct {
	Value         string    `json:"value"`
	App           string    `json:"app"`
	RedirectURL   string    `json:"redirect_url"`
	Scope         string    `json:"scope"`
	Workspace     string    `json:"workspace"`
	Source        string    `json:"source"`
	PKCEChallenge string    `json:"pkce_challenge"`
	PKCEMethod    string    `json:"pkce_method"`
	Expires       time.Time `json:"expires"`
	Used          bool      `json:"used"`
	Token         string    `json:"token"`

	RedirectLeftOut bool `json:"redirect_left_out"`
}

// install is an App on a workspace, and on one source when its scope names a destination.
type install struct {
	Name      string `json:"name"` // installs/7
	App       string `json:"app"`
	Scope     string `json:"scope"`
	Workspace string `json:"workspace"`
	Source    string `json:"source"`
	Token     string `json:"token"` // the only one that works; empty after a revocation
}

func (in *install) key() string { return installKey(in.App, in.Workspace, in.Source) }

// installKey is what an App has one install for.
func installKey(app, workspace, source string) string {
	return "install " + app + " " + workspace + " " + source
}

// token is a bearer token: an install's, or a personal one.
type token struct {
	Value      string    `json:"value"`
	Name       string    `json:"name"` // of a personal one: access-tokens/127
	Install    string    `json:"install"`
	Scope      string    `json:"scope"`
	Workspaces []string  `json:"workspaces"` // empty: every workspace
	Source     string    `json:"source"`     // with a destination scope
	Expires    time.Time `json:"expires"`    // zero: never
}

// timestamp is how the Config API writes times: UTC, milliseconds, Z.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
