package serve_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/serve"
	"github.com/segctl/segctl/internal/wire"
)

// TestLoad is the load behind the figures of docs/benchmarks.md: two replicas of segctl serve as processes, on a PostgreSQL of
// their own, keep the tokens of many installs alive, while one of the replicas is killed with SIGKILL and started again every
// so often. It is run where SEGCTL_LOAD says how long it takes:
//
//	SEGCTL_LOAD=30m SEGCTL_LOAD_INSTALLS=10000 SEGCTL_LOAD_TTL=10m SEGCTL_LOAD_KILL=100s go test ./internal/serve -run '^TestLoad$' -v -timeout 0
//
// Times are real: ten minutes of life for an hour are a sixfold speed. River finds what a killed replica leaves behind after
// a minute, whatever the speed is, so that lives should last five minutes or more where replicas are killed.
func TestLoad(t *testing.T) { //nolint:paralleltest // nothing else may take its time
	length := loadDuration(t, "SEGCTL_LOAD", 0)
	if length == 0 {
		t.Skip("SEGCTL_LOAD says how long it takes, such as 10m")
	}
	l := newLoad(t, loadDuration(t, "SEGCTL_LOAD_TTL", 10*time.Minute))
	replicas := []*replica{l.run(), l.run()}
	began := time.Now()
	l.await(length / 2)
	t.Logf("all %d installs have a token after %s", l.installs, time.Since(began).Round(time.Second))
	kill := loadDuration(t, "SEGCTL_LOAD_KILL", 0)
	end, kills := time.After(length), 0
	for running := true; running; {
		var next <-chan time.Time
		if kill > 0 {
			next = time.After(kill)
		}
		select {
		case <-end:
			running = false
		case <-next:
			n := kills % len(replicas)
			t.Logf("replica %d: VmHWM %d KiB, killed", n, replicas[n].memory())
			_ = replicas[n].cmd.Process.Kill()
			_ = replicas[n].cmd.Wait()
			kills++
			replicas[n] = l.run()
		}
	}
	for n, r := range replicas {
		t.Logf("replica %d: VmHWM %d KiB", n, r.memory())
	}
	l.report(t, kills)
}

func loadDuration(t *testing.T, name string, otherwise time.Duration) time.Duration {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// load is a sandbox with installs, and the environment of the replicas.
type load struct {
	t        *testing.T
	installs int
	life     time.Duration
	program  string
	env      []string

	mu        sync.Mutex
	refreshes map[string][]time.Time // by path, as the sandbox answered them
	refused   int                    // requests whose token had expired, or was replaced while they were under way
}

func newLoad(t *testing.T, life time.Duration) *load {
	t.Helper()
	installs := 1000
	if text := os.Getenv("SEGCTL_LOAD_INSTALLS"); text != "" {
		var err error
		if installs, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	box, err := sandbox.New(sandbox.Options{Customers: installs, Enabled: 100, TokenTTL: life})
	if err != nil {
		t.Fatal(err)
	}
	segment := httptest.NewServer(box)
	t.Cleanup(segment.Close)
	l := &load{t: t, installs: installs, life: life, refreshes: map[string][]time.Time{}}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go box.Watch(ctx, l.see)

	cluster := pgtest.Cluster(t)
	url, err := cluster.Database(t.Context(), "load")
	if err != nil {
		t.Fatal(err)
	}
	identity, recipient, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte(identity+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.env = append(os.Environ(),
		"HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir, "SEGCTL_STORE=postgres", "SEGCTL_DATABASE_URL="+url,
		"SEGCTL_SEAL_RECIPIENTS="+recipient, "SEGCTL_SEAL_IDENTITIES="+key, "SEGCTL_API_URL="+segment.URL, "SEGCTL_ID_URL="+segment.URL,
		"SEGCTL_CLIENT_ID="+sandbox.DemoClientID, "SEGCTL_CLIENT_SECRET="+sandbox.DemoClientSecret, "SEGCTL_SCOPE=destination/clearbrain")
	l.program = filepath.Join(dir, "program")
	if text, err := exec.CommandContext(t.Context(), "go", "build", "-o", l.program, "github.com/segctl/segctl").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	keys, err := seal.New([]string{recipient}, []string{identity})
	if err != nil {
		t.Fatal(err)
	}
	store := postgres.New(postgres.Options{URL: url, Profile: "default", Keys: keys, Choice: install.ChoiceIn(filepath.Join(dir, "current"))})
	t.Cleanup(store.Close)
	if _, err := serve.Migrate(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	if err := store.Add(t.Context(), cardsOf(t, box, segment.URL)); err != nil {
		t.Fatal(err)
	}
	return l
}

func cardsOf(t *testing.T, box *sandbox.Server, url string) []install.Card {
	t.Helper()
	origin, err := wire.ParseOrigin(url)
	if err != nil {
		t.Fatal(err)
	}
	var cards []install.Card
	for _, in := range box.Installs() {
		w := "workspaces/" + in.Workspace
		cards = append(cards, install.Card{
			Name: in.Name, App: in.App, Scope: wire.Scope(in.Scope), Workspaces: []string{w}, Sources: []string{w + "/sources/" + in.Source},
			ClientID: sandbox.DemoClientID, Issuer: origin, Origin: origin,
		})
	}
	return cards
}

func (l *load) see(q sandbox.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case q.Status == 401:
		l.refused++
	case q.Status == 200 && strings.HasSuffix(q.Path, "/token"):
		l.refreshes[q.Path] = append(l.refreshes[q.Path], q.Time)
	}
}

// await waits until each install has had its first token.
func (l *load) await(most time.Duration) {
	l.t.Helper()
	for deadline := time.Now().Add(most); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		l.mu.Lock()
		n := len(l.refreshes)
		l.mu.Unlock()
		if n == l.installs {
			return
		}
	}
	l.t.Fatal("some installs never had a token")
}

// report tells how the tokens fared: each life that ended, and those that ended late or early.
func (l *load) report(t *testing.T, kills int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	lives, late, twice := 0, 0, 0
	var longest time.Duration
	for _, path := range slices.Sorted(maps.Keys(l.refreshes)) {
		times := l.refreshes[path]
		for i, at := range times[1:] {
			lives++
			gap := at.Sub(times[i])
			longest = max(longest, gap)
			switch {
			case gap > l.life:
				late++
			case gap < l.life*3/5: // a fifth is the margin, and seconds are rounded
				twice++
			}
		}
		if open := time.Since(times[len(times)-1]); open > l.life {
			late++
		}
	}
	t.Logf("%d installs, lives of %s, %d kills: %d lives ended, %d late, %d twice, the longest after %s; %d requests refused for their token",
		l.installs, l.life, kills, lives, late, twice, longest.Round(time.Second), l.refused)
	if late > 0 || twice > 0 {
		t.Errorf("%d late, %d twice", late, twice)
	}
}

// replica is one process of segctl serve.
type replica struct {
	t   *testing.T
	cmd *exec.Cmd
	out *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.b.Len() < 64<<10 {
		b.b.Write(p)
	}
	return len(p), nil
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (l *load) run() *replica {
	l.t.Helper()
	r := &replica{t: l.t, out: new(lockedBuffer)}
	every := os.Getenv("SEGCTL_LOAD_CHECK")
	if every == "" {
		every = "5m"
	}
	r.cmd = exec.Command(l.program, "serve", "--addr", "127.0.0.1:0", "--public-url", "http://localhost:8999", "--check-every", every)
	r.cmd.Env, r.cmd.Stdout, r.cmd.Stderr = l.env, r.out, r.out
	if err := r.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
		if l.t.Failed() {
			l.t.Logf("%s", r.out)
		}
	})
	return r
}

// memory is the most that the process ever held, in KiB.
func (r *replica) memory() int {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), " kB"))
			return n
		}
	}
	return 0
}
