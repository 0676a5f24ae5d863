package sandbox

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// customer is a sandbox with an install on acme/js whose destination is enabled, and its clock.
func customer(t *testing.T) (*Server, *testClock, tokenAnswer) {
	t.Helper()
	clock := newClock()
	s := newSandbox(t, Options{AutoApprove: true, Tokens: []string{workspaceToken}, Now: clock.Now})
	in := installed(t, s, "destination/clearbrain")
	if w := api(s, in.AccessToken, "POST", destinationsPath, createClearbrain); w.Code != 200 {
		t.Fatal(w.Body)
	}
	clock.advance(time.Minute)
	return s, clock, in
}

// plantInstall puts an install into a sandbox, without a token.
func plantInstall(t *testing.T, s *Server, name, scope, source string) {
	t.Helper()
	workspace, _, _ := strings.Cut(source, "/sources/")
	in := &install{Name: name, App: "apps/2", Scope: scope, Workspace: workspace}
	if narrow(scope) {
		in.Source = source
	}
	if err := s.store.update(func(t *tx) error { t.put(name, in); return nil }); err != nil {
		t.Fatal(err)
	}
}

// What a customer does reads back as the same change by a request does, its time too.
func TestAct(t *testing.T) {
	t.Parallel()
	s, clock, in := customer(t)
	a := startAdmin(t, s)
	read := func() destination {
		return decode[destination](t, api(s, in.AccessToken, "GET", clearbrainPath, ""))
	}
	created := read()
	want := Acted{Install: "installs/1", Place: "acme/js", Destination: created.Name}
	for _, c := range []struct {
		act     Act
		enabled bool
		value   string
		set     []string
	}{
		{Act{Verb: "disable"}, false, `"abcd1234"`, nil},
		{Act{Verb: "enable", Install: "acme/js"}, true, `"abcd1234"`, nil},
		{Act{Verb: "change", Install: "1"}, true, `"abcd1235"`, []string{"apiKey"}},
		{Act{Verb: "change", Settings: map[string]string{"apiKey": "another-key"}, Source: "js", Destination: "clearbrain"}, true, `"another-key"`, []string{"apiKey"}},
	} {
		clock.advance(time.Minute)
		want.Verb, want.Settings = c.act.Verb, c.set
		check(t, c.act.Verb, want)(a.Act(t.Context(), c.act))
		d := read()
		if d.Enabled != c.enabled || string(d.Config[0].Value) != c.value || d.UpdateTime != timestamp(clock.Now()) || d.CreateTime != created.CreateTime {
			t.Errorf("after %+v: %+v", c.act, d)
		}
	}
	want.Verb, want.Settings = "delete", nil
	check(t, "delete", want)(a.Act(t.Context(), Act{Verb: "delete"}))
	if w := api(s, in.AccessToken, "GET", clearbrainPath, ""); w.Code != 404 {
		t.Errorf("after delete: %d %s", w.Code, w.Body)
	}
}

// After an uninstall the token is one that nobody knows, and there is nothing to refresh.
func TestActUninstall(t *testing.T) {
	t.Parallel()
	s, _, in := customer(t)
	a := startAdmin(t, s)
	check(t, "uninstall", Acted{Verb: "uninstall", Install: "installs/1", Place: "acme/js"})(a.Act(t.Context(), Act{Verb: "uninstall"}))
	want(t, api(s, in.AccessToken, "GET", clearbrainPath, ""), 401, apiErrorBody("malformed token", 16))
	want(t, refresh(s, "installs/1"), 404, apiErrorBody("install does not exist", 5))
	if w := api(s, workspaceToken, "GET", clearbrainPath, ""); w.Code != 200 {
		t.Errorf("the destination went with the install: %d", w.Code)
	}
	check(t, "installs", []Installed{})(a.Installs(t.Context()))
}

// Settings are typed by the catalog.
func TestActChangeTypes(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	plantInstall(t, s, "installs/1", "workspace", "workspaces/acme/sources/js")
	const name = "workspaces/acme/sources/js/destinations/google-analytics"
	api(s, workspaceToken, "POST", destinationsPath, `{"destination":{"name":"`+name+`","config":[{"name":"`+name+`/config/trackingId","value":"UA-12-9"}]}}`)
	_, err := s.Act(Act{Verb: "change", Settings: map[string]string{
		"domain": "12", "anonymizeIp": "true", "sampleRate": "50", "dimensions": "plan=dimension1", "resetCustomDimensionsOnPage": "a, b",
		"metrics": `{"n":"metric2"}`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range decode[destination](t, api(s, workspaceToken, "GET", "/v1beta/"+name, "")).Config {
		got[lastWord(e.Name)] = string(e.Value)
	}
	if diff := cmp.Diff(map[string]string{
		"trackingId": `"UA-12-9"`, "domain": `"12"`, "anonymizeIp": "true", "sampleRate": "50", "dimensions": `{"plan":"dimension1"}`,
		"resetCustomDimensionsOnPage": `["a","b"]`, "metrics": `{"n":"metric2"}`,
	}, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	// Without a name, a text becomes another one that its pattern takes.
	if _, err := s.Act(Act{Verb: "change"}); err != nil {
		t.Fatal(err)
	}
	if got := api(s, workspaceToken, "GET", "/v1beta/"+name, "").Body.String(); !strings.Contains(got, `"UA-12-0"`) {
		t.Errorf("no other tracking id: %s", got)
	}
}

func TestAnotherValue(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	for _, c := range []struct{ kind, pattern, present, want string }{
		{"STRING", "", `"a"`, `"b"`},
		{"PASSWORD", "", `"a9"`, `"aa"`},
		{"STRING", "^[0-9]{3}$", `"129"`, `"120"`},
		{"STRING", "^(key|kez)$", `"key"`, `"kez"`},
		{"STRING", "^(?!www\\.)x.com$", `"x.com"`, ""},
		{"STRING", "^only$", `"only"`, ""},
		{"STRING", "", `""`, ""},
		{"STRING", "", `5`, ""},
		{"BOOLEAN", "", `true`, ""},
	} {
		set := setting("s", "S", c.kind)
		set.StringValidators = &stringValidators{c.pattern}
		got, ok := s.anotherValue(&set, []byte(c.present))
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%s %s of %s: %s, %v, want %s", c.kind, c.present, c.pattern, got, ok, c.want)
		}
	}
}

// Whom an act is about has to be certain. Errors name what there is.
func TestActFinds(t *testing.T) {
	t.Parallel()
	s := newAPI(t)
	const js, ios, web = "workspaces/acme/sources/js", "workspaces/acme/sources/ios", "workspaces/globex/sources/web"
	a := startAdmin(t, s)
	_, none := a.Act(t.Context(), Act{Verb: "disable"})
	plantInstall(t, s, "installs/1", "destination/clearbrain", js)
	plantInstall(t, s, "installs/2", "destination/clearbrain", ios)
	plantInstall(t, s, "installs/3", "workspace", web)
	for _, source := range []string{js, ios, web} {
		for _, slug := range []string{"webhooks", "amplitude"} {
			api(s, workspaceToken, "POST", "/v1beta/"+source+"/destinations", `{"destination":{"name":"`+source+"/destinations/"+slug+`"}}`)
		}
	}
	found := func(act Act, want string) {
		t.Helper()
		act.Verb = "disable"
		got, err := a.Act(t.Context(), act)
		if got.Destination != want || err != nil {
			t.Errorf("%+v: %+v, %v, want %s", act, got, err, want)
		}
	}
	found(Act{Install: "2", Destination: "webhooks"}, ios+"/destinations/webhooks")
	found(Act{Install: "install/1", Destination: "amplitude"}, js+"/destinations/amplitude")
	found(Act{Install: "installs/1", Destination: "amplitude", Source: "ios"}, ios+"/destinations/amplitude")
	found(Act{Install: "globex", Destination: "webhooks"}, web+"/destinations/webhooks")
	found(Act{Install: "globex/web", Destination: "webhooks"}, web+"/destinations/webhooks")
	found(Act{Install: web, Destination: web + "/destinations/webhooks"}, web+"/destinations/webhooks")

	refused := func(err error, missing string, words ...string) {
		t.Helper()
		got, ok := errors.AsType[*AdminError](err)
		if !ok || got.Missing != missing {
			t.Errorf("%T %v is missing %q, want %q", err, err, got.Missing, missing)
			return
		}
		for _, word := range words {
			if !strings.Contains(got.Message, word) {
				t.Errorf("%q does not speak of %s", got.Message, word)
			}
		}
	}
	act := func(act Act) error {
		_, err := a.Act(t.Context(), act)
		return err
	}
	refused(none, "install", "no install")
	refused(act(Act{Verb: "uninstall"}), "", "installs/1 on acme/js", "installs/3 on globex")
	refused(act(Act{Verb: "uninstall", Install: "acme"}), "", "installs/1 on acme/js, installs/2 on acme/ios")
	refused(act(Act{Verb: "uninstall", Install: "nosuch"}), "install", "nosuch", "installs/2 on acme/ios")
	refused(act(Act{Verb: "uninstall", Install: "acme/web"}), "install", "acme/web")
	refused(act(Act{Verb: "delete", Install: "1"}), "destination", `"clearbrain" on acme/js`, "webhooks on acme/js, amplitude")
	refused(act(Act{Verb: "delete", Install: "1", Source: "nosuch"}), "destination", "acme/nosuch")
	refused(act(Act{Verb: "delete", Install: "globex/nosuch", Destination: "webhooks"}), "destination", "globex/nosuch")
	refused(act(Act{Verb: "delete", Install: "3"}), "", "webhooks on globex/web, amplitude on globex/web")
	refused(act(Act{Verb: "enable", Install: "1", Destination: "amplitude"}), "", "apiKey is required")
	refused(act(Act{Verb: "change", Install: "1", Destination: "amplitude"}), "", "amplitude on acme/js has no text")
	refused(act(Act{Verb: "change", Install: "1", Destination: "amplitude", Settings: map[string]string{"nosuch": "1"}}), "", "nosuch", "eventUploadThreshold")
	refused(act(Act{Verb: "change", Install: "1", Destination: "amplitude", Settings: map[string]string{"eventUploadThreshold": "many"}}), "", "not a number")
	refused(act(Act{Verb: "disable", Install: "1", Settings: map[string]string{"apiKey": "x"}}), "", "takes no settings")
	refused(act(Act{Verb: "cancel"}), "", "uninstall, disable, enable, change, delete")
	want(t, admin(s, "POST", "act", `{"verb":"uninstall","instal":"3"}`), 400, apiErrorBody(`invalid argument: json: unknown field "instal"`, 3))
	// Who is on exactly that source goes before who is on all of the workspace.
	plantInstall(t, s, "installs/4", "workspace", js)
	found(Act{Install: "acme/js", Destination: "webhooks"}, js+"/destinations/webhooks")
	if all := s.Installs(); len(all) != 4 {
		t.Errorf("an act that was refused left %v", all)
	}
}

// Of a fleet an error names a few.
func TestActNamesFew(t *testing.T) {
	t.Parallel()
	all := make([]*install, 10_000)
	for i := range all {
		all[i] = &install{Name: "installs/1", Workspace: "workspaces/acme"}
	}
	if got := installNames(all); len(got) > 400 || !strings.HasSuffix(got, ", and 9990 more") {
		t.Errorf("%s", got)
	}
}
