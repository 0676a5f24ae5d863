package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// mostMegabytes is how large a release's binary for linux/amd64 may be, in millions of bytes. Of that, 7.3 are the hosted flow
// and its database. Whoever raises it says in the commit what the weight is for; design.md §9 has what dependencies weigh.
const mostMegabytes = 26

// releasedCommit stands for what goreleaser knows of the commit that it builds.
const releasedCommit, releasedDate = "0123456789abcdef0123456789abcdef01234567", "2026-11-25T01:02:03Z"

// releaseBuild is the part of .goreleaser.yaml that says how binaries are made.
type releaseBuild struct{ Env, Goos, Goarch, Flags, Ldflags []string }

func readReleaseBuild(t *testing.T) releaseBuild {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(projectRoot, releaseConfig))
	if err != nil {
		t.Fatal(err)
	}
	var config struct{ Builds []releaseBuild }
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if len(config.Builds) != 1 {
		t.Fatalf("%s has %d builds, want 1", releaseConfig, len(config.Builds))
	}
	return config.Builds[0]
}

// The notices are those of the systems that there are releases for.
func TestTargetsAreThoseOfTheRelease(t *testing.T) {
	t.Parallel()
	var released []string
	build := readReleaseBuild(t)
	for _, system := range build.Goos {
		for _, machine := range build.Goarch {
			released = append(released, system+"/"+machine)
		}
	}
	want := targets()
	slices.Sort(want)
	slices.Sort(released)
	if diff := cmp.Diff(want, released); diff != "" {
		t.Errorf("-targets() +%s:\n%s", releaseConfig, diff)
	}
}

// A binary is made twice as for a release, in two folders: it has the same bytes, it is small, and it knows where it is from.
func TestReleaseBuild(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the size is that of linux/amd64")
	}
	if underRace {
		t.Skip("the compiler does the same without the race detector")
	}
	here, elsewhere := buildAsReleased(t, projectRoot), buildAsReleased(t, copyOfProject(t))
	if !bytes.Equal(readFile(t, here), readFile(t, elsewhere)) {
		t.Error("the same files, built in another folder, give other bytes")
	}
	size := len(readFile(t, here))
	t.Logf("%.1f MB", float64(size)/1e6)
	if size > mostMegabytes*1_000_000 {
		t.Errorf("a release's binary has %d bytes, more than %d MB", size, mostMegabytes)
	}
	want := told{"1.2.3", releasedCommit, releasedDate, runtime.Version(), "linux/amd64", false}
	if diff := cmp.Diff(want, tell(t, here)); diff != "" {
		t.Errorf("version of a release (-want +got):\n%s", diff)
	}
}

// buildAsReleased builds with the flags of .goreleaser.yaml, for this machine.
func buildAsReleased(t *testing.T, folder string) string {
	t.Helper()
	known := strings.NewReplacer(
		"{{ .Version }}", "1.2.3", "{{ .FullCommit }}", releasedCommit, "{{ .CommitDate }}", releasedDate, "{{ .IsGitDirty }}", "false",
	)
	release := readReleaseBuild(t)
	program := filepath.Join(t.TempDir(), "segctl")
	arguments := append([]string{"build", "-o", program, "-ldflags", known.Replace(strings.Join(release.Ldflags, " "))}, release.Flags...)
	if strings.Contains(strings.Join(arguments, " "), "{{") {
		t.Fatalf("a flag of the release is of something that this test does not know, and may differ from build to build: %q", arguments)
	}
	goCommand(t, folder, append(os.Environ(), release.Env...), append(arguments, ".")...)
	return program
}

// copyOfProject returns another folder with the project's files, without what git and goreleaser keep there.
func copyOfProject(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	err := fs.WalkDir(os.DirFS(projectRoot), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == ".git" || path == "dist":
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(folder, path), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		return os.WriteFile(filepath.Join(folder, path), readFile(t, filepath.Join(projectRoot, path)), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// told is what `segctl version -o json` says.
type told struct {
	Version, Commit, Date, Go, Platform string
	Modified                            bool
}

func tell(t *testing.T, program string) (v told) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, "version", "-o", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return v
}

func goCommand(t *testing.T, folder string, environment []string, arguments ...string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), "go", arguments...)
	run.Dir, run.Env = folder, environment
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
