package output

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

func TestMask(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                    "",
		"a":                   "••••••••",
		"abcd1234":            "••••••••",
		"abcdefgh123":         "••••••••",
		"abcdefgh1234":        "••••••••1234",
		"abcdefghijkl\x1bxyz": `••••••••\x1bxyz`,
	}
	for in, want := range tests {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
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
