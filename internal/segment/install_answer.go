package segment

import (
	"context"
	"net/http"
)

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
