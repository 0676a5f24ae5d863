package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/config"
)

const (
	servePage = "../docs/serve.md"
	serveDocs = "../docs/examples/serve"
)

// What the page has people paste is shell, and its commands of segctl are commands with flags that there are.
func TestServePageCommands(t *testing.T) {
	t.Parallel()
	blocks := shellBlocks(readDoc(t, servePage))
	if len(blocks) < 5 {
		t.Fatalf("%d blocks of shell", len(blocks))
	}
	seen := 0
	for _, block := range blocks {
		check := exec.Command("sh", "-n")
		check.Stdin = strings.NewReader(block)
		if text, err := check.CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, text, block)
		}
		commands := segctlCommands(block)
		seen += len(commands)
		for _, args := range commands {
			if err := takes(args); err != nil {
				t.Errorf("segctl %s: %v", strings.Join(args, " "), err)
			}
		}
	}
	for _, inline := range regexp.MustCompile("`segctl ([^`]+)`").FindAllStringSubmatch(readDoc(t, servePage), -1) {
		seen++
		if err := takes(strings.Fields(strings.ReplaceAll(inline[1], "…", ""))); err != nil {
			t.Errorf("segctl %s: %v", inline[1], err)
		}
	}
	if seen < 20 {
		t.Errorf("%d commands were seen", seen)
	}
}

func TestSegctlCommandsAreSeen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"segctl serve check":                                        "serve check",
		"sudo -u segctl segctl serve key create x.txt":              "serve key create x.txt",
		"as_service serve link --customer 'a b' --api-key -":        "serve link --customer|a b|--api-key -",
		"cat x | segctl installs import - >y":                       "installs import -",
		"podman compose run --rm -T serve serve check <x":           "serve check",
		"podman compose run --rm migrate":                           "serve migrate",
		"kubectl -n x exec -i deploy/segctl -- /segctl version":     "version",
		"sudo -u postgres createuser segctl":                        "",
		`as_service() { sudo -u segctl sh -c 'exec segctl "$@"'; }`: "",
	} {
		var got string
		for _, args := range segctlCommands(text) {
			for i, arg := range args {
				if i > 0 && (strings.Contains(arg, " ") || strings.Contains(args[i-1], " ")) {
					got += "|"
				} else if i > 0 {
					got += " "
				}
				got += arg
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, wrong := range []string{"serve chekc", "serve --public-uri x", "serve link extra", "serve token extra", "nosuch"} {
		if takes(strings.Fields(wrong)) == nil {
			t.Errorf("segctl %s is taken", wrong)
		}
	}
}

// shellBlocks returns the blocks of a page that are shell.
func shellBlocks(page string) []string {
	var blocks []string
	for _, block := range regexp.MustCompile("(?ms)^```sh\\b[^\n]*\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		blocks = append(blocks, block[1])
	}
	return blocks
}

// segctlCommands returns the arguments of each run of segctl in a script, also as a container's or by the function as_service.
func segctlCommands(script string) [][]string {
	const start = `(?m)(?:^|[|;&(]\s*|\bsudo -u segctl )`
	var all [][]string
	for _, pattern := range []string{start + `(?:segctl|as_service) ([^|;&<>)\n]+)`, ` -- /segctl ([^|;&<>\n]+)`, `\bcompose run (?:--?\w+ )*((?:serve|migrate)\b[^|;&<>\n]*)`} {
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(strings.ReplaceAll(script, "\\\n", " "), -1) {
			args, err := shellquote.Split(found[1])
			if err != nil {
				continue // the shell has judged it
			}
			if strings.HasPrefix(pattern, `\bcompose`) { // the first word is the service's name
				if args = args[1:]; len(args) == 0 {
					args = []string{"serve", "migrate"}
				}
			}
			all = append(all, args)
		}
	}
	return all
}

// The table of flags is whole.
func TestServePageFlags(t *testing.T) {
	t.Parallel()
	page := readDoc(t, servePage)
	serve := serveCommand(t)
	serve.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" && !strings.Contains(page, "`--"+f.Name+"`") && !strings.Contains(page, " --"+f.Name+"\n") {
			t.Errorf("docs/serve.md does not name --%s", f.Name)
		}
	})
	for _, row := range regexp.MustCompile("(?m)^\\| (`--.*?) \\|").FindAllStringSubmatch(page, -1) {
		for _, name := range regexp.MustCompile("`--([a-z-]+)`").FindAllStringSubmatch(row[1], -1) {
			if serve.LocalNonPersistentFlags().Lookup(name[1]) == nil {
				t.Errorf("segctl serve has no flag --%s", name[1])
			}
		}
	}
}

func serveCommand(t *testing.T) *cobra.Command {
	t.Helper()
	serve, _, err := Root().Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	return serve
}

// Each SEGCTL_ variable of the page and its files is one that segctl reads.
func TestServeVariables(t *testing.T) {
	t.Parallel()
	known := []string{"SEGCTL_CONFIG_DIR", "SEGCTL_STATE_DIR", "SEGCTL_WEBHOOK_SECRET", "SEGCTL_SERVE_"}
	for _, key := range config.Keys() {
		known = append(known, "SEGCTL_"+strings.ToUpper(key))
	}
	variable := func(prefix string) func(f *pflag.Flag) {
		return func(f *pflag.Flag) {
			known = append(known, prefix+strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")))
		}
	}
	Root().PersistentFlags().VisitAll(variable("SEGCTL_"))
	serveCommand(t).LocalNonPersistentFlags().VisitAll(variable("SEGCTL_SERVE_"))
	for _, path := range append(serveFiles(t), servePage) {
		for _, name := range regexp.MustCompile(`\bSEGCTL_[A-Z_]+`).FindAllString(readDoc(t, path), -1) {
			if !slices.Contains(known, name) {
				t.Errorf("%s: segctl reads no variable %s", path, name)
			}
		}
	}
}

// serveFiles returns the files that the service is run from.
func serveFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(serveDocs, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}

// No file has a secret, or a place in it where somebody would write one: they are in files of their own.
func TestServeFilesHoldNoSecret(t *testing.T) {
	t.Parallel()
	for _, path := range serveFiles(t) {
		for _, found := range secretsInFile(readDoc(t, path)) {
			t.Errorf("%s: %s", path, found)
		}
	}
	for text, want := range map[string]bool{
		"SEGCTL_CLIENT_SECRET=": true, "  SEGCTL_WEBHOOK_SECRET: x": true, "Environment=SEGCTL_TOKEN=x": true, "PGPASSWORD=x": true,
		"postgres://segctl:secret@db/segctl": true, "kind: Secret": true, "POSTGRES_PASSWORD: x": true, "AGE-SECRET-KEY-1X": true,
		"SEGCTL_SERVE_WEBHOOK_SECRET=whsec_abc": true, "SEGCTL_SERVE_WEBHOOK_SECRET=@/run/x": false,
		"POSTGRES_PASSWORD_FILE: /run/x": false, "postgres://segctl@db:5432/segctl": false,
	} {
		if got := len(secretsInFile(text)) > 0; got != want {
			t.Errorf("%q: seen is %t, want %t", text, got, want)
		}
	}
}

func secretsInFile(text string) []string {
	return append(secretsOnCommandLines(text), regexp.MustCompile(
		`\b(SEGCTL_CLIENT_SECRET|SEGCTL_WEBHOOK_SECRET|SEGCTL_TOKEN|PGPASSWORD|POSTGRES_PASSWORD)\b *[=:]|whsec_\w|AGE-SECRET-KEY|://[^/@\s]*:[^/@\s]*@|(?m)^kind: Secret`,
	).FindAllString(text, -1)...)
}

// The YAML of the examples is YAML, and what it has of segctl is so: commands, probes, variables, mounts, and times.
func TestServeManifests(t *testing.T) {
	t.Parallel()
	grace, err := time.ParseDuration(serveCommand(t).Flag("grace").DefValue)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, path := range serveFiles(t) {
		if filepath.Ext(path) != ".yaml" {
			continue
		}
		for _, doc := range yamlDocuments(t, path) {
			kind, _ := doc["kind"].(string)
			kinds[kind] = true
			for _, c := range containersOf(t, doc) {
				if err := c.check(grace); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			if end, ok := find[int](doc, "terminationGracePeriodSeconds"); ok && time.Duration(end)*time.Second <= grace {
				t.Errorf("%s: replicas are killed after %d seconds, within --grace %s", path, end, grace)
			}
		}
	}
	for _, kind := range []string{"Deployment", "Job", "NetworkPolicy", "Ingress", "Service", "Kustomization"} {
		if !kinds[kind] {
			t.Errorf("there is no %s", kind)
		}
	}
}

func yamlDocuments(t *testing.T, path string) (docs []map[string]any) {
	t.Helper()
	for d := yaml.NewDecoder(strings.NewReader(readDoc(t, path))); ; {
		var doc map[string]any
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		docs = append(docs, doc)
	}
}

// find returns the first value of a type that a YAML document has under a key, however deep.
func find[T any](node any, key string) (value T, ok bool) {
	switch node := node.(type) {
	case map[string]any:
		if value, ok = node[key].(T); ok {
			return value, true
		}
		for _, inner := range node {
			if value, ok = find[T](inner, key); ok {
				return value, true
			}
		}
	case []any:
		for _, inner := range node {
			if value, ok = find[T](inner, key); ok {
				return value, true
			}
		}
	}
	return value, false
}

// container is one of Kubernetes, or of compose, where the image has the program's name.
type container struct {
	Args         []string                       `yaml:"args"`
	Command      []string                       `yaml:"command"`
	Env          []struct{ Name, Value string } `yaml:"env"`
	VolumeMounts []struct {
		MountPath string `yaml:"mountPath"`
	} `yaml:"volumeMounts"`
	Ready    probe `yaml:"readinessProbe"`
	Live     probe `yaml:"livenessProbe"`
	Security struct {
		ReadOnly  bool  `yaml:"readOnlyRootFilesystem"`
		Escalates *bool `yaml:"allowPrivilegeEscalation"`
	} `yaml:"securityContext"`
	Image    string `yaml:"image"`
	ReadOnly bool   `yaml:"read_only"`
	Grace    string `yaml:"stop_grace_period"`
}

type probe struct {
	HTTPGet struct{ Path string } `yaml:"httpGet"`
}

// containersOf returns the containers of a document that run segctl.
func containersOf(t *testing.T, doc map[string]any) (all []container) {
	t.Helper()
	inPod, _ := find[[]any](doc, "containers")
	services, _ := find[map[string]any](doc, "services")
	for _, one := range slices.Concat(inPod, slices.Collect(maps.Values(services))) {
		text, err := yaml.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		var c container
		if err := yaml.Unmarshal(text, &c); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(c.Image, "segctl") {
			all = append(all, c)
		}
	}
	return all
}

// check returns what is wrong with a container.
func (c container) check(grace time.Duration) error {
	args := slices.Concat(c.Command, c.Args)
	if len(args) == 0 {
		args = []string{"serve"} // as the Containerfile has it
	}
	if err := takes(args); err != nil {
		return err
	}
	switch serving := len(args) == 1; {
	case !c.ReadOnly && (!c.Security.ReadOnly || c.Security.Escalates == nil || *c.Security.Escalates):
		return fmt.Errorf("%q may write where it runs, or become more than it is", args)
	case serving && c.Grace == "" && (c.Ready.HTTPGet.Path != "/readyz" || c.Live.HTTPGet.Path != "/healthz"):
		return fmt.Errorf("%q is not probed for what it is", args)
	case c.Grace != "":
		if end, err := time.ParseDuration(c.Grace); err != nil || end <= grace {
			return fmt.Errorf("%q is killed after %s, within --grace %s: %w", args, c.Grace, grace, err)
		}
	}
	for _, e := range c.Env {
		path := strings.TrimPrefix(e.Value, "@")
		mounted := func(m struct {
			MountPath string `yaml:"mountPath"`
		},
		) bool {
			return strings.HasPrefix(path, m.MountPath+"/")
		}
		if strings.HasPrefix(path, "/") && !slices.ContainsFunc(c.VolumeMounts, mounted) {
			return fmt.Errorf("%q: nothing is mounted where %s is, %s", args, e.Name, path)
		}
	}
	return nil
}

// The unit runs commands that there are, as a user of its own, and is not killed within the grace period.
func TestServeUnit(t *testing.T) {
	t.Parallel()
	unit := readDoc(t, serveDocs+"/systemd/segctl-serve.service")
	started := regexp.MustCompile(`(?m)^ExecStart(?:Pre)?=/usr/local/bin/segctl (.+)$`).FindAllStringSubmatch(unit, -1)
	if len(started) != 2 {
		t.Errorf("it runs %q", started)
	}
	for _, line := range started {
		if err := takes(strings.Fields(line[1])); err != nil {
			t.Errorf("%s: %v", line[0], err)
		}
	}
	stop := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(unit)
	grace, err := time.ParseDuration(serveCommand(t).Flag("grace").DefValue)
	if err != nil || stop == nil {
		t.Fatalf("%q: %v", stop, err)
	}
	if end, err := time.ParseDuration(stop[1] + "s"); err != nil || end <= grace {
		t.Errorf("it is killed after %s, within --grace %s: %v", end, grace, err)
	}
	for _, line := range []string{"\nUser=segctl\n", "\nNoNewPrivileges=true\n", "\nEnvironmentFile=/etc/segctl/serve.env\n"} {
		if !strings.Contains(unit, line) {
			t.Errorf("it has no line %q", line)
		}
	}
	// The file of settings is read by systemd and by shells.
	check := exec.Command("sh", "-n", serveDocs+"/systemd/serve.env")
	if text, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, text)
	}
}

// Links of the pages lead to files and headings that there are.
func TestDocsLinks(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, page := range docPages(t) {
		for _, target := range linksOf(readDoc(t, page)) {
			seen++
			if err := follow(page, target); err != nil {
				t.Errorf("%s: %s: %v", page, target, err)
			}
		}
	}
	if seen < 100 {
		t.Errorf("%d links were seen", seen)
	}
	for target, want := range map[string]bool{
		"security.md": true, "nosuch.md": false, "#capacity": true, "#nosuch": false, "security.md#how-tokens-are-bound": true, "security.md#nosuch": false,
	} {
		if got := follow(servePage, target) == nil; got != want {
			t.Errorf("%s leads somewhere: %t, want %t", target, got, want)
		}
	}
}

// linksOf returns the targets of a page's links that are no URLs.
func linksOf(page string) (targets []string) {
	page = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`").ReplaceAllString(page, "")
	for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(page, -1) {
		if u, err := url.Parse(link[1]); err != nil || u.Scheme == "" {
			targets = append(targets, link[1])
		}
	}
	return targets
}

// follow returns an error where a link of a page leads nowhere.
func follow(page, target string) error {
	path, fragment, _ := strings.Cut(target, "#")
	to := page
	if path != "" {
		to = filepath.Join(filepath.Dir(page), path)
	}
	info, err := os.Stat(to)
	if err != nil || info.IsDir() || fragment == "" {
		return err
	}
	text, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllSubmatch(text, -1) {
		kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAll(bytes.ToLower(heading[1]), nil)
		if string(bytes.ReplaceAll(kept, []byte(" "), []byte("-"))) == fragment {
			return nil
		}
	}
	return fmt.Errorf("it has no heading %q", fragment)
}
