package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const testingDocs = "../docs/testing"

// The pages of docs/testing show the files that these tests run, as they are.
func TestTestingPagesShowTheirPrograms(t *testing.T) {
	t.Parallel()
	index := readDoc(t, "../docs/sandbox.md")
	pages, err := filepath.Glob(testingDocs + "/*.md")
	if err != nil || len(pages) != 6 {
		t.Fatalf("%d pages, want 6: %v", len(pages), err)
	}
	for _, path := range pages {
		page := readDoc(t, path)
		if !strings.Contains(index, "](testing/"+filepath.Base(path)+")") {
			t.Errorf("docs/sandbox.md does not name %s", path)
		}
		shown := 0
		for _, link := range regexp.MustCompile(`\]\(((?:examples/|Containerfile)[^)]*)\)`).FindAllStringSubmatch(page, -1) {
			shown++
			if !strings.Contains(page, "\n"+readDoc(t, filepath.Join(testingDocs, link[1]))+"```\n") {
				t.Errorf("%s does not show %s as it is", path, link[1])
			}
		}
		if shown == 0 {
			t.Errorf("%s shows no file", path)
		}
	}
}

// Each program installs the App in a sandbox and creates its destination; it fails where one of these does.
func TestTestingPrograms(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{
		"shell":  {"sh", testingDocs + "/examples/install.sh"},
		"go":     {"go", "test", "-count=1", "-v", testingDocs + "/examples/go"},
		"node":   {"node", "--test", testingDocs + "/examples/install.test.mjs"},
		"python": {"python3", testingDocs + "/examples/test_install.py"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needTool(t, command[0])
			if name == "shell" {
				needTool(t, "curl")
			}
			ran, _ := runSandboxed(t, append([]string{
				"--", "sh", "-c",
				`"$@" && segctl sandbox requests -o json --jq '.[] | .method + " " + .path + " " + (.status | tostring)'`, "sh",
			}, command...)...)
			for _, want := range []string{"GET /oauth2/auth 303", "POST /oauth2/token 200", "POST /v1beta/workspaces/acme/sources/js/destinations 200"} {
				if !strings.Contains(strings.ReplaceAll(ran, " 302", " 303"), want) {
					t.Errorf("no request %q:\n%s", want, ran)
				}
			}
		})
	}
}

// The shell lines of the workflow are run one step after the other, in an environment that GITHUB_ENV carries on. Only the
// port is another one.
func TestTestingWorkflow(t *testing.T) {
	t.Parallel()
	needTool(t, "jq")
	needTool(t, "curl")
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Uses, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(readDoc(t, testingDocs+"/examples/sandbox.yml")), &workflow); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	carried, pid := filepath.Join(folder, "env"), filepath.Join(folder, "pid")
	t.Cleanup(func() { interrupt(t, pid) })
	ran := map[string]string{}
	for _, step := range workflow.Jobs["test"].Steps {
		if step.Uses != "" || strings.HasPrefix(step.Run, "go install ") {
			continue
		}
		script := strings.ReplaceAll(step.Run, "127.0.0.1:8899", "127.0.0.1:0")
		script = strings.Replace(script, " &\n", " &\necho $! >\"$PID_FILE\"\n", 1)
		script = strings.ReplaceAll(script, "docs/testing", filepath.Join(root, "docs/testing"))
		c := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
		c.Dir = folder
		c.Env = append(os.Environ(), "GITHUB_ENV="+carried, "PID_FILE="+pid, "HOME="+folder)
		if text, err := os.ReadFile(carried); err == nil {
			c.Env = append(c.Env, strings.Fields(string(text))...)
		}
		text, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("step %q: %v\n%s", step.Name, err, text)
		}
		ran[step.Name] = string(text)
	}
	if got := ran["Test"]; got != "created workspaces/acme/sources/js/destinations/clearbrain\n" {
		t.Errorf("the test printed %q", got)
	}
	if !strings.Contains(ran["What the sandbox answered"], "/v1beta/workspaces/acme/sources/js/destinations") {
		t.Errorf("the log has no creation:\n%s", ran["What the sandbox answered"])
	}
}

// interrupt ends the sandbox whose process id is in a file.
func interrupt(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("no sandbox was started: %v", err)
		return
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Error(err)
		return
	}
	p, err := os.FindProcess(id)
	if err == nil {
		err = p.Signal(os.Interrupt)
	}
	if err != nil {
		t.Error(err)
	}
}

// The image cannot be built here. What its definition says of segctl is so: the command and its flags exist, what is copied
// was built, and it is not run as root.
func TestContainerfile(t *testing.T) {
	t.Parallel()
	if err := checkContainerfile(readDoc(t, testingDocs+"/Containerfile"), readDoc(t, "../go.mod")); err != nil {
		t.Error(err)
	}
	for what, change := range map[string][2]string{
		"unknown flag":    {"--allow-remote", "--allow-everyone"},
		"unknown default": {"--auto-approve", "--auto-approval"},
		"unknown command": {`"sandbox", "start"`, `"sandbox", "serve"`},
		"root":            {"USER 65532:65532", "USER 0:0"},
		"another file":    {"-o /segctl .", "-o /other ."},
		"an old Go":       {"golang:1.26", "golang:1.25"},
		"not reachable":   {"0.0.0.0:8899", "127.0.0.1:8899"},
	} {
		text := readDoc(t, testingDocs+"/Containerfile")
		changed := strings.Replace(text, change[0], change[1], 1)
		if changed == text {
			t.Errorf("%s: nothing was changed", what)
		}
		if checkContainerfile(changed, readDoc(t, "../go.mod")) == nil {
			t.Errorf("%s: was not seen", what)
		}
	}
	if err := checkContainerfile(readDoc(t, serveDocs+"/container/Containerfile"), readDoc(t, "../go.mod")); err != nil {
		t.Error(err)
	}
	page := readDoc(t, testingDocs+"/container.md")
	for _, flags := range regexp.MustCompile(`(?m)^podman run .* segctl-sandbox (.+)$`).FindAllStringSubmatch(page, -1) {
		if err := takes(append([]string{"sandbox", "start"}, strings.Fields(flags[1])...)); err != nil {
			t.Error(err)
		}
	}
}

func checkContainerfile(text, goMod string) error {
	one := func(pattern string) string {
		if found := regexp.MustCompile(`(?m)` + pattern).FindStringSubmatch(text); found != nil {
			return found[1]
		}
		return ""
	}
	words := func(pattern string) (list []string, err error) {
		return list, yaml.Unmarshal([]byte(one(pattern)), &list)
	}
	entry, err := words(`^ENTRYPOINT (\[.*\])$`)
	if err != nil {
		return err
	}
	defaults, err := words(`^CMD (\[.*\])$`)
	if err != nil {
		return err
	}
	binary, wanted := one(` -o (\S+) \.$`), regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(goMod)[1]
	switch {
	case len(entry) == 0 || entry[0] != binary || !strings.Contains(text, "COPY --from=build "+binary+" "+binary+"\n"):
		return fmt.Errorf("%q is not what is built and copied, %q", entry, binary)
	case one(`^USER ([1-9]\d*:[1-9]\d*)$`) == "":
		return fmt.Errorf("it is run as root, or as a user that scratch does not know")
	case one(`/golang:(\S+) AS build$`) != wanted:
		return fmt.Errorf("it is built with another Go than %s", wanted)
	case !strings.Contains(text, "0.0.0.0:"+one(`^EXPOSE (\d+)$`)):
		return fmt.Errorf("it does not listen on the port that is exposed")
	}
	return takes(append(entry[1:], defaults...))
}

func readDoc(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
