package sandbox

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// manyDestinations puts n destinations on the source js of Acme, named d-000, d-001, …
func manyDestinations(s *Server, n int) {
	const src = "workspaces/acme/sources/js"
	changes := make([]change, n)
	for i := range changes {
		name := fmt.Sprintf("%s/destinations/d-%03d", src, i)
		changes[i] = change{name, &destination{
			Name: name, Parent: src, DisplayName: fmt.Sprintf("Destination %03d", i), ConnectionMode: "CLOUD",
			Config: []configEntry{{Name: name + "/config/apiKey", DisplayName: "API Key", Type: "string", Value: []byte(`"canary-setting"`)}},
		}}
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.apply(changes)
}

// A person looks on while things happen: with three hundred destinations, without loading the page again.
func TestChromiumDashboardIsLive(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}, Now: clock.Now})
	server := httptest.NewServer(s)
	defer server.Close()
	defer server.CloseClientConnections() // the stream of changes would keep it open
	manyDestinations(s, 300)

	visit(t, browser, chromedp.Navigate(server.URL))
	poll := func(what, condition string) {
		t.Helper()
		if err := chromedp.Run(browser, chromedp.Poll(condition, nil, chromedp.WithPollingTimeout(30*time.Second))); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	poll("live", `document.getElementById("live").textContent === "live"`)
	var size, interactive float64
	run(t, browser, chromedp.Evaluate(`window.same = 1; performance.getEntriesByType("navigation")[0].decodedBodySize`, &size),
		chromedp.Evaluate(`performance.getEntriesByType("navigation")[0].domInteractive`, &interactive))
	t.Logf("300 destinations: %.0f bytes, interactive after %.0f ms", size, interactive)

	// A source collapses, and stays so while the page changes.
	const js = `document.getElementById("workspaces/acme/sources/js")`
	run(t, browser, chromedp.Click(`[id="workspaces/acme/sources/js"] > summary`, chromedp.ByQuery))
	poll("opened", js+`.open`)
	run(t, browser, chromedp.Click(`[id="workspaces/acme/sources/ios"] > summary`, chromedp.ByQuery))
	poll("collapsed", `!document.getElementById("workspaces/acme/sources/ios").open`)

	// What happens elsewhere shows: a destination, an install with its refreshes, a fault, a quirk, the clock.
	api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/sources/ios/destinations", strings.ReplaceAll(createClearbrain, "sources/js", "sources/ios"))
	poll("destination", `document.getElementById("workspaces/acme/sources/ios/destinations/clearbrain")`)
	in := installed(t, s, "destination/clearbrain")
	refresh(s, in.InstallName)
	poll("install", `document.getElementById("installs/1")?.textContent.includes("1 refreshes")`)
	poll("counters", `document.getElementById("codes").textContent === "1" && document.getElementById("refreshes").textContent === "1"`)
	if _, err := s.AddFault(Fault{Kind: faultDelay, DelayMS: 1, Probability: 0.25, Seed: 7, Route: "GET /v1beta/nosuch"}); err != nil {
		t.Fatal(err)
	}
	poll("fault", `document.getElementById("fault-1")?.textContent.includes("probability 0.25 seed 7")`)
	if err := s.SetQuirk(quirkReinstall, "refused"); err != nil {
		t.Fatal(err)
	}
	poll("quirk", `document.querySelector('[aria-label="reinstall"] [aria-pressed="true"]').textContent === "refused"`)
	s.Advance(time.Hour)
	poll("clock", `document.querySelector(".clock").textContent === "2019-05-25 00:43:02 UTC"`)
	poll("expiry", `document.getElementById("installs/1").textContent.includes("expired")`)
	poll("sources as they were left", js+`.open && !document.getElementById("workspaces/acme/sources/ios").open`)

	// What the person types stays meanwhile, and a mistake is told where it was made.
	run(t, browser, chromedp.SendKeys(`#add-fault [name="seed"]`, "9", chromedp.ByQuery),
		chromedp.SetValue(`#add-fault [name="status"]`, "500", chromedp.ByQuery), chromedp.Click(`#add-fault button`, chromedp.ByQuery))
	poll("problem", `!document.getElementById("problem").hidden && document.getElementById("problem").textContent.includes("fault seed is for a probability")`)
	run(t, browser, chromedp.SendKeys(`#add-fault [name="probability"]`, "0.5", chromedp.ByQuery), chromedp.Click(`#add-fault button`, chromedp.ByQuery))
	poll("added", `document.getElementById("fault-2")?.textContent.includes("probability 0.5 seed 9") && document.getElementById("problem").hidden`)
	s.ClearFaults(0)

	// The log is filtered, and a row opens that shows no secret.
	serve(s, tokenRequest("canary-code", "code_verifier", "canary-verifier", "client_secret", "canary-secret"))
	api(s, "canary-token", "GET", "/v1beta/workspaces/globex?access_token=canary-query", "")
	run(t, browser, chromedp.SetValue(`#method`, "GET", chromedp.ByQuery), chromedp.SendKeys(`#path`, "GLOBEX", chromedp.ByQuery))
	poll("path", `document.querySelectorAll("#log a").length === 1 && document.querySelector("#log a").textContent === "/v1beta/workspaces/globex"`)
	run(t, browser, chromedp.Click(`#log a`, chromedp.ByQuery))
	poll("opened", `document.querySelector("#log .more")?.textContent.includes("Bearer `+masked+`")`)
	run(t, browser, chromedp.SetValue(`#path`, "oauth2/token", chromedp.ByQuery), chromedp.SetValue(`#method`, "POST", chromedp.ByQuery),
		chromedp.SendKeys(`#status`, "40", chromedp.ByQuery))
	poll("status", `document.querySelectorAll("#log a").length === 1 && document.querySelector("#log a").textContent === "/oauth2/token"`)
	run(t, browser, chromedp.Click(`#log a`, chromedp.ByQuery))
	poll("body", `document.querySelector("#log .more pre")?.textContent.includes("code_verifier")`)
	api(s, workspaceToken, "POST", "/oauth2/token", "")
	poll("filter holds for what comes", `document.querySelectorAll("#log a").length === 2 && document.querySelector("#log .more")`)

	// A search finds one of three hundred, though its source would be too long to show.
	run(t, browser, chromedp.SendKeys(`#q`, "destination 299", chromedp.ByQuery))
	poll("found", `document.querySelectorAll("#workspaces .destination").length === 1 && `+js+`.open && `+js+`.querySelector(".destination").checkVisibility()`)

	// A reload shows the same, and nothing of all that was secret.
	var before, after, html string
	const shown = `["q", "path", "status", "method"].map(id => document.getElementById(id).value).join() + document.getElementById("log").textContent + document.getElementById("workspaces").textContent`
	run(t, browser, chromedp.Evaluate(shown, &before))
	var same int
	run(t, browser, chromedp.Evaluate(`window.same`, &same))
	if same != 1 {
		t.Error("the page was loaded anew")
	}
	visit(t, browser, chromedp.Reload())
	run(t, browser, chromedp.Evaluate(shown, &after), chromedp.OuterHTML("html", &html, chromedp.ByQuery))
	if before != after || !strings.HasPrefix(after, "destination 299,oauth2/token,40,POST") {
		t.Errorf("before\n%s\nafter a reload\n%s", before, after)
	}
	for _, secret := range []string{"canary", in.AccessToken, DemoClientSecret, workspaceToken} {
		if strings.Contains(html, secret) {
			t.Errorf("the page shows %s", secret)
		}
	}
}

// A narrow window is as wide as it is: nothing is cut off or has to be scrolled sideways.
func TestChromiumDashboardIsNarrow(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	s := newSandbox(t, Options{AutoApprove: true, Customers: 30, Tokens: []string{workspaceToken}})
	server := httptest.NewServer(s)
	defer server.Close()
	defer server.CloseClientConnections()
	installed(t, s, "destination/clearbrain")
	api(s, workspaceToken, "GET", "/v1beta/workspaces/globex?page_token="+strings.Repeat("a", 500), "")
	manyDestinations(s, 30)
	run(t, browser, chromedp.EmulateViewport(390, 844))
	visit(t, browser, chromedp.Navigate(fmt.Sprintf("%s/?open=%d", server.URL, s.log.count())))
	var width int
	run(t, browser, chromedp.Evaluate(`document.documentElement.scrollWidth`, &width))
	if width > 390 {
		t.Errorf("the page is %d pixels wide", width)
	}
}

// Without JavaScript, links and forms do it.
func TestChromiumDashboardWithoutScripts(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}})
	server := httptest.NewServer(s)
	defer server.Close()
	manyDestinations(s, 300)
	api(s, "canary-token", "GET", "/v1beta/workspaces/globex", "")
	api(s, workspaceToken, "GET", "/v1beta/workspaces/acme", "")
	run(t, browser, chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.FromContext(ctx).Target.Execute(ctx, "Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	}))
	visit(t, browser, chromedp.Navigate(server.URL))
	shows := func(want ...string) {
		t.Helper()
		var html string
		run(t, browser, chromedp.OuterHTML("html", &html, chromedp.ByQuery))
		for _, text := range want {
			if !strings.Contains(html, text) {
				t.Errorf("the page does not show %q", text)
			}
		}
		if strings.Contains(html, "canary") || strings.Contains(html, ">live<") {
			t.Error("the page shows a secret, or its script ran")
		}
	}
	shows("/v1beta/workspaces/globex", "/v1beta/workspaces/acme")
	run(t, browser, chromedp.SendKeys("#path", "globex", chromedp.ByQuery))
	visit(t, browser, chromedp.Submit("#path", chromedp.ByQuery))
	shows("1 of 2")
	visit(t, browser, chromedp.Click("#log a", chromedp.ByQuery))
	shows("1 of 2", "Bearer "+masked)
	visit(t, browser, chromedp.Click(`[aria-label="reinstall"] [value="refused"]`, chromedp.ByQuery))
	shows("1 of 2", "Bearer "+masked) // as it was before the form
	if s.quirk(quirkReinstall) != "refused" {
		t.Error("the quirk is as it was")
	}
	run(t, browser, chromedp.SendKeys("#q", "d-299", chromedp.ByQuery))
	visit(t, browser, chromedp.Submit("#q", chromedp.ByQuery))
	shows("1 of 2", "Destination 299")
}
