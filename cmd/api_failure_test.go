package cmd

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// runAgainst runs a command line with a given token against a server that answers every request alike.
func runAgainst(t *testing.T, status int, body string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	defer server.Close()
	env := variables(t, server.URL)
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
			if exit != exitNetwork || !strings.Contains(stderr, "\nhint: ") || stdout != "" && !strings.HasPrefix(line, "api") {
				t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
			}
			if strings.HasPrefix(line, "source delete") {
				return // the answer to a deletion is not read
			}
			exit, stdout, stderr = runAgainst(t, http.StatusOK, "<html>welcome to the hotel</html>", strings.Fields(line)...)
			if exit != exitNetwork || !strings.Contains(stderr, "\nhint: ") || stdout != "" {
				t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
			}
		})
	}
}
