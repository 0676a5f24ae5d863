package destination_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/secret"
	"github.com/segctl/segctl/internal/wire"
)

// customer is a sandbox with one customer, whose install is saved here.
type customer struct {
	*sandbox.Server
	world     *account.World
	card      install.Card
	secret    string       // of the App
	described http.Handler // the sandbox
	handler   http.Handler // in front of it; may be replaced between requests
}

// ServeHTTP is the sandbox's, with a judge in front.
func (r *customer) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.described.ServeHTTP(w, req) }

const customersDestination = "/v1beta/workspaces/customer-0001/sources/js/destinations/clearbrain"

func newCustomer(t *testing.T, quirks map[string]string) *customer {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{Customers: 1, Enabled: 100, Quirks: quirks, Tokens: []string{"admin"}})
	if err != nil {
		t.Fatal(err)
	}
	r := &customer{Server: box, described: described(t, box), secret: sandbox.DemoClientSecret}
	r.handler = r
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.handler.ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	env := map[string]string{
		"SEGCTL_API_URL": server.URL, "SEGCTL_ID_URL": server.URL, "SEGCTL_SCOPE": "destination/clearbrain",
		"SEGCTL_CLIENT_ID": sandbox.DemoClientID, "SEGCTL_CLIENT_SECRET": r.secret,
	}
	settings, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	r.world = &account.World{
		Settings: settings, Store: install.NewMemory(), Transport: wire.NewTransport(nil, nil), Redactor: new(secret.Redactor),
		UserAgent: "segctl/test",
	}
	got, err := r.world.Import(t.Context(), "installs/1", []string{"workspaces/customer-0001/sources/js"})
	if err != nil {
		t.Fatal(err)
	}
	r.card = got.Install.Card
	return r
}

func (r *customer) check(t *testing.T, want destination.Wanted) (destination.Checked, error) {
	t.Helper()
	acc, err := r.world.OpenCard(r.card)
	if err != nil {
		t.Fatal(err)
	}
	return destination.Check(t.Context(), acc, want)
}

// act does what the customer does.
func (r *customer) act(t *testing.T, verb string) {
	t.Helper()
	if _, err := r.Act(sandbox.Act{Verb: verb, Install: "installs/1"}); err != nil {
		t.Fatal(err)
	}
}

// answer answers the requests whose path ends so with a status and a body, and all others as the sandbox does.
func (r *customer) answer(suffix string, status int, body string) {
	r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !strings.HasSuffix(req.URL.Path, suffix) {
			r.ServeHTTP(w, req)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// TestCheck has what can happen to a destination, and the word for each.
func TestCheck(t *testing.T) {
	t.Parallel()
	const refresh = "/installs/1/token"
	expired := func(r *customer) { r.Advance(2 * 3600e9) }
	for name, test := range map[string]struct {
		happens func(t *testing.T, r *customer)
		want    destination.Health
		detail  string
		err     bool // an answer is behind it
	}{
		"nothing":          {func(*testing.T, *customer) {}, destination.Healthy, "", false},
		"an expired token": {func(_ *testing.T, r *customer) { expired(r) }, destination.Healthy, "", false},
		"disabled":         {func(t *testing.T, r *customer) { r.act(t, "disable") }, destination.IsDisabled, "switched off", false},
		"deleted":          {func(t *testing.T, r *customer) { r.act(t, "delete") }, destination.IsMissing, "it is not there", true},
		"uninstalled":      {func(t *testing.T, r *customer) { r.act(t, "uninstall") }, destination.NoAccess, "uninstalled", true},
		"the scope is taken back": {
			func(_ *testing.T, r *customer) {
				r.answer("js/destinations/clearbrain", 403, `{"error":"insufficient scope","code":7}`)
			},
			destination.NoAccess, "not in the scope: Segment answered 403: insufficient scope", true,
		},
		"a fresh token is refused": {
			func(_ *testing.T, r *customer) {
				r.answer("js/destinations/clearbrain", 401, `{"error":"malformed token","code":16}`)
			},
			destination.NoAccess, "fresh token refused: Segment answered 401: malformed token", true,
		},
		"the client secret is wrong": {
			func(_ *testing.T, r *customer) {
				expired(r)
				r.answer(refresh, 401, `{"error":"unauthenticated","code":16}`)
			},
			destination.Unrefreshable, "client id or secret refused: Segment answered 401: unauthenticated", true,
		},
		"another App's": {
			func(_ *testing.T, r *customer) {
				expired(r)
				r.answer(refresh, 403, `{"error":"permission denied","code":7}`)
			},
			destination.Unrefreshable, "another App's install: Segment answered 403: permission denied", true,
		},
		"no refresh": {
			func(_ *testing.T, r *customer) { expired(r); r.answer(refresh, 500, `{"error":"oops","code":13}`) },
			destination.Unreachable, "no new token: Segment answered 500: oops", true,
		},
		"a useless refresh": {
			func(_ *testing.T, r *customer) { expired(r); r.answer(refresh, 200, `{}`) },
			destination.Unreachable, "no new token: ", true,
		},
		"trouble at Segment": {
			func(_ *testing.T, r *customer) {
				r.answer("js/destinations/clearbrain", 500, `{"error":"oops","code":13}`)
			},
			destination.Unreachable, "Segment answered 500: oops", true,
		},
		"a wrong URL": {
			func(_ *testing.T, r *customer) {
				r.answer("js/destinations/clearbrain", 503, "upstream connect error or disconnect/reset before headers")
			},
			destination.Unreachable, "Segment answered 503", true,
		},
		"no JSON": {func(_ *testing.T, r *customer) { r.answer("js/destinations/clearbrain", 200, `<html>`) }, destination.Unreachable, "answer to GET", true},
		"no key": {func(_ *testing.T, r *customer) {
			r.answer("js/destinations/clearbrain", 200, present(`{"name":"config/apiKey","value":null}`, true))
		}, destination.IsInvalid, "not set: apiKey", false},
		"an empty key, and disabled": {
			func(_ *testing.T, r *customer) {
				r.answer("js/destinations/clearbrain", 200, present(`{"name":"config/apiKey","value":""}`, false))
			},
			destination.IsInvalid, "not set: apiKey", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newCustomer(t, nil)
			test.happens(t, r)
			got, err := r.check(t, destination.Wanted{})
			if err != nil || got.Health != test.want || !strings.HasPrefix(got.Detail, test.detail) || (test.detail == "") != (got.Detail == "") || (got.Err != nil) != test.err {
				t.Errorf("%+v, %v; want %s, %q", got, err, test.want, test.detail)
			}
			if !strings.HasSuffix(customersDestination, got.Name.String()) {
				t.Errorf("it is called %s", got.Name)
			}
		})
	}
}

// present is a destination as Segment answers it.
func present(config string, enabled bool) string {
	return fmt.Sprintf(`{"name":%q,"enabled":%t,"connection_mode":"CLOUD","config":[%s]}`, strings.TrimPrefix(customersDestination, "/v1beta/"), enabled, config)
}

// TestCheckIsNoVerdict has what is wrong on this side: that is an error, and no health.
func TestCheckIsNoVerdict(t *testing.T) {
	t.Parallel()
	r := newCustomer(t, nil)
	r.Advance(2 * 3600e9)
	broken := *r.world
	broken.Settings = func() *config.Settings {
		_, api := r.world.Settings.Server()
		env := map[string]string{"SEGCTL_API_URL": string(api), "SEGCTL_ID_URL": string(api)}
		s, err := config.Load(config.Options{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}()
	acc, err := broken.OpenCard(r.card)
	if err != nil {
		t.Fatal(err)
	}
	got, err := destination.Check(t.Context(), acc, destination.Wanted{})
	var missing *account.CredentialsError
	if !errors.As(err, &missing) || got.Health != "" {
		t.Errorf("without credentials: %+v, %v", got, err)
	}
	if got, err = r.check(t, destination.Wanted{Destination: "a b"}); err == nil || got.Health != "" {
		t.Errorf("a name that is none: %+v, %v", got, err)
	}
	if acc, err = r.world.OpenCard(r.card); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err = destination.Check(ctx, acc, destination.Wanted{}); !errors.Is(err, context.Canceled) || got.Health != "" {
		t.Errorf("interrupted: %+v, %v", got, err)
	}
}

// TestCheckFilters has filters that keep all events from a destination, and those that do not.
func TestCheckFilters(t *testing.T) {
	t.Parallel()
	for filter, drops := range map[string]bool{
		`{"title":"T","if":"all","enabled":true,"actions":[{"type":"drop_event"}]}`:                            true,
		`{"title":"T","if":"true","enabled":true,"actions":[{"type":"drop_event"}]}`:                           true,
		`{"title":"T","if":" ","enabled":true,"actions":[{"type":"whitelist_fields"},{"type":"drop_event"}]}`:  true,
		`{"title":"T","enabled":true,"actions":[{"type":"drop_event"}]}`:                                       true,
		`{"title":"T","if":"all","enabled":true,"actions":[{"type":"sample_event","percent":0}]}`:              true,
		`{"title":"T","if":"all","enabled":true,"actions":[{"type":"sample_event","percent":"0.0"}]}`:          true,
		`{"title":"T","if":"all","enabled":true,"actions":[{"type":"sample_event","percent":0.01}]}`:           false,
		`{"title":"T","if":"all","enabled":true,"actions":[{"type":"sample_event"}]}`:                          false,
		`{"title":"T","if":"all","enabled":false,"actions":[{"type":"drop_event"}]}`:                           false,
		`{"title":"T","if":"all","actions":[{"type":"drop_event"}]}`:                                           false,
		`{"title":"T","if":"type = \"track\"","enabled":true,"actions":[{"type":"drop_event"}]}`:               false,
		`{"title":"T","if":"all","enabled":true,"actions":[{"type":"blacklist_fields","fields":{"a":["b"]}}]}`: false,
		`{"title":"T","if":"all","enabled":true,"actions":[]}`:                                                 false,
	} {
		r := newCustomer(t, nil)
		r.answer("/filters", 200, `{"filters":[{"name":"x/filters/df_1","enabled":true},`+filter+`]}`)
		got, err := r.check(t, destination.Wanted{})
		want, detail := destination.Healthy, ""
		if drops {
			want, detail = destination.IsDisabled, `filter "T" drops every event`
		}
		if err != nil || got.Health != want || got.Detail != detail || got.Notes != nil {
			t.Errorf("%s: %+v, %v; want %s", filter, got, err, want)
		}
	}
	// A filter without a title is called by its id.
	r := newCustomer(t, nil)
	r.answer("/filters", 200, `{"filters":[{"name":"workspaces/w/sources/s/destinations/d/config/ab/filters/df_7","enabled":true,"actions":[{"type":"drop_event"}]}]}`)
	if got, err := r.check(t, destination.Wanted{}); err != nil || got.Detail != `filter "df_7" drops every event` {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestCheckUnreadFilters cannot read the filters, or the catalog: that is a note, no verdict, and costs no token.
func TestCheckUnreadFilters(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"/filters", "/catalog/destinations/clearbrain"} {
		for _, status := range []int{400, 401, 403, 404, 500} {
			r := newCustomer(t, nil)
			r.answer(route, status, `{"error":"no"}`)
			got, err := r.check(t, destination.Wanted{})
			notes := 1
			if route != "/filters" {
				notes = 2 // the sandbox lets no destination scope read filters
			}
			if err != nil || got.Health != destination.Healthy || len(got.Notes) != notes {
				t.Errorf("%s, %d: %+v, %v", route, status, got, err)
			}
			if n := r.count("/installs/1/token"); n != 1 { // the import
				t.Errorf("%s, %d: the token was refreshed %d times", route, status, n-1)
			}
		}
	}
}

// count returns how many requests the sandbox got whose path ends so.
func (r *customer) count(suffix string) int {
	n := 0
	for _, request := range r.Requests() {
		if strings.HasSuffix(request.Path, suffix) {
			n++
		}
	}
	return n
}

// TestCheckAsksForFiltersOnce wants that a fleet does not ask again for what the scope does not cover.
func TestCheckAsksForFiltersOnce(t *testing.T) {
	t.Parallel()
	for _, forbidden := range []string{"403", "401"} {
		r := newCustomer(t, map[string]string{"forbidden": forbidden})
		r.world = r.world.Fleet(nil)
		for range 3 {
			got, err := r.check(t, destination.Wanted{})
			if err != nil || got.Health != destination.Healthy || len(got.Notes) != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		}
		if n := r.count("/filters"); n != 1 {
			t.Errorf("the filters were asked for %d times", n)
		}
		if n := r.count("/installs/1/token"); n != 1 {
			t.Errorf("the token was refreshed %d times", n-1)
		}
		r.world = r.world.Anew()
		if _, err := r.check(t, destination.Wanted{}); err != nil || r.count("/filters") != 2 || r.count("/catalog/destinations/clearbrain") != 2 {
			t.Errorf("anew: %v, filters were asked for %d times", err, r.count("/filters"))
		}
	}
}

// TestCheckWanted compares with what is wanted, too.
func TestCheckWanted(t *testing.T) {
	t.Parallel()
	on, off := true, false
	for name, test := range map[string]struct {
		act     string
		want    destination.Wanted
		health  destination.Health
		detail  string
		changes []string
	}{
		"a key":                        {"", destination.Wanted{Change: destination.Change{Set: set("apiKey=another-key-0001")}}, destination.IsChanged, "apiKey not as in f.yaml:3", []string{"apiKey"}},
		"a key, and disabled":          {"disable", destination.Wanted{Change: destination.Change{Enabled: &on, Set: set("apiKey=another-key-0001")}}, destination.IsDisabled, "switched off", []string{"enabled", "apiKey"}},
		"disabled, as is wanted":       {"disable", destination.Wanted{Change: destination.Change{Enabled: &off}}, destination.Healthy, "", nil},
		"enabled, which is not wanted": {"", destination.Wanted{Change: destination.Change{Enabled: &off}}, destination.IsChanged, "enabled not as in f.yaml:3", []string{"enabled"}},
		"there, which is not wanted":   {"", destination.Wanted{Absent: true}, destination.IsChanged, "there, and should not be", nil},
		"deleted, as is wanted":        {"delete", destination.Wanted{Absent: true}, destination.Healthy, "", nil},
		"deleted, but wanted":          {"delete", destination.Wanted{Change: destination.Change{Enabled: &on}}, destination.IsMissing, "it is not there", nil},
		"as it is":                     {"", destination.Wanted{Change: destination.Change{Enabled: &on}}, destination.Healthy, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newCustomer(t, nil)
			if test.act != "" {
				r.act(t, test.act)
			}
			test.want.From = "f.yaml:3"
			got, err := r.check(t, test.want)
			if err != nil || got.Health != test.health || got.Detail != test.detail {
				t.Errorf("%+v, %v; want %s, %q", got, err, test.health, test.detail)
			}
			var changed []string
			for _, c := range got.Changes {
				changed = append(changed, c.What)
				if strings.Contains(c.To, "another-key") {
					t.Errorf("a secret is shown: %q", c.To)
				}
			}
			if diff := cmp.Diff(test.changes, changed); diff != "" {
				t.Error(diff)
			}
		})
	}
	r := newCustomer(t, nil)
	var wrong *destination.SettingsError
	if _, err := r.check(t, destination.Wanted{Change: destination.Change{Set: set("nosuch=x")}}); err != nil && !errors.As(err, &wrong) {
		t.Error(err)
	}
}

// TestCheckChangesNothing looks at everything that was sent.
func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	r := newCustomer(t, nil)
	before := len(r.Requests())
	on := true
	if _, err := r.check(t, destination.Wanted{Change: destination.Change{Enabled: &on, Set: set("apiKey=another-key-0001")}}); err != nil {
		t.Fatal(err)
	}
	for _, request := range r.Requests()[before:] {
		if request.Method != http.MethodGet || strings.HasSuffix(request.Path, "/token") {
			t.Errorf("%s %s", request.Method, request.Path)
		}
	}
}

// TestHealths wants the closed set, as the schema has it.
func TestHealths(t *testing.T) {
	t.Parallel()
	want := []destination.Health{"ok", "changed", "disabled", "invalid", "missing", "no_access", "unrefreshable", "unreachable"}
	if diff := cmp.Diff(want, destination.Healths()); diff != "" {
		t.Error(diff)
	}
	if _, ok := destination.ParseHealth("fine"); ok {
		t.Error("fine is a health")
	}
}
