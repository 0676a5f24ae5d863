package cmd

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/wire"
)

// victim is the process to kill.
type victim struct {
	process atomic.Pointer[os.Process]
	pid     atomic.Int64 // of the last one
}

func (v *victim) kill() {
	if p := v.process.Load(); p != nil {
		_ = p.Kill() // it may be gone already, by the timer's hand
	}
}

func (v *victim) signal(s os.Signal) {
	if p := v.process.Load(); p != nil {
		_ = p.Signal(s)
	}
}

// thorough returns how often something is tried that may fail by chance: n times in CI, or with SEGCTL_SOAK set, and a
// quarter of that elsewhere, and under the race detector, where processes take several times as long.
func thorough(n int) int {
	if !underRace && os.Getenv("CI") == "true" || os.Getenv("SEGCTL_SOAK") != "" {
		return n
	}
	return n / 4
}

// TestKilledProcesses kills segctl with SIGKILL while it installs, refreshes and writes its store: half of the time at a
// random moment of its life, and half of the time when the server has done its part and the answer is about to be sent,
// has just been sent, or is being saved.
func TestKilledProcesses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]killing{
		"refresh":       {args: []string{"token", "refresh"}, kills: 110},
		"install":       {args: []string{"install", "--force"}, kills: 80},
		"first install": {args: []string{"install"}, kills: 50, first: true},
		"import":        {args: []string{"installs", "import", installed}, kills: 50},
		"settings":      {args: []string{"config", "set", "output", "json"}, undo: []string{"config", "set", "output", "yaml"}, kills: 30},
		"secret":        {args: []string{"config", "set", "client_secret", "-"}, kills: 30},
		// The leases of those that are killed run out after half a minute, so there are fewer of them.
		"postgres refresh":       {args: []string{"token", "refresh"}, kills: 40, shared: true},
		"postgres install":       {args: []string{"install", "--force"}, kills: 20, shared: true},
		"postgres first install": {args: []string{"install"}, kills: 20, first: true, shared: true},
		"postgres secret":        {args: []string{"config", "set", "client_secret", "-"}, kills: 20, shared: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// killing is a command to kill many times.
type killing struct {
	args  []string
	undo  []string // makes the next one write again
	first bool     // nothing is saved when it starts
	kills int

	shared bool // the installs are in a database
}

func (k killing) run(t *testing.T) {
	s := newRig(t, sandbox.Options{})
	if k.shared {
		s.withPostgres(t)
	}
	s.must(t, "install", "--enable", "--api-key", "abcd1234")
	if k.first {
		s.must(t, "installs", "remove", installed, "--yes")
	}
	life := s.lifetime(t, k.args)
	var v victim
	var answered atomic.Bool // the server has given out a token, and the process that is to be killed shall not keep it
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		p := v.process.Load()
		if p == nil || !isRefresh(r) && r.URL.Path != "/oauth2/token" {
			s.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		answered.Store(true)
		switch rand.IntN(3) {
		case 0:
			v.kill() // answered, and never heard
		case 1:
			time.AfterFunc(rand.N(3*time.Millisecond), v.kill) // heard, and saved or not
		}
		passOn(w, answer)
	})
	killed, unheard, temporary := 0, 0, 0
	for killed < thorough(k.kills) {
		if k.first {
			s.must(t, "installs", "remove", installed, "--yes")
		}
		before := s.token(t)
		answered.Store(false)
		o := s.killSoon(&v, k.args, rand.N(life))
		if o == syscall.SIGKILL {
			killed++
			if answered.Load() && s.token(t) == before {
				unheard++
			}
		}
		end := s.outliveLeases(t, v.pid.Load())
		temporary += len(s.temporaries(t))
		if k.first && s.token(t) == "" {
			s.must(t, "installs", "import", installed, "--source", "workspaces/acme/sources/js") // the way back in
		}
		s.checkUsable(t)
		end()
		if k.undo != nil {
			s.must(t, k.undo...)
		}
		if t.Failed() {
			t.Fatalf("after %d kills", killed)
		}
	}
	s.leaveNothing(t)
	if k.args[0] != "config" && unheard < thorough(k.kills)/20 {
		t.Errorf("of %d kills, only %d came between the server's answer and the saving", killed, unheard)
	}
	t.Logf("%d killed, %d of them with a token that was issued and not saved; %d temporary files were seen and cleared away", killed, unheard, temporary)
}

// lifetime is how long the command takes when nobody kills it, and somewhat more.
func (s *rig) lifetime(t *testing.T, args []string) time.Duration {
	t.Helper()
	start := time.Now()
	if o := s.runWith(sandbox.DemoClientSecret, args...); o.status != problem.ExitOK {
		t.Fatal(o)
	}
	return time.Since(start) * 5 / 4
}

// killSoon starts a command, kills it after a while, and returns the signal that ended it; 0 if it was faster.
func (s *rig) killSoon(v *victim, args []string, after time.Duration) syscall.Signal {
	c := s.command(args...)
	c.Stdin = strings.NewReader(sandbox.DemoClientSecret)
	c.WaitDelay = time.Second
	if err := c.Start(); err != nil {
		return 0
	}
	v.pid.Store(int64(c.Process.Pid))
	v.process.Store(c.Process)
	timer := time.AfterFunc(after, v.kill)
	_ = c.Wait()
	timer.Stop()
	v.process.Store(nil)
	if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return status.Signal()
	}
	return 0
}

// checkUsable wants the install there, in use by the next command, which refreshes where it has to; and every lock free.
func (s *rig) checkUsable(t *testing.T) {
	t.Helper()
	before := s.Counters().Refreshes[installed]
	if o := s.run("dest", "get", "-o", "json", "--jq", ".enabled"); o.status != problem.ExitOK || o.stdout != "true\n" {
		t.Error(o)
	}
	// One of its own; and the request of the killed process may only now reach the server.
	if n := s.Counters().Refreshes[installed] - before; n > 2 {
		t.Errorf("it took %d refreshes", n)
	}
	secret, err := s.secrets().Get(t.Context(), account.SecretAccount(config.SandboxProfile))
	if err != nil && !errors.Is(err, install.ErrNotFound) || err == nil && string(secret) != sandbox.DemoClientSecret {
		t.Errorf("the client secret is %q (%v)", secret, err)
	}
}

func (s *rig) vault() install.Files { return install.Files{Dir: filepath.Join(s.home, "state")} }

// secrets is the vault that the processes use.
func (s *rig) secrets() install.Vault {
	if s.shared != nil {
		return s.shared.Vault()
	}
	return s.vault()
}

// outliveLeases makes the leases of a process that was killed run out at once, also one that its last statement takes only
// now, until it is told to end.
func (s *rig) outliveLeases(t *testing.T, pid int64) (end func()) {
	t.Helper()
	if s.shared == nil {
		return func() {}
	}
	pool, err := s.shared.Pool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			if _, err := pool.Exec(t.Context(), `UPDATE segctl_installs SET lease_until = clock_timestamp()
				WHERE lease_until > clock_timestamp() AND holder LIKE '%:' || $1::bigint`, pid); err != nil {
				t.Error(err)
			}
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() { close(stop); <-ended }
}

func (s *rig) store() install.Store {
	if s.shared != nil {
		return s.shared
	}
	return install.Open(s.vault().Dir, config.SandboxProfile, s.vault(), nil)
}

// token returns the token on record, "" where there is none.
func (s *rig) token(t *testing.T) string {
	t.Helper()
	i, err := s.store().Get(t.Context(), installed)
	if err != nil && !errors.Is(err, install.ErrNotFound) {
		t.Error(err)
	}
	return i.Token
}

// leaveNothing writes each kind of file once more and lists the installs, and then wants no other file than those that
// belong there.
func (s *rig) leaveNothing(t *testing.T) {
	t.Helper()
	// What was left more than a minute ago is cleared away by whoever lists the installs, or writes config.yaml.
	for _, name := range s.temporaries(t) {
		long := time.Now().Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(s.home, name), long, long); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
	s.must(t, "token", "refresh")
	s.must(t, "config", "set", "output", "table")
	s.must(t, "config", "unset", "output")
	// An install that comes and goes.
	here := wire.Origin(s.url)
	two, err := install.New(wire.Grant{AccessToken: "two", InstallName: "installs/2"}, install.Binding{ClientID: "client", Origin: here, Issuer: here}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []*install.Install{&two, nil} {
		if err := s.store().Update(t.Context(), two.Name, func(*install.Install) (*install.Install, error) { return i, nil }); err != nil {
			t.Error(err)
		}
	}
	s.must(t, "installs", "list")
	if left := s.temporaries(t); len(left) > 0 {
		t.Errorf("temporary files are left for good: %q", left)
	}
}

// temporaries returns the files that are no one's name: those of atomic writes begin with a dot.
func (s *rig) temporaries(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, name := range slices.Sorted(maps.Keys(s.files(t))) {
		base := filepath.Base(name)
		if strings.HasPrefix(base, ".") && base != ".config.lock" || strings.HasPrefix(name, "tmp/") || strings.Contains(base, "tmp") {
			found = append(found, name)
		}
	}
	return found
}
