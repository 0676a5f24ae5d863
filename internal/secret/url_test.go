package secret

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                                                "",
		"https://a.example/v1beta/x?b=1":                  "https://a.example/v1beta/x?b=1",
		"https://u:canary@a.example/x":                    "https://a.example/x",
		"https://u:can/ary@a.example/x":                   "https://a.example/x",
		"https://u:can#ary@a.example/x":                   "https://a.example/x",
		"//u:canary@a.example/x":                          "//a.example/x",
		"/relative?code=canary#canary":                    "/relative?code=[redacted]",
		"https://a.example/?z=1&state=canary&scope=a%20b": "https://a.example/?z=1&state=[redacted]&scope=a%20b",
		"https://a.example/?next=https%3A%2F%2Fu%3Acanary%40b.example%2F": "https://a.example/?next=https%3A%2F%2F%5Bredacted%5D%3A%5Bredacted%5D%40b.example%2F",
		"https://a.example/#access_token=canary":                          "https://a.example/",
		"https://a.example/@x?page_token=abc&token_type=bearer":           "https://a.example/@x?page_token=abc&token_type=bearer",
		"https://a.example/installs/7/token":                              "https://a.example/installs/7/token",
	} {
		if got := URL(raw); got != want {
			t.Errorf("URL(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, want string
		found     []string
	}{
		{"", "", nil},
		{"b=1&a=2", "b=1&a=2", nil},
		{"grant_type=authorization_code&code=canary%2Fcode&code_verifier=canary", "grant_type=authorization_code&code=[redacted]&code_verifier=[redacted]", []string{"canary/code", "canary"}},
		{"state=&flag", "state=&flag", nil},
		{"c%6Fde=canary-code", "c%6Fde=[redacted]", []string{"canary-code"}},
		{"a=%zz&b=1", "[redacted]&b=1", []string{"a=%zz"}},
		{"a=1;code=canary&b=1", "[redacted]&b=1", []string{"a=1;code=canary"}},
		{"code=US", "code=[redacted]", nil},
		{"sig=canary", "sig=[redacted]", []string{"canary"}},
	} {
		got, found := Query(test.raw)
		if got != test.want {
			t.Errorf("Query(%q) = %q, want %q", test.raw, got, test.want)
		}
		if diff := cmp.Diff(test.found, found); diff != "" {
			t.Errorf("Query(%q) found (-want +got)\n%s", test.raw, diff)
		}
	}
}
