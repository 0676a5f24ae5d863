package segment

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/segctl/segctl/internal/wire"
)

func TestOriginIsChecked(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"", "platform.segmentapis.com", "ftp://platform.segmentapis.com", "file:///etc/passwd", "https://", "https:///v1beta",
		"http://platform.segmentapis.com", "http://10.0.0.1", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
		"https://user:canary-password@platform.segmentapis.com", "https://platform.segmentapis.com/x", "https://a.example?x=1",
		"https://a.example#x", "http://user:canary-password@[::1", "http://0.0.0.0",
	} {
		var asked, sent atomic.Bool
		c := offline(func(*http.Request) (*http.Response, error) {
			sent.Store(true)
			return answer(200, "{}"), nil
		})
		c.origin = wire.Origin(base)
		c.token = func(context.Context, string) (string, error) {
			asked.Store(true)
			return canaryToken, nil
		}
		_, err := c.Workspace(t.Context(), Name{Workspace: "acme"})
		var refused *wire.OriginError
		if !errors.As(err, &refused) {
			t.Errorf("%q: %v, want a *wire.OriginError", base, err)
			continue
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: the error shows the password: %v", base, err)
		}
		if asked.Load() || sent.Load() {
			t.Errorf("%q: a token was asked for (%t) or sent (%t)", base, asked.Load(), sent.Load())
		}
	}
}

func TestOriginIsAccepted(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"https://platform.segmentapis.com", "https://platform.segmentapis.com/", "http://localhost:8080", "http://127.0.0.1:1",
		"http://127.8.8.8", "http://[::1]:8080", "HTTP://LOCALHOST",
	} {
		var path string
		c := offline(func(r *http.Request) (*http.Response, error) {
			path = r.URL.Path
			return answer(200, `{"name":"workspaces/acme"}`), nil
		})
		c.origin = wire.Origin(base)
		if _, err := c.Workspace(t.Context(), Name{Workspace: "acme"}); err != nil || path != "/v1beta/workspaces/acme" {
			t.Errorf("%q: asked for %q, %v", base, path, err)
		}
	}
}

// A request's path comes from a person, a script, or a resource's name in an answer.
func TestPathStaysBelowVersion(t *testing.T) {
	t.Parallel()
	c := offline(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was asked for", r.URL)
		return answer(200, "{}"), nil
	})
	for _, path := range []string{
		"", "/", "..", "../oauth2/token", "workspaces/../../admin", "workspaces/.", "workspaces//acme", "workspaces/%2e%2e/x",
		"workspaces/a%2f..", "workspaces?x=1", "workspaces#x", `workspaces\..\x`, "https://evil.example/x", "workspaces/a b",
		"workspaces/a\r\nX: y", "workspaces/\u202e",
	} {
		_, err := c.Do(t.Context(), &Request{Method: "GET", Path: path})
		var refused *NameError
		if !errors.As(err, &refused) {
			t.Errorf("path %q: %v, want a *NameError", path, err)
		}
	}
}

func TestInstallNameStaysBelowVersion(t *testing.T) {
	t.Parallel()
	c := offline(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was asked for", r.URL)
		return answer(200, "{}"), nil
	})
	for _, name := range []string{"installs/../x", "installs/7?x=", "installs/7#", "installs/%2e%2e", "..", "installs//7"} {
		_, err := c.RefreshInstall(t.Context(), name, "id", "secret")
		var refused *wire.InstallNameError
		if !errors.As(err, &refused) {
			t.Errorf("install %q: %v, want a *wire.InstallNameError", name, err)
		}
	}
}

// thief is another host, which must never be reached.
func thief(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other host got %s %s with Authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := thief(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere+"/v1beta/x", status) })
		var wrong *AnswerError
		if _, err := c.Destination(t.Context(), clearbrain); !errors.As(err, &wrong) {
			t.Errorf("get, %d: %v, want an *AnswerError", status, err)
		}
		if _, err := c.RefreshInstall(t.Context(), "installs/7", "id", "secret"); !errors.As(err, &wrong) {
			t.Errorf("refresh, %d: %v, want an *AnswerError", status, err)
		}
		enabled := true
		if _, err := c.CreateDestination(t.Context(), clearbrain, DestinationBody{Enabled: &enabled}); !errors.As(err, &wrong) {
			t.Errorf("create, %d: %v, want an *AnswerError", status, err)
		}
	}
}

func TestRedirectToTheSameHostIsNotFollowedEither(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	if _, err := c.Workspace(t.Context(), Name{Workspace: "acme"}); err == nil {
		t.Error("no error")
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestHugeAnswerIsRefused(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		io.WriteString(w, `{"name":"workspaces/acme"}`) // cut off after it, the answer would pass
		block := []byte(strings.Repeat(" ", 1<<20))
		for range 11 {
			if _, err := w.Write(block); err != nil {
				return // the client has seen enough
			}
		}
	})
	_, err := c.Workspace(t.Context(), Name{Workspace: "acme"})
	var wrong *AnswerError
	if !errors.As(err, &wrong) {
		t.Errorf("error is %v, want an *AnswerError", err)
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("asked %d times for the same huge answer", n)
	}
}

func TestAnswerThatIsNotWhatIsDocumented(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "<html>Welcome to our Wi-Fi</html>", "null-ish", `[]`, `"text"`, `{"name": 7}`, `{"name": "workspaces/acme"`,
		`{"name": "x"} trailing`,
	} {
		c := serve(t, always(200, body))
		_, err := c.Workspace(t.Context(), Name{Workspace: "acme"})
		var wrong *AnswerError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v, want an *AnswerError", body, err)
		}
	}
}

// What cannot be read may hold a token.
func TestErrorDoesNotQuoteTheAnswer(t *testing.T) {
	t.Parallel()
	c := serve(t, always(200, `{"access_token": "canary-1234", "name": 7, oops`))
	_, err := c.Workspace(t.Context(), Name{Workspace: "acme"})
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("error is %v", err)
	}
	_, err = c.RefreshInstall(t.Context(), "installs/7", "id", "secret")
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("error is %v", err)
	}
}

func TestTokenSurvivesNoHeaderOfTheCaller(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Values("Authorization"); len(got) != 1 || got[0] != "Bearer "+canaryToken {
			t.Errorf("Authorization is %q", got)
		}
		if r.Host == "evil.example" {
			t.Error("the Host header is the caller's")
		}
		io.WriteString(w, "{}")
	})
	r := &Request{Method: "GET", Path: "workspaces", Header: http.Header{"authorization": {"Bearer x"}, "Host": {"evil.example"}}}
	if _, err := c.Do(t.Context(), r); err != nil {
		t.Error(err)
	}
}
