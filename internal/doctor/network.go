package doctor

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
	"github.com/segctl/segctl/internal/wire"
)

// host is what became of one request to a server.
type host struct {
	Finding

	answered bool
	status   int
	header   http.Header
	here     time.Time // the local clock, halfway between request and answer
}

// idHost asks the authorization server for anything at all: any answer shows that it can be reached.
func (c *checkup) idHost(ctx context.Context) host {
	id, _ := c.world.Settings.Server()
	return c.ask(ctx, config.IDURL, id, "/")
}

// apiHost asks the Config API for something that takes a token, without one. It then says 401; what is not the API says
// something else.
func (c *checkup) apiHost(ctx context.Context) host {
	_, api := c.world.Settings.Server()
	h := c.ask(ctx, config.APIURL, api, "/v1beta/workspaces")
	if !h.answered {
		return h
	}
	switch {
	case h.status == http.StatusOK, h.status == http.StatusUnauthorized, h.status == http.StatusForbidden:
	case h.status == http.StatusServiceUnavailable && strings.HasPrefix(h.header.Get("Content-Type"), "text/plain"),
		h.status >= 300 && h.status < 500 && h.status != http.StatusTooManyRequests:
		h.Finding = failed(config.APIURL, "%s answers, but is not the Config API: status %d", api, h.status).
			advise("is it "+string(wire.SegmentAPI)+"?", "config", "get", config.APIURL)
	default:
		h.Finding = warned(config.APIURL, "%s has trouble, which may be over in a while: status %d", api, h.status)
	}
	return h
}

// ask sends one request without any credentials: name resolution, proxy, connection and TLS are those of every other
// request.
func (c *checkup) ask(ctx context.Context, key string, server wire.Origin, path string) host {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, string(server)+path, nil)
	if err != nil {
		return host{Finding: failed(key, "%q is not a URL", server).advise("where it comes from", "config", "list")}
	}
	req.Header.Set("User-Agent", c.world.UserAgent)
	via := proxyOf(req.URL)
	before, asked := c.now(), time.Now()
	resp, err := wire.WithoutRedirects(c.world.Transport).Do(req)
	took := time.Since(asked)
	if err != nil {
		return host{Finding: unreachable(key, req.URL.Host, via, err)}
	}
	_ = resp.Body.Close()
	about := via
	if resp.TLS != nil {
		about += ", " + tls.VersionName(resp.TLS.Version)
	}
	return host{
		Finding:  passed(key, "%s answers in %s, %s (%s)", server, latency(took), about, c.world.Settings.Source(key)),
		answered: true,
		header:   resp.Header,
		status:   resp.StatusCode,
		here:     before.Add(took / 2),
	}
}

// now is the local clock.
func (c *checkup) now() time.Time {
	if c.world.Now != nil {
		return c.world.Now()
	}
	return time.Now()
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

// unreachable tells which part of the way to a host failed. It says nothing about tokens: none was sent.
func unreachable(key, server, via string, err error) Finding {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return failed(key, "network: no answer from %s (%s): %s", server, via, obstacle(via, err)).
		advise("is it the right server?", "config", "get", key)
}

// obstacle says in words what is in the way, and what to look at.
func obstacle(via string, err error) string {
	step, isStep := errors.AsType[*net.OpError](err)
	_, isName := errors.AsType[*net.DNSError](err)
	certificate, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("nothing within %s: is this machine online, and does it need a proxy (HTTPS_PROXY)?", checkTime)
	case isStep && step.Op == "proxyconnect", strings.HasPrefix(via, "with "):
		return err.Error() + ": check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
	case isName:
		return "the name does not resolve: is this machine online?"
	case isCertificate:
		return "its certificate is not trusted: " + certificate.Err.Error() +
			": a proxy that looks into TLS needs its own certificate in this system's store"
	}
	return err.Error()
}

// latency is a duration in whole milliseconds.
func latency(d time.Duration) time.Duration { return max(d.Round(time.Millisecond), time.Millisecond) }
