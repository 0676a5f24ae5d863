package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gomodule "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// `go build` in a checkout knows the commit, and whether files were changed since.
func TestVersionOfGoBuild(t *testing.T) {
	t.Parallel()
	checkout := filepath.Join(t.TempDir(), "segctl")
	if err := os.Mkdir(checkout, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(checkout, os.DirFS(copyOfProject(t))); err != nil {
		t.Fatal(err)
	}
	git(t, checkout, "init", "--quiet")
	git(t, checkout, "add", "--all")
	git(t, checkout, "commit", "--quiet", "--message", "A commit")
	git(t, checkout, "tag", "v1.2.3")
	program := filepath.Join(t.TempDir(), "segctl.exe")
	build := func() told {
		goCommand(t, checkout, append(os.Environ(), "GOFLAGS=-trimpath", "CGO_ENABLED=0"), "build", "-buildvcs=true", "-o", program, ".")
		return tell(t, program)
	}
	want := told{
		Version: "1.2.3", Commit: git(t, checkout, "rev-parse", "HEAD"), Date: "2026-11-25T01:02:03Z",
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if diff := cmp.Diff(want, build()); diff != "" {
		t.Errorf("version of a tagged checkout (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(filepath.Join(checkout, "README.md"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	want.Version, want.Modified = "1.2.3+dirty", true
	if diff := cmp.Diff(want, build()); diff != "" {
		t.Errorf("version of a changed checkout (-want +got):\n%s", diff)
	}
}

func git(t *testing.T, folder string, arguments ...string) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), "git", append([]string{
		"-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false", "-c", "core.autocrlf=false",
	}, arguments...)...)
	run.Dir = folder
	run.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-11-25T01:02:03Z", "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// `go install github.com/segctl/segctl@VERSION`, the README's way to get segctl, works and knows its version. The module
// comes out of a folder, and what it needs out of the modules that this machine has; nothing of it is kept.
func TestVersionOfGoInstall(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("the compiler does the same without the race detector")
	}
	known, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	const commit = "v0.0.0-20261125010203-0123456789ab"
	proxy, kept, programs := t.TempDir(), t.TempDir(), t.TempDir()
	serveModule(t, proxy, "v1.2.3", commit)
	environment := append(os.Environ(),
		"GOPROXY="+fileURL(proxy)+","+fileURL(filepath.Join(strings.TrimSpace(string(known)), "cache", "download")),
		"GOMODCACHE="+kept, "GOBIN="+programs, "GOFLAGS=-trimpath -modcacherw", "CGO_ENABLED=0", "GOSUMDB=off", "GONOPROXY=none", "GOPRIVATE=",
	)
	for version, want := range map[string]told{
		"v1.2.3": {Version: "1.2.3"},
		commit:   {Version: commit[1:], Commit: "0123456789ab", Date: "2026-11-25T01:02:03Z"},
	} {
		goCommand(t, programs, environment, "install", "github.com/segctl/segctl@"+version)
		want.Go, want.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
		programs, err := filepath.Glob(filepath.Join(programs, "segctl*"))
		if err != nil || len(programs) != 1 {
			t.Fatalf("go install made %q: %v", programs, err)
		}
		if diff := cmp.Diff(want, tell(t, programs[0])); diff != "" {
			t.Errorf("version of %s (-want +got):\n%s", version, diff)
		}
	}
}

// serveModule puts the project into a folder as a module proxy serves it. The first version is the one that is listed.
func serveModule(t *testing.T, proxy string, versions ...string) {
	t.Helper()
	folder := filepath.Join(proxy, "github.com", "segctl", "segctl", "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	serve := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	serve("list", []byte(versions[0]+"\n"))
	project := copyOfProject(t)
	for _, version := range versions {
		var archive bytes.Buffer
		if err := zip.CreateFromDir(&archive, gomodule.Version{Path: "github.com/segctl/segctl", Version: version}, project); err != nil {
			t.Fatal(err)
		}
		serve(version+".zip", archive.Bytes())
		serve(version+".mod", readFile(t, filepath.Join(project, "go.mod")))
		serve(version+".info", []byte(`{"Version":"`+version+`"}`))
	}
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	return "file://" + path
}
