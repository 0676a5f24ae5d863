package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// knownActions are the actions of other people that the workflows may run, with the commit that was looked at. A tag can be
// moved to other code, a commit cannot.
func knownActions() map[string]string {
	return map[string]string{
		"actions/checkout":             "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
		"actions/setup-go":             "b7ad1dad31e06c5925ef5d2fc7ad053ef454303e # v7.0.0",
		"goreleaser/goreleaser-action": "f06c13b6b1a9625abc9e6e439d9c05a8f2190e94 # v7.2.3",
	}
}

// knownPermissions are what jobs may do beyond reading the repository.
func knownPermissions() map[string]map[string]string {
	return map[string]map[string]string{
		"release.yml/release": {"contents": "write", "packages": "write", "id-token": "write"},
	}
}

// workflow is what the tests look at of a file in .github/workflows.
type workflow struct {
	On          yaml.Node
	Permissions map[string]string
	Jobs        map[string]struct {
		Uses        string
		Permissions map[string]string
		Timeout     int `yaml:"timeout-minutes"`
		Steps       []workflowStep
	}
}

type workflowStep struct {
	Uses yaml.Node
	Run  string
	With map[string]string
}

// readWorkflows returns the workflows by the names of their files, and their texts.
func readWorkflows(t *testing.T) (map[string]workflow, map[string]string) {
	t.Helper()
	texts := read(t, filepath.Join(projectRoot, ".github/workflows"))
	all := map[string]workflow{}
	for name, text := range texts {
		var w workflow
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = w
	}
	if len(all) == 0 {
		t.Fatal("there is no workflow")
	}
	return all, texts
}

func TestWorkflowsRunKnownActions(t *testing.T) {
	t.Parallel()
	workflows, _ := readWorkflows(t)
	for name, w := range workflows {
		for job, j := range w.Jobs {
			if j.Uses != "" && !strings.HasPrefix(j.Uses, "./.github/workflows/") {
				t.Errorf("%s/%s uses a workflow of somebody else: %s", name, job, j.Uses)
			}
			for _, step := range j.Steps {
				if step.Uses.Value == "" {
					continue
				}
				action, commit, _ := strings.Cut(step.Uses.Value, "@")
				if got := strings.TrimSpace(commit + " " + step.Uses.LineComment); knownActions()[action] != got {
					t.Errorf("%s/%s runs %s at %q, want %q", name, job, action, got, knownActions()[action])
				}
				if action == "actions/checkout" && step.With["persist-credentials"] != "false" {
					t.Errorf("%s/%s leaves the token where every later step can read it", name, job)
				}
			}
		}
	}
}

func TestWorkflowsMayDoLittle(t *testing.T) {
	t.Parallel()
	workflows, texts := readWorkflows(t)
	for name, w := range workflows {
		if diff := cmp.Diff(map[string]string{"contents": "read"}, w.Permissions); diff != "" {
			t.Errorf("permissions of %s (-want +got):\n%s", name, diff)
		}
		for job, j := range w.Jobs {
			if diff := cmp.Diff(knownPermissions()[name+"/"+job], j.Permissions); diff != "" {
				t.Errorf("permissions of %s/%s (-want +got):\n%s", name, job, diff)
			}
			if j.Timeout == 0 && j.Uses == "" {
				t.Errorf("%s/%s may run for six hours: it has no timeout-minutes", name, job)
			}
			for _, step := range j.Steps {
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s/%s puts an expression into a shell's text, where its value is run; give it as a variable:\n%s", name, job, step.Run)
				}
			}
		}
		for _, forbidden := range []string{"pull_request_target", "sudo -E", "sudo env", "@latest", "continue-on-error"} {
			if strings.Contains(texts[name], forbidden) {
				t.Errorf("%s has %s", name, forbidden)
			}
		}
		fromPullRequest := regexp.MustCompile(`(?m)^  pull_request:`).MatchString(texts[name])
		if fromPullRequest && strings.Contains(texts[name], "secrets.") {
			t.Errorf("%s has secrets and runs what a pull request brings", name)
		}
	}
}

// What .ci/package tries is what releases are made with.
func TestReleaseUsesTheToolsOfTheGate(t *testing.T) {
	t.Parallel()
	gate := read(t, filepath.Join(projectRoot, ".ci/package"))["."]
	workflows, texts := readWorkflows(t)
	version := regexp.MustCompile(`goreleaser/v2@(v[\d.]+)`).FindStringSubmatch(gate)
	if version == nil {
		t.Fatal(".ci/package installs no goreleaser")
	}
	steps := workflows["release.yml"].Jobs["release"].Steps
	at := slices.IndexFunc(steps, func(s workflowStep) bool { return strings.HasPrefix(s.Uses.Value, "goreleaser/") })
	if at < 0 || steps[at].With["version"] != version[1] {
		t.Errorf("release.yml does not run goreleaser %s, which .ci/package tries", version[1])
	}
	cyclonedx := regexp.MustCompile(`github\.com/\S+/cyclonedx-gomod@v[\d.]+`).FindString(gate)
	if cyclonedx == "" || !strings.Contains(texts["release.yml"], cyclonedx) {
		t.Errorf("release.yml does not install %q, which .ci/package tries", cyclonedx)
	}
}

// Whoever reports a defect is asked for what segctl says of the machine, and every form is YAML.
func TestIssueForms(t *testing.T) {
	t.Parallel()
	for name, text := range read(t, filepath.Join(projectRoot, ".github/ISSUE_TEMPLATE")) {
		var form struct {
			Name string
			Body []struct {
				ID          string
				Attributes  map[string]any
				Validations struct{ Required bool }
			}
		}
		if err := yaml.Unmarshal([]byte(text), &form); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name != "defect.yml" {
			continue
		}
		asked := false
		for _, field := range form.Body {
			description, _ := field.Attributes["description"].(string)
			asked = asked || field.Validations.Required && strings.Contains(description, "segctl doctor")
		}
		if !asked {
			t.Errorf("%s does not ask for segctl doctor", name)
		}
	}
}
