package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/segctl/segctl/internal/destination"
)

// A person connects with a real browser, which keeps the cookies as browsers do: two clicks at Segment, one here, and the
// page says by itself when the destination is live. With a return URL they end at the partner.
func TestChromiumConnects(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]bool{"here": false, "at the partner": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			browser, _ := startChromium(t)
			r := newRig(t, false)
			returnURL := ""
			if back {
				returnURL = r.partner
			}
			made := r.link("acme", returnURL)
			visit := func(action chromedp.Action) {
				t.Helper()
				if _, err := chromedp.RunResponse(browser, action); err != nil {
					t.Fatal(err)
				}
			}
			text := func() (s string) {
				t.Helper()
				run(t, browser, chromedp.Text("body", &s, chromedp.ByQuery))
				return s
			}
			// First they say no, and have another try at it.
			if !back {
				visit(chromedp.Navigate(made.URL))
				visit(chromedp.Click("#go", chromedp.ByID))
				visit(chromedp.Click("#login", chromedp.ByID))
				visit(chromedp.Click("#deny", chromedp.ByID))
				if got := text(); !strings.Contains(got, "You said no at Segment") {
					t.Fatalf("after no:\n%s", got)
				}
				visit(chromedp.Click("#go", chromedp.ByID))
				visit(chromedp.Click("#go", chromedp.ByID))
			} else {
				visit(chromedp.Navigate(made.URL + "?go=1"))
				visit(chromedp.Click("#login", chromedp.ByID))
			}
			visit(chromedp.Click("#allow", chromedp.ByID))
			if got := text(); back {
				if !strings.Contains(got, "back at the partner with connected") {
					t.Errorf("ended at\n%s", got)
				}
				visit(chromedp.Navigate(made.URL)) // the browser still knows
				if got = text(); !strings.Contains(got, "being switched on") {
					t.Errorf("the link's page says\n%s", got)
				}
				return
			} else if !strings.Contains(got, "Connected, being switched on") || !strings.Contains(got, "acme") {
				t.Fatalf("ended at\n%s", got)
			}
			var at string
			run(t, browser, chromedp.Location(&at))
			if at != made.URL {
				t.Errorf("ended at %s", at)
			}
			connections, err := r.ledger.Connections(t.Context(), "", 1)
			if err != nil || len(connections) != 1 {
				t.Fatalf("%v, %v", connections, err)
			}
			r.health(connections[0].Install, destination.Healthy)
			run(t, browser, chromedp.WaitVisible(`//h1[contains(., "live")]`, chromedp.BySearch))
			screenshot(t, browser, "serve-connected")
			r.nothingLeaked(made.ID)
		})
	}
}
