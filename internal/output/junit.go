package output

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/segctl/segctl/internal/secret"
)

// Report is the result of a suite of checks, for those who read JUnit's XML: GitLab, GitHub's actions, Jenkins.
type Report struct {
	Name  string // of the suite
	Began time.Time
	Took  time.Duration
	Cases []Case
}

// Case is one check. Its texts need no cleaning, but no secrets may be in them.
type Case struct {
	Name, Class string
	Verdict     Verdict
	Type        string // the verdict in a word of the caller's
	Message     string // in a line
	Text        string // all that is to be said
}

// Verdict is what became of a check.
type Verdict int

// The verdicts.
const (
	Passed  Verdict = iota
	Failure         // it found something
	Broken          // it could not be carried out: JUnit's error
)

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Timestamp string `xml:"timestamp,attr"`
	junitCounts
	Cases []junitCase `xml:"testcase"`
}

type junitCounts struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"` // seconds
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitVerdict `xml:"failure"`
	Error   *junitVerdict `xml:"error"`
}

type junitVerdict struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit returns the report as XML.
func (r Report) JUnit() ([]byte, error) {
	counts := junitCounts{
		Name: secret.Clean(r.Name), Tests: len(r.Cases), Time: strconv.FormatFloat(r.Took.Seconds(), 'f', 3, 64),
	}
	suite := junitSuite{Timestamp: r.Began.UTC().Format("2006-01-02T15:04:05")}
	for _, c := range r.Cases {
		one := junitCase{Name: secret.Clean(c.Name), Class: secret.Clean(c.Class)}
		verdict := &junitVerdict{secret.Clean(c.Message), secret.Clean(c.Type), secret.CleanText(c.Text)}
		switch c.Verdict {
		case Failure:
			one.Failure = verdict
			counts.Failures++
		case Broken:
			one.Error = verdict
			counts.Errors++
		case Passed:
		}
		suite.Cases = append(suite.Cases, one)
	}
	suite.junitCounts = counts
	var b bytes.Buffer
	b.WriteString(xml.Header)
	encoder := xml.NewEncoder(&b)
	encoder.Indent("", "  ")
	if err := encoder.Encode(junitSuites{junitCounts: counts, Suites: []junitSuite{suite}}); err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// WriteJUnit replaces a file by the report, in one step. Others may read it, as whoever collects reports has to.
func (r Report) WriteJUnit(path string) error {
	text, err := r.JUnit()
	if err != nil {
		return err
	}
	return maybe.WriteFile(path, text, 0o644)
}
