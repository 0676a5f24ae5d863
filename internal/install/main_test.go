package install

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/wire"
)

// helpers are what the test binary does when it is started anew as another process. Their arguments follow the name.
func helpers() map[string]func(args []string) error {
	return map[string]func([]string) error{"tokens": helpTokens, "updates": helpUpdates, "refused": helpRefused}
}

const helperVariable = "INSTALL_TEST_HELPER"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		if err := helpers()[name](os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func helper(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), helperVariable+"="+name)
	c.Stderr = os.Stderr
	return c
}

// need skips a test that this machine cannot run, but not in CI, which can.
func need(t *testing.T, ok bool, what string) {
	t.Helper()
	if ok {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("missing: " + what)
	}
	t.Skip("missing: " + what)
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func grant(token string) wire.Grant {
	return wire.Grant{
		AccessToken: token, Lifetime: time.Hour, Scope: "destination/clearbrain", AppName: "apps/2",
		InstallName: "installs/7", WorkspaceNames: []string{"workspaces/acme"}, SourceNames: []string{"workspaces/acme/sources/js"},
	}
}

// binding is what the installs of the tests were asked for with.
func binding() Binding {
	return Binding{ClientID: "client", Issuer: wire.SegmentID, Origin: wire.SegmentAPI, Scope: "destination/clearbrain"}
}

func installed(t *testing.T, token string, at time.Time) Install {
	t.Helper()
	i, err := New(grant(token), binding(), at)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func put(t *testing.T, s Store, i Install) {
	t.Helper()
	err := s.Update(context.Background(), i.Name, func(*Install) (*Install, error) { return &i, nil })
	if err != nil {
		t.Fatal(err)
	}
}

func openFiles(dir string) Store { return Open(dir, "default", Files{Dir: dir}, nil) }

func openVault(kind, dir string) Store {
	if kind == "keyring" {
		return Open(dir, "swarm", &Keyring{Getenv: os.Getenv}, nil)
	}
	return openFiles(dir)
}

// helpTokens asks for the token of installs/7 from many goroutines at once, each with a Renewer of its own, and prints
// what each got. Refreshes are counted in a file. Arguments: vault, folder, file, goroutines.
func helpTokens(args []string) error {
	kind, dir, counter := args[0], args[1], args[2]
	n, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	var all sync.WaitGroup
	failed := make(chan error, n)
	for g := range n {
		all.Go(func() {
			r := &Renewer{
				Store: openVault(kind, dir), Name: "installs/7", Origin: wire.SegmentAPI,
				Refresh: func(context.Context, string) (wire.Grant, error) {
					token := fmt.Sprintf("fresh-%d-%d", os.Getpid(), g)
					return grant(token), appendLine(counter, token)
				},
			}
			token, err := r.Token(context.Background(), "")
			if err != nil {
				failed <- err
				return
			}
			fmt.Println(token)
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

// helpRefused tries to write where the user may not. It prints what came of it. Argument: folder.
func helpRefused(args []string) error {
	err := Files{Dir: args[0]}.Set(context.Background(), "default/client_secret", []byte("canary"))
	var bad *StoreError
	if !errors.As(err, &bad) {
		return fmt.Errorf("not a store error: %w", err)
	}
	fmt.Printf("%s %s", bad.Kind, bad.Path)
	return nil
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return joinClose(f, err)
}

func joinClose(f *os.File, err error) error {
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// swarm starts processes that all ask for the token of installs/7 at the same moment, and returns what they got.
func swarm(t *testing.T, processes, goroutines int, kind, dir, counter string) []string {
	t.Helper()
	var starts []io.Closer
	var outs []*bufio.Scanner
	var cmds []*exec.Cmd
	for range processes {
		c := helper(t, "tokens", kind, dir, counter, strconv.Itoa(goroutines))
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
		starts, outs, cmds = append(starts, in), append(outs, scan), append(cmds, c)
	}
	for _, in := range starts {
		in.Close()
	}
	var tokens []string
	for n, scan := range outs {
		for scan.Scan() {
			tokens = append(tokens, scan.Text())
		}
		if err := cmds[n].Wait(); err != nil {
			t.Errorf("process %d: %v", n, err)
		}
	}
	return tokens
}
