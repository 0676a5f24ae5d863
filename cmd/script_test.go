package cmd

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/local"
)

func TestMain(m *testing.M) {
	testscript.Main(withCluster{m}, map[string]func(){
		"segctl":   func() { os.Exit(mainWithEvents()) },
		"browser":  func() { os.Exit(browse(os.Args[1])) },
		"customer": func() { os.Exit(visitAsCustomer(os.Args[1])) },
	})
}

// browse follows the redirects from a URL, as a browser would whose owner says yes to everything.
func browse(url string) int {
	resp, err := http.Get(url)
	if err != nil {
		return 1
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return 0
}

// TestScripts runs testdata/*.txtar: sessions at a shell, against a sandbox of their own.
//
// Beyond testscript's own commands there are
//
//	sandbox [-scope S] [-ttl D] [-token T] [-customers N] [-enabled N] [-quirk N=V] [-catalog F] [-wrong N]
//	                                         starts a sandbox and sets the environment to use it, with a file store; every
//	                                         request and answer is held against docs/schema/config-api.yaml, which N
//	                                         requests of segctl have to break
//	status N CMD...                          runs a command and expects exit status N
//	requests N METHOD PATH                   expects N requests of that kind in the sandbox's log
//	server STATUS FILE [HEADER:VALUE...]     puts a server in the API's place that always answers so
//	tell PATH JSON                           one command to the sandbox's admin API; "tell -d PATH" to delete
//
// and those of serveCommands.
func TestScripts(t *testing.T) {
	t.Parallel()
	commands := map[string]func(*testscript.TestScript, bool, []string){
		"sandbox":  startSandbox,
		"status":   runForStatus,
		"requests": countRequests,
		"server":   startServer,
		"tell":     tellSandbox,
	}
	maps.Copy(commands, serveCommands())
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               isolate,
		Condition:           toolCondition,
		Cmds:                commands,
	})
}

// toolCondition is [tool:NAME]: whether a program is on this machine. In CI, which installs them all, a missing one is
// an error.
func toolCondition(condition string) (bool, error) {
	name, ok := strings.CutPrefix(condition, "tool:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", condition)
	}
	_, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "true" {
		return false, fmt.Errorf("CI has to install %s", name)
	}
	return err == nil, nil
}

// isolate keeps a script away from this machine's configuration, keyring and browser.
func isolate(env *testscript.Env) error {
	env.Values[scriptTest{}], env.Values[hostedKey{}] = env.T(), new(hosted)
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("SEGCTL_CONFIG_DIR", filepath.Join(env.WorkDir, ".config"))
	env.Setenv("SEGCTL_STATE_DIR", filepath.Join(env.WorkDir, ".state"))
	env.Setenv("SEGCTL_STORE", "file")
	env.Setenv(schemaVariable, eventsSchema)
	env.Setenv("BROWSER", "browser")
	env.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	env.Setenv("XDG_RUNTIME_DIR", "")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // a process of the race detector would linger for a second
	return nil
}

func startSandbox(ts *testscript.TestScript, neg bool, args []string) {
	var o sandbox.Options
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.StringVar(&o.Scope, "scope", sandboxScope, "")
	flags.DurationVar(&o.TokenTTL, "ttl", time.Hour, "")
	consent := flags.Bool("consent", false, "")
	wrong := flags.Int("wrong", 0, "")
	flags.IntVar(&o.Customers, "customers", 0, "")
	flags.IntVar(&o.Enabled, "enabled", 0, "")
	o.Quirks = map[string]string{}
	flags.Func("quirk", "", func(q string) error {
		name, value, _ := strings.Cut(q, "=")
		o.Quirks[name] = value
		return nil
	})
	flags.Func("catalog", "", func(f string) error { o.CatalogFile = ts.MkAbs(f); return nil })
	flags.Func("token", "", func(t string) error { o.Tokens = append(o.Tokens, t); return nil })
	ts.Check(flags.Parse(args))
	redirect, err := loopback.FreeRedirectURL()
	ts.Check(err)
	o.RedirectURLs = []string{redirect}
	o.AutoApprove = !*consent
	server, err := sandbox.New(o)
	ts.Check(err)
	listener := httptest.NewServer(judgedInScript(ts, server, *wrong))
	ts.Defer(listener.Close)
	box := &local.Sandbox{URL: listener.URL}
	for _, variable := range box.Environment(redirect) {
		name, value, _ := strings.Cut(variable, "=")
		ts.Setenv(name, value)
	}
}

// runForStatus runs a command and expects its exit status; what it printed stays for stdout and stderr.
func runForStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N CMD [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\nstderr: %s", got, want, ts.ReadFile("stderr"))
	}
}

// countRequests asks the sandbox's own log, so that what is counted is what was really sent.
func countRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: requests N METHOD PATH")
	}
	resp, err := http.Get(ts.Getenv("SEGCTL_API_URL") + "/_sandbox/requests")
	ts.Check(err)
	defer resp.Body.Close()
	var log struct {
		Requests []struct{ Method, Path string }
	}
	ts.Check(json.NewDecoder(resp.Body).Decode(&log))
	got := 0
	for _, r := range log.Requests {
		if r.Method == args[1] && r.Path == args[2] {
			got++
		}
	}
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		ts.Fatalf("%d requests %s %s, want %s; log: %v", got, args[1], args[2], args[0], log.Requests)
	}
}
