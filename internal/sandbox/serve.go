package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	words, ok := segments(r.URL)
	if ok && isAdmin(r, words) {
		s.admin.ServeHTTP(w, r)
		return
	}
	started := s.now()
	x := newExchange(w, r)
	line := newLine(started, r)
	switch {
	case x.status != 0:
	case !ok:
		noRoute(x)
	default:
		if f := s.faults.take(r.Method, words); f != nil {
			line.Fault = f.Kind
			switch f.Kind {
			case faultDelay:
				wait(r, time.Duration(f.DelayMS)*time.Millisecond)
			case faultCallbackError:
				x.callbackError = newOAuthError(f.Error, f.Hint)
			}
			if !f.instead(x) {
				s.serve(x, words)
				f.after(x)
			}
		} else {
			s.serve(x, words)
		}
	}
	line.Status, line.Install = x.status, x.install
	if x.cut {
		line.Status = 0
	}
	s.log.add(logEntry{
		Request:  line,
		query:    newQuery(r.URL.RawQuery),
		sent:     newHeaders(requestHeaders(), r.Header),
		answered: newHeaders(responseHeaders(), x.header),
		request:  newRawBody(r.Header.Get("Content-Type"), x.body),
		response: newRawBody(x.header.Get("Content-Type"), x.answer.Bytes()),
	})
	x.send(w)
}

// serve answers what the real service would be asked. A path that the host does not serve leads nowhere.
func (s *Server) serve(x *exchange, words []string) {
	switch path := strings.Join(words, "/"); {
	case !roleOf(x.r).serves(words):
		noRoute(x)
	case words[0] == "v1beta" && !s.limit.allow(x.r.Header.Get("Authorization"), s.options.RateLimit, s.now()):
		resourceExhausted().write(x)
	case words[0] == "v1beta":
		s.serveConfigAPI(x, words[1:])
	case words[0] == "oauth2" && x.r.URL.Path != "/"+path:
		s.redirectTo(x, "/"+path)
	case path == "oauth2/auth":
		s.serveAuthorization(x)
	case path == "oauth2/token":
		s.serveToken(x)
	case path == "login":
		s.serveLogin(x)
	case path == "authorize":
		s.serveConsent(x)
	default:
		noRoute(x)
	}
}

// redirectTo sends the client to the proper form of a path, as the router of Hydra does for one with a slash too many.
func (s *Server) redirectTo(x *exchange, path string) {
	proper := url.URL{Path: path, RawQuery: x.r.URL.RawQuery}
	x.header.Set("Location", proper.String())
	x.status = http.StatusTemporaryRedirect
}
