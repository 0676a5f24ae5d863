package cmd

import (
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/problem"
)

// TestHealthHints wants of each health what to do about it, as a command line that segctl takes, and a line in the help.
func TestHealthHints(t *testing.T) {
	t.Parallel()
	for _, h := range destination.Healths() {
		if !strings.Contains(healthWords(), "\n  "+string(h)+" ") && !strings.HasPrefix(healthWords(), "  "+string(h)+" ") {
			t.Errorf("the help does not say what %s means", h)
		}
		for _, slug := range []string{"", "customer.io"} {
			hint, ok := problem.ForHealth(h, slug, []string{"a b.yaml", "c.yaml"})
			if want := h != destination.Healthy && h != destination.Unreachable; ok != want {
				t.Errorf("%s: a hint is there: %t", h, ok)
			}
			if !ok {
				continue
			}
			line := problem.Context{}.On("installs/7").Render(hint)
			if fault := checkHint(line); fault != nil {
				t.Errorf("%s: hint %q: %v", h, line, fault)
			}
		}
	}
}
