package cmd

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

// door stands before a sandbox and lets a share of the requests go wrong: some are refused or cut before anything is done,
// and some are cut when all is done. It counts what was done.
type door struct {
	server http.Handler

	mu        sync.Mutex
	chance    *rand.Rand
	calm      bool           // nothing goes wrong any more
	changed   map[string]int // committed changes, by destination
	refreshed map[string]int // tokens that were given out, lost ones included, by install
	onChange  func(total int)
	total     int
}

func newDoor(server http.Handler, seed uint64) *door {
	return &door{server: server, chance: rand.New(rand.NewPCG(seed, 0)), changed: map[string]int{}, refreshed: map[string]int{}}
}

// The fates of a request.
const (
	served = iota
	failed
	cutBefore
	cutAfter
)

func (d *door) fate() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch p := d.chance.Float64(); {
	case d.calm:
		return served
	case p < 0.02:
		return failed
	case p < 0.035:
		return cutBefore
	case p < 0.05:
		return cutAfter
	}
	return served
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fate := d.fate()
	switch fate {
	case failed:
		http.Error(w, `{"error":"internal","code":13}`, http.StatusInternalServerError)
		return
	case cutBefore:
		panic(http.ErrAbortHandler)
	}
	answer := &kept{header: http.Header{}}
	d.server.ServeHTTP(answer, r)
	if answer.status < 300 {
		d.count(r)
	}
	if fate == cutAfter {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body)
}

// count notes what a request has done.
func (d *door) count(r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case isRefresh(r):
		d.refreshed[strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v1beta/"), "/token")]++
	case r.Method == http.MethodPost, r.Method == http.MethodPatch:
		source, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1beta/"), "/destinations")
		d.changed[source]++
		if d.total++; d.onChange != nil {
			d.onChange(d.total)
		}
	}
}

// counts returns what was done so far.
func (d *door) counts() (changed, refreshed map[string]int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.changed), maps.Clone(d.refreshed)
}

// at calls do once, when so many changes more were made.
func (d *door) at(changes int, do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	when := d.total + changes
	d.onChange = func(total int) {
		if total == when {
			do()
		}
	}
}

// kept is an answer that is kept until it is known what becomes of it.
type kept struct {
	header http.Header
	status int
	body   []byte
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(text []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	k.body = append(k.body, text...)
	return len(text), nil
}

// events reads what a command printed with -o json, and checks that its counts are those of its results.
func (o outcome) events(t *testing.T) (results map[string]fleet.Result, s fleet.Summary) {
	t.Helper()
	results = map[string]fleet.Result{}
	counts := map[fleet.Status]int{}
	for line := range strings.Lines(o.stdout) {
		var kind struct{ Event string }
		if err := json.Unmarshal([]byte(line), &kind); err != nil {
			t.Fatalf("not an event: %s\n%v", line, o)
		}
		switch kind.Event {
		case "result":
			var r fleet.Result
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			if _, twice := results[r.Install]; twice {
				t.Errorf("%s has two results", r.Install)
			}
			results[r.Install] = r
			counts[r.Status]++
		case "summary":
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[fleet.Status]int{}
	for status, n := range map[fleet.Status]int{fleet.OK: s.OK, fleet.Changed: s.Changed, fleet.Different: s.Different, fleet.Failed: s.Failed} {
		if n > 0 {
			want[status] = n
		}
	}
	if diff := cmp.Diff(counts, want); diff != "" || s.OK+s.Changed+s.Different+s.Failed+s.Left != s.Targets || s.ExitCode != o.status {
		t.Errorf("the summary %+v is not what was done (-results +summary), exit status %d:\n%s", s, o.status, diff)
	}
	return results, s
}

// until runs a command until each target was as wanted once: of so many requests, some always fail.
func (s *rig) until(t *testing.T, args ...string) {
	t.Helper()
	done := map[string]bool{}
	for range 20 {
		o := s.run(args...)
		results, sum := o.events(t)
		switch o.status {
		case problem.ExitOK, problem.ExitSomeFailed:
		default:
			t.Fatal(o)
		}
		for install, r := range results {
			done[install] = done[install] || r.Status == fleet.OK || r.Status == fleet.Changed
		}
		left := sum.Targets
		for _, ok := range done {
			if ok {
				left--
			}
		}
		if left == 0 {
			return
		}
	}
	t.Fatalf("segctl %s is not done", strings.Join(args, " "))
}

// TestFleet adopts a fleet from a CSV file while requests fail and answers are lost, and makes it what it should be, although
// it is interrupted and killed. In the end all is as wanted, and every customer's destination was changed exactly once.
func TestFleet(t *testing.T) {
	t.Parallel()
	customers := thorough(1000)
	if underRace {
		customers = 150
	}
	s := newRig(t, sandbox.Options{Customers: customers, Enabled: 50})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	d := newDoor(s.Server, seed)
	s.intercept(d.ServeHTTP)

	var list, keys strings.Builder
	list.WriteString("install,label,workspace,source,scope\n")
	keys.WriteString("install,apiKey\n")
	for i := 1; i <= customers; i++ {
		fmt.Fprintf(&list, "installs/%d,c%d,customer-%04d,js,destination/clearbrain\n", i, i, i)
		fmt.Fprintf(&keys, "c%d,key-of-%d-0123456789\n", i, i)
	}
	write := func(name, text string) string {
		path := filepath.Join(s.home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	listFile, keysFile := write("customers.csv", list.String()), write("keys.csv", keys.String())
	stateFile := write("fleet.yaml", `version: 1
values: keys.csv
destinations:
  - installs: {all: true}
    enabled: true
    settings:
      apiKey: ${apiKey}
`)

	// It is adopted without a request, and every token is got.
	s.must(t, "installs", "import", "--from", listFile)
	if _, refreshed := d.counts(); len(refreshed) > 0 {
		t.Fatalf("%d tokens were refreshed by the import", len(refreshed))
	}
	s.until(t, "token", "refresh", "--all", "--min-validity", "30m", "-o", "json")
	if _, refreshed := d.counts(); len(refreshed) != customers {
		t.Errorf("%d of %d installs have a token", len(refreshed), customers)
	}

	// It is compared: everything differs, or could not be looked at.
	if _, sum := s.run("dest", "diff", "-f", stateFile, "-o", "json").events(t); sum.Different+sum.Failed != customers {
		t.Errorf("before anything is changed: %+v", sum)
	}

	// It is changed, interrupted once and killed ten times.
	enable := []string{"dest", "enable", "--set-from", keysFile, "--yes", "-o", "json"}
	c := s.command(enable...)
	var v victim
	d.at(customers/20, func() { v.signal(syscall.SIGINT) })
	wait := begin(c, "")
	v.process.Store(c.Process)
	o := wait()
	if _, sum := o.events(t); o.status != problem.ExitInterrupted || sum.Left == 0 || sum.Changed == 0 {
		t.Errorf("interrupted: %+v\n%s", sum, o.stderr)
	}
	for range 10 {
		c := s.command(enable...)
		var v victim
		d.at(1+customers/40, v.kill)
		wait := begin(c, "")
		v.process.Store(c.Process)
		if o := wait(); o.status != -1 {
			t.Fatalf("not killed: %v", o)
		}
	}
	d.at(0, func() {})
	s.until(t, enable...)

	// All is as wanted, by whatever command one asks, and nothing more is sent.
	d.mu.Lock()
	d.calm = true
	d.mu.Unlock()
	for _, args := range [][]string{
		{"dest", "diff", "-f", stateFile},
		{"dest", "apply", "-f", stateFile, "--yes"},
		enable[:len(enable)-2],
		{"dest", "check", "-f", stateFile},
		{"dest", "check", "--all"},
	} {
		if _, sum := s.must(t, append(args, "-o", "json")...).events(t); sum.OK != customers {
			t.Errorf("%v in the end: %+v", args, sum)
		}
	}
	if o := s.must(t, "dest", "watch", "--all", "--once"); o.stdout != "" {
		t.Errorf("watch tells of what is ok: %s", o.stdout)
	}
	_, before := d.counts()
	results, _ := s.must(t, "dest", "get", "--all", "-o", "json").events(t)
	changed, refreshed := d.counts()
	for i := 1; i <= customers; i++ {
		install, source := fmt.Sprintf("installs/%d", i), fmt.Sprintf("workspaces/customer-%04d/sources/js", i)
		text, _ := json.Marshal(results[install].Resource)
		if !strings.Contains(string(text), fmt.Sprintf(`"key-of-%d-0123456789"`, i)) || !strings.Contains(string(text), `"enabled":true`) {
			t.Errorf("%s: %s", install, text)
		}
		if changed[source] != 1 {
			t.Errorf("%s was changed %d times", source, changed[source])
		}
	}
	if len(changed) != customers {
		t.Errorf("%d destinations were changed", len(changed))
	}
	if diff := cmp.Diff(before, refreshed); diff != "" {
		t.Errorf("tokens that work were refreshed:\n%s", diff)
	}

	// The list comes back as it was.
	exported := s.must(t, "installs", "export").stdout
	if again := s.must(t, "installs", "import", "--from", write("again.csv", exported)); !strings.Contains(again.stderr, fmt.Sprintf("%d", customers)) {
		t.Error(again)
	}
	if after := s.must(t, "installs", "export").stdout; after != exported || strings.Count(exported, "\n") != customers+1 {
		t.Errorf("the export of %d customers has %d lines, or an import of it changes it", customers, strings.Count(exported, "\n"))
	}
}

// TestFleetIsInterrupted sends SIGINT while requests are in flight: those are finished and counted, no more are begun, and
// running again does the rest.
func TestFleetIsInterrupted(t *testing.T) {
	t.Parallel()
	const customers, atOnce = 12, 3
	s := newRig(t, sandbox.Options{Customers: customers, Enabled: 100})
	var list strings.Builder
	list.WriteString("install,workspace,source\n")
	for i := 1; i <= customers; i++ {
		fmt.Fprintf(&list, "%d,customer-%04d,js\n", i, i)
	}
	path := filepath.Join(s.home, "customers.csv")
	if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must(t, "installs", "import", "--from", path)
	s.must(t, "token", "refresh", "--all")

	var mu sync.Mutex
	patches := 0
	full, release := make(chan struct{}), make(chan struct{}) // as many as may be are in flight; they may go on
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			mu.Lock()
			if patches++; patches == atOnce {
				close(full)
			}
			mu.Unlock()
			<-release
		}
		s.ServeHTTP(w, r)
	})
	disable := []string{"dest", "disable", "--all", "--yes", "-o", "json", "--concurrency", "3"}
	c := s.command(disable...)
	var out strings.Builder
	c.Stdout = &out
	said, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	<-full
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	words := bufio.NewScanner(said)
	if !words.Scan() || !strings.Contains(words.Text(), "Ctrl-C again ends at once") {
		t.Errorf("said %q", words.Text())
	}
	close(release)
	for words.Scan() { // to the end
	}
	_ = c.Wait()
	o := outcome{args: disable, status: c.ProcessState.ExitCode(), stdout: out.String()}
	_, sum := o.events(t)
	mu.Lock()
	if o.status != problem.ExitInterrupted || patches != atOnce || sum.Changed != atOnce || sum.Left != customers-atOnce {
		t.Errorf("%d requests, %+v\n%v", patches, sum, o)
	}
	mu.Unlock()
	if _, rest := s.must(t, disable...).events(t); rest.OK != sum.Changed || rest.Changed != sum.Left {
		t.Errorf("after %+v: %+v", sum, rest)
	}
}

// TestFleetEndsAtOnce sends SIGINT again while requests hang: the process does not wait for them.
func TestFleetEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newRig(t, sandbox.Options{Customers: 2, Enabled: 100})
	path := filepath.Join(s.home, "customers.csv")
	if err := os.WriteFile(path, []byte("install,workspace,source\n1,customer-0001,js\n2,customer-0002,js\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must(t, "installs", "import", "--from", path)
	s.must(t, "token", "refresh", "--all")
	hanging, release := make(chan struct{}, 2), make(chan struct{})
	t.Cleanup(func() { close(release) })
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		hanging <- struct{}{}
		<-release
		s.ServeHTTP(w, r)
	})
	c := s.command("dest", "check", "--all")
	said, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	<-hanging
	_ = c.Process.Signal(syscall.SIGINT)
	if words := bufio.NewScanner(said); !words.Scan() {
		t.Fatal("nothing is said")
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		_ = c.Process.Signal(syscall.SIGINT) // the first one may be handled still
		select {
		case <-ended:
			if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
				t.Errorf("it ended by itself: %v", c.ProcessState)
			}
			return
		case <-again.C:
		}
	}
}
