package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/secret"
)

const canary = `c4nary/"of & a+secret`

type named struct {
	Name   string
	APIKey string `json:"apiKey"`
}

type resolved struct{}

func (resolved) LogValue() slog.Value {
	return slog.GroupValue(slog.String("a", canary), slog.String("client_secret", "unlearned"))
}

// Wherever a secret is in a record, and whoever put it there, it is not written.
func TestSecretsAreHidden(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		var out bytes.Buffer
		var r secret.Redactor
		r.Learn(canary)
		log, err := New(&out, format, "debug", &r)
		if err != nil {
			t.Fatal(err)
		}
		inJSON, _ := json.Marshal(map[string]string{"x": canary})
		for name, attribute := range map[string]any{
			"a string":         slog.String("a", canary),
			"an error":         slog.Any("err", fmt.Errorf("get: %w", errors.New(canary))),
			"bytes":            slog.Any("a", []byte(canary)),
			"a list":           slog.Any("a", []string{"x", canary}),
			"a map":            slog.Any("a", map[string]any{"x": map[string]string{canary: canary}}),
			"a pointer":        slog.Any("a", &named{"x", "unlearned"}),
			"in a query":       slog.String("a", "https://x.example/?a="+url.QueryEscape(canary)),
			"in JSON":          slog.String("a", string(inJSON)),
			"a group":          slog.Group("g", slog.Group("h", "a", canary)),
			"a key":            slog.String(canary, "x"),
			"a group's key":    slog.Group(canary, "a", "x"),
			"resolved":         slog.Any("a", resolved{}),
			"by name":          slog.String("api_key", "unlearned"),
			"by name, a group": slog.Group("g", "Authorization", "unlearned"),
			"by shape":         slog.String("a", "sent Authorization: Bearer unlearned-by-any0ne"),
			"by shape, error":  slog.Any("a", errors.New("https://x.example/cb?code=unlearned&state=unlearned")),
			"password in URL":  slog.String("a", "postgres://user:unlearned@db.example/x"),
		} {
			out.Reset()
			log.Info("a message", attribute)
			if line := out.String(); strings.Contains(line, "c4nary") || strings.Contains(line, "unlearned") || !strings.Contains(line, secret.Redacted) {
				t.Errorf("%s, %s: %s", format, name, line)
			}
		}
		out.Reset()
		log.WithGroup(canary).With("b", canary).Warn("a message with " + canary)
		if line := out.String(); strings.Contains(line, "c4nary") {
			t.Errorf("%s: %s", format, line)
		}
	}
}

// What is no secret stays readable, with its type.
func TestRecordsStayReadable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := New(&out, "json", "info", &secret.Redactor{})
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("not at this level")
	log.Info("refreshed", "install", "installs/7", "took", 2*time.Second, "n", 3, "ok", true, "all", []int{1}, "none", nil, "who", named{Name: "x"},
		"url", "https://customer.example/a?b=c", "err", errors.New("one\ntwo\u202e"))
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	delete(got, "time")
	want := `{"all":[1],"err":"one\\ntwo\\u202e","install":"installs/7","level":"INFO","msg":"refreshed","n":3,"none":null,"ok":true,"took":2000000000,` +
		`"url":"https://customer.example/a?b=c","who":{"Name":"x","apiKey":""}}`
	if text, _ := json.Marshal(got); string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	out.Reset()
	text, err := New(&out, "text", "warn", &secret.Redactor{})
	if err != nil {
		t.Fatal(err)
	}
	text.Warn("two\nlines", "err", errors.New("a b"), "who", named{Name: "x"})
	if line := out.String(); strings.Count(line, "\n") != 1 || !strings.Contains(line, `err="a b" who="{\"Name\":\"x\",\"apiKey\":\"\"}"`) {
		t.Errorf("%s", line)
	}
}

func TestWhatIsNoFormatOrLevel(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		for _, level := range Levels() {
			if _, err := New(nil, format, level, nil); err != nil {
				t.Errorf("%s, %s: %v", format, level, err)
			}
		}
	}
	if _, err := New(nil, "xml", "info", nil); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("a format: %v", err)
	}
	if _, err := New(nil, "json", "loud", nil); err == nil || !strings.Contains(err.Error(), "debug, info") {
		t.Errorf("a level: %v", err)
	}
}
