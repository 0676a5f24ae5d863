package secret

import (
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"plain é 世界 👩‍💻":     "plain é 世界 👩‍💻",
		"a\x1b]0;title\x07b": `a\x1b]0;title\x07b`,
		"a\r\n\tb":           `a\r\n\tb`,
		"\x7f\u009b\u0085":   `\x7f\u009b\u0085`,
		"\u202etxt\u2066":    `\u202etxt\u2066`,
		"a\u2028b\ufeff":     `a\u2028b\ufeff`,
		"\xff\xc0a":          `\xff\xc0a`,
		"\U000e0041":         `\udb40\udc41`,
	}
	for in, want := range tests {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got, want := CleanText("a\n\tb\x1b"), "a\n\tb\\x1b"; got != want {
		t.Errorf("CleanText = %q, want %q", got, want)
	}
}

func TestCleanDocument(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"{\n\t\"a\": \"é\"\r\n}":        "{\n\t\"a\": \"é\"\r\n}",
		"\"a\u202e\x7f\U000e0041\xff\"": `"a\u202e\u007f\udb40\udc41\ufffd"`,
	}
	for in, want := range tests {
		if got := string(CleanDocument([]byte(in))); got != want {
			t.Errorf("CleanDocument(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBrief(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    string
		limit int
		want  string
	}{
		{"", 10, ""},
		{" two\r\n\t lines ", 20, "two lines"},
		{"exactly ten", 11, "exactly ten"},
		{"exactly ten", 10, "exactly t…"},
		{"ééééé", 5, "ééééé"},
		{"éééééé", 5, "éééé…"},
		{"red \x1b[31m\u202e", 40, `red \x1b[31m\u202e`},
		{"anything", 0, "…"},
	}
	for _, test := range tests {
		if got := Brief(test.in, test.limit); got != test.want {
			t.Errorf("Brief(%q, %d) = %q, want %q", test.in, test.limit, got, test.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || Clean(got) != got {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	})
}
