package segment

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

const (
	// maxTokens bounds how many refused tokens are replaced for one request.
	maxTokens      = 4
	defaultTimeout = 30 * time.Second

	// Segment allows 200 requests a minute per token. In no minute are there more than burst+perMinute.
	burst     = 100
	perMinute = 95
)

// Options are what a Client is made of.
type Options struct {
	Origin wire.Origin // of the API, such as wire.SegmentAPI; requests go nowhere else

	// Token returns the bearer token. rejected is "" at first; after a 401 it is asked again, with the token that was
	// refused, and the request is repeated if another comes back. It should give up its last token when that was its own:
	// others may refresh between two requests, but not for ever. nil is for a client that only refreshes installs.
	Token func(ctx context.Context, rejected string) (string, error)

	Transport *wire.Transport // nil: one of the client's own
	Timeout   time.Duration   // longest wait for one answer; 0 means 30 seconds
	UserAgent string
	Note      func(text string) // told about waits and retries; nil: nobody is

	// Own bounds the requests of the client, as Segment does for one token. nil: a new limiter. Clients that share a token
	// share it.
	Own *rate.Limiter

	// Limit bounds the requests of several clients together, beside the client's own bound. nil is none.
	Limit *rate.Limiter

	// Redactor learns the secrets that requests hold, and hides them in errors; nil: one of the client's own.
	Redactor *secret.Redactor
}

// Client speaks to one Config API. It is safe for concurrent use, and all its requests share one rate limit, so there
// should be one for each token.
type Client struct {
	origin         wire.Origin
	token          func(ctx context.Context, rejected string) (string, error)
	userAgent      string
	redactor       *secret.Redactor
	shared, single sender // over connections that are kept, and over one for each request
}

// NewLimiter returns a limiter that keeps to what Segment allows for one token.
func NewLimiter() *rate.Limiter { return rate.NewLimiter(rate.Limit(perMinute)/60, burst) }

// New returns a client.
func New(o Options) *Client {
	if o.Token == nil {
		o.Token = func(context.Context, string) (string, error) { return "", errNoToken }
	}
	if o.Transport == nil {
		o.Transport = wire.NewTransport(nil, nil)
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.Redactor == nil {
		o.Redactor = new(secret.Redactor)
	}
	if o.Own == nil {
		o.Own = NewLimiter()
	}
	limits := []*rate.Limiter{o.Own}
	if o.Limit != nil {
		limits = append(limits, o.Limit)
	}
	return &Client{
		origin: o.Origin, token: o.Token, userAgent: o.UserAgent, redactor: o.Redactor,
		shared: sender{o.Transport, limits, o.Timeout, o.Note},
		single: sender{o.Transport.Once(), limits, o.Timeout, o.Note},
	}
}

var errNoToken = errors.New("this client has no token: it is for refreshing installs")

// Do sends a request and returns the answer. An answer that is not 2xx is returned beside its *Error. Other errors are
// *NetworkError, *AnswerError, *wire.OriginError, *NameError for a path that leaves the API, and those of Token.
//
// installs/N/token is sent once, whatever becomes of it. A DELETE that was repeated because its answer was lost, and then
// finds nothing, is done: that 404 is returned without an error.
func (c *Client) Do(ctx context.Context, r *Request) (*Response, error) {
	target, err := c.target(r)
	if err != nil {
		return nil, err
	}
	c.learn(r)
	if r.Username != "" {
		return c.send(ctx, r, target, "")
	}
	token, err := c.token(ctx, "")
	if err != nil {
		return nil, err
	}
	for range maxTokens {
		resp, err := c.send(ctx, r, target, token)
		if !HasReason(err, Unauthenticated) || isRefresh(r.Path) || keepsToken(ctx) {
			return resp, err
		}
		fresh, tokenErr := c.token(ctx, token)
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

// tokenKept is the key of KeepToken in a context.
type tokenKept struct{}

// KeepToken returns a context whose requests take a refused token for the answer, and get no other one. It is for what a
// token may not be allowed to do that has just worked for something else: Segment may answer such a request with 401, and
// a refresh would kill the token for nothing.
func KeepToken(ctx context.Context) context.Context { return context.WithValue(ctx, tokenKept{}, true) }

func keepsToken(ctx context.Context) bool { return ctx.Value(tokenKept{}) != nil }

// decode sends a request and decodes the answer.
func (c *Client) decode(ctx context.Context, r *Request, into any) error {
	resp, err := c.Do(ctx, r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(resp.Body, into); err != nil {
		return r.wrong("it is not the JSON that is documented")
	}
	return nil
}

// send sends a request with one token, again where that is safe, and reads the answer.
func (c *Client) send(ctx context.Context, r *Request, target *url.URL, token string) (*Response, error) {
	c.redactor.Learn(token)
	req, err := c.request(ctx, r, target, token)
	if err != nil {
		return nil, err
	}
	e := &exchange{request: r, sender: c.shared}
	if isRefresh(r.Path) {
		e.sender = c.single
		err = e.once(req)
	} else {
		err = e.run(req)
	}
	if err != nil {
		return nil, c.noAnswer(ctx, target.Host, err)
	}
	switch status := e.answer.StatusCode; {
	case status >= 200 && status < 300:
		return e.answer, nil
	case status >= 300 && status < 400:
		return e.answer, r.wrong("it is a redirect, which is not followed")
	case status == http.StatusNotFound && r.Method == http.MethodDelete && e.lost:
		return e.answer, nil
	}
	return e.answer, c.refusal(r, e.answer)
}
