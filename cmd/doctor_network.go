package cmd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/config"
)

// hostState is what became of one request to a host.
type hostState struct {
	finding

	answered bool
	header   http.Header
	status   int
	here     time.Time // the local clock, halfway between request and answer
}

// checkIDHost asks the authorization server for anything at all: any answer shows that it can be reached.
func (a *App) checkIDHost(ctx context.Context, s *config.Settings) hostState {
	return a.checkHost(ctx, s, config.IDURL, "/")
}

// checkAPIHost asks the Config API for something that takes a token, without one. It then says 401; what is not the API
// says something else.
func (a *App) checkAPIHost(ctx context.Context, s *config.Settings) hostState {
	state := a.checkHost(ctx, s, config.APIURL, "/v1beta/workspaces")
	if !state.answered {
		return state
	}
	switch {
	case state.status == http.StatusOK, state.status == http.StatusUnauthorized, state.status == http.StatusForbidden:
	case state.status == http.StatusServiceUnavailable && strings.HasPrefix(state.header.Get("Content-Type"), "text/plain"),
		state.status >= 300 && state.status < 500 && state.status != http.StatusTooManyRequests:
		state.finding = failed(config.APIURL, "%s answers, but is not the Config API: status %d", s.Get(config.APIURL), state.status).
			advise("segctl config get api_url   # is it https://platform.segmentapis.com?")
	default:
		state.finding = warned(config.APIURL, "%s has trouble: status %d", s.Get(config.APIURL), state.status).
			advise("run segctl doctor again in a while")
	}
	return state
}

// checkHost sends one request: name resolution, proxy, connection and TLS are those of every other request.
func (a *App) checkHost(ctx context.Context, s *config.Settings, key, path string) hostState {
	base := strings.TrimRight(s.Get(key), "/")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return hostState{finding: failed(key, "%q is not a URL", base)}
	}
	req.Header.Set("User-Agent", "segctl/"+Version())
	via := proxyOf(req.URL)
	client := &http.Client{
		Transport:     a.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	before, asked := a.Now(), time.Now()
	resp, err := client.Do(req)
	took := time.Since(asked)
	if err != nil {
		return hostState{finding: unreachable(key, req.URL, via, err)}
	}
	_ = resp.Body.Close()
	about := via
	if resp.TLS != nil {
		about += ", " + tls.VersionName(resp.TLS.Version)
	}
	return hostState{
		finding:  passed(key, "%s answers in %s, %s (%s)", base, latency(took), about, s.Source(key)),
		answered: true,
		header:   resp.Header,
		status:   resp.StatusCode,
		here:     before.Add(took / 2),
	}
}

// proxyOf tells in words which proxy a request goes through. A proxy's URL may hold a password: only its host is told.
func proxyOf(u *url.URL) string {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	switch {
	case err != nil:
		return "with a proxy setting that is no URL"
	case proxy == nil:
		return "no proxy"
	}
	return "through the proxy " + proxy.Scheme + "://" + proxy.Host
}

// unreachable tells which part of the way to a host failed. It says nothing about tokens: none got there.
func unreachable(key string, u *url.URL, via string, err error) finding {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		step        *net.OpError
		wrapped     *url.Error
	)
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	tell := func(problem, hint string) finding {
		return failed(key, "network: no answer from %s (%s): %s", u.Host, via, problem).advise(hint)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return tell(fmt.Sprintf("nothing within %s", checkTime), "is this machine online? Does it need a proxy (HTTPS_PROXY)?")
	case errors.As(err, &step) && step.Op == "proxyconnect", strings.HasPrefix(via, "with"):
		return tell(err.Error(), "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY")
	case errors.As(err, &name):
		return tell("the name does not resolve", "is this machine online, and the URL right? segctl config get "+key)
	case errors.As(err, &certificate):
		return tell("its certificate is not trusted: "+certificate.Err.Error(), "a proxy that looks into TLS needs its own certificate in this system's store")
	}
	return tell(err.Error(), "is this machine online, and the URL right? segctl config get "+key)
}

const (
	// A Date header is in whole seconds, and the answer takes its time.
	unnoticeableSkew = 30 * time.Second
	// Tokens are refreshed five minutes before they expire: a clock that is further off defeats that.
	harmfulSkew = 5 * time.Minute
)

// checkClock compares the local clock with the server's (RFC 9110 §6.6.1).
func checkClock(api hostState) finding {
	const check = "clock"
	if !api.answered {
		return warned(check, "unknown: the API gave no answer to compare with")
	}
	there, err := http.ParseTime(api.header.Get("Date"))
	if err != nil {
		return warned(check, "unknown: the API's answer has no date")
	}
	off := api.here.Sub(there).Round(time.Second)
	switch {
	case off.Abs() <= unnoticeableSkew:
		return passed(check, "within %s of the server's", unnoticeableSkew)
	case off.Abs() <= harmfulSkew:
		return warned(check, "%s off the server's", off).advise("set this machine's clock")
	}
	return failed(check, "%s off the server's: tokens expire at another time than segctl thinks", off).advise("set this machine's clock")
}
