package cmd

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// startUp is the work of each start, in things that can be counted: how long they take differs from machine to machine.
type startUp struct {
	packages int // whose initialisation takes memory
	allocs   int // by the initialisation of all packages
	bytes    int
	version  int // allocations of `segctl version` after that: the command tree, for the most part
}

// allowed is how much work a start may be, on linux/amd64. A dependency that costs more is noticed here, and so is a
// regular expression that a package compiles for those who do not need it. Whoever raises a figure does so in a commit of
// its own, which says what the work is for, and why it cannot be done when it is needed first: design.md §9 has what the
// dependencies cost.
func allowed() startUp {
	// The hosted flow is linked into the one program, and these initialise themselves whether it runs or not: pgx (5 packages,
	// 142 allocations, 9 KB), River (10, 527, 59 KB), metrics with runtime/metrics (2, 235, 45 KB), html/template (3, 96, 19 KB).
	return startUp{packages: 106, allocs: 5_200, bytes: 1_330_000, version: 2_200}
}

func TestStartUpDoesNoMoreWork(t *testing.T) { //nolint:paralleltest // what other tests allocate would be counted as well
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the figures are those of linux/amd64")
	}
	got, most := startUp{version: allocsOfVersion(t)}, allowed()
	got.packages, got.allocs, got.bytes = initialisation(t)
	t.Logf("%+v", got)
	for _, c := range []struct {
		what      string
		got, most int
	}{
		{"packages allocate when they are initialised", got.packages, most.packages},
		{"allocations are made when packages are initialised", got.allocs, most.allocs},
		{"bytes are allocated when packages are initialised", got.bytes, most.bytes},
		{"allocations are made by `segctl version`", got.version, most.version},
	} {
		switch {
		case c.got > c.most:
			t.Errorf("%d %s, and %d are allowed. GODEBUG=inittrace=1 segctl version shows which package it is. "+
				"If the work must be done at each start, raise the figure in allowed(), in startup_test.go.", c.got, c.what, c.most)
		case c.got < c.most*85/100:
			t.Errorf("%d %s, and %d are allowed: lower the figure in allowed(), so that what was gained is kept", c.got, c.what, c.most)
		}
	}
}

// initialisation builds segctl, and returns what the initialisation of its packages takes.
func initialisation(t *testing.T) (packages, allocs, size int) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "segctl")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), program, "version")
	run.Env = append(os.Environ(), "GODEBUG=inittrace=1", "SEGCTL_CONFIG_DIR="+t.TempDir())
	var trace bytes.Buffer
	run.Stderr = &trace
	if err := run.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &trace)
	}
	number := func(text []byte) int {
		n, err := strconv.Atoi(string(text))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	lines := regexp.MustCompile(`(?m)^init \S+ .* (\d+) bytes, (\d+) allocs$`).FindAllSubmatch(trace.Bytes(), -1)
	for _, line := range lines {
		size += number(line[1])
		if n := number(line[2]); n > 0 {
			packages++
			allocs += n
		}
	}
	if len(lines) < 50 {
		t.Fatalf("the trace has %d packages:\n%s", len(lines), &trace)
	}
	return packages, allocs, size
}

// allocsOfVersion counts the allocations of `segctl version` in this process, which makes the whole command tree.
func allocsOfVersion(t *testing.T) int {
	t.Helper()
	return int(testing.AllocsPerRun(10, func() {
		app := &App{In: bytes.NewReader(nil), Out: io.Discard, Err: io.Discard, Env: func(string) (string, bool) { return "", false }, Now: time.Now}
		if code := app.Run(context.Background(), []string{"version"}); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}))
}
