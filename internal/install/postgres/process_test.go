package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/install/installtest"
	"github.com/segctl/segctl/internal/install/postgres"
	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/wire"
)

// helpers are what the test binary does when it is started anew as another process. Their arguments follow the name.
func helpers() map[string]func(args []string) error {
	return map[string]func([]string) error{"tokens": helpTokens, "updates": helpUpdates}
}

const helperVariable = "POSTGRES_TEST_HELPER"

// outside is a store that other processes open as well.
type outside struct {
	url, recipient, identity string
}

func newOutside(t *testing.T) outside {
	t.Helper()
	o := outside{url: pgtest.Database(t)}
	o.identity, o.recipient = newKeys(t)
	s := o.open(t.TempDir())
	defer s.Close()
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o outside) open(dir string) *postgres.Store {
	keys, err := seal.New([]string{o.recipient}, []string{o.identity})
	if err != nil {
		panic(err)
	}
	return postgres.New(postgres.Options{
		URL: o.url, Profile: "default", Keys: keys, Choice: install.ChoiceIn(filepath.Join(dir, "current")), MaxConns: 2,
	})
}

// start starts a helper that has the store, and whose arguments are given after that.
func (o outside) start(t *testing.T, name string, args ...string) (*exec.Cmd, io.Closer, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, append([]string{o.url, o.recipient, o.identity}, args...)...)
	c.Env = append(os.Environ(), helperVariable+"="+name)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
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
	scan := bufio.NewScanner(out)
	if !scan.Scan() || scan.Text() != "ready" {
		t.Fatalf("the helper said %q", scan.Text())
	}
	return c, in, scan
}

// helpTokens asks for the token of installs/7 when its standard input ends, and prints it. Refreshes are counted in a
// file. Arguments after the store: folder of the machine, file.
func helpTokens(args []string) error {
	o, dir, counter := outside{args[0], args[1], args[2]}, args[3], args[4]
	store := o.open(dir)
	defer store.Close()
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	r := &install.Renewer{
		Store: store, Name: "installs/7", Origin: wire.SegmentAPI,
		Refresh: func(context.Context, string) (wire.Grant, error) {
			token := "fresh-" + strconv.Itoa(os.Getpid())
			return wire.Grant{AccessToken: token, Lifetime: time.Hour}, appendLine(counter, token)
		},
	}
	token, err := r.Token(context.Background(), "")
	fmt.Println(token)
	return err
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// 64 processes on what might be four machines find the same token expired at the same moment.
func TestManyProcessesRefreshOnce(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	s := o.open(t.TempDir())
	defer s.Close()
	installtest.Put(t, s, installtest.Named(t, "installs/7")) // long expired
	machines := []string{t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()}
	counter := filepath.Join(t.TempDir(), "refreshes")
	var cmds []*exec.Cmd
	var starts []io.Closer
	var outs []*bufio.Scanner
	for n := range 64 {
		c, in, out := o.start(t, "tokens", machines[n%4], counter)
		cmds, starts, outs = append(cmds, c), append(starts, in), append(outs, out)
	}
	for _, in := range starts {
		in.Close()
	}
	var tokens []string
	for n, out := range outs {
		for out.Scan() {
			tokens = append(tokens, out.Text())
		}
		if err := cmds[n].Wait(); err != nil {
			t.Errorf("process %d: %v", n, err)
		}
	}
	refreshes := lines(t, counter)
	if len(refreshes) != 1 || len(tokens) != 64 {
		t.Fatalf("%d refreshes, want exactly 1, for %d processes", len(refreshes), len(tokens))
	}
	if tokens = slices.Compact(tokens); len(tokens) != 1 || tokens[0] != refreshes[0] {
		t.Errorf("got %q, want %q", tokens, refreshes)
	}
}

// helpUpdates refreshes installs/7, and makes and removes installs/8, until it is killed. Argument after the store: file
// that every token is written to as it is issued.
func helpUpdates(args []string) error {
	store := outside{args[0], args[1], args[2]}.open(args[3])
	store.SetTerm(shortTerm)
	ctx := context.Background()
	fmt.Println("ready")
	for n := 0; ; n++ {
		err := store.Update(ctx, "installs/7", func(old *install.Install) (*install.Install, error) {
			if old == nil {
				return nil, errors.New("installs/7 is lost")
			}
			token := fmt.Sprintf("token-%d-%d", os.Getpid(), n)
			if err := appendLine(args[4], token); err != nil {
				return nil, err
			}
			i, err := old.Renewed(wire.Grant{AccessToken: token, Lifetime: time.Hour}, time.Now())
			return &i, err
		})
		if err != nil {
			return err
		}
		err = store.Update(ctx, "installs/8", func(old *install.Install) (*install.Install, error) {
			if old != nil {
				return nil, nil
			}
			return eight()
		})
		if err != nil {
			return err
		}
	}
}

func eight() (*install.Install, error) {
	i, err := install.New(wire.Grant{AccessToken: "eight", Lifetime: time.Hour, InstallName: "installs/8"},
		install.Binding{ClientID: "client", Origin: wire.SegmentAPI}, time.Now())
	return &i, err
}

// shortTerm is how long the leases of killed processes are waited for in a test.
const shortTerm = 300 * time.Millisecond

func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	dir := t.TempDir()
	issued := filepath.Join(dir, "issued")
	s := o.open(dir)
	defer s.Close()
	s.SetTerm(shortTerm)
	first := installtest.Named(t, "installs/7")
	installtest.Put(t, s, first)
	if err := appendLine(issued, first.Token); err != nil {
		t.Fatal(err)
	}
	held := 0
	for n := range 60 {
		c, _, _ := o.start(t, "updates", dir, issued)
		time.Sleep(rand.N(40 * time.Millisecond)) // the moment is random by design
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err == nil || c.ProcessState.Exited() {
			t.Fatalf("the helper ended by itself: %v", err)
		}
		held += answer[int](t, o.url, "SELECT count(*) FROM segctl_installs WHERE lease IS NOT NULL")
		checkAfterKill(t, s, issued)
		if t.Failed() {
			t.Fatalf("after %d kills", n+1)
		}
	}
	t.Logf("%d leases were left behind and waited for", held)
}

// checkAfterKill wants every record readable, with a token that was issued, and what is held free after a while.
func checkAfterKill(t *testing.T, store install.Store, issued string) {
	t.Helper()
	listed := installtest.List(t, store)
	if !slices.Contains(listed, "installs/7") {
		t.Errorf("installs/7 is lost; there are %q", listed)
	}
	for _, name := range listed {
		i, err := store.Get(t.Context(), name)
		if err != nil {
			t.Error(err)
		}
		if name == "installs/7" && !slices.Contains(lines(t, issued), i.Token) {
			t.Errorf("the token %q was never issued", i.Token)
		}
	}
	if err := store.Update(t.Context(), "installs/7", with("after-the-kill", nil)); err != nil {
		t.Error(err)
	}
	if err := appendLine(issued, "after-the-kill"); err != nil {
		t.Error(err)
	}
	made, err := eight()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []*install.Install{made, nil} {
		if err := store.Update(t.Context(), "installs/8", func(*install.Install) (*install.Install, error) { return i, nil }); err != nil {
			t.Error(err)
		}
	}
}
