package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
)

// rig is a sandbox, and a home with segctl processes that use it: the test binary itself, which TestMain lets run as
// segctl.
type rig struct {
	*sandbox.Server
	described http.Handler // the sandbox

	url  string
	home string
	env  []string

	shared *postgres.Store // where the installs are in a database

	between atomic.Pointer[func(w http.ResponseWriter, r *http.Request)]
}

// ServeHTTP is the sandbox's, with a judge in front.
func (s *rig) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.described.ServeHTTP(w, r) }

// newRig serves a sandbox that says yes to everything.
func newRig(t *testing.T, o sandbox.Options) *rig {
	t.Helper()
	o.AutoApprove = true
	return newAskingRig(t, o)
}

// newAskingRig serves a sandbox whose pages ask the owner.
func newAskingRig(t *testing.T, o sandbox.Options) *rig {
	t.Helper()
	redirect := quietRedirectURL(t)
	if o.Scope == "" {
		o.Scope = sandboxScope
	}
	o.RedirectURLs = append(o.RedirectURLs, redirect)
	server, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &rig{Server: server, described: judged(t, server), home: t.TempDir()}
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if between := s.between.Load(); between != nil {
			(*between)(w, r)
			return
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		listener.CloseClientConnections()
		listener.Close()
		_ = server.Close()
	})
	s.url = listener.URL
	for _, folder := range []string{"tmp", "run"} {
		if err := os.Mkdir(filepath.Join(s.home, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = append([]string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + s.home,
		"TMPDIR=" + filepath.Join(s.home, "tmp"),
		"XDG_RUNTIME_DIR=" + filepath.Join(s.home, "run"),
		"SEGCTL_CONFIG_DIR=" + filepath.Join(s.home, "config"),
		"SEGCTL_STATE_DIR=" + filepath.Join(s.home, "state"),
		"SEGCTL_STORE=file",
		"BROWSER=browser",
		"GORACE=atexit_sleep_ms=0", // a process of the race detector would linger for a second
	}, (&local.Sandbox{URL: s.url}).Environment(redirect)...)
	return s
}

// intercept puts f between the processes and the sandbox.
func (s *rig) intercept(f func(w http.ResponseWriter, r *http.Request)) { s.between.Store(&f) }

// set changes the environment of the processes to come.
func (s *rig) set(variables ...string) { s.env = append(s.env, variables...) }

// unset takes variables out of it.
func (s *rig) unset(names ...string) {
	var kept []string
	for _, variable := range s.env {
		name, _, _ := strings.Cut(variable, "=")
		if !slices.Contains(names, name) {
			kept = append(kept, variable)
		}
	}
	s.env = kept
}

func (s *rig) command(args ...string) *exec.Cmd {
	c := exec.Command("segctl", args...)
	c.Env, c.Dir = s.env, s.home
	return c
}

// outcome is how a process ended, and what it said.
type outcome struct {
	args           []string
	status         int
	stdout, stderr string
}

func (o outcome) String() string {
	return fmt.Sprintf("segctl %s: exit status %d\nstdout: %s\nstderr: %s", strings.Join(o.args, " "), o.status, o.stdout, o.stderr)
}

// run runs segctl to its end. A process that a signal ended has status -1.
func (s *rig) run(args ...string) outcome { return s.runWith("", args...) }

func (s *rig) runWith(input string, args ...string) outcome {
	return finish(s.command(args...), input)
}

// deadline is far more than any process of these tests needs: a held lock ends the test instead of stopping it.
const deadline = 2 * time.Minute

func finish(c *exec.Cmd, input string) outcome { return begin(c, input)() }

// begin starts a process and returns what waits for its end.
func begin(c *exec.Cmd, input string) (wait func() outcome) {
	var out, said bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &said
	c.WaitDelay = time.Second // a browser may outlive segctl, and keep its streams
	o := outcome{args: c.Args[1:]}
	if err := c.Start(); err != nil {
		o.status, o.stderr = -1, err.Error()
		return func() outcome { return o }
	}
	timer := time.AfterFunc(deadline, func() { _ = c.Process.Kill() })
	return func() outcome {
		defer timer.Stop()
		err := c.Wait()
		o.stdout, o.stderr = out.String(), said.String()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			o.status = exit.ExitCode()
		case err != nil && !errors.Is(err, exec.ErrWaitDelay):
			o.status, o.stderr = -1, o.stderr+err.Error()
		}
		return o
	}
}

// must runs segctl and expects success.
func (s *rig) must(t *testing.T, args ...string) outcome {
	t.Helper()
	o := s.run(args...)
	if o.status != problem.ExitOK {
		t.Fatal(o)
	}
	return o
}

// files returns the files below the home, by their path from there.
func (s *rig) files(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(s.home, path)
		found[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// withKeyring keeps the installs of the rig in a gnome-keyring of its own, on a D-Bus session of its own, until the
// test ends.
func (s *rig) withKeyring(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if ok, err := toolCondition("tool:" + tool); err != nil {
			t.Fatal(err)
		} else if !ok {
			t.Skip(tool + " is not on this machine")
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, "dbus-run-session", "--", "sh", "-c",
		`echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null && echo "$DBUS_SESSION_BUS_ADDRESS" && exec cat`)
	c.Env = slices.Concat(s.env, []string{"DISPLAY=", "WAYLAND_DISPLAY=", "XDG_DATA_HOME=" + s.home})
	c.WaitDelay = time.Second
	hold, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = hold.Close() // the shell's cat ends, and the session with it
		_ = c.Wait()
		cancel()
	})
	var address string
	if _, err := fmt.Fscanln(out, &address); err != nil {
		t.Fatalf("start D-Bus session with a keyring: %v", err)
	}
	s.set("DBUS_SESSION_BUS_ADDRESS="+address, "SEGCTL_STORE=keyring")
}

// quietRedirectURL returns a redirect URL with a port that is free, and that stays so: below the range from which the
// system takes the ports of the thousands of connections that these tests make.
func quietRedirectURL(t testing.TB) string {
	t.Helper()
	for range 100 {
		port := 15000 + rand.IntN(15000)
		listener, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", port))
		if err == nil {
			listener.Close()
			return fmt.Sprintf("http://localhost:%d/auth/segment/callback", port)
		}
	}
	t.Fatal("no port is free")
	return ""
}
