package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// startServer is the script command "server STATUS FILE [HEADER:VALUE...]": a server in the API's place that answers
// every request with that status and body, and the sandbox's place in the environment.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: server STATUS FILE [HEADER:VALUE...]")
	}
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	body := ts.ReadFile(args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, header := range args[2:] {
			name, value, _ := strings.Cut(header, ":")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	ts.Defer(server.Close)
	ts.Setenv("SEGCTL_API_URL", server.URL)
}

// tellSandbox is the script command "tell PATH JSON": one command to the sandbox's admin API, such as
// tell faults '{"route":"**","kind":"drop"}'. "tell -d faults" switches all faults off.
func tellSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tell PATH JSON, or tell -d PATH")
	}
	method, path, body := http.MethodPost, args[0], args[1]
	if path == "-d" {
		method, path, body = http.MethodDelete, args[1], ""
	}
	req, err := http.NewRequest(method, ts.Getenv("SEGCTL_API_URL")+"/_sandbox/"+path, strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		ts.Fatalf("the sandbox answered %s: %s", resp.Status, text)
	}
}
