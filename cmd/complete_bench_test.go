package cmd

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/sandbox"
)

// BenchmarkCompleteSlug measures a whole command line, `segctl __complete dest get cl`, less the start of the process:
// cold, with one request to a sandbox, and warm, from the cache.
func BenchmarkCompleteSlug(b *testing.B) {
	run := func(b *testing.B, before func(cache string)) {
		c := newCompleting(b, sandbox.Options{})
		for first := true; first || b.Loop(); first = false {
			before(c.cache)
			out := &bytes.Buffer{}
			app := &App{In: c.In, Out: out, Err: &bytes.Buffer{}, Env: c.Env, Now: c.Now}
			if status := app.Run(b.Context(), []string{"__complete", "dest", "get", "cl"}); status != 0 {
				b.Fatalf("exit status %d", status)
			}
			if !strings.HasPrefix(out.String(), "clearbrain\t") {
				b.Fatalf("candidates %q", out)
			}
		}
	}
	b.Run("cold", func(b *testing.B) { run(b, func(cache string) { _ = os.Remove(cache) }) })
	b.Run("warm", func(b *testing.B) { run(b, func(string) {}) })
}
