package segment

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// InstallToken is Segment's answer to a refresh ("Enable with Segment" guide). It has no source names.
type InstallToken struct {
	AccessToken    string
	TokenType      string
	ExpiresIn      int64 // seconds
	Scope          string
	AppName        string
	InstallName    string // "install/10" in the documented answer, though the install is "installs/10"
	WorkspaceNames []string
	SourceNames    []string
}

// String names the install, without the token.
func (t InstallToken) String() string { return "token of " + t.InstallName }

// GoString is String.
func (t InstallToken) GoString() string { return t.String() }

// RefreshInstall gets a new token for an install, such as "installs/7". The old token stops working at that moment, so
// it is one attempt on a connection of its own: net/http repeats a GET by itself when a kept-alive connection turns out
// to be dead.
func (c *Client) RefreshInstall(ctx context.Context, install, clientID, clientSecret string) (InstallToken, error) {
	token, _, err := c.RefreshAnswer(ctx, install, clientID, clientSecret)
	return token, err
}

// RefreshAnswer is [Client.RefreshInstall] for those who also show the answer as it came. An answer that is not 2xx, or
// that cannot be understood, is returned beside the error: it may hold the only copy of a token.
func (c *Client) RefreshAnswer(ctx context.Context, install, clientID, clientSecret string) (InstallToken, *Response, error) {
	r := &Request{Method: http.MethodGet, Path: install + "/token", Username: clientID, Password: clientSecret}
	target, err := c.target(r)
	if err != nil {
		return InstallToken{}, nil, err
	}
	resp, err := c.sendOnce(ctx, r, target, "")
	if err != nil {
		return InstallToken{}, resp, err
	}
	token, err := decodeInstallToken(resp.Body)
	return token, resp, err
}

// isRefresh reports whether a request gets a new token for an install.
func isRefresh(target *url.URL) bool {
	words := strings.Split(strings.TrimPrefix(target.Path, apiPrefix), "/")
	return len(words) == 3 && words[0] == "installs" && words[2] == "token"
}

// sendOnce sends a request exactly once.
func (c *Client) sendOnce(ctx context.Context, r *Request, target *url.URL, token string) (*Response, error) {
	c.once.Do(c.prepare)
	req, err := c.request(ctx, r, target, token)
	if err != nil {
		return nil, err
	}
	req.Close = true
	resp, err := withoutRedirects(c.single).Do(req)
	if err != nil {
		return nil, c.noAnswer(ctx, target, err)
	}
	return readAnswer(r, resp, token)
}

// decodeInstallToken reads the answer. A field of a wrong type counts as absent: whether what is left will do is decided
// where it is kept.
func decodeInstallToken(body []byte) (InstallToken, error) {
	var a struct {
		AccessToken    string      `json:"access_token"`
		TokenType      string      `json:"token_type"`
		ExpiresIn      json.Number `json:"expires_in"`
		Scope          string      `json:"scope"`
		AppName        string      `json:"app_name"`
		InstallName    string      `json:"install_name"`
		WorkspaceNames []string    `json:"workspace_names"`
		SourceNames    []string    `json:"source_names"`
	}
	if !json.Valid(body) {
		return InstallToken{}, &AnswerError{http.MethodGet, "installs/…/token", "it is not JSON"}
	}
	_ = json.Unmarshal(body, &a) // valid JSON: an error can only be a field of a wrong type
	seconds, _, _ := strings.Cut(a.ExpiresIn.String(), ".")
	expires, err := json.Number(seconds).Int64()
	if err != nil {
		expires = 0
	}
	return InstallToken{
		AccessToken: a.AccessToken, TokenType: a.TokenType, ExpiresIn: expires, Scope: a.Scope, AppName: a.AppName,
		InstallName: a.InstallName, WorkspaceNames: a.WorkspaceNames, SourceNames: a.SourceNames,
	}, nil
}
