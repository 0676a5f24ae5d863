package segment

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	amplitude := []string{"apiKey", "secretKey", "trackAllPages", "eventUploadThreshold", "traitsToIncrement"}
	for _, test := range []struct {
		word       string
		candidates []string
		want       []string
	}{
		{"apikey", amplitude, []string{"apiKey"}},
		{"apiKye", amplitude, []string{"apiKey"}}, // a swap is one edit
		{"APIKEY", []string{"appKey", "apiKey"}, []string{"apiKey", "appKey"}},
		{"tra", amplitude, []string{"trackAllPages", "traitsToIncrement"}},
		{"eventUploadTreshhold", amplitude, []string{"eventUploadThreshold"}},
		{"color", amplitude, nil},
		{"", amplitude, nil},
		{"ax", []string{"ab", "bx", "bb"}, []string{"ab", "bx"}},
		{"webhoks", []string{"web", "webhooks"}, []string{"webhooks"}},
		{"a", []string{"a1111", "a111", "a11", "a1"}, []string{"a1", "a11", "a111"}},
		{"abcdefghijklmnop", []string{"abcdefghijklXXXX"}, nil}, // four edits, though a third of it is five
		{"x", nil, nil},
	} {
		if diff := cmp.Diff(test.want, Nearest(test.word, test.candidates)); diff != "" {
			t.Errorf("Nearest(%q): %s", test.word, diff)
		}
	}
}
