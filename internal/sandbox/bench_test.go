package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDestinationGet(b *testing.B) {
	s, err := New(Options{Tokens: []string{workspaceToken}})
	if err != nil {
		b.Fatal(err)
	}
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if w := api(s, workspaceToken, "GET", clearbrainPath, ""); w.Code != 200 {
				b.Error(w.Code)
			}
		}
	})
}

// BenchmarkExchange is an authorization that is approved at once and the redemption of its code.
func BenchmarkExchange(b *testing.B) {
	s, err := New(Options{AutoApprove: true})
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			back, err := url.Parse(serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)).Header().Get("Location"))
			if err != nil {
				b.Error(err)
				return
			}
			if w := serve(s, tokenRequest(back.Query().Get("code"))); w.Code != 200 {
				b.Error(w.Code, w.Body)
			}
		}
	})
}
