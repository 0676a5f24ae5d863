package wire

import (
	"crypto/tls"
	"net/http"
	"sync"
)

// Transport is the one way to the network of a process. As an http.RoundTripper it keeps connections alive; Once is for
// what must not be sent twice.
type Transport struct {
	shared http.RoundTripper
	once   func() http.RoundTripper
}

// NewTransport returns a Transport over base; nil means a clone of http.DefaultTransport. wrap is put around both of its
// sides, such as a trace; nil puts nothing around.
func NewTransport(base http.RoundTripper, wrap func(http.RoundTripper) http.RoundTripper) *Transport {
	if base == nil {
		base = http.DefaultTransport
		if t, ok := base.(*http.Transport); ok {
			base = t.Clone()
		}
	}
	if wrap == nil {
		wrap = func(next http.RoundTripper) http.RoundTripper { return next }
	}
	return &Transport{
		shared: wrap(base),
		once:   sync.OnceValue(func() http.RoundTripper { return wrap(singleUse{singleConnection(base)}) }),
	}
}

// RoundTrip sends a request over a connection that may be reused.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.shared.RoundTrip(req)
}

// Once returns the side that sends each request exactly once, over a connection of its own: a code works once, and a
// refresh kills the old token. On a connection that was kept alive, net/http repeats a request by itself when the server
// hangs up.
func (t *Transport) Once() http.RoundTripper { return t.once() }

// WithoutRedirects returns a client that hands out a redirect as it is: followed, it could carry a token elsewhere.
func WithoutRedirects(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// singleConnection opens a connection for each request and closes it after. HTTP/2 is off because it repeats streams by
// itself as well.
func singleConnection(base http.RoundTripper) http.RoundTripper {
	t, ok := base.(*http.Transport)
	if !ok {
		return base
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// singleUse takes from a request what would let net/http send it again.
type singleUse struct{ next http.RoundTripper }

func (s singleUse) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Close = true
	req.GetBody = nil // without it a body that was begun cannot be sent again
	return s.next.RoundTrip(req)
}
