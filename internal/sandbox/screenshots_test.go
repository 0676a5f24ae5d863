package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// screenshotsVariable names the directory into which the browser tests write the pictures of the documentation:
//
//	SEGCTL_SCREENSHOTS=$PWD/docs/images go test -run Chromium ./internal/sandbox
const screenshotsVariable = "SEGCTL_SCREENSHOTS"

// screenshot takes the page that the browser shows in light and dark, wide and narrow.
func screenshot(t *testing.T, browser context.Context, name string) {
	t.Helper()
	directory := os.Getenv(screenshotsVariable)
	if directory == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, size := range []struct{ width, height int64 }{{1280, 800}, {390, 844}} {
			var png []byte
			run(t, browser, chromedp.EmulateViewport(size.width, size.height), colourScheme(scheme), chromedp.CaptureScreenshot(&png))
			path := filepath.Join(directory, fmt.Sprintf("%s-%s-%d.png", name, scheme, size.width))
			if err := os.WriteFile(path, png, 0o644); err != nil {
				t.Fatal(err)
			}
			if len(png) > 120_000 {
				t.Errorf("%s has %d bytes", path, len(png))
			}
		}
	}
}

func colourScheme(scheme string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.FromContext(ctx).Target.Execute(ctx, "Emulation.setEmulatedMedia", map[string]any{
			"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
		}, nil)
	})
}

// TestChromiumFinalPage takes the page on which an install ends. It is segctl's own, so segctl is built and run.
func TestChromiumFinalPage(t *testing.T) {
	t.Parallel()
	if os.Getenv(screenshotsVariable) == "" {
		t.Skip("only the pictures need it; the page is tested where it is made")
	}
	browser := startChromium(t)
	listener := httptest.NewServer(nil)
	redirect := listener.URL + "/callback"
	listener.Close() // its port is free now
	server := httptest.NewServer(newSandbox(t, Options{RedirectURLs: []string{redirect}}))
	defer server.Close()

	segctl := filepath.Join(t.TempDir(), "segctl")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", segctl, "github.com/segctl/segctl")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	install := exec.CommandContext(t.Context(), segctl, "install", "--no-browser", "--scope", "destination/clearbrain", "--redirect-url", redirect)
	install.Env = append(os.Environ(), "SEGCTL_ID_URL="+server.URL, "SEGCTL_API_URL="+server.URL, "SEGCTL_STORE=file",
		"SEGCTL_CONFIG_DIR="+t.TempDir(), "SEGCTL_STATE_DIR="+t.TempDir(),
		"SEGCTL_CLIENT_ID="+DemoClientID, "SEGCTL_CLIENT_SECRET="+DemoClientSecret)
	stderr, err := install.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := install.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said += lines.Text() + "\n"
		if at := strings.Index(lines.Text(), server.URL+"/oauth2/auth"); at >= 0 {
			visit(t, browser, chromedp.Navigate(strings.TrimSpace(lines.Text()[at:])))
			visit(t, browser, chromedp.Click("#login", chromedp.ByID))
			visit(t, browser, chromedp.Click("#allow", chromedp.ByID))
			screenshot(t, browser, "final")
		}
	}
	if err := install.Wait(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
}
