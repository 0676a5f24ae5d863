package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// Whatever is asked for and however, no id of a link, code, token or key gets into the log, and none into an answer but
// the link where it is made or tried again.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	canaries := []string{theToken, theLink, theCode, theKey}
	s := newStage(t)
	s.ledger.connections, s.store = connections(1)
	s.ledger.events = []ledger.Event{{ID: "evt_1", Type: ledger.InstallCreated, Time: theTime()}}
	outcomes := []flow.Outcome{{Status: flow.StatusConnected, LinkID: theLink}, {Status: flow.StatusDenied, LinkID: theLink}, {Status: flow.StatusForeign}}
	secrets := "code=" + theCode + "&link=" + theLink + "&key=" + theKey + "&token=" + theToken
	var requests []*http.Request
	add := func(method, path, body string) {
		r := s.backend(method, path, body)
		r.Header.Set("User-Agent", theKey)
		r.Header.Set("Referer", "https://partner.example/?"+secrets)
		r.Header.Set("X-Request-Id", theLink)
		r.Header.Set("X-Forwarded-For", theLink)
		requests = append(requests, r)
	}
	for _, method := range []string{"GET", "POST", "HEAD", "DELETE", "OPTIONS", "TRACE", theKey} {
		for _, path := range []string{
			"/connect/" + theLink, "/connect/" + theLink + "?go=1", "/connect/" + theLink + "/" + theCode, "/" + theLink, "/v1/" + theLink,
			"/conect/" + theLink, flow.CallbackPath, flow.CallbackPath + "/" + theCode, "/v1/installs", "/v1/installs/" + theKey,
			"/v1/installs/000/reconnect", "/v1/events", "/v1/events/" + theKey + "/redeliver", "/v1/links", "/logo", "/metrics", "/healthz",
			"http://" + theLink + ".example/connect/x",
		} {
			add(method, path, "")
			add(method, path, `{"customer":"acme","settings":{"api_key":"`+theKey+`"}}`)
			add(method, path, `{"`+theKey+`":"`+theKey+`"}`)
			if !strings.Contains(path, "?") {
				add(method, path+"?"+secrets, "")
			}
		}
	}
	for _, open := range []bool{true, false} {
		for _, outcome := range outcomes {
			s.engine.outcome = outcome
			if s.engine.view = openView(); !open {
				s.engine.view = flow.View{State: flow.Unknown}
			}
			s.service.limits = newLimits()
			for _, r := range requests {
				w := httptest.NewRecorder()
				s.service.ServeHTTP(w, r.Clone(t.Context()))
				mayHaveLink := w.Code == http.StatusCreated || r.URL.Path == flow.CallbackPath
				for _, canary := range canaries {
					if canary == theLink && mayHaveLink {
						continue
					}
					var head strings.Builder
					_ = w.Header().Write(&head)
					if strings.Contains(w.Body.String()+head.String(), canary) {
						t.Errorf("%s %s: %d has %s:\n%s%s", r.Method, r.URL, w.Code, canary, head.String(), w.Body)
					}
				}
			}
		}
	}
	for _, canary := range canaries {
		if logged := s.log.String(); strings.Contains(logged, canary) || logged == "" {
			at := strings.Index(logged, canary)
			t.Errorf("the log has %s: %s", canary, logged[max(0, at-300):at+len(canary)])
		}
	}
}
