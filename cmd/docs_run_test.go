package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsRun does what the pages say: the blocks of a page are the steps of one session of bash in an empty folder, inside
// segctl sandbox run --auto-approve. The first word after a fence's language says what a block is:
//
//	```sh run              a step that has to succeed
//	```sh run exit=10      a step whose last command ends with that exit status
//	```text output         what the step before printed on both streams; "…" stands for any text of a line, a line "…" for any lines
//	```csv file=NAME       a file that the reader is told to write, in any language
//
// An HTML comment, <!-- sandbox: --customers 12 -->, gives the sandbox of a page further flags. Tables are printed as on a
// terminal of 100 columns.
func TestDocsRun(t *testing.T) {
	t.Parallel()
	needTool(t, "bash")
	needTool(t, "curl")
	ran := 0
	for _, page := range docPages(t) {
		steps, err := stepsOf(readDoc(t, page))
		if err != nil {
			t.Errorf("%s: %v", page, err)
		}
		if len(steps) == 0 {
			continue
		}
		ran++
		t.Run(strings.TrimPrefix(filepath.ToSlash(page), "../"), func(t *testing.T) {
			t.Parallel()
			if err := play(t, steps, pageFlags(readDoc(t, page))); err != nil {
				t.Error(err)
			}
		})
	}
	if ran < 1 {
		t.Errorf("%d pages have blocks that are run", ran)
	}
}

// A page that is wrong is seen: without this, the test above might run nothing.
func TestDocsRunSeesFailures(t *testing.T) {
	t.Parallel()
	needTool(t, "bash")
	const fence = "```"
	for text, want := range map[string]string{
		"sh run\nsegctl version >/dev/null\n": "",
		"sh run\nfalse\ntrue\n":               "line 1 ended with 1, not 0",
		"sh run\nsegctl dest gett\n":          "line 1 ended with 2, not 0",
		"sh run exit=2\nsegctl dest gett\n":   "",
		"sh run exit=2\nsegctl version\n":     "line 1 ended with 0, not 2",
		"sh run\necho a b; echo c >&2\n" + fence + "\n" + fence + "text output\na …\nc\n":            "",
		"sh run\necho a b\n" + fence + "\n" + fence + "text output\na c\n":                           "line 1 printed",
		"csv file=x.csv\ninstall,apiKey\n" + fence + "\n" + fence + "sh run\ngrep -q apiKey x.csv\n": "",
		"text output\na\n": "line 1: no step to print it",
		"sh run quickly\n": `line 1: unknown word "quickly"`,
	} {
		steps, err := stepsOf(fence + text + fence + "\n")
		if err == nil {
			err = play(t, steps, nil)
		}
		if got := fmt.Sprint(err); (err == nil) != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A step is a block of a page that is run, or a file that is written.
type step struct {
	line         int
	text         string
	exit         string
	file         string
	output       string
	outputWanted bool
}

// stepsOf returns the steps of a page, or an error for the first fence that means nothing.
func stepsOf(page string) (steps []step, err error) {
	for _, at := range regexp.MustCompile("(?ms)^```(\\w+)((?: [^\n]+)?)\n(.*?)^```$").FindAllStringSubmatchIndex(page, -1) {
		language, words, text := page[at[2]:at[3]], strings.Fields(page[at[4]:at[5]]), page[at[6]:at[7]]
		s := step{line: 1 + strings.Count(page[:at[0]], "\n"), text: text, exit: "0"}
		for i, word := range words {
			name, value, _ := strings.Cut(word, "=")
			switch {
			case i == 0 && word == "run" && language == "sh":
			case i == 0 && word == "output":
				if len(steps) == 0 || steps[len(steps)-1].file != "" {
					return nil, fmt.Errorf("line %d: no step to print it", s.line)
				}
				steps[len(steps)-1].output, steps[len(steps)-1].outputWanted = text, true
			case i == 0 && name == "file" && value != "" && value == filepath.Base(value):
				s.file = value
			case i == 1 && words[0] == "run" && name == "exit":
				s.exit = value
			default:
				return nil, fmt.Errorf("line %d: unknown word %q after the language", s.line, word)
			}
		}
		if len(words) > 0 && words[0] != "output" {
			steps = append(steps, s)
		}
	}
	return steps, nil
}

// pageFlags returns the flags that a page gives its sandbox.
func pageFlags(page string) []string {
	if found := regexp.MustCompile(`(?m)^<!-- sandbox: (.*) -->$`).FindStringSubmatch(page); found != nil {
		return strings.Fields(found[1])
	}
	return nil
}

// play takes the steps of one page, and returns an error for the first one that does something else than the page says.
func play(t *testing.T, steps []step, flags []string) error {
	t.Helper()
	dir, results := t.TempDir(), t.TempDir()
	script := "export SEGCTL_OUTPUT=table COLUMNS=100\n"
	for i, s := range steps {
		if s.file != "" {
			if err := os.WriteFile(filepath.Join(dir, s.file), []byte(s.text), 0o600); err != nil {
				return err
			}
			continue
		}
		// A step that may fail is in a shell of its own, so that it ends there and not the session.
		result := filepath.Join(results, fmt.Sprint(i))
		if s.exit == "0" {
			script += fmt.Sprintf("trap 'echo $? >%[1]s.exit' EXIT\nset -e\n{\n%[2]s} >%[1]s 2>&1\necho 0 >%[1]s.exit\n", result, s.text)
		} else {
			script += fmt.Sprintf("set +e\n( set -e\n%[2]s) >%[1]s 2>&1\necho $? >%[1]s.exit\n", result, s.text)
		}
	}
	script += "trap - EXIT\n"
	c := exec.CommandContext(t.Context(), "segctl", append(append([]string{"sandbox", "run", "--auto-approve"}, flags...), "--", "bash", "-u", "-o", "pipefail", "-c", script)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "HOME="+dir, "BROWSER=browser", "DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR=", "GORACE=atexit_sleep_ms=0")
	told, ran := c.CombinedOutput()
	for i, s := range steps {
		if s.file != "" {
			continue
		}
		result := filepath.Join(results, fmt.Sprint(i))
		exit, err := os.ReadFile(result + ".exit")
		if err != nil {
			return fmt.Errorf("the step at line %d was not reached: %w\n%s", s.line, ran, told)
		}
		printed, err := os.ReadFile(result)
		if err != nil {
			return err
		}
		if got := strings.TrimSpace(string(exit)); got != s.exit {
			return fmt.Errorf("the step at line %d ended with %s, not %s:\n%s\n%s", s.line, got, s.exit, s.text, printed)
		}
		if s.outputWanted && !asShown(s.output).MatchString("\n"+strings.TrimSpace(string(printed))) {
			return fmt.Errorf("the step at line %d printed\n%s\nand the page says\n%s", s.line, printed, s.output)
		}
	}
	return nil
}

// asShown is the pattern of a text that a page shows, after a line end. Spaces at the end of a line, which nobody sees, do not
// count.
func asShown(text string) *regexp.Regexp {
	pattern := "^"
	for line := range strings.Lines(strings.TrimSpace(text)) {
		if line = strings.TrimRight(line, " \n"); line == "…" {
			pattern += `(?:\n.*)*`
			continue
		}
		pattern += `\n` + strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + " *"
	}
	return regexp.MustCompile(pattern + "$")
}
