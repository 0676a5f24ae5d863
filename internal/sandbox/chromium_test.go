package sandbox

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startChromium starts a headless browser with a profile of its own, which chromedp removes: t.TempDir would fail the test
// where a process of the browser outlives it by a moment. Without chromium the test is skipped, but fails in
// CI, which installs it.
func startChromium(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has to install chromium: %v", err)
		}
		t.Skip("chromium is not on this machine")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true))
	options = append(options, more...)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	browser, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(browser); cancel() })
	if err := chromedp.Run(browser); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return browser
}

// visit does something that leads to another page, and waits for that page.
func visit(t *testing.T, browser context.Context, action chromedp.Action) {
	t.Helper()
	if _, err := chromedp.RunResponse(browser, action); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, browser context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(browser, actions...); err != nil {
		t.Fatal(err)
	}
}

// A person logs in, picks a workspace, of which the sources follow, and allows or denies.
func TestChromiumConsent(t *testing.T) {
	t.Parallel()
	for button, check := range map[string]func(s *Server, q url.Values) bool{
		"#allow": func(s *Server, q url.Values) bool {
			redirect := q.Get("redirect") // as the App below adds it
			w := serve(s, tokenRequest(q.Get("code"), "redirect_uri", redirect))
			return w.Code == 200 && strings.Contains(w.Body.String(), `"source_names":["workspaces/globex/sources/web"]`)
		},
		"#deny": func(_ *Server, q url.Values) bool { return q.Get("error") == "access_denied" && !q.Has("code") },
	} {
		t.Run(button, func(t *testing.T) {
			t.Parallel()
			browser := startChromium(t)
			back := make(chan url.Values, 1)
			app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/callback" {
					back <- r.URL.Query()
				}
			}))
			defer app.Close()
			redirect := app.URL + "/callback"
			s := newSandbox(t, Options{RedirectURLs: []string{redirect}})
			server := httptest.NewServer(checked(s))
			defer server.Close()

			visit(t, browser, chromedp.Navigate(server.URL+authorizeURL("redirect_uri", redirect)))
			if button == "#allow" {
				screenshot(t, browser, "login")
			}
			visit(t, browser, chromedp.Click("#login", chromedp.ByID))
			if button == "#allow" {
				screenshot(t, browser, "consent")
			}
			const sources = `[...document.querySelectorAll("#source option")].map(o => o.value).join(" ")`
			var acme, globex string
			run(t, browser, chromedp.Evaluate(sources, &acme),
				chromedp.SendKeys("#workspace", "Globex", chromedp.ByID), chromedp.Evaluate(sources, &globex))
			if acme != "workspaces/acme/sources/js workspaces/acme/sources/ios" || globex != "workspaces/globex/sources/web" {
				t.Errorf("sources of Acme %q, of Globex %q", acme, globex)
			}
			visit(t, browser, chromedp.Click(button, chromedp.ByID))
			q := <-back
			q.Set("redirect", redirect)
			if q.Get("state") != testState || !check(s, q) {
				t.Errorf("came back with %v", q)
			}
		})
	}
}

// The dashboard with the keyboard alone: Tab to a quirk, Enter; and a request shows while one looks on.
func TestChromiumDashboard(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}})
	server := httptest.NewServer(checked(s))
	defer server.Close()
	defer server.CloseClientConnections() // the log's stream would keep it open
	installed(t, s, "destination/clearbrain")
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)

	visit(t, browser, chromedp.Navigate(server.URL))
	const button = `document.activeElement.closest("form.quirk")?.elements.name.value + " " + document.activeElement.value`
	focused := ""
	for range 100 {
		run(t, browser, chromedp.KeyEvent("\t"), chromedp.Evaluate(button, &focused))
		if focused == "duplicate-create 409" {
			break
		}
	}
	// The page stays, and so does the focus.
	run(t, browser, chromedp.Evaluate(`window.same = true`, nil), chromedp.KeyEvent("\r"),
		chromedp.Poll(`document.querySelector('form.quirk [aria-label="duplicate-create"] [aria-pressed="true"]').textContent === "409"`, nil))
	var stayed bool
	run(t, browser, chromedp.Evaluate(`window.same === true && `+button+` === "duplicate-create 409"`, &stayed))
	if s.quirk(quirkDuplicateCreate) != "409" || !stayed {
		t.Errorf("after Enter on %q the quirk is %s, the page or the focus stayed: %v", focused, s.quirk(quirkDuplicateCreate), stayed)
	}

	run(t, browser, chromedp.Poll(`document.getElementById("live").textContent === "live"`, nil))
	api(s, workspaceToken, "GET", "/v1beta/workspaces/globex", "")
	run(t, browser, chromedp.Poll(`document.getElementById("log").rows[0].cells[2].textContent === "/v1beta/workspaces/globex"`, nil))
	screenshot(t, browser, "dashboard")
}
