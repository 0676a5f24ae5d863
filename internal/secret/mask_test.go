package secret

import "testing"

func TestMask(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                    "",
		"a":                   "••••••••",
		"abcd1234":            "••••••••",
		"abcdefgh123":         "••••••••",
		"abcdefgh1234":        "••••••••1234",
		"abcdefghijklmn+/w==": "••••••••/w==",
		"Bearer abcdefgh":     "••••••••",
		"Bearer abcdefgh1234": "••••••••1234",
		"u:p;password=abcdef": "••••••••",
		"abcdefghijkl\x1bxyz": `••••••••\x1bxyz`,
	}
	for in, want := range tests {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}
