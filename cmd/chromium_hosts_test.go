package cmd

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/segctl/segctl/internal/sandbox"
)

// TestChromiumRebinding has a browser on a page whose name was made to point at this machine: the sandbox gives it nothing.
// On a page of the sandbox's own address the same script reads everything.
func TestChromiumRebinding(t *testing.T) {
	t.Parallel()
	url := startSandboxCommand(t)["SEGCTL_API_URL"]
	port := url[strings.LastIndexByte(url, ':'):]
	browser := startChromium(t, chromedp.Flag("host-resolver-rules", "MAP rebound.example 127.0.0.1"))
	for _, c := range []struct {
		origin string
		page   int64
		reads  bool
	}{{"http://rebound.example" + port, 421, false}, {"http://localhost" + port, 200, true}} {
		page, err := chromedp.RunResponse(browser, chromedp.Navigate(c.origin+"/"))
		if err != nil {
			t.Fatal(err)
		}
		if page.Status != c.page {
			t.Errorf("%s answered %d, want %d", c.origin, page.Status, c.page)
		}
		var read struct {
			Status int64
			Secret bool
		}
		script := `fetch("/_sandbox/export").then(async (r) => ({status: r.status, secret: (await r.text()).includes("` + sandbox.DemoClientSecret + `")}))`
		await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
		if err := chromedp.Run(browser, chromedp.Evaluate(script, &read, await)); err != nil {
			t.Fatal(err)
		}
		if read.Status != c.page || read.Secret != c.reads {
			t.Errorf("a script of %s gets %d, and the client secret: %v", c.origin, read.Status, read.Secret)
		}
	}
}

// TestChromiumInside has a browser inside a run open Segment's login page, as the environment tells it to.
func TestChromiumInside(t *testing.T) {
	t.Parallel()
	needTool(t, "chromium")
	const browse = `chromium --headless --no-sandbox --disable-gpu --user-data-dir="$(dirname "$SSL_CERT_FILE")/browser" \
		--ignore-certificate-errors-spki-list="$1" --dump-dom https://app.segment.com/login 2>/dev/null`
	for trust, want := range map[string]bool{"$SEGCTL_SANDBOX_SPKI": true, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=": false} {
		page, _ := runSandboxed(t, "--intercept", "--quiet", "--", "sh", "-c", strings.Replace(browse, "$1", trust, 1))
		if got := strings.Contains(page, `name="password"`); got != want {
			t.Errorf("with the hash %s the login page is shown: %v\n%s", trust, got, page)
		}
	}
}
