package cmd

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/problem"
)

// The programs in testdata/clients know nothing of segctl. Each installs the demo App, creates its destination, finds that
// it exists and updates it, and refreshes the token.
const (
	installedAndCreated = "installed installs/1 on workspaces/acme/sources/js\n"
	tokensAfterRefresh  = "with the old token: 401\nwith the new token: 200\n"
)

func TestGoClient(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "client")
	build := exec.Command("go", "build", "-o", program, "testdata/clients/go/main.go")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	got := runClient(t, "Go", "--intercept", "--", program)
	want := "callback: 200\n" + installedAndCreated + "200 true\nupdated: 200 true\n" + tokensAfterRefresh + "elsewhere: refused\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the program printed (-want +got):\n%s", diff)
	}
}

func TestPythonClient(t *testing.T) {
	t.Parallel()
	needTool(t, "python3")
	got := runClient(t, "Python", "--intercept", "--", "python3", "testdata/clients/python/main.py")
	want := installedAndCreated + "200 True\nupdated: 200 True\n" + tokensAfterRefresh + "elsewhere: refused\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the program printed (-want +got):\n%s", diff)
	}
}

// TestNodeClient is an app that is given the addresses of a sandbox, and then the same app with the names of Segment that it
// has built in.
func TestNodeClient(t *testing.T) {
	t.Parallel()
	main := filepath.Join(npmPackages(t, "node"), "main.js")
	want := "wrong state: 500\n" + installedAndCreated + "created: 200 true\nupdated: 200 true\n" + tokensAfterRefresh
	for name, args := range map[string][]string{
		"given addresses": {"--", "node", main},
		"intercepted":     {"--intercept", "--", "env", "-u", "SEGCTL_ID_URL", "-u", "SEGCTL_API_URL", "node", main},
	} {
		if diff := cmp.Diff(want, runClient(t, "Node", args...)); diff != "" {
			t.Errorf("%s: what the program printed (-want +got):\n%s", name, diff)
		}
	}
}

// TestNodeLibraries uses each HTTP library that partners' programs use, and what is below them: none needs to know of a
// sandbox or of a proxy. That the folder of the run has a space in its name does not matter.
func TestNodeLibraries(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(npmPackages(t, "libraries"), "main.js")
	t.Setenv("TMPDIR", folder)
	t.Setenv("NODE_OPTIONS", "--no-deprecation")
	elsewhere := httptest.NewTLSServer(http.NotFoundHandler())
	defer elsewhere.Close()
	t.Setenv("ELSEWHERE_URL", elsewhere.URL)
	t.Setenv("ELSEWHERE_CA", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: elsewhere.Certificate().Raw})))
	var want strings.Builder
	for _, library := range []string{
		"client-oauth2", "request", "axios-0.21", "axios-1.6", "got", "superagent", "needle", "node-fetch", "undici", "built-in fetch", "https",
	} {
		want.WriteString(library + ": invalid_grant, workspaces/acme\n")
	}
	want.WriteString(`got with http2: HTTP/2.0, workspaces/acme
http2: HTTP/2, workspaces/acme
import of tls: HTTP/1.0, workspaces/acme
a worker: a thread, workspaces/acme
plain http: ECONNREFUSED, nothing
elsewhere: 404
node options: --no-deprecation
`)
	if diff := cmp.Diff(want.String(), runClient(t, "Node libraries", "--token", "t0ken", "--intercept", "--", "node", main)); diff != "" {
		t.Errorf("what the program printed (-want +got):\n%s", diff)
	}
}

// npmPackages returns a folder of testdata/clients with its packages from npm. Only CI fetches them: elsewhere the test is
// skipped where `npm ci` was not run by hand.
func npmPackages(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join("testdata", "clients", name)
	_, err := os.Stat(filepath.Join(folder, "node_modules"))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Skip("npm ci was not run in " + folder)
	}
	needTool(t, "node")
	if err == nil {
		return folder
	}
	needTool(t, "npm")
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = copied
	if text, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, text)
	}
	return copied
}

// runClient is `segctl sandbox run --auto-approve ARG...`, which has to succeed. It returns what was printed. What the
// program used of the sandbox has to be what docs/sandbox.md says of a program of this name.
func runClient(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, said := runSandboxed(t, args...)
	if diff := cmp.Diff(surfacesInTable(t, name), surfacesUsed(said)); diff != "" {
		t.Errorf("%s: what was used (-docs/sandbox.md +used):\n%s\n%s", name, diff, said)
	}
	return out
}

// runSandboxed is `segctl sandbox run --auto-approve ARG...`, which has to succeed. It returns what was printed and said.
func runSandboxed(t *testing.T, args ...string) (printed, told string) {
	t.Helper()
	var out, said bytes.Buffer
	app := &App{
		In: strings.NewReader(""), Out: &out, Err: &said, Now: time.Now,
		Env: func(string) (string, bool) { return "", false },
	}
	if status := app.Run(t.Context(), append([]string{"sandbox", "run", "--auto-approve", "--log"}, args...)); status != problem.ExitOK {
		t.Fatalf("exit status %d\n%s\n%s", status, &out, &said)
	}
	return out.String(), said.String()
}

// surfacesUsed are what a log tells of, as the first column of docs/sandbox.md names it, sorted.
func surfacesUsed(log string) []string {
	used := map[string]bool{}
	for _, line := range regexp.MustCompile(`\d{3} [A-Z]+ .*`).FindAllString(log, -1) {
		for title, pattern := range map[string]string{
			"`/oauth2/auth`":                 `/oauth2/auth\?`,
			"PKCE":                           `[?&]code_challenge=`,
			"`/oauth2/token`":                `/oauth2/token`,
			"`GET /v1beta/installs/N/token`": `GET .*/v1beta/installs/\d+/token`,
			"`workspaces[/W]`":               `/v1beta/workspaces(/\w+)?( |$)`,
			"`…/destinations[/D]`":           `/v1beta/workspaces/\w+/sources/\w+/destinations(/\w+)?( |$)`,
		} {
			if regexp.MustCompile(pattern).MatchString(line) {
				used[title] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// surfacesInTable are those whose row in the table of docs/sandbox.md names the program.
func surfacesInTable(t *testing.T, program string) (titles []string) {
	t.Helper()
	page, err := os.ReadFile("../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) == 5 && slices.Contains(strings.Split(strings.TrimSpace(cells[4]), ", "), program) {
			titles = append(titles, strings.TrimSpace(cells[0]))
		}
	}
	slices.Sort(titles)
	return titles
}
