package segment

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseHeaders(t *testing.T) {
	t.Parallel()
	got, err := ParseHeaders([]string{"X-Trace: 1", "x-trace:2", "Content-Type:  text/csv ", "X-Empty:"})
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{"X-Trace": {"1", "2"}, "Content-Type": {"text/csv"}, "X-Empty": {""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

func TestParseHeadersRefuses(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"", "canary", ": canary", "a b: canary", "X: canary\r\nY: z", "X: canary\x00", "(x): canary", "é: canary",
		"Authorization: canary", "authorization: canary", "Host: canary", "User-Agent: canary", "Content-Length: canary",
	} {
		_, err := ParseHeaders([]string{line})
		if _, ok := errors.AsType[*HeaderError](err); !ok || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v, want a *HeaderError", line, err)
		}
	}
}
