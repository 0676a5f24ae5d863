package segment

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const malformedToken = `{"error": "malformed token", "code": 16}`

// tokens hands out one token after the other, and keeps what it was told was rejected.
func tokens(c *Client, rejected *[]string, all ...string) {
	c.token = func(_ context.Context, refused string) (string, error) {
		*rejected = append(*rejected, refused)
		return all[min(len(*rejected), len(all))-1], nil
	}
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != "{}" {
			t.Errorf("body is %q", body)
		}
		if r.Header.Get("Authorization") != "Bearer new" {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, malformedToken)
		}
	})
	var rejected []string
	tokens(c, &rejected, "old", "new")
	if _, err := c.Do(t.Context(), &Request{Method: "POST", Path: "workspaces", Body: []byte("{}")}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"", "old"}, rejected); diff != "" {
		t.Errorf("tokens asked for (-want +got):\n%s", diff)
	}
}

// A server that refuses everything must not make segctl refresh for ever.
func TestServerThatRefusesEveryToken(t *testing.T) {
	t.Parallel()
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, malformedToken)
	})
	var rejected []string
	tokens(c, &rejected, "one", "two", "three", "four", "five", "six", "seven")
	_, err := c.Destination(t.Context(), clearbrain)
	if !HasReason(err, Unauthenticated) {
		t.Errorf("error is %v", err)
	}
	if requests != maxTokens+1 || len(rejected) != maxTokens+1 {
		t.Errorf("%d requests, %d tokens", requests, len(rejected))
	}
}

func TestSameTokenIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	requests := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, malformedToken)
	})
	if _, err := c.Destination(t.Context(), clearbrain); !HasReason(err, Unauthenticated) {
		t.Errorf("error is %v", err)
	}
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

func TestFailureToRefreshHidesNotTheRefusal(t *testing.T) {
	t.Parallel()
	c := serve(t, always(401, malformedToken))
	locked := errors.New("keyring is locked")
	c.token = func(_ context.Context, rejected string) (string, error) {
		if rejected != "" {
			return "", locked
		}
		return "old", nil
	}
	_, err := c.Destination(t.Context(), clearbrain)
	if !HasReason(err, Unauthenticated) || !errors.Is(err, locked) {
		t.Errorf("error is %v, want both causes", err)
	}
}

func TestNothingIsSentWithoutAToken(t *testing.T) {
	t.Parallel()
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("got %s", r.URL) })
	signIn := errors.New("no install")
	c.token = func(context.Context, string) (string, error) { return "", signIn }
	if _, err := c.Destination(t.Context(), clearbrain); !errors.Is(err, signIn) {
		t.Errorf("error is %v", err)
	}
}

func TestCredentialsTakeThePlaceOfTheToken(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if id, secret, ok := r.BasicAuth(); !ok || id != "id" || secret != "secret" {
			t.Errorf("Authorization is %q", r.Header.Get("Authorization"))
		}
		io.WriteString(w, "{}")
	})
	c.token = func(context.Context, string) (string, error) {
		t.Error("a token was asked for")
		return "", nil
	}
	r := &Request{Method: "POST", Path: "access-tokens", Username: "id", Password: "secret"}
	if _, err := c.Do(t.Context(), r); err != nil {
		t.Error(err)
	}
}
