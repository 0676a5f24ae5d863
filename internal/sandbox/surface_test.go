package sandbox

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

type named struct {
	Name string `json:"name"`
}

const dropEvent = `{"filter":{"if":"event = 'x'","title":"t","description":"d","actions":[{"type":"drop_event"}],"enabled":true}}`

func TestFilters(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const path = clearbrainPath + "/filters"
	want(t, api(s, workspaceToken, "POST", path, dropEvent), 404, apiErrorBody("destination does not exist", 5))
	api(s, workspaceToken, "POST", destinationsPath, createClearbrain)
	made := decode[named](t, api(s, workspaceToken, "POST", path, dropEvent)).Name
	if !regexp.MustCompile(`^workspaces/acme/sources/js/destinations/clearbrain/config/[0-9a-f]{24}/filters/df_[0-9a-f]+$`).MatchString(made) {
		t.Fatalf("name %q", made)
	}
	body := func(enabled, title string) string {
		return `{"name":"` + made + `","if":"event = 'x'","title":` + title + `,"description":"d","actions":[{"type":"drop_event"}],"enabled":` + enabled + `}`
	}
	want(t, api(s, workspaceToken, "GET", path, ""), 200, `{"filters":[`+body("true", `"t"`)+`],"next_page_token":""}`)
	want(t, api(s, workspaceToken, "PATCH", "/v1beta/"+made, `{"filter":{"enabled":false,"title":"no path"},"update_mask":{"paths":["enabled"]}}`), 200, body("false", `"t"`))
	want(t, api(s, workspaceToken, "PATCH", "/v1beta/"+made, `{"filter":{"title":"new"},"update_mask":{"paths":["filter.title"]}}`), 200, body("false", `"new"`))
	if w := api(s, workspaceToken, "POST", path, `{"filter":{"actions":[{"type":"nosuch"}]}}`); w.Code != 400 {
		t.Errorf("unknown action: %d", w.Code)
	}
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/"+made, ""), 200, `{}`)
}

func TestTrackingPlans(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const path = "/v1beta/workspaces/acme/tracking-plans"
	made := decode[named](t, api(s, workspaceToken, "POST", path, `{"tracking_plan":{"display_name":"Plan","rules":{"events":[]}}}`)).Name
	plan := func(name, rules string) string {
		return `{"name":"` + made + `","display_name":"` + name + `","rules":` + rules + `,"create_time":"2019-05-24T23:43:02.905Z","update_time":"2019-05-24T23:43:02.905Z"}`
	}
	if !strings.HasPrefix(made, "workspaces/acme/tracking-plans/rs_") {
		t.Fatalf("name %q", made)
	}
	want(t, api(s, workspaceToken, "GET", "/v1beta/"+made, ""), 200, plan("Plan", `{"events":[]}`))
	want(t, api(s, workspaceToken, "PUT", "/v1beta/"+made, `{"tracking_plan":{"display_name":"New","rules":{"events":[{"name":"x"}]}},"update_mask":{"paths":["tracking_plan.display_name"]}}`), 200, plan("New", `{"events":[]}`))
	want(t, api(s, workspaceToken, "PUT", "/v1beta/"+made, `{"tracking_plan":{"display_name":"Whole","rules":{"global":{"x":1}}}}`), 200, plan("Whole", `{"global":{"x":1},"events":[]}`))
	want(t, api(s, workspaceToken, "GET", path, ""), 200, `{"tracking_plans":[`+plan("Whole", `{"global":{"x":1},"events":[]}`)+`],"next_page_token":""}`)
	if w := api(s, workspaceToken, "PATCH", "/v1beta/"+made, "{}"); w.Code != 405 {
		t.Errorf("PATCH: %d", w.Code)
	}
	connections := "/v1beta/" + made + "/source-connections"
	if w := api(s, workspaceToken, "POST", connections, `{"source_name":"workspaces/acme/sources/js"}`); w.Code != 200 {
		t.Errorf("connect: %d %s", w.Code, w.Body)
	}
	if w := api(s, workspaceToken, "POST", connections, `{"source_name":"workspaces/globex/sources/web"}`); w.Code != 400 {
		t.Errorf("connect another workspace: %d %s", w.Code, w.Body)
	}
	// A batch is done as a whole or not at all.
	if w := api(s, workspaceToken, "POST", connections+":batchCreateConnections", `{"source_names":["workspaces/acme/sources/ios","workspaces/acme/sources/js"]}`); w.Code != 409 {
		t.Errorf("batch: %d %s", w.Code, w.Body)
	}
	list := func() []*connection {
		return decode[connectionsAnswer](t, api(s, workspaceToken, "GET", connections, "")).Connections
	}
	if got := list(); len(got) != 1 {
		t.Errorf("%v", got)
	}
	api(s, workspaceToken, "POST", connections+":batchCreateConnections", `{"source_names":["workspaces/acme/sources/ios"]}`)
	want(t, api(s, workspaceToken, "DELETE", connections+"/js", ""), 200, `{}`)
	if got := list(); len(got) != 1 || got[0].SourceName != "workspaces/acme/sources/ios" {
		t.Errorf("%v", got)
	}
	want(t, api(s, workspaceToken, "DELETE", "/v1beta/"+made, ""), 200, `{}`)
}

// A schema keeps fields that nobody knows and the numbers as they were written; what stands beside schemas does not.
func TestSchemasAreKept(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const rules = `{"global":{"x":1.50,"nosuch":null},"events":[{"name":"e","description":"","rules":{"required":["a"],"nosuch":1e2}}]}`
	w := api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/tracking-plans",
		`{"tracking_plan":{"nosuch":1,"rules":`+strings.Replace(rules, `{"name"`, `{"nosuch":1,"name"`, 1)+`}}`)
	if !strings.Contains(w.Body.String(), `"rules":`+rules) || strings.Count(w.Body.String(), "nosuch") != 2 {
		t.Errorf("%d %s, want %s", w.Code, w.Body, rules)
	}
}

func TestCreatedAppInstalls(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}})
	w := api(s, workspaceToken, "POST", "/v1beta/workspaces/acme/apps", `{"app":{"display_name":"Mine","scope":"workspace","public":false,"redirect_uris":["http://localhost:8888/auth/segment/callback"]}}`)
	made := decode[map[string]any](t, w)
	if made["name"] != "workspaces/acme/apps/3" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	id, secret := made["client_id"].(string), made["client_secret"].(string)
	r := tokenRequest(newCodeFrom(t, s, "client_id", id, "scope", "workspace"))
	r.SetBasicAuth(id, secret)
	if got := decode[tokenAnswer](t, serve(s, r)); got.AppName != "apps/3" || got.Scope != "workspace" {
		t.Errorf("%+v", got)
	}
	// A code of one App is nothing to another, and does not burn.
	code := newCodeFrom(t, s, "client_id", id, "scope", "workspace")
	if w := serve(s, tokenRequest(code)); w.Code != 400 {
		t.Errorf("the code of another client: %d", w.Code)
	}
	r = tokenRequest(code)
	r.SetBasicAuth(id, secret)
	if w := serve(s, r); w.Code != 200 {
		t.Errorf("its own client afterwards: %d %s", w.Code, w.Body)
	}
	want(t, refresh(s, "installs/1"), 403, apiErrorBody("permission denied", 7))
}

func TestAccessTokens(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	ask := func(password string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/v1beta/access-tokens", strings.NewReader(`{"access_token":{"description":"ci","scopes":"workspace:read","workspace_names":["workspaces/globex"]}}`))
		r.SetBasicAuth(DemoEmail, password)
		return serve(s, r)
	}
	want(t, ask("wrong"), 401, apiErrorBody("invalid e-mail address or password", 16))
	made := decode[struct{ Name, Token string }](t, ask(DemoPassword))
	if made.Name != "access-tokens/1" || !Issued(made.Token) {
		t.Fatalf("%+v", made)
	}
	for path, status := range map[string]int{"globex": 200, "acme": 403} {
		if w := api(s, made.Token, "GET", "/v1beta/workspaces/"+path, ""); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Answers are JSON whatever Accept and Content-Type say: curl -d and Python's urllib send JSON as a form.
func TestContentNegotiation(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	r := httptest.NewRequest(http.MethodPost, destinationsPath, strings.NewReader(createClearbrain))
	r.Header.Set("Authorization", "Bearer "+workspaceToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	w := serve(s, r)
	want(t, w, 200, clearbrain)
	if w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("Content-Type %q", w.Header().Get("Content-Type"))
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	w := api(s, workspaceToken, "POST", destinationsPath, `{"x":"`+strings.Repeat("x", maxBody)+`"}`)
	want(t, w, 413, apiErrorBody("invalid argument: request body is too large", 3))
}

func TestQuirks(t *testing.T) {
	t.Parallel()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}, Quirks: map[string]string{
		"workspaces": "object", "refresh-sources": "present", "refresh-install-name": "off", "refresh-token": "two-part",
		"forbidden": "401", "pkce": "ignored", "catalog-scope": "workspace", "page-size": "100",
	}})
	if got := decode[named](t, api(s, workspaceToken, "GET", "/v1beta/workspaces", "")); got.Name != "workspaces/acme" {
		t.Errorf("bare workspace: %+v", got)
	}
	if w := serve(s, tokenRequest(newCodeFrom(t, s, "code_challenge", challenge, "code_challenge_method", "S256"))); w.Code != 200 {
		t.Errorf("PKCE ignored: %d %s", w.Code, w.Body)
	}
	got := decode[tokenAnswer](t, refresh(s, "installs/1"))
	if len(got.SourceNames) != 1 || got.InstallName != "installs/1" || !strings.Contains(got.AccessToken, ".") {
		t.Errorf("refresh: %+v", got)
	}
	want(t, api(s, got.AccessToken, "GET", "/v1beta/catalog/destinations", ""), 401, apiErrorBody("malformed token", 16))
	for _, bad := range []map[string]string{{"nosuch": "on"}, {"pkce": "maybe"}} {
		if _, err := New(Options{Quirks: bad}); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestExpiryGrace(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Now: clock.Now, TokenTTL: time.Minute, Quirks: map[string]string{"expiry-grace": "minute"}})
	in := installed(t, s, "destination/clearbrain")
	for range 2 {
		if w := api(s, in.AccessToken, "GET", clearbrainPath, ""); w.Code != 404 {
			t.Errorf("%d", w.Code)
		}
		clock.advance(time.Minute)
	}
	want(t, api(s, in.AccessToken, "GET", clearbrainPath, ""), 401, apiErrorBody("malformed token", 16))
}

// Codes and unanswered requests of people who never came back do not pile up.
func TestPendingIsBounded(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Now: clock.Now})
	for range 20 {
		newCodeFrom(t, s)
		clock.advance(time.Minute)
	}
	if n := len(s.store.lists["codes"]); n > 10 {
		t.Errorf("%d codes are kept, though they live ten minutes", n)
	}
}
