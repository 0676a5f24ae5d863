package cmd

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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
	got := runClient(t, "--intercept", "--", program)
	want := "callback: 200\n" + installedAndCreated + "200 true\nupdated: 200 true\n" + tokensAfterRefresh + "elsewhere: refused\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the program printed (-want +got):\n%s", diff)
	}
}

func TestPythonClient(t *testing.T) {
	t.Parallel()
	needTool(t, "python3")
	got := runClient(t, "--intercept", "--", "python3", "testdata/clients/python/main.py")
	want := installedAndCreated + "200 True\nupdated: 200 True\n" + tokensAfterRefresh + "elsewhere: refused\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the program printed (-want +got):\n%s", diff)
	}
}

// TestNodeClient uses packages from npm. Only CI fetches them: elsewhere it runs where `npm ci` was run by hand.
func TestNodeClient(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("testdata", "clients", "node")
	_, err := os.Stat(filepath.Join(folder, "node_modules"))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Skip("npm ci was not run in " + folder)
	}
	needTool(t, "node")
	if err != nil {
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
		folder = copied
	}
	got := runClient(t, "--", "node", filepath.Join(folder, "main.js"))
	want := "wrong state: 500\n" + installedAndCreated + "created: 200 true\nupdated: 200 true\n" + tokensAfterRefresh
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the program printed (-want +got):\n%s", diff)
	}
}

// runClient is `segctl sandbox run --auto-approve ARG...`, which has to succeed. It returns what was printed.
func runClient(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	app := &App{
		In: strings.NewReader(""), Out: &out, Err: &said, Now: time.Now,
		Env: func(string) (string, bool) { return "", false },
	}
	if status := app.Run(t.Context(), append([]string{"sandbox", "run", "--auto-approve"}, args...)); status != problem.ExitOK {
		t.Fatalf("exit status %d\n%s\n%s", status, &out, &said)
	}
	return out.String()
}
