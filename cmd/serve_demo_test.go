package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/jackc/pgx/v5"

	"github.com/segctl/segctl/internal/install/postgres/pgtest"
	"github.com/segctl/segctl/internal/problem"
)

// writer keeps what is written to it, by several at once.
type writer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *writer) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// demoRun is `segctl serve --demo` while it runs.
type demoRun struct {
	page     string // URL of the partner's product
	out, err writer
	stop     func() int // interrupts it, and returns the exit status
}

// startDemo plays the demo in a database of a test's cluster, so that it starts fast, with the settings and credentials of
// somebody whose they must stay.
func startDemo(t *testing.T, args ...string) *demoRun {
	t.Helper()
	home := t.TempDir()
	d := &demoRun{}
	environment := map[string]string{
		"SEGCTL_CONFIG_DIR": filepath.Join(home, "config"), "SEGCTL_STATE_DIR": filepath.Join(home, "state"),
		"SEGCTL_CLIENT_ID": "c4nary", "SEGCTL_CLIENT_SECRET": "c4nary-secret", "SEGCTL_TOKEN": "c4nary-token", "SEGCTL_INSTALL": "c4nary",
		"SEGCTL_DATABASE_URL": "postgres://c4nary.invalid/x", "SEGCTL_PROFILE": "c4nary", "SEGCTL_WEBHOOK_SECRET": "c4nary",
	}
	listens := make(chan string, 1)
	app := &App{In: strings.NewReader(""), Out: &d.out, Err: &d.err, Now: time.Now, Env: envOf(environment), listening: func(at string) { listens <- at }}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() { ended <- app.Run(ctx, append([]string{"serve", "--demo"}, args...)) }()
	d.stop = sync.OnceValue(func() int { cancel(); return <-ended })
	t.Cleanup(func() {
		if status := d.stop(); status != problem.ExitOK {
			t.Errorf("the demo exited with %d:\n%s", status, &d.err)
		}
		if entries, err := os.ReadDir(home); err != nil || len(entries) > 0 {
			t.Errorf("the demo left in the user's folders: %v, %v", entries, err)
		}
		if text := d.out.String() + d.err.String(); strings.Contains(text, "c4nary") {
			t.Errorf("the demo used what is the user's:\n%s", text)
		}
	})
	select {
	case d.page = <-listens:
	case status := <-ended:
		ended <- status
		t.Fatalf("the demo ended with %d:\n%s", status, &d.err)
	}
	return d
}

// events returns the types of the webhooks that came to the partner's product.
func (d *demoRun) events(t *testing.T) []string {
	t.Helper()
	resp, err := http.Get(d.page + "/webhooks")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all []struct {
		Type string `json:"type"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, e := range all {
		types = append(types, e.Type)
	}
	return types
}

// await waits until the product has said something of a webhook on standard error.
func (d *demoRun) await(t *testing.T, words string) {
	t.Helper()
	for tooLong := time.After(time.Minute); !strings.Contains(d.err.String(), words); {
		select {
		case <-tooLong:
			t.Fatalf("%q was never said:\n%s", words, &d.err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// The demo from the button to webhooks, in a database that is given: nothing else in it is touched, and nothing is left.
func TestServeDemo(t *testing.T) {
	t.Parallel()
	database := pgtest.Database(t)
	before := schemas(t, database)
	d := startDemo(t, "--database-url", database, "--auto-approve")
	if lines := strings.Split(strings.TrimSpace(d.out.String()), "\n"); len(lines) != 3 || !strings.Contains(lines[0], d.page) || !strings.Contains(lines[2], "Ctrl-C") {
		t.Errorf("it says\n%s", &d.out)
	}
	if len(schemas(t, database)) != len(before)+2 {
		t.Errorf("while it runs the database has %v", schemas(t, database))
	}
	customer := &http.Client{Jar: plainJar{}}
	resp, err := customer.PostForm(d.page+"/connect", url.Values{"customer": {"acme"}, "how": {"now"}})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if at := resp.Request.URL.String(); resp.StatusCode != http.StatusOK || at != d.page+"/" {
		t.Errorf("the customer ends at %s: %s\n%s", at, resp.Status, body)
	}
	d.await(t, "acme came back: connected, signature verified")
	d.await(t, "webhook install.created for acme, signature verified")
	d.await(t, "webhook destination.enabled for acme, signature verified")
	if got := slices.Sorted(slices.Values(d.events(t))); !slices.Equal(got, []string{"destination.enabled", "install.created"}) {
		t.Errorf("the webhooks that came are %v", got)
	}
	resp, err = http.Get(d.page)
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	for _, want := range []string{"live: events flow", "installs/1", "Reconnect", "destination.enabled"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if status := d.stop(); status != problem.ExitOK {
		t.Errorf("it exits with %d:\n%s", status, &d.err)
	}
	if after := schemas(t, database); !slices.Equal(before, after) {
		t.Errorf("the database had the schemas %v, and has %v", before, after)
	}
}

// schemas returns the schemas of a database.
func schemas(t *testing.T, database string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), "SELECT nspname::text FROM pg_namespace ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A person with a browser: one click in the partner's product and, once they are signed in, one at Segment.
func TestServeDemoInChromium(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	d := startDemo(t, "--database-url", pgtest.Database(t))
	var text string
	// Each click waits for the page it leads to, by what is on it: the product's page loads itself anew, whatever is under way.
	if err := chromedp.Run(browser,
		chromedp.Navigate(d.page),
		chromedp.Click("#connect-acme", chromedp.ByID),
		chromedp.Click("#login", chromedp.ByID),
		chromedp.Click("#allow", chromedp.ByID),
		chromedp.WaitVisible("#connect-acme", chromedp.ByID),
	); err != nil {
		t.Fatalf("connect acme: %v\n%s", err, &d.err)
	}
	d.await(t, "webhook destination.enabled for acme, signature verified")
	// The page shows it by itself, when it has loaded anew.
	if err := chromedp.Run(browser, chromedp.WaitVisible("#customer-acme .ok", chromedp.ByQuery), chromedp.Text("#customer-acme", &text, chromedp.ByID)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "live: events flow") {
		t.Errorf("the page says\n%s", text)
	}
	// The owner is signed in by now: these are the two clicks.
	if err := chromedp.Run(browser,
		chromedp.Click("#connect-globex", chromedp.ByID),
		chromedp.WaitVisible("#allow", chromedp.ByID),
		chromedp.SetValue("#workspace", "workspaces/globex", chromedp.ByID), // the source follows
		chromedp.Click("#allow", chromedp.ByID),
		chromedp.WaitVisible("#customer-globex .ok", chromedp.ByQuery),
	); err != nil {
		t.Fatalf("connect globex: %v\n%s", err, &d.err)
	}
	d.await(t, "globex came back: connected")
	d.await(t, "webhook destination.enabled for globex, signature verified")
	if err := chromedp.Run(browser, chromedp.Text("#customer-globex", &text, chromedp.ByID)); err != nil || !strings.Contains(text, "on globex/web") {
		t.Errorf("of globex the page says %q, %v", text, err)
	}
	var wide bool
	err := chromedp.Run(browser, chromedp.EmulateViewport(390, 800), chromedp.Navigate(d.page),
		chromedp.Evaluate("document.documentElement.scrollWidth > 390", &wide))
	if err != nil || wide {
		t.Errorf("the page is wider than a telephone: %t, %v", wide, err)
	}
}

// Without PostgreSQL the demo says which package has it.
func TestServeDemoWithoutPostgreSQL(t *testing.T) {
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) > 0 || runtime.GOOS == "windows" {
		t.Skip("PostgreSQL is found without PATH")
	}
	t.Setenv("PATH", t.TempDir())
	var said bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: io.Discard, Err: &said, Now: time.Now, Env: envOf(nil)}
	if status := app.Run(t.Context(), []string{"serve", "--demo"}); status != problem.ExitStore || !strings.Contains(said.String(), "apt install postgresql") {
		t.Errorf("exit status %d:\n%s", status, &said)
	}
}
