package cmd

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBrowserArgs(t *testing.T) {
	t.Parallel()
	const url = "https://id.segmentapis.com/oauth2/auth?state=%20x"
	for command, want := range map[string][]string{
		"curl -sL -o /dev/null":    {"curl", "-sL", "-o", "/dev/null", url},
		`open -a "My Browser"`:     {"open", "-a", "My Browser", url},
		"firefox --url=%s --kiosk": {"firefox", "--url=" + url, "--kiosk"},
		"sh":                       {"sh", url},
	} {
		got, err := browserArgs(command, url)
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", command, diff)
		}
	}
	for _, command := range []string{`"unclosed`, "   "} {
		if got, err := browserArgs(command, url); err == nil {
			t.Errorf("%q: got %q, want an error", command, got)
		}
	}
}
