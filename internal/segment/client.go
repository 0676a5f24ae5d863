package segment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// apiPrefix is the version of the Config API that this package speaks.
const apiPrefix = "/v1beta/"

// maxTokens bounds how many refused tokens are replaced for one request.
const maxTokens = 4

// Client speaks to one Config API. It is safe for concurrent use once its fields are set.
type Client struct {
	// BaseURL is the API's origin, such as "https://platform.segmentapis.com". Plain http is for loopback addresses only.
	BaseURL string
	// Token returns the bearer token. rejected is "" at first; after a 401 it is asked again, with the token that was
	// refused, and the request is repeated if another comes back. It should give up its last token when that was its own:
	// others may refresh between two requests, but not for ever.
	Token     func(ctx context.Context, rejected string) (string, error)
	Transport http.RoundTripper // nil: http.DefaultTransport
	// Wrap is put around Transport, and around the variant of it that opens a connection for one refresh: a trace that
	// were the Transport itself would hide what can be told to do that. nil: nothing is put around.
	Wrap      func(http.RoundTripper) http.RoundTripper
	Timeout   time.Duration // longest wait for one answer; 0 means 30 seconds
	UserAgent string
	Note      func(text string) // told about waits and retries; nil: nobody is

	once     sync.Once
	attempt  *attempt
	single   *attempt // over a connection of its own
	retrying *retryablehttp.Client
}

// Request is one request to the Config API.
type Request struct {
	Method string
	Path   string // below /v1beta, such as "workspaces/w/sources"
	Query  url.Values
	Header http.Header
	Body   []byte // JSON, or nil

	// Repeatable says that sending it twice does no harm beyond sending it once, though its method does not.
	Repeatable bool
	// Username and Password are sent with HTTP Basic instead of a token, as they are.
	Username, Password string
}

// String names method and path, without what is sent.
func (r Request) String() string { return r.Method + " " + r.Path }

// GoString is String.
func (r Request) GoString() string { return r.String() }

// Response is a successful answer. Its body is what the server sent.
type Response struct {
	StatusCode int
	Header     http.Header
	Body       []byte
}

// Do sends a request and returns the answer. An answer that is not 2xx is returned beside its *Error. Other errors are
// *NetworkError, *AnswerError, *OriginError, *NameError for a path that leaves the API, and those of Token.
//
// installs/N/token is sent once, whatever becomes of it. A DELETE that was repeated because its answer was lost, and then
// finds nothing, is done: that 404 is returned without an error.
func (c *Client) Do(ctx context.Context, r *Request) (*Response, error) {
	target, err := c.target(r)
	if err != nil {
		return nil, err
	}
	if r.Username != "" {
		return c.send(ctx, r, target, "")
	}
	token, err := c.Token(ctx, "")
	if err != nil {
		return nil, err
	}
	for range maxTokens {
		resp, err := c.send(ctx, r, target, token)
		if !HasReason(err, Unauthenticated) || isRefresh(target) {
			return resp, err
		}
		fresh, tokenErr := c.Token(ctx, token)
		switch {
		case tokenErr != nil:
			return resp, errors.Join(err, tokenErr)
		case fresh == token:
			return resp, err
		}
		token = fresh
	}
	return c.send(ctx, r, target, token)
}

// decode sends a request and decodes the answer.
func (c *Client) decode(ctx context.Context, r *Request, into any) error {
	resp, err := c.Do(ctx, r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return &AnswerError{r.Method, r.Path, "it is not the JSON that is documented"}
	}
	return nil
}

// send sends a request, again where that is safe, and reads the answer.
func (c *Client) send(ctx context.Context, r *Request, target *url.URL, token string) (*Response, error) {
	if isRefresh(target) {
		return c.sendOnce(ctx, r, target, token)
	}
	c.once.Do(c.prepare)
	p := &policy{}
	req, err := c.request(withPolicy(ctx, r, p), r, target, token)
	if err != nil {
		return nil, err
	}
	retryable, err := retryablehttp.FromRequest(req)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	resp, err := c.retrying.Do(retryable)
	if err != nil {
		return nil, c.noAnswer(ctx, target, err)
	}
	answer, err := readAnswer(r, resp, token)
	if r.Method == http.MethodDelete && p.lost && HasReason(err, NotFound) {
		return answer, nil
	}
	return answer, err
}

// request makes the HTTP request.
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
	req.Header.Set("User-Agent", c.UserAgent)
	if r.Username != "" {
		req.SetBasicAuth(r.Username, r.Password)
	} else {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}

func readAnswer(r *Request, resp *http.Response, token string) (*Response, error) {
	defer resp.Body.Close()
	body := peek(resp)
	answer := &Response{resp.StatusCode, resp.Header, body}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return answer, &AnswerError{r.Method, r.Path, "it is a redirect, which is not followed"}
	case resp.StatusCode < 200 || resp.StatusCode >= 300:
		return answer, newError(r.Method, r.Path, resp.StatusCode, resp.Header, secretsOf(r, token).redact(body))
	}
	return answer, nil
}

// noAnswer tells an interrupt from a network that failed.
func (c *Client) noAnswer(ctx context.Context, target *url.URL, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var answer *AnswerError
	if errors.As(err, &answer) {
		return answer
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the URL, whose query is nobody's business
	}
	return &NetworkError{target.Host, err}
}

// target returns the URL of a request, which is below /v1beta of the base URL whatever the path says.
func (c *Client) target(r *Request) (*url.URL, error) {
	base, err := parseOrigin(c.BaseURL)
	if err != nil {
		return nil, err
	}
	words := strings.Split(strings.Trim(r.Path, "/"), "/")
	for _, word := range words {
		if word == "" || word == "." || word == ".." || strings.ContainsAny(word, "\\?#%") || strings.ContainsFunc(word, func(c rune) bool { return c <= ' ' || c > '~' }) {
			return nil, &NameError{r.Path, "is not a path below " + apiPrefix}
		}
	}
	base.Path += strings.Join(words, "/")
	base.RawQuery = r.Query.Encode()
	return base, nil
}
