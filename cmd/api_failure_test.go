package cmd

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
)

// runAgainst runs a command line with a given token against a server that answers every request alike.
func runAgainst(t *testing.T, status int, body string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	defer server.Close()
	return runAt(t, server.URL, args...)
}

// runAt is runAgainst for a server that is there.
func runAt(t *testing.T, url string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	env := variables(t, url)
	var out, words bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &out, Err: &words, Now: time.Now, Env: func(name string) (string, bool) {
		if name == "SEGCTL_TOKEN" {
			return "t0ken", true
		}
		return env(name)
	}}
	exit = app.Run(t.Context(), args)
	return exit, out.String(), words.String()
}

// A server in trouble, and one that answers what no Config API would, are exit status 8 with a hint, for every command.
func TestServerFailureOfLookingAround(t *testing.T) {
	t.Parallel()
	lines := []string{
		"source list --workspace w", "source get s --workspace w", "source create s --workspace w --catalog-name net",
		"source delete s --workspace w --yes", "workspace list", "workspace get", "workspace get w", "catalog list", "catalog get d",
		"api workspaces --paginate", "api workspaces/{workspace}",
	}
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			exit, stdout, stderr := runAgainst(t, http.StatusInternalServerError, `{"error":"internal","code":13}`, strings.Fields(line)...)
			if exit != problem.ExitNetwork || !strings.Contains(stderr, "\nhint: ") || stdout != "" && !strings.HasPrefix(line, "api") {
				t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
			}
			if strings.HasPrefix(line, "source delete") {
				return // the answer to a deletion is not read
			}
			exit, stdout, stderr = runAgainst(t, http.StatusOK, "<html>welcome to the hotel</html>", strings.Fields(line)...)
			if exit != problem.ExitNetwork || !strings.Contains(stderr, "\nhint: ") || stdout != "" {
				t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
			}
		})
	}
}

// A server whose list never ends is exit status 8, for typed lists and for `api --paginate`.
func TestEndlessListOfLookingAround(t *testing.T) {
	t.Parallel()
	pages := 0
	padding := strings.Repeat(" ", 9<<20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if pages++; pages > 20 {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		fmt.Fprintf(w, `{"workspaces":[{"name":"workspaces/w"}],"next_page_token":"%d"}%s`, pages, padding)
	}))
	defer server.Close()
	for _, line := range []string{"workspace list", "api workspaces --paginate"} {
		pages = 0
		exit, stdout, stderr := runAt(t, server.URL, strings.Fields(line)...)
		if exit != problem.ExitNetwork || stdout != "" || !strings.Contains(stderr, "not at its end") {
			t.Errorf("%s: exit %d after %d pages\n%s", line, exit, pages, stderr)
		}
	}
}

// Names from the API that a shell would run are refused by every command that shows them.
func TestHostileNamesOfLookingAround(t *testing.T) {
	t.Parallel()
	for line, body := range map[string]string{
		"workspace list":            `{"workspaces":[{"name":"workspaces/ID"}]}`,
		"workspace get w":           `{"name":"workspaces/ID"}`,
		"source list --workspace w": `{"sources":[{"name":"workspaces/w/sources/ID"}]}`,
		"catalog list":              `{"destinations":[{"name":"catalog/destinations/ID"}]}`,
		"catalog get d":             `{"name":"catalog/destinations/ID"}`,
	} {
		exit, stdout, stderr := runAgainst(t, http.StatusOK, strings.ReplaceAll(body, "ID", "`touch${IFS}x`"), strings.Fields(line)...)
		if exit != problem.ExitNetwork || stdout != "" || !strings.Contains(stderr, "\nhint: ") {
			t.Errorf("%s: exit %d, %q\n%s", line, exit, stdout, stderr)
		}
	}
}
