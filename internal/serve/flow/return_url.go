package flow

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/segctl/segctl/internal/serve/ledger"
	"github.com/segctl/segctl/internal/wire"
)

// maxReturnURL bounds a return URL, in bytes: with the result, it has to fit into a header.
const maxReturnURL = 2000

// place is a URL taken apart, as far as the allow-list goes by it.
type place struct {
	origin wire.Origin
	path   string // begins with a slash
	url    *url.URL
}

// parsePlace takes a URL apart that a browser may be sent to. What servers and browsers could read in different ways is
// refused: then a comparison would be about another URL than the one that is opened. The error completes the sentence
// "return_url …", and quotes nothing of it.
func parsePlace(raw string) (place, error) {
	if len(raw) > maxReturnURL {
		return place{}, errors.New("is longer than " + strconv.Itoa(maxReturnURL) + " bytes")
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return place{}, errors.New("has characters that a URL cannot have")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Opaque != "" {
		return place{}, errors.New("cannot be parsed")
	}
	if u.User != nil {
		return place{}, errors.New("must not hold a user name or password")
	}
	if strings.Contains(raw, "#") {
		return place{}, errors.New("must not hold a fragment")
	}
	origin, err := wire.ParseOrigin(u.Scheme + "://" + u.Host)
	if err != nil {
		return place{}, errors.New("must be an absolute https URL, or an http one of this machine")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if !isPlain(path) {
		return place{}, errors.New("has a path that can be read in several ways")
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return place{}, errors.New("has a query that cannot be parsed")
	}
	return place{origin, path, u}, nil
}

// isPlain reports whether a path is the same however it is normalised: no dot segments, no doubled slashes, and no escapes
// that could become one of them.
func isPlain(path string) bool {
	lower := strings.ToLower(path)
	for _, escape := range []string{"%2e", "%2f", "%5c", "%25", "%00", ";"} {
		if strings.Contains(lower, escape) {
			return false
		}
	}
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		if segment == "." || segment == ".." || segment == "" && i < len(segments)-1 {
			return false
		}
	}
	return true
}

// covers reports whether another place is the same or below.
func (p place) covers(other place) bool {
	if p.origin != other.origin {
		return false
	}
	folder := strings.TrimSuffix(p.path, "/") + "/"
	return other.path == p.path || strings.HasPrefix(other.path, folder)
}

// returnPlace returns the place that a return URL is, if browsers may be sent there. Its error is as that of parsePlace.
func (e *Engine) returnPlace(raw string) (place, error) {
	p, err := parsePlace(raw)
	if err != nil {
		return place{}, err
	}
	for _, allowed := range e.returns {
		if allowed.covers(p) {
			return p, nil
		}
	}
	return place{}, errors.New("is not below one of the return URLs that the service allows")
}

// Payload is the text that the signature of a result is over.
func Payload(status Status, install, customer string) string {
	return "status=" + url.QueryEscape(string(status)) + "&install=" + url.QueryEscape(install) + "&customer=" + url.QueryEscape(customer)
}

// location returns the return URL of a flow with its signed result, "" where there is none. The id is the same each time,
// so that the partner's backend can tell a result that it has seen.
func (e *Engine) location(f ledger.Flow, o Outcome) (string, error) {
	if f.Link.ReturnURL == "" {
		return "", nil
	}
	p, err := e.returnPlace(f.Link.ReturnURL)
	if err != nil {
		return "", nil //nolint:nilerr // it was allowed when the link was made, and is not any more
	}
	query := p.url.Query()
	for name := range query {
		if strings.HasPrefix(name, "segctl_") {
			query.Del(name)
		}
	}
	query.Set("segctl_status", string(o.Status))
	query.Set("segctl_install", o.Install)
	query.Set("segctl_customer", o.Customer)
	if e.sign != nil {
		id, at := "res_"+shortOf(f.Hash, 16), e.now()
		signature, err := e.sign(id, at, []byte(Payload(o.Status, o.Install, o.Customer)))
		if err != nil {
			return "", err
		}
		query.Set("segctl_id", id)
		query.Set("segctl_timestamp", strconv.FormatInt(at.Unix(), 10))
		query.Set("segctl_signature", signature)
	}
	to := *p.url
	to.RawQuery = query.Encode()
	return to.String(), nil
}
