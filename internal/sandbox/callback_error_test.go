package sandbox

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// The fault sends any error to the App, from whichever page it hits, with the state; and nothing else.
func TestCallbackErrorFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault      Fault
		code, hint string
	}{
		"consent page left open": {Fault{Error: "request_unauthorized"}, "request_unauthorized", "Check that you provided valid credentials in the right format."},
		"cookies blocked":        {Fault{Error: "request_forbidden", Hint: "No CSRF value available in the session cookie."}, "request_forbidden", "No CSRF value available in the session cookie."},
		"unheard of":             {Fault{Error: "who_knows"}, "who_knows", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t, Options{AutoApprove: true})
			c.fault.Kind, c.fault.Count = "callback-error", 1
			for _, route := range []string{"", "GET /oauth2/auth"} {
				c.fault.Route = route
				if _, err := s.AddFault(c.fault); err != nil {
					t.Fatal(err)
				}
				if w := serve(s, httptest.NewRequest(http.MethodGet, "/v1beta/workspaces", nil)); w.Code != 401 || len(s.Faults()) != 1 {
					t.Errorf("the Config API answered %d, %d faults are left", w.Code, len(s.Faults()))
				}
				q := callback(t, serve(s, httptest.NewRequest(http.MethodGet, authorizeURL(), nil)))
				if q.Get("error") != c.code || q.Get("error_hint") != c.hint || q.Get("state") != testState || q.Has("code") {
					t.Errorf("route %q: %v", route, q)
				}
			}
			newCodeFrom(t, s) // the fault is over

			s = newSandbox(t, Options{})
			p := newPerson(t, s)
			p.open(authorizeURL()).login()
			c.fault.Route = "POST /authorize"
			if _, err := s.AddFault(c.fault); err != nil {
				t.Fatal(err)
			}
			form := p.page
			allow := []string{"workspace", "workspaces/acme", "source", "workspaces/acme/sources/js", "decision", "allow"}
			if q := p.submit("/authorize", allow...).returned(); q.Get("error") != c.code || q.Get("state") != testState {
				t.Errorf("from the consent page: %v", q)
			}
			p.page = form
			if p.submit("/authorize", allow...); p.status != 404 {
				t.Errorf("the page can still be answered: %d", p.status)
			}
		})
	}
}

func TestCallbackErrorFaultNeedsAnError(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{})
	for _, code := range []string{"", "a\"b", "a\\b", "a\nb", "é"} {
		if _, err := s.AddFault(Fault{Kind: "callback-error", Error: code}); err == nil {
			t.Errorf("error %q was taken", code)
		}
	}
}
