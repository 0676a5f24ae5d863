package segment

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// apiPrefix is the version of the Config API that this package speaks.
const apiPrefix = "/v1beta/"

// Request is one request to the Config API.
type Request struct {
	Method string
	Path   string // below /v1beta, such as "workspaces/w/sources"
	Query  url.Values
	Header http.Header // besides those that the client sets; see ParseHeaders
	Body   []byte      // JSON, or nil

	// Repeatable says that sending it again does no harm where the server answers that it is busy, though its method does
	// not say so. Where no answer comes, it is for the caller to find out what was done.
	Repeatable bool
	// Username and Password are sent with HTTP Basic instead of a token, as they are.
	Username, Password string
}

// String names method and path, without what is sent.
func (r Request) String() string { return r.Method + " " + r.Path }

// GoString is String.
func (r Request) GoString() string { return r.String() }

// isRepeatable reports whether sending the request twice does no harm beyond sending it once.
func (r Request) isRepeatable() bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// wrong returns the error of an answer that is not what Segment documents.
func (r Request) wrong(problem string) *AnswerError { return &AnswerError{r.Method, r.Path, problem} }

// Response is an answer. Its body is what the server sent.
type Response struct {
	StatusCode int
	Header     http.Header
	Body       []byte
}

// isSuccess reports whether the status is 2xx.
func (r Response) isSuccess() bool { return r.StatusCode >= 200 && r.StatusCode < 300 }

// target returns the URL of a request, which is below /v1beta of the origin whatever the path says.
func (c *Client) target(r *Request) (*url.URL, error) {
	origin, err := wire.ParseOrigin(string(c.origin)) // once more, for a text can be made an Origin without it
	if err != nil {
		return nil, err
	}
	path := strings.Trim(r.Path, "/")
	for word := range strings.SplitSeq(path, "/") {
		if !isPathWord(word) {
			return nil, &NameError{r.Path, "is not a path below " + apiPrefix}
		}
	}
	target, err := url.Parse(string(origin) + apiPrefix + path)
	if err != nil {
		return nil, &NameError{r.Path, "is not a path below " + apiPrefix}
	}
	target.RawQuery = r.Query.Encode()
	return target, nil
}

// isPathWord reports whether a text can be one part of a path that somebody typed: an id, or an action such as
// metrics:batchGet. Nothing in it may end the path, leave it, or stand for another character.
func isPathWord(word string) bool {
	if word == "" || word == "." || word == ".." || strings.ContainsAny(word, `\?#%`) {
		return false
	}
	return !strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' })
}

// request makes the HTTP request. What the client sets itself wins over the headers of the request.
func (c *Client) request(ctx context.Context, r *Request, target *url.URL, token string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, target.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if r.Body != nil && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if r.Username != "" {
		req.SetBasicAuth(r.Username, r.Password)
	} else {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}

// learn keeps what a request holds that is secret out of everything that is said from now on, wherever a server repeats
// it: its credentials, and the secrets in its body, query and headers.
func (c *Client) learn(r *Request) {
	if r.Username != "" {
		c.redactor.LearnBasic(r.Username, r.Password)
	}
	_, found, isJSON := secret.Document(r.Body, nil)
	if !isJSON && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		_, found = secret.Query(string(r.Body))
	}
	c.redactor.Learn(found...)
	_, found = secret.Query(r.Query.Encode())
	c.redactor.Learn(found...)
	for name, values := range r.Header {
		if secret.IsField(name) {
			c.redactor.Learn(values...)
		}
	}
}
