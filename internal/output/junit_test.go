package output

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func report() Report {
	return Report{
		Name: "segctl dest check", Began: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)), Took: 1234567 * time.Microsecond,
		Cases: []Case{
			{Name: "installs/1 acme/js clearbrain", Class: "dest check"},
			{Name: "Smith & \"Sons\" <b>", Class: "dest check", Verdict: Failure, Type: "disabled", Message: "it's \"off\"\x1b[31m\u202e & <b>", Text: "a\nb\x00\x01]]>\xff\u0085"},
			{Name: "Ünïcode ✓", Class: "dest check", Verdict: Broken, Type: "unreachable", Message: "no\nanswer", Text: "no answer"},
		},
	}
}

// TestJUnit wants the elements, attributes and counts that GitLab and GitHub's actions read.
func TestJUnit(t *testing.T) {
	t.Parallel()
	text, err := report().JUnit()
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="segctl dest check" tests="3" failures="1" errors="1" skipped="0" time="1.235">
  <testsuite timestamp="2026-01-02T02:04:05" name="segctl dest check" tests="3" failures="1" errors="1" skipped="0" time="1.235">
    <testcase name="installs/1 acme/js clearbrain" classname="dest check"></testcase>
    <testcase name="Smith &amp; &#34;Sons&#34; &lt;b&gt;" classname="dest check">
      <failure message="it&#39;s &#34;off&#34;\x1b[31m\u202e &amp; &lt;b&gt;" type="disabled">a&#xA;b\x00\x01]]&gt;\xff\u0085</failure>
    </testcase>
    <testcase name="Ünïcode ✓" classname="dest check">
      <error message="no\nanswer" type="unreachable">no answer</error>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("XML (-want +got):\n%s", diff)
	}
	isWellFormed(t, text)
	if text, err = (Report{}).JUnit(); err != nil || !strings.Contains(string(text), `tests="0"`) {
		t.Errorf("an empty report: %s, %v", text, err)
	}
	isWellFormed(t, text)
}

// isWellFormed reads XML to its end, strictly.
func isWellFormed(t *testing.T, text []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(text)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

func FuzzJUnit(f *testing.F) {
	f.Add("name", "message", "text\x00")
	f.Add("\ufffe\uffff", "\xed\xa0\x80", "]]>")
	f.Fuzz(func(t *testing.T, name, message, body string) {
		r := Report{Name: name, Cases: []Case{{Name: name, Class: name, Verdict: Failure, Type: name, Message: message, Text: body}}}
		text, err := r.JUnit()
		if err != nil {
			t.Fatal(err)
		}
		isWellFormed(t, text)
	})
}

// TestWriteJUnit replaces a file as a whole, and leaves nothing behind where that fails.
func TestWriteJUnit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.xml")
	if err := os.WriteFile(path, []byte(strings.Repeat("old", 10000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := report().WriteJUnit(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	isWellFormed(t, text)
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	if err := report().WriteJUnit(filepath.Join(dir, "nosuch", "report.xml")); err == nil {
		t.Error("a folder that is not there takes a report")
	}
}

// TestAnnotation escapes as GitHub's toolkit does (packages/core/src/command.ts).
func TestAnnotation(t *testing.T) {
	t.Parallel()
	got := Annotation("a:b,c%\r\n", "100% off:\n::error::x, y\x1b[0m")
	want := `::error title=a%3Ab%2Cc%25\r%0A::100%25 off:%0A::error::x, y\x1b[0m`
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
