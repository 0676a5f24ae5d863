package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// startChromium starts a headless browser that says what it does not like: requests that fail, errors of the console, what
// the policy of a page stops. Without chromium the test is skipped, but fails in CI, which installs it.
func startChromium(t *testing.T) (browser context.Context, complaints func() []string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has to install chromium: %v", err)
		}
		t.Skip("chromium is not on this machine")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	browser, cancel = chromedp.NewContext(allocator)
	t.Cleanup(func() { _ = chromedp.Cancel(browser); cancel() })
	var mu sync.Mutex
	var said []string
	chromedp.ListenTarget(browser, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventLoadingFailed:
			said = append(said, "a request failed: "+e.ErrorText)
		case *log.EventEntryAdded:
			said = append(said, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		case *runtime.EventExceptionThrown:
			said = append(said, "exception: "+e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			said = append(said, "console: "+string(e.Type))
		}
	})
	if err := chromedp.Run(browser, network.Enable(), log.Enable()); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return browser, func() []string {
		mu.Lock()
		defer mu.Unlock()
		all := said
		said = nil
		return all
	}
}

func run(t *testing.T, browser context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(browser, actions...); err != nil {
		t.Fatal(err)
	}
}

// without switches a page's own scripts off, and takes its colours and its width.
func without(scheme string, width int64) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		target := chromedp.FromContext(ctx).Target
		if err := target.Execute(ctx, "Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil); err != nil {
			return err
		}
		features := map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}
		if err := target.Execute(ctx, "Emulation.setEmulatedMedia", features, nil); err != nil {
			return err
		}
		return chromedp.EmulateViewport(width, 844).Do(ctx)
	})
}

// looks is what is measured of a page.
type looks struct {
	Width    float64 // of all that there is, in pixels
	Contrast float64 // the least of any text to what is behind it
	Least    string  // that text
	Button   bool    // is there, in sight, and nothing lies above it
	Page     string  // its background
	Logo     float64 // width of the picture, 0 for none
}

// measure runs in the page; the inspector may where the page itself may not.
const measure = `(() => {
	const rgb = c => { const n = c.match(/[\d.]+/g).map(Number); return n.length > 3 && n[3] === 0 ? null : n };
	const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 }); return .2126 * r + .7152 * g + .0722 * b };
	const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c } return [255, 255, 255] };
	let contrast = 99, least = "";
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node; node = walker.nextNode();) {
		if (!node.data.trim()) continue;
		const a = light(rgb(getComputedStyle(node.parentElement).color)), b = light(behind(node.parentElement));
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < contrast) { contrast = ratio; least = node.data }
	}
	const go = document.getElementById("go");
	let button = false;
	if (go) {
		go.scrollIntoView();
		const at = go.getBoundingClientRect();
		button = at.width > 100 && at.height >= 44 && at.left >= 0 && at.right <= innerWidth &&
			go.contains(document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2));
	}
	const logo = document.querySelector(".brand img");
	return { Width: document.documentElement.scrollWidth, Contrast: contrast, Least: least, Button: button,
		Page: getComputedStyle(document.body).backgroundColor, Logo: logo ? logo.naturalWidth * (logo.getBoundingClientRect().width > 0) : 0 };
})()`

// screenshotsVariable names the directory into which the pictures of the documentation are written.
const screenshotsVariable = "SEGCTL_SCREENSHOTS"

func screenshot(t *testing.T, browser context.Context, name string) {
	t.Helper()
	directory := os.Getenv(screenshotsVariable)
	if directory == "" {
		return
	}
	var png []byte
	run(t, browser, chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(filepath.Join(directory, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every page is readable at 390 pixels and at 1280, in the light and in the dark, without a script, and asks for nothing
// that is not there.
func TestChromiumPages(t *testing.T) {
	t.Parallel()
	browser, complaints := startChromium(t)
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft", 5)
	views := map[string]func(*stage){
		"ask":      func(s *stage) { s.engine.view = openView() },
		"ask-long": func(s *stage) { s.engine.view = openView(); s.engine.view.Customer = long; s.service.Name = long },
		"used":     func(s *stage) { s.engine.view = flow.View{State: flow.Used} },
		"unknown":  func(s *stage) { s.engine.view = flow.View{State: flow.Unknown} },
		"live": func(s *stage) {
			s.engine.view = flow.View{State: flow.Used, Customer: "Acme Inc.", Destination: "clearbrain", Connection: &ledger.Connection{Enabled: true, Health: destination.Healthy}}
		},
		"not-on": func(s *stage) {
			s.engine.view = flow.View{State: flow.Used, Customer: "Acme Inc.", Destination: "clearbrain", Connection: &ledger.Connection{Health: destination.IsInvalid}}
		},
		"denied": func(s *stage) { s.engine.outcome = flow.Outcome{Status: flow.StatusDenied, LinkID: theLink} },
		"failed": func(s *stage) {
			s.engine.outcome = flow.Outcome{Status: flow.StatusFailed, LinkID: theLink, Detail: "Segment could not do it just now. Please connect once more, in a while."}
		},
		"error": func(s *stage) { s.engine.panics = "x" },
	}
	for name, prepare := range views {
		s := newStage(t, func(o *Options) { o.Logo = file(t, []byte(svg)); o.Name = "ClearBrain" })
		prepare(s)
		path := "/connect/" + theLink
		if name == "denied" || name == "failed" {
			path = flow.CallbackPath + "?error=access_denied&state=x"
		}
		server := httptest.NewServer(nil)
		server.Config.Handler = withHost(s, func(r *http.Request) {
			if r.URL.Path != "/logo" {
				r.AddCookie(finishedCookie(theLink))
			}
			if name == "used" {
				r.Header.Del("Cookie")
			}
		})
		pages := map[string]bool{}
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{390, 1280} {
				var got looks
				run(t, browser, without(scheme, width))
				if _, err := chromedp.RunResponse(browser, chromedp.Navigate(server.URL+path)); err != nil {
					t.Fatal(err)
				}
				run(t, browser, chromedp.Evaluate(measure, &got))
				screenshot(t, browser, fmt.Sprintf("serve-%s-%s-%d", name, scheme, width))
				pages[got.Page] = true
				asks := slices.Contains([]string{"ask", "ask-long", "denied", "failed"}, name)
				if got.Width > float64(width) || got.Contrast < 4.5 || got.Button != asks || got.Logo == 0 {
					t.Errorf("%s, %s, %d pixels: %+v", name, scheme, width, got)
				}
				for _, c := range complaints() {
					// Chromium says of a page with another status than 200 that it failed to load, and shows it.
					if !strings.HasPrefix(c, "network: Failed to load resource: the server responded with a status of") || !strings.Contains(c, path) {
						t.Errorf("%s, %s, %d pixels: %s", name, scheme, width, c)
					}
				}
			}
		}
		if len(pages) != 2 {
			t.Errorf("%s: light and dark are %v", name, pages)
		}
		server.Close()
	}
}

// withHost is a stage as its public URL shows it, to a browser that is sent to another port.
func withHost(s *stage, change func(*http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		change(r)
		r.Host = "connect.partner.example"
		s.service.ServeHTTP(w, r)
	})
}

// The keyboard alone begins a flow: Tab goes to the button, visibly, and Enter presses it.
func TestChromiumKeyboard(t *testing.T) {
	t.Parallel()
	browser, _ := startChromium(t)
	s := newStage(t)
	s.engine.view = openView()
	begun := make(chan url.Values, 1)
	server := httptest.NewServer(nil)
	defer server.Close()
	server.Config.Handler = withHost(s, func(r *http.Request) {
		if r.URL.RawQuery != "" {
			begun <- r.URL.Query()
			s.engine.mu.Lock()
			s.engine.view.State = flow.Used // it would lead to Segment
			s.engine.mu.Unlock()
		}
	})
	var focused, outline string
	run(t, browser, without("light", 390), chromedp.Navigate(server.URL+"/connect/"+theLink), chromedp.KeyEvent("\t"),
		chromedp.Evaluate(`document.activeElement.id`, &focused), chromedp.Evaluate(`getComputedStyle(document.activeElement).outline`, &outline))
	if focused != "go" || !strings.Contains(outline, "3px") {
		t.Errorf("Tab goes to %q, with outline %q", focused, outline)
	}
	if _, err := chromedp.RunResponse(browser, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	if q := <-begun; q.Get("go") != "1" {
		t.Errorf("Enter leads to %v", q)
	}
}

// A page that waits asks again by itself, and shows what came of it.
func TestChromiumReloads(t *testing.T) {
	t.Parallel()
	browser, _ := startChromium(t)
	s := newStage(t)
	s.engine.outcome = flow.Outcome{Status: flow.StatusPending, LinkID: theLink}
	var asked sync.WaitGroup
	asked.Add(1)
	done := sync.OnceFunc(asked.Done)
	server := httptest.NewServer(nil)
	defer server.Close()
	times := 0
	server.Config.Handler = withHost(s, func(r *http.Request) {
		if times++; r.URL.Path == flow.CallbackPath && times > 1 {
			s.engine.outcome = flow.Outcome{Status: flow.StatusConnected, LinkID: theLink}
			s.engine.view = flow.View{State: flow.Used, Connection: &ledger.Connection{CreatedAt: theTime()}}
		}
		if r.URL.Path != flow.CallbackPath {
			r.AddCookie(finishedCookie(theLink)) // which the browser takes over https alone
			if times > 3 {
				s.engine.view.Connection = &ledger.Connection{Enabled: true, Health: destination.Healthy}
				done()
			}
		}
	})
	run(t, browser, without("light", 390), chromedp.Navigate(server.URL+flow.CallbackPath+"?code=x&state=y"))
	asked.Wait()
	var at, title string
	run(t, browser, chromedp.WaitVisible("main.ok", chromedp.ByQuery),
		chromedp.WaitVisible(`//h1[contains(., "live")]`, chromedp.BySearch), chromedp.Title(&title), chromedp.Location(&at))
	if at != server.URL+"/connect/"+theLink {
		t.Errorf("%s at %s", title, at)
	}
}
