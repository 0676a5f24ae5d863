package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/cmd"
)

// man finds no fault in any page, and shows each word of the help: Markdown would take <slug> for HTML, and drop it.
func TestManPages(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the man of other systems takes other options")
	}
	if _, err := exec.LookPath("man"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI has to install man")
		}
		t.Skip("man is not installed")
	}
	folder := t.TempDir()
	if err := writeManPages(folder); err != nil {
		t.Fatal(err)
	}
	pages := read(t, folder)
	each(cmd.Root(), func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-")
		page := name + ".1"
		if c.IsAdditionalHelpTopicCommand() && c.HasParent() {
			page = name + ".7"
		}
		if c.Hidden {
			return
		}
		if _, ok := pages[page]; !ok {
			t.Errorf("there is no page %s", page)
			return
		}
		delete(pages, page)
		shown := man(t, filepath.Join(folder, page))
		for _, word := range strings.Fields(c.Short + " " + c.Long + " " + c.Example) {
			if !strings.Contains(shown, word) {
				t.Errorf("%s does not show %q:\n%s", page, word, shown)
				return
			}
		}
	})
	for page := range pages {
		if !strings.HasPrefix(page, "segctl-completion") { // cobra's own, which no tree has before it runs
			t.Errorf("%s is of no command", page)
		}
	}
	for page, want := range map[string]string{
		"segctl.1":            "  segctl - The command line for",
		"segctl-dest-watch.1": "  no_access      the App was uninstalled, or its scope taken back: the customer has to install it again\n",
		"segctl-exit-codes.7": "   10  different: \"dest diff\" found something, or a check failed\n",
	} {
		if shown := man(t, filepath.Join(folder, page)); !strings.Contains(shown, want) {
			t.Errorf("%s does not show %q:\n%s", page, want, shown)
		}
	}
}

// man returns what man shows of a page, in lines that are not broken within a word.
func man(t *testing.T, page string) string {
	t.Helper()
	show := exec.CommandContext(t.Context(), "man", "--warnings", "--no-hyphenation", "--no-justification", "--local-file", page)
	show.Env = append(os.Environ(), "MANWIDTH=150", "LC_ALL=C.UTF-8", "MANROFFOPT=-c", "MAN_KEEP_FORMATTING=")
	var words, faults strings.Builder
	show.Stdout, show.Stderr = &words, &faults
	if err := show.Run(); err != nil || faults.Len() > 0 {
		t.Errorf("man %s: %v\n%s", page, err, &faults)
	}
	return words.String()
}
