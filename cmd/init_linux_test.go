package cmd

import (
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

// newcomer is a person at a fresh machine, whose profile knows no more than a server.
type newcomer struct {
	folder, redirect string
	environ          []string
}

func newNewcomer(t *testing.T) *newcomer {
	t.Helper()
	redirect, err := loopback.FreeRedirectURL()
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(sandbox.Options{RedirectURLs: []string{redirect}, AutoApprove: true})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	n := &newcomer{folder: t.TempDir(), redirect: redirect}
	n.environ = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + n.folder, "BROWSER=browser", "TERM=dumb", "GORACE=atexit_sleep_ms=0",
		"SEGCTL_CONFIG_DIR=" + filepath.Join(n.folder, "config"), "SEGCTL_STATE_DIR=" + filepath.Join(n.folder, "state"),
	}
	config := "profiles:\n  default:\n    id_url: " + server.URL + "\n    api_url: " + server.URL + "\n"
	if err := os.Mkdir(filepath.Join(n.folder, "config"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(n.folder, "config", "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return n
}

// files are the files below the newcomer's folder with what is in them, without locks.
func (n *newcomer) files(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(n.folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "lock") || strings.Contains(path, "/locks/") {
			return err
		}
		text, err := os.ReadFile(path)
		if len(text) > 0 {
			found[path] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// answer is what comes to a prompt.
type answer struct{ prompt, typed string }

// answers are those of a person who has everything at hand.
func (n *newcomer) answers() []answer {
	return []answer{
		{"client id: ", sandbox.DemoClientID},
		{"client secret: ", sandbox.DemoClientSecret},
		{"slug or scope: ", "https://app.segment.com/acme/destinations/catalog/clearbrain"},
		{"redirect URL [http://localhost:8888/auth/segment/callback]: ", n.redirect},
		{"store [keyring]: ", "file"},
	}
}

// What init asks for is enough to install with, and the secret is neither shown nor in config.yaml.
func TestInitSetsUpWhatInstallNeeds(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	c := converse(t, 80, n.environ, "segctl", "init")
	for _, a := range n.answers() {
		c.hears(a.prompt)
		c.types(a.typed)
	}
	c.hears("✓ The client id, redirect URL and scope are accepted.")
	c.hears("Next: segctl install --enable --api-key")
	if status := c.ends(); status != problem.ExitOK {
		t.Fatalf("status %d:\n%s", status, c.seen)
	}
	if strings.Contains(c.seen, sandbox.DemoClientSecret) {
		t.Errorf("the secret is shown:\n%s", c.seen)
	}
	file, err := os.ReadFile(filepath.Join(n.folder, "config", "config.yaml"))
	if err != nil || strings.Contains(string(file), sandbox.DemoClientSecret) || !strings.Contains(string(file), "scope: destination/clearbrain\n") {
		t.Errorf("config.yaml: %v\n%s", err, file)
	}
	c = converse(t, 80, n.environ, "segctl", "install")
	c.hears("✓ Installed installs/1")
	if status := c.ends(); status != problem.ExitOK {
		t.Errorf("install exits with %d:\n%s", status, c.seen)
	}

	// Run again, Enter keeps everything, the secret as well.
	before := n.files(t)
	c = converse(t, 80, n.environ, "segctl", "init")
	for _, prompt := range []string{"client id [", "client secret [files in ", "slug or scope [destination/clearbrain]", "redirect URL [", "store [file]"} {
		c.hears(prompt)
		c.types("")
	}
	if status := c.ends(); status != problem.ExitOK {
		t.Errorf("init exits with %d:\n%s", status, c.seen)
	}
	sameFiles(t, before, n.files(t))
}

func sameFiles(t *testing.T, before, after map[string]string) {
	t.Helper()
	for path, text := range after {
		if before[path] != text {
			t.Errorf("%s was written:\n%s", path, text)
		}
	}
	if len(after) < len(before) {
		t.Errorf("of %d files, %d are left", len(before), len(after))
	}
}

// Ctrl-C at any prompt, and the end of the answers, leave everything as it was.
func TestInitInterruptedWritesNothing(t *testing.T) {
	t.Parallel()
	for _, end := range []struct {
		key    string
		status int
	}{{"\x03", problem.ExitInterrupted}, {"\x04", problem.ExitUsage}} {
		n := newNewcomer(t)
		before := n.files(t)
		for at, a := range n.answers() {
			if end.key == "\x04" && strings.HasPrefix(a.prompt, "client secret") {
				continue // where nothing is echoed, package term waits for a line all the same
			}
			c := converse(t, 80, n.environ, "segctl", "init")
			for _, a := range n.answers()[:at] {
				c.hears(a.prompt)
				c.types(a.typed)
			}
			c.hears(n.answers()[at].prompt)
			c.types(end.key)
			if status := c.ends(); status != end.status {
				t.Errorf("%q at prompt %d: status %d:\n%s", end.key, at, status, c.seen)
			}
			sameFiles(t, before, n.files(t))
		}
	}
}

// Each answer is checked at once, and asked for again where it cannot be used.
func TestInitChecksEachAnswer(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	taken, err := net.Listen("tcp6", "[::1]:0") // on one family alone
	if err != nil {
		t.Skip("this machine has no ::1")
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	c := converse(t, 80, n.environ, "segctl", "init")
	says := func(prompt, typed, answered string) {
		t.Helper()
		c.hears(prompt)
		c.types(typed)
		if answered != "" {
			c.hears(answered)
		}
	}
	says("client id: ", "", "✗ the client id is empty")
	says("client id: ", "two words", "✗ client_id must be text without spaces")
	says("client id: ", "nobody", "✓ nobody")
	says("client secret: ", "", "✗ the client secret is empty")
	says("client secret: ", sandbox.DemoClientSecret, "✓ ••••")
	says("slug or scope: ", "a b", "✗ scope is no scope of Segment's")
	says("slug or scope: ", "clearbrain", "✓ destination/clearbrain")
	says("redirect URL [", "localhost:8888", "✗ redirect_url must be an absolute http(s) URL")
	says("redirect URL [", "http://localhost:"+port+"/callback", "✗ the redirect URL's port is taken")
	says("redirect URL [", strings.Replace(n.redirect, "/auth/", "/other/", 1), "(port free)")
	says("store [keyring]: ", "", "✗ ")
	c.hears("there is no keyring")
	says("store [keyring]: ", "vault", "✗ store is not a store")
	says("store [keyring]: ", "file", "✓ file")
	c.hears("✗ the client id or client secret is wrong")
	says("client id [nobody]: ", sandbox.DemoClientID, "")
	c.hears("✗ the redirect URL is most likely not one")
	says("redirect URL [", n.redirect, "✓ The client id, redirect URL and scope are accepted.")
	if status := c.ends(); status != problem.ExitOK {
		t.Errorf("status %d:\n%s", status, c.seen)
	}
	c = converse(t, 80, n.environ, "segctl", "init")
	for _, a := range []answer{{"client id [", ""}, {"client secret [", ""}, {"slug or scope [", "workspace"}, {"redirect URL [", ""}, {"store [file]", ""}} {
		says(a.prompt, a.typed, "")
	}
	c.hears("✗ the scope is not the one that your App is registered with")
	says("slug or scope [workspace]: ", "", "note: it is kept as it is")
	if status := c.ends(); status != problem.ExitOK {
		t.Errorf("status %d:\n%s", status, c.seen)
	}
}

// A server for one run is no server of a profile: what would be asked of the one would be saved for the other.
func TestInitRefusesAServerOfThisRun(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	c := converse(t, 80, append(n.environ, "SEGCTL_ID_URL=http://127.0.0.1:1"), "segctl", "init")
	c.hears("id_url is for this run alone (SEGCTL_ID_URL)")
	if status := c.ends(); status != problem.ExitUsage {
		t.Errorf("status %d:\n%s", status, c.seen)
	}
}

// Where nothing is set up, install offers to do that, and goes on with the install.
func TestInstallOffersInit(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	c := converse(t, 80, n.environ, "segctl", "install")
	c.hears("Set it up now, step by step? [Y/n] ")
	c.types("n")
	c.hears("not configured: client_id, client_secret, scope")
	if status := c.ends(); status != problem.ExitUsage {
		t.Errorf("status %d:\n%s", status, c.seen)
	}
	c = converse(t, 80, n.environ, "segctl", "install")
	c.hears("Set it up now, step by step? [Y/n] ")
	c.types("")
	for _, a := range n.answers() {
		c.hears(a.prompt)
		c.types(a.typed)
	}
	c.hears("✓ Installed installs/1")
	if status := c.ends(); status != problem.ExitOK {
		t.Errorf("status %d:\n%s", status, c.seen)
	}
}

// The sandbox's profile needs none.
func TestInitLeavesTheSandboxAlone(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	c := converse(t, 80, n.environ, "segctl", "init", "--sandbox")
	c.hears("the profile sandbox is built in")
	if status := c.ends(); status != problem.ExitUsage {
		t.Errorf("status %d:\n%s", status, c.seen)
	}
}
