package cmd

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/seal"
	"github.com/segctl/segctl/internal/serve/demo"
)

// withCluster runs the tests, and stops the PostgreSQL that they used.
type withCluster struct{ *testing.M }

func (m withCluster) Run() int { return pgtest.Main(m.M) }

// serveCommands are the script commands for the hosted flow:
//
//	postgres [-empty]           a new database, migrated unless it is to be empty, with keys, as the store of the script; the
//	                            script is skipped where PostgreSQL is missing
//	receiver                    a receiver of webhooks; its URL and secret are in the environment of the service
//	await TYPE [CUSTOMER]       waits until a webhook of that type has come, signed, and prints it; each is awaited once
//	serve [ARGS...]             starts `segctl serve` at $SERVE_URL, and waits until it listens. The sandbox takes that URL
//	endserve STATUS             stops it by SIGTERM, and expects an exit status; what it said is then in the file served
//	exec customer URL           a customer in a browser that keeps cookies, who consents; prints the URL and page it ends on
//	backend go|node             starts a program of docs/examples/backend with a token of its own, before the service is
//	press                       the customer presses its button, in such a browser; prints the page it ends on
//	kept TYPE                   waits until the program has kept an event of that type, and prints it
func serveCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"postgres": usePostgres,
		"receiver": startReceiver,
		"await":    awaitWebhook,
		"serve":    startServe,
		"endserve": stopServe,
		"backend":  startBackendOfScript,
		"press":    pressButton,
		"kept":     awaitKept,
	}
}

// hosted is what a script has of the hosted flow.
type hosted struct {
	receiver *receiver
	served   *hostedService
	backend  *backend
}

// hostedKey is the key under which a script has it.
type hostedKey struct{}

func hostedIn(ts *testscript.TestScript) *hosted { return ts.Value(hostedKey{}).(*hosted) }

// usePostgres gives the script a database. testscript's T is a *testing.T, though its interface does not say so.
func usePostgres(ts *testscript.TestScript, neg bool, args []string) {
	test := ts.Value(scriptTest{}).(testing.TB)
	identity, recipient, err := seal.Generate()
	ts.Check(err)
	file := filepath.Join(ts.Getenv("WORK"), ".identity")
	ts.Check(os.WriteFile(file, []byte(identity+"\n"), 0o600))
	ts.Setenv("SEGCTL_STORE", "postgres")
	ts.Setenv("SEGCTL_DATABASE_URL", pgtest.Database(test))
	ts.Setenv("SEGCTL_SEAL_RECIPIENTS", recipient)
	ts.Setenv("SEGCTL_SEAL_IDENTITIES", file)
	if len(args) == 0 {
		ts.Check(ts.Exec("segctl", "serve", "migrate"))
	}
}

// receiver is a receiver of webhooks.
type receiver struct {
	mu     sync.Mutex
	events []map[string]any
	came   chan struct{} // closed and made anew with each event
}

func startReceiver(ts *testscript.TestScript, neg bool, args []string) {
	secret := demo.NewSecret()
	verifier, err := webhooks.NewWebhook(secret)
	ts.Check(err)
	r := &receiver{came: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var event map[string]any
		if verifier.Verify(body, req.Header) != nil || json.Unmarshal(body, &event) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.mu.Lock()
		r.events = append(r.events, event)
		close(r.came)
		r.came = make(chan struct{})
		r.mu.Unlock()
	}))
	ts.Defer(server.Close)
	ts.Setenv("SEGCTL_SERVE_WEBHOOK_URL", server.URL)
	ts.Setenv("SEGCTL_WEBHOOK_SECRET", secret)
	hostedIn(ts).receiver = r
}

func awaitWebhook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: await TYPE [CUSTOMER]")
	}
	r := hostedIn(ts).receiver
	tooLong := time.After(time.Minute)
	for {
		r.mu.Lock()
		came := r.came
		for i, event := range r.events {
			data, _ := event["data"].(map[string]any)
			if event["type"] != args[0] || len(args) > 1 && data["customer"] != args[1] {
				continue
			}
			r.events = append(r.events[:i:i], r.events[i+1:]...)
			r.mu.Unlock()
			text, err := json.Marshal(event)
			ts.Check(err)
			fmt.Fprintln(ts.Stdout(), string(text))
			return
		}
		seen := len(r.events)
		r.mu.Unlock()
		select {
		case <-came:
		case <-tooLong:
			ts.Fatalf("no webhook %s came; %d others did", args, seen)
		}
	}
}

// hostedService is a service that a script has started.
type hostedService struct {
	process *exec.Cmd
	said    strings.Builder
	ended   chan struct{} // closed when all that it said is there
}

// servedVariables are the variables of a script that the service sees.
func servedVariables() []string {
	return []string{
		"PATH", "HOME", "TMPDIR", "GORACE", "SEGCTL_CONFIG_DIR", "SEGCTL_STATE_DIR", "SEGCTL_STORE", "SEGCTL_DATABASE_URL",
		"SEGCTL_SEAL_RECIPIENTS", "SEGCTL_SEAL_IDENTITIES", "SEGCTL_PROFILE", "SEGCTL_ID_URL", "SEGCTL_API_URL", "SEGCTL_CLIENT_ID",
		"SEGCTL_CLIENT_SECRET", "SEGCTL_SCOPE", "SEGCTL_SERVE_ADDR", "SEGCTL_SERVE_PUBLIC_URL", "SEGCTL_SERVE_ALLOW_RETURN_URL",
		"SEGCTL_SERVE_WEBHOOK_URL", "SEGCTL_WEBHOOK_SECRET",
	}
}

func startServe(ts *testscript.TestScript, neg bool, args []string) {
	at := strings.TrimSuffix(ts.Getenv("SEGCTL_REDIRECT_URL"), "/auth/segment/callback") // which the sandbox has registered
	ts.Setenv("SERVE_URL", at)
	ts.Setenv("SEGCTL_SERVE_PUBLIC_URL", at)
	ts.Setenv("SEGCTL_SERVE_ADDR", strings.Replace(strings.TrimPrefix(at, "http://"), "localhost", "127.0.0.1", 1))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	ts.Defer(cancel)
	s := &hostedService{process: exec.CommandContext(ctx, "segctl", append([]string{"serve"}, args...)...), ended: make(chan struct{})}
	for _, name := range servedVariables() {
		if value := ts.Getenv(name); value != "" {
			s.process.Env = append(s.process.Env, name+"="+value)
		}
	}
	s.process.Dir = ts.Getenv("WORK")
	out, err := s.process.StderrPipe()
	ts.Check(err)
	ts.Check(s.process.Start())
	listens := make(chan struct{})
	go func() {
		defer close(s.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "listens on") {
				close(listens)
			}
		}
	}()
	select {
	case <-listens:
	case <-s.ended:
		_ = s.process.Wait()
		ts.Fatalf("segctl serve ended:\n%s", s.said.String())
	}
	ts.Defer(func() { _ = s.process.Process.Kill(); <-s.ended })
	hostedIn(ts).served = s
}

func stopServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: endserve STATUS")
	}
	s := hostedIn(ts).served
	ts.Check(s.process.Process.Signal(syscall.SIGTERM))
	<-s.ended
	_ = s.process.Wait()
	ts.Check(os.WriteFile(ts.MkAbs("served"), []byte(s.said.String()), 0o600))
	if got := fmt.Sprint(s.process.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("exit status %s, want %s\n%s", got, args[0], s.said.String())
	}
}

// visitAsCustomer follows links as a browser that keeps cookies does, and prints where it ends.
func visitAsCustomer(start string) int {
	client := &http.Client{Jar: plainJar{}}
	resp, err := client.Get(start)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Printf("%s %d\n%s\n", resp.Request.URL, resp.StatusCode, body)
	return 0
}

// plainJar keeps the cookies of each host, also those that are for https alone: browsers take this machine for as safe.
type plainJar map[string][]*http.Cookie

func (j plainJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j[u.Host] = append(j[u.Host], cookies...)
}

func (j plainJar) Cookies(u *url.URL) []*http.Cookie { return j[u.Host] }
