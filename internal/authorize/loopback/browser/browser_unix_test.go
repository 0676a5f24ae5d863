//go:build unix

package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// pipe is a file that a child writes, and that is read when the child has written it.
func pipe(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The browser gets the environment that it is given, and nothing of this process's own, which may hold secrets; and
// Ctrl-C, which a terminal sends to a process group, does not reach it.
func TestOpenKeepsApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	said := pipe(t, dir, "said")
	script := filepath.Join(dir, "browser")
	text := "{ echo \"$1\"; echo $$; ps -o pgid= -p $$; env; } >'" + said + "'\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const url = "https://id.segmentapis.com/oauth2/auth?state=x"
	o := Opener{Command: "sh " + script, Environ: []string{"PATH=" + os.Getenv("PATH"), "GIVEN=yes"}}
	if err := o.Open(url); err != nil {
		t.Fatal(err)
	}
	read, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(read)), "\n")
	if len(lines) < 4 || lines[0] != url {
		t.Fatalf("the browser said %q", lines)
	}
	if pid, group := lines[1], strings.TrimSpace(lines[2]); pid != group {
		t.Errorf("the browser %s is in the process group %s", pid, group)
	}
	environment := lines[3:]
	if !slices.Contains(environment, "GIVEN=yes") {
		t.Errorf("the browser's environment is %q", environment)
	}
	shell := []string{"PATH", "PWD", "OLDPWD", "SHLVL", "_"}
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if name != "GIVEN" && !slices.Contains(shell, name) {
			t.Errorf("the browser inherited %s", variable)
		}
	}
}

// An environment that is not given is an empty one: os/exec would pass on our own.
func TestOpenWithoutEnvironment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	said := pipe(t, dir, "said")
	script := filepath.Join(dir, "browser")
	if err := os.WriteFile(script, []byte("echo \"home ${HOME-none}\" >'"+said+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Opener{Command: "sh " + script}).Open("https://segment.com"); err != nil {
		t.Fatal(err)
	}
	if read, err := os.ReadFile(said); err != nil || string(read) != "home none\n" {
		t.Errorf("the browser said %q, %v; the process has HOME=%s", read, err, os.Getenv("HOME"))
	}
}

// The system's own opener is looked for, started by us, and its failure is told. A process of its own does that here, for
// programs are looked for in the PATH of the process.
func TestSystemOpener(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "darwin" {
		t.Skip("macOS has its opener in a place of its own")
	}
	failing, err := exec.LookPath("false")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(failing, filepath.Join(dir, "www-browser")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{dir: "run www-browser: exit status 1", t.TempDir(): ErrNotFound.Error()} {
		child := exec.Command(os.Args[0], "-test.run=^TestSystemOpenerChild$", "-test.v")
		child.Env = []string{"PATH=" + path, childVariable + "=1"}
		said, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(said), want) {
			t.Errorf("%v, want %q:\n%s", err, want, said)
		}
	}
}

// childVariable is set where TestSystemOpener runs the test binary.
const childVariable = "SEGCTL_BROWSER_TEST"

func TestSystemOpenerChild(t *testing.T) {
	t.Parallel()
	if _, ok := os.LookupEnv(childVariable); !ok {
		t.Skip("runs in a process of TestSystemOpener alone")
	}
	failed := make(chan error, 1)
	err := Opener{Failed: func(err error) { failed <- err }}.Open("https://segment.com")
	if err == nil {
		err = <-failed
	}
	t.Log(err)
}
