package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/serve/ledger"
)

// call answers a request of the partner's backend; its error is answered in its place.
type call func(w http.ResponseWriter, r *http.Request) error

// api is a call for whoever has a token.
func (s *service) api(c call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := s.authenticate(r); err != nil {
			if e, ok := errors.AsType[*refusal](err); ok && e.status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer realm="segctl"`)
			}
			s.failed(w, r, err)
			return
		}
		if err := c(w, r); err != nil {
			s.failed(w, r, err)
		}
	}
}

// authenticate checks the bearer token of a request (RFC 6750 §2.1: in the header, and nowhere else). Whatever is wrong with
// it, the answer is the same. Wrong tokens are counted by address, right ones by their names: a backend that asks a lot is
// not held up by others behind its address.
func (s *service) authenticate(r *http.Request) error {
	address := clientKey(s.client(r))
	if wait := s.limits.failures.look(address, s.Now()); wait > 0 {
		e := tooMany(wait)
		return &e
	}
	unauthorized := func() error {
		s.limits.failures.take(address, s.Now())
		return &refusal{status: http.StatusUnauthorized, message: "this needs a bearer token of the service, made by segctl serve token create"}
	}
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return unauthorized()
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return unauthorized()
	}
	name, err := s.Ledger.CheckToken(r.Context(), token)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return unauthorized()
	case err != nil:
		return fmt.Errorf("check token: %w: %w", errStore, err)
	}
	s.Redactor.Learn(token)
	if wait := s.limits.calls.take(name, s.Now()); wait > 0 {
		e := tooMany(wait)
		return &e
	}
	return nil
}

// errorBody is what an API request is refused with.
type errorBody struct {
	Error errorText `json:"error"`
}

type errorText struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

func newErrorBody(e refusal) errorBody { return errorBody{errorText{e.status, e.message, e.field}} }

func writeJSON(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // nothing of ours has no JSON
	}
	write(w, status, "application/json", body.Bytes())
}

func writeText(w http.ResponseWriter, status int, text string) {
	write(w, status, "text/plain; charset=utf-8", []byte(text+"\n"))
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// span is a part of a list.
type span struct {
	after string
	limit int
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// paging reads after and limit, the parameters of a list.
func paging(r *http.Request) (span, error) {
	query, err := parameters(r, "after", "limit")
	if err != nil {
		return span{}, err
	}
	p := span{after: query.Get("after"), limit: defaultLimit}
	if !query.Has("limit") {
		return p, nil
	}
	n, err := strconv.Atoi(query.Get("limit"))
	if err != nil || n < 1 || n > maxLimit {
		return span{}, wrongField("limit", fmt.Sprintf("limit must be a number from 1 to %d", maxLimit))
	}
	p.limit = n
	return p, nil
}

// parameters returns the query, in which only these parameters may be, each once.
func parameters(r *http.Request, known ...string) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, wrongField("", "the query cannot be read")
	}
	for name, values := range query {
		switch {
		case !slices.Contains(known, name):
			return nil, wrongField(fieldName(name), "the query has a parameter that is not one of this path")
		case len(values) > 1:
			return nil, wrongField(name, name+" is there more than once")
		}
	}
	return query, nil
}
