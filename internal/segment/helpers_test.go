package segment

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/wire"
)

const canaryToken = "canary-token-4d9ee1b5"

func constantToken(context.Context, string) (string, error) { return canaryToken, nil }

// serve returns a client of a server that answers with handler.
func serve(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return New(Options{Origin: wire.Origin(server.URL), Token: constantToken})
}

// always answers every request alike.
func always(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// roundTrip answers requests without a network, so that time can be made to stand still around it (testing/synctest).
type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// offline returns a client whose requests f answers.
func offline(f roundTrip) *Client {
	return New(Options{Origin: "https://api.example", Token: constantToken, Transport: wire.NewTransport(f, nil)})
}

func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: make(http.Header),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

var clearbrain = Name{Workspace: "business", Source: "js", Destination: "clearbrain"}

// The example of the "Enable with Segment" guide.
const clearbrainJSON = `{
  "name": "workspaces/business/sources/js/destinations/clearbrain",
  "parent": "workspaces/business/sources/js",
  "display_name": "ClearBrain",
  "enabled": true,
  "connection_mode": "UNSPECIFIED",
  "config": [
    {"name": "workspaces/business/sources/js/destinations/clearbrain/config/apiKey",
     "display_name": "API Key", "value": "abcd1234", "type": "string"}
  ],
  "create_time": "2019-05-24T23:43:02.905Z",
  "update_time": "2019-05-25T00:01:35.885Z"
}`
