package conformance

import (
	"bytes"
	"context"
	"net/http"
)

// Handler returns how to ask a server in this process, with a bearer token.
func Handler(h http.Handler, token string) Ask {
	return func(ctx context.Context, r Request) (Answer, error) {
		req, err := http.NewRequestWithContext(ctx, r.Method, "http://localhost/v1beta/"+r.Path, bytes.NewReader(r.Body))
		if err != nil {
			return Answer{}, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.RemoteAddr = "127.0.0.1:1"
		w := &recorder{answer: Answer{Status: http.StatusOK, Header: http.Header{}}}
		h.ServeHTTP(w, req)
		return w.answer, nil
	}
}

// recorder keeps an answer.
type recorder struct {
	answer Answer
	begun  bool
}

func (w *recorder) Header() http.Header { return w.answer.Header }

func (w *recorder) WriteHeader(status int) {
	if !w.begun {
		w.answer.Status, w.begun = status, true
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.begun = true
	w.answer.Body = append(w.answer.Body, b...)
	return len(b), nil
}
