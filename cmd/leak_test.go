package cmd

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

const (
	canaryClient = "canary-client-5d1c"
	canarySecret = "canary-secret-Zk3+/=&%20-9b41"
	canaryKey    = "canarykey7f3e0c55aa"
)

// canaries are the secrets of a run, by what they are. Tokens, codes and verifiers are taken from what went over the wire.
type canaries struct {
	mu    sync.Mutex
	known map[string]string
}

func (c *canaries) add(what, secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(secret) > 8 {
		c.known[secret] = what
	}
}

// count returns how many secrets of a kind there are: a test with no canary proves nothing.
func (c *canaries) count(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, kind := range c.known {
		if kind == what {
			n++
		}
	}
	return n
}

// window is how many bytes of a secret are looked up at once. No canary is shorter.
const window = 9

// in returns which kinds of secrets show in a text, in any of the forms that they travel in. It goes through the text once,
// however many secrets there are.
func (c *canaries) in(text string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	forms := map[string][]string{} // by how they begin
	kinds := map[string]string{}
	for secret, what := range c.known {
		quoted, _ := json.Marshal(secret)
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
			base64.StdEncoding.EncodeToString([]byte(canaryClient + ":" + secret)),
			base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(canaryClient) + ":" + url.QueryEscape(secret))),
		} {
			if kinds[form] == "" {
				forms[form[:window]] = append(forms[form[:window]], form)
			}
			kinds[form] = what
		}
	}
	var found []string
	for i := 0; i+window <= len(text); i++ {
		for _, form := range forms[text[i:i+window]] {
			if what := kinds[form]; strings.HasPrefix(text[i:], form) && !slices.Contains(found, what) {
				found = append(found, what)
			}
		}
	}
	slices.Sort(found)
	return found
}

// listen takes the secrets from a request and its answer.
func (c *canaries) listen(r *http.Request, body []byte, answer *httptest.ResponseRecorder) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.add("token", token)
	}
	if form, err := url.ParseQuery(string(body)); err == nil {
		c.add("code", form.Get("code"))
		c.add("verifier", form.Get("code_verifier"))
	}
	if target, err := url.Parse(answer.Header().Get("Location")); err == nil {
		c.add("code", target.Query().Get("code"))
	}
	var granted struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal(answer.Body.Bytes(), &granted) == nil {
		c.add("token", granted.Token)
	}
}

// failure is a server that answers all but the authorization request so; nil is the sandbox itself.
type failure func(w http.ResponseWriter, echo string)

// failures echo everything that they were sent, secrets decoded, as a server that is being debugged might.
func failures() map[string]failure {
	all := map[string]failure{
		"200 that is not JSON": func(w http.ResponseWriter, echo string) { fmt.Fprintf(w, "<html>%s", echo) },
		"200 of a wrong type": func(w http.ResponseWriter, echo string) {
			fmt.Fprintf(w, `{"access_token":[%q],"name":{"x":%q},"enabled":%q,"destinations":%q}`, echo, echo, echo, echo)
		},
		"plain text 500": func(w http.ResponseWriter, echo string) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, echo)
		},
		"302 that carries it on": func(w http.ResponseWriter, echo string) {
			w.Header().Set("Location", "/?"+url.QueryEscape(echo))
			w.WriteHeader(http.StatusFound)
		},
	}
	for status, code := range map[int]int{400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 500: 13} {
		all[fmt.Sprint(status)] = func(w http.ResponseWriter, echo string) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Request-Id", echo)
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"error": "no: " + echo, "code": code, "message": echo, "error_description": echo, "error_hint": echo,
			})
		}
	}
	return all
}

// leakRig is a rig whose secrets are all canaries: an App of its own, with the client secret in the store, and an
// install with an API key. The browser writes down how it was called.
func leakRig(t *testing.T) (*rig, *canaries, func(failure)) {
	t.Helper()
	redirect := quietRedirectURL(t)
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	writeFile(t, seed, fmt.Sprintf(`
workspaces: [{name: acme, sources: [{name: js}]}]
apps: [{name: apps/9, scope: %s, client_id: %s, client_secret: %q, redirect_urls: [%q]}]
`, sandboxScope, canaryClient, canarySecret, redirect))
	s := newRig(t, sandbox.Options{SeedFile: seed})
	s.unset("CLIENT_ID", "CLIENT_SECRET", "SEGCTL_CLIENT_ID", "SEGCTL_CLIENT_SECRET", "SEGCTL_REDIRECT_URL", "SEGCTL_PROFILE", "SEGCTL_ID_URL", "SEGCTL_API_URL", "BROWSER")
	browser := filepath.Join(s.home, "record")
	writeFile(t, browser, "#!/bin/sh\ntr '\\0' ' ' </proc/$$/cmdline >>argv\necho >>argv\nexec browser \"$1\"\n")
	if err := os.Chmod(browser, 0o700); err != nil {
		t.Fatal(err)
	}
	// The profile names the server and the App, whose secret is in the store: they belong together.
	for key, value := range map[string]string{"id_url": s.url, "api_url": s.url, "client_id": canaryClient} {
		s.must(t, "config", "set", key, value)
	}
	s.set("SEGCTL_REDIRECT_URL="+redirect, "SEGCTL_SCOPE="+sandboxScope, "BROWSER="+browser)

	c := &canaries{known: map[string]string{canarySecret: "client secret", canaryKey: "API key"}}
	var mu sync.Mutex
	var fail failure
	s.intercept(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		now := fail
		mu.Unlock()
		answer := httptest.NewRecorder()
		if now == nil || r.URL.Path == "/oauth2/auth" {
			s.ServeHTTP(answer, r)
		} else {
			_, secret, _ := r.BasicAuth()
			now(answer, strings.Join([]string{r.Header.Get("Authorization"), secret, r.URL.RawQuery, string(body)}, " "))
		}
		c.listen(r, body, answer)
		passOn(w, answer)
	})
	if o := s.runWith(canarySecret, "config", "set", "client_secret", "-"); o.status != problem.ExitOK {
		t.Fatal(o)
	}
	if o := s.runWith(canaryKey, "install", "-v", "--enable", "--api-key", "-"); o.status != problem.ExitOK {
		t.Fatal(o)
	}
	return s, c, func(f failure) {
		mu.Lock()
		defer mu.Unlock()
		fail = f
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// surface is every command that may meet a secret. Those that end what others need come last.
func surface() [][]string {
	const dest = "workspaces/acme/sources/js/destinations/clearbrain"
	var all [][]string
	for _, line := range []string{
		"install", "install --force --timeout 20s", "install --force --enable --api-key -",
		"installs list", "installs show", "installs show installs/1", "installs use installs/1", "installs show installs/9",
		"installs import installs/1 --source workspaces/acme/sources/js", "installs import installs/9",
		"token", "token show", "token refresh", "token refresh --install installs/9",
		"dest get", "dest get nosuch --source js", "dest list --source " + "workspaces/acme/sources/js", "dest enable --api-key -", "dest enable --api-key - --dry-run",
		"dest disable", "dest update --api-key -", "dest update --api-key - --dry-run", "dest update --set nosuch=1", "dest create --api-key -", "dest delete --yes --source nosuch",
		"source list --workspace acme", "source get workspaces/acme/sources/js", "workspace list", "workspace get acme", "catalog list", "catalog get clearbrain",
		"api " + dest, "api -i " + dest, "api PATCH " + dest + " --input -", "api workspaces", "api installs/9/token",
		"config list", "config get client_secret", "config path", "doctor", "version", "help", "help environment", "completion bash",
		"__complete dest get ", "nosuch", "install --nosuch", "dest get --jq .[", "sandbox requests", "installs remove installs/9 --yes --revoke",
	} {
		all = append(all, strings.Split(line, " "))
	}
	return all
}

// mayShow says what was asked for: JSON is the API's own object, with the settings of the destination in it.
func mayShow(args []string) string {
	if args[0] == "api" || (args[0] == "dest" || slices.Contains(args, "--enable")) && (slices.Contains(args, "json") || slices.Contains(args, "yaml")) {
		return "API key"
	}
	return ""
}

func (c *canaries) check(t *testing.T, o outcome) {
	t.Helper()
	for stream, text := range map[string]string{"stdout": o.stdout, "stderr": o.stderr} {
		for _, what := range c.in(text) {
			if stream != "stdout" || what != mayShow(o.args) {
				t.Errorf("the %s shows on %s of segctl %s:\n%s", what, stream, strings.Join(o.args, " "), c.linesWith(what, text))
			}
		}
	}
	if strings.Contains(o.stderr, "goroutine ") {
		t.Errorf("it crashed: %v", o)
	}
}

// linesWith returns the lines of a text in which a secret of this kind shows.
func (c *canaries) linesWith(what, text string) string {
	var found []string
	for line := range strings.Lines(text) {
		if slices.Contains(c.in(line), what) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

// checkFiles looks for secrets in every file but those of the store.
func (c *canaries) checkFiles(t *testing.T, s *rig) {
	t.Helper()
	stored := false
	for name, text := range s.files(t) {
		found := c.in(text)
		if strings.HasPrefix(name, "state/secrets/") {
			stored = stored || slices.Contains(found, "token")
		} else if len(found) > 0 {
			t.Errorf("%s holds a secret: %q", name, found)
		}
		if name == "argv" && !strings.Contains(text, "code_challenge") {
			t.Errorf("the browser did not see what it was to see:\n%s", text)
		}
	}
	if !stored {
		t.Error("no token was found in the store, where one must be")
	}
}

// TestNoSecretLeaks runs the whole surface with --verbose, in every format, against a server that works.
func TestNoSecretLeaks(t *testing.T) {
	t.Parallel()
	s, c, _ := leakRig(t)
	for n, args := range surface() {
		for _, format := range []string{"table", "tsv", "json", "yaml", ""} {
			line := slices.Concat(args, []string{"-v"})
			if format != "" {
				line = append(line, "-o", format)
			}
			if format != "" && n%2 == 1 && (format == "tsv" || format == "table") {
				continue // the same rows
			}
			c.check(t, s.runWith(canaryKey, line...))
		}
	}
	for _, what := range []string{"token", "code", "verifier"} {
		if c.count(what) == 0 {
			t.Errorf("no %s was ever seen", what)
		}
	}
	c.checkFiles(t, s)
	// Where it is asked for, it is there: the canaries are what the commands work with.
	if o := s.must(t, "token", "print", "-v"); !slices.Equal(c.in(o.stdout), []string{"token"}) || len(c.in(o.stderr)) > 0 {
		t.Error(o)
	}
	if o := s.must(t, "token", "show", "--show-secrets"); !slices.Equal(c.in(o.stdout), []string{"token"}) {
		t.Error(o)
	}
}

// TestNoSecretLeaksInFailures runs the surface against servers that send back what they were sent.
func TestNoSecretLeaksInFailures(t *testing.T) {
	t.Parallel()
	for name, fail := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c, set := leakRig(t)
			set(fail)
			formats := []string{"json", "table", "yaml"}
			for n, args := range surface() {
				if slices.Contains(args, "--timeout") || args[0] == "sandbox" {
					continue
				}
				c.checkEchoed(t, s.runWith(canaryKey, slices.Concat(args, []string{"-v", "-o", formats[n%3]})...))
				if args[0] == "token" || args[0] == "installs" || slices.Contains(args, "get") {
					c.checkEchoed(t, s.runWith(canaryKey, args...)) // what the trace has redacted is not needed to redact the message
				}
			}
			c.checkFiles(t, s)
		})
	}
}

// checkEchoed is check for a server that echoes: `api` prints an answer as it came, and so do formats that are the API's
// own object.
func (c *canaries) checkEchoed(t *testing.T, o outcome) {
	t.Helper()
	if o.args[0] == "api" {
		o.stdout = ""
	}
	c.check(t, o)
}

// TestNoSecretLeaksOffline has nobody at the other end, then a client secret that is wrong, then one that is misplaced.
func TestNoSecretLeaksOffline(t *testing.T) {
	t.Parallel()
	s, c, _ := leakRig(t)
	s.Advance(2 * time.Hour)
	if o := s.runWith("canary-wrong-secret-1", "config", "set", "client_secret", "-"); o.status != problem.ExitOK {
		t.Fatal(o)
	}
	c.add("client secret", "canary-wrong-secret-1")
	for _, args := range [][]string{{"token", "refresh"}, {"dest", "get"}, {"install", "--force"}, {"installs", "import", installed}, {"doctor"}} {
		o := s.run(append(args, "-v")...)
		if o.status == problem.ExitOK && args[0] != "doctor" {
			t.Errorf("a wrong secret does: %v", o)
		}
		c.check(t, o)
	}
	s.set("SEGCTL_API_URL=http://127.0.0.1:1", "SEGCTL_ID_URL=http://127.0.0.1:1", "SEGCTL_TOKEN=canary-given-token-1")
	c.add("given token", "canary-given-token-1")
	for _, args := range [][]string{{"dest", "disable"}, {"installs", "import", installed}, {"doctor"}, {"api", "POST", "workspaces"}, {"token", "show"}, {"config", "list"}} {
		c.check(t, s.run(append(args, "-v")...))
	}
	c.checkFiles(t, s)
}

// TestNoSecretLeaksInCrash asks the runtime for its trace while a token is on its way.
func TestNoSecretLeaksInCrash(t *testing.T) {
	t.Parallel()
	s, c, _ := leakRig(t)
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	defer close(release)
	s.intercept(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	})
	process := s.command("dest", "get", "-v")
	process.Env = append(process.Env, "GOTRACEBACK=all")
	wait := begin(process, "")
	<-arrived
	if err := process.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	o := wait()
	if !strings.Contains(o.stderr, "SIGQUIT") || !strings.Contains(o.stderr, "goroutine ") {
		t.Fatalf("no trace: %v", o)
	}
	if found := c.in(o.stdout + o.stderr); len(found) > 0 {
		t.Errorf("the trace shows %q: %v", found, o)
	}
	c.checkFiles(t, s)
}
