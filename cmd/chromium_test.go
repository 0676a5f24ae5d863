package cmd

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/problem"
)

// TestChromium installs with a real browser: a person logs in, picks workspace and source, and allows or denies.
func TestChromium(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, button string
		status       int
		page         []string // what the final page says
	}{
		{"allow", "#allow", problem.ExitOK, []string{"clearbrain", "workspaces/acme/sources/ios"}},
		{"deny", "#deny", problem.ExitForbidden, []string{"terminal"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			browser := startChromium(t)
			environment := startSandboxCommand(t)
			said := &bytes.Buffer{}
			app := &App{
				In: strings.NewReader(""), Out: said, Err: said, Now: time.Now,
				Env: envOf(environment),
			}
			finalPage := make(chan string, 1)
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			app.OpenURL = func(_ context.Context, url string) error {
				go func() {
					text, err := consentTo(browser, url, test.button)
					if err != nil {
						t.Errorf("click through consent: %v", err)
						giveUp()
					}
					finalPage <- text
				}()
				return nil
			}
			if got := app.Run(ctx, []string{"install", "--scope", "destination/clearbrain", "--timeout", "60s"}); got != test.status {
				t.Errorf("exit status %d, want %d\n%s", got, test.status, said)
			}
			text := <-finalPage
			for _, want := range test.page {
				if !strings.Contains(text, want) {
					t.Errorf("the final page does not say %q:\n%s", want, text)
				}
			}
		})
	}
}

// consentTo logs in, chooses the source ios and presses a button, and returns the text of the page it ends on. Each click
// waits for the page it leads to.
func consentTo(browser context.Context, url, button string) (text string, err error) {
	for _, action := range []chromedp.Action{
		chromedp.Navigate(url),
		chromedp.Click("#login", chromedp.ByID),
		chromedp.Tasks{
			chromedp.SetValue("#source", "workspaces/acme/sources/ios", chromedp.ByID),
			chromedp.Click(button, chromedp.ByID),
		},
	} {
		if _, err := chromedp.RunResponse(browser, action); err != nil {
			return "", err
		}
	}
	err = chromedp.Run(browser, chromedp.Text("body", &text, chromedp.ByQuery))
	return text, err
}

// startChromium starts a headless browser. Its profile is a folder that chromedp makes, and removes once the browser ended.
func startChromium(t *testing.T, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := needTool(t, "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true))
	options = append(options, flags...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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

// startSandboxCommand runs `segctl sandbox start` and returns the environment that it tells its user to export.
func startSandboxCommand(t *testing.T) map[string]string {
	t.Helper()
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	environment := map[string]string{
		"SEGCTL_CONFIG_DIR": filepath.Join(home, "config"),
		"SEGCTL_STATE_DIR":  filepath.Join(home, "state"),
		"SEGCTL_STORE":      "file",
	}
	exports, out := io.Pipe()
	app := &App{
		In: strings.NewReader(""), Out: out, Err: io.Discard, Now: time.Now,
		Env: envOf(environment),
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- app.Run(ctx, []string{"sandbox", "start", "--addr", "127.0.0.1:0", "--redirect-url", redirect})
		_ = out.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if status := <-done; status != problem.ExitOK {
			t.Errorf("sandbox start exited with %d", status)
		}
	})
	lines := bufio.NewScanner(exports)
	for lines.Scan() {
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		environment[name] = value
		if name == "CLIENT_SECRET" {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, exports) }()
	return environment
}

// needTool returns the path of a program that the test cannot do without. Where it is missing the test is skipped, but
// fails in CI, which installs it.
func needTool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI has to install %s: %v", name, err)
		}
		t.Skipf("%s is not on this machine", name)
	}
	return path
}
