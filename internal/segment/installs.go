package segment

import (
	"context"
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// RefreshInstall gets a new token for an install, such as "installs/7". The old token stops working at that moment, so
// it is one attempt on a connection of its own. Besides the errors of [Client.Do] there are *wire.InstallNameError and,
// for an answer without a usable token, *wire.GrantError.
func (c *Client) RefreshInstall(ctx context.Context, install, clientID, clientSecret string) (wire.Grant, error) {
	grant, _, err := c.RefreshAnswer(ctx, install, clientID, clientSecret)
	return grant, err
}

// RefreshAnswer is [Client.RefreshInstall] for those who also show the answer as it came. An answer that is not 2xx, or
// that cannot be understood, is returned beside the error: it may hold the only copy of a token.
func (c *Client) RefreshAnswer(ctx context.Context, install, clientID, clientSecret string) (wire.Grant, *Response, error) {
	name, err := wire.ParseInstallName(install)
	if err != nil {
		return wire.Grant{}, nil, err
	}
	resp, err := c.Do(ctx, &Request{
		Method: http.MethodGet, Path: name + "/token", Username: clientID, Password: clientSecret,
	})
	if resp != nil {
		_, found, _ := secret.Document(resp.Body, nil)
		c.redactor.Learn(found...) // of a new token, whatever else the answer is
	}
	if err != nil {
		return wire.Grant{}, resp, err
	}
	grant, err := wire.DecodeGrant(resp.Body)
	return grant, resp, err
}

// Refreshed returns the install whose token a path stands for: "installs/7" for "installs/7/token", and "" for all other
// paths. Whatever is sent there kills the token.
func Refreshed(path string) string {
	words := strings.Split(strings.Trim(path, "/"), "/")
	if len(words) != 3 || words[0] != "installs" || words[2] != "token" {
		return ""
	}
	return words[0] + "/" + words[1]
}

// isRefresh reports whether a request gets a new token for an install.
func isRefresh(path string) bool { return Refreshed(path) != "" }
