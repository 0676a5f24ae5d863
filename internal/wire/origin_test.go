package wire

import (
	"errors"
	"strings"
	"testing"
)

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Origin{
		"https://platform.segmentapis.com":      SegmentAPI,
		"https://PLATFORM.segmentapis.com:443/": SegmentAPI,
		"https://platform.segmentapis.com.":     SegmentAPI,
		"http://127.0.0.1:8899":                 "http://127.0.0.1:8899",
		"http://localhost:80":                   "http://localhost",
		"http://[::1]:8888/":                    "http://[::1]:8888",
		"http://[::1]":                          "http://[::1]",
	} {
		if got, err := ParseOrigin(in); err != nil || got != want {
			t.Errorf("ParseOrigin(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "platform.segmentapis.com", "http://platform.segmentapis.com", "ftp://x.example", "https://", "https://u:hunter2@x.example",
		"https://x.example/v1beta", "https://x.example?a=b", "https://x.example/#f", "http://127.0.0.1.evil.example", "http://0.0.0.0",
		"http://localhost.evil.example", "https://x.example/?", "://hunter2",
	} {
		_, err := ParseOrigin(in)
		var bad *OriginError
		if !errors.As(err, &bad) {
			t.Errorf("ParseOrigin(%q) = %v, want an *OriginError", in, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParseOrigin(%q) quotes a password: %v", in, err)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1"} {
		if !IsLoopback(host) {
			t.Errorf("IsLoopback(%q) is false", host)
		}
	}
	for _, host := range []string{"", "0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example", "2130706433", "127.1"} {
		if IsLoopback(host) {
			t.Errorf("IsLoopback(%q) is true", host)
		}
	}
}

func TestRelated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b Origin
		want bool
	}{
		{SegmentID, SegmentAPI, true},
		{SegmentID, "https://eu1.api.segmentapis.com", true},
		{SegmentID, "https://evil.example", false},
		{SegmentID, "http://127.0.0.1:8899", false},
		{"http://127.0.0.1:8899", "http://localhost:9000", true},
		{"https://a.co.uk", "https://b.co.uk", false},
		{"https://id.a.co.uk", "https://api.a.co.uk", true},
		{"https://a.github.io", "https://b.github.io", false},
		{"https://10.0.0.1", "https://10.0.0.2", false},
		{"https://10.0.0.1", "https://10.0.0.1:8443", true},
		{"https://id.segmentapis.com.evil.example", SegmentAPI, false},
		{"https://intranet", "https://other", false},
	} {
		if got := Related(test.a, test.b); got != test.want {
			t.Errorf("Related(%q, %q) = %t", test.a, test.b, got)
		}
		if got := Related(test.b, test.a); got != test.want {
			t.Errorf("Related(%q, %q) = %t", test.b, test.a, got)
		}
	}
}

func TestIsSegment(t *testing.T) {
	t.Parallel()
	for origin, want := range map[Origin]bool{
		SegmentAPI: true, SegmentID: true, "https://eu1.api.segmentapis.com": true,
		"https://segmentapis.com.evil.example": false, "https://notsegmentapis.com": false, "http://platform.segmentapis.com": false,
	} {
		if origin.IsSegment() != want {
			t.Errorf("%q.IsSegment() = %t", origin, !want)
		}
	}
}
