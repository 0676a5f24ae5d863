package destination_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// TestRefusedPlans wants that nothing is sent for what cannot be meant, and that no error quotes a value.
func TestRefusedPlans(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	key := "canary-key-0001"
	as := func(target any) func(error) bool { return func(err error) bool { return errors.As(err, target) } }
	for words, test := range map[string]struct {
		slug   string
		verb   destination.Verb
		change destination.Change
		is     func(error) bool
	}{
		`"apiKey" is required`:                {"amplitude", destination.ToCreate, destination.Change{}, as(new(*destination.SettingsError))},
		`nothing to change`:                   {"amplitude", destination.ToUpdate, destination.Change{}, as(new(*destination.NothingError))},
		`connection mode "SATELLITE" is none`: {"amplitude", destination.ToUpdate, destination.Change{Mode: "SATELLITE"}, as(new(*destination.ModeError))},
		`"apiKey" is not JSON`:                {"amplitude", destination.ToUpdate, destination.Change{SetJSON: set("apiKey=canary-key-0001")}, as(new(*destination.SettingsError))},
		`"trackAllPages" must be true or fal`: {"amplitude", destination.ToUpdate, destination.Change{Set: set("trackAllPages=canary-key-0001")}, as(new(*destination.SettingsError))},
		`has sharedSecret`:                    {"webhooks", destination.ToCreate, destination.Change{Key: &key}, as(new(*destination.KeyError))},
		`no setting for an API key`:           {"google-analytics", destination.ToCreate, destination.Change{Key: &key}, as(new(*destination.KeyError))},
		`id "a/b" has characters`:             {"webhooks", destination.ToUpdate, destination.Change{Set: set("a/b=x")}, as(new(*wire.IDError))},
		`"token" is required; setting "persi`: {"mixpanel", destination.ToCreate, destination.Change{Set: set("persistence=disk")}, as(new(*destination.SettingsError))},
	} {
		_, err := r.try(t, test.slug, test.verb, test.change)
		if err == nil || !test.is(err) || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%v (%T), want %q", err, err, words)
		}
	}
	for _, request := range r.Requests() {
		if request.Method != http.MethodGet {
			t.Errorf("%s %s was sent", request.Method, request.Path)
		}
	}
}

// TestCatalogIsReadOnce and, where it cannot be, leaves the judgement to Segment.
func TestCatalogIsReadOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	got := r.apply(t, "webhooks", destination.ToCreate, destination.Change{Set: set("globalHook=https://example.com/a")})
	if n := len(r.sent(http.MethodGet, "/catalog/destinations/webhooks")); n != 1 || got.Notes != nil {
		t.Errorf("the catalog was read %d times, notes %q", n, got.Notes)
	}
	r.apply(t, "webhooks", destination.ToDisable, destination.Change{})
	if n := len(r.sent(http.MethodGet, "/catalog/destinations/webhooks")); n != 1 {
		t.Error("a change without settings reads the catalog")
	}
	if _, err := r.AddFault(sandbox.Fault{Route: "GET /v1beta/catalog/destinations/*", Kind: "status", Status: 403}); err != nil {
		t.Fatal(err)
	}
	got = r.apply(t, "mixpanel", destination.ToCreate, destination.Change{Set: set("token=x")})
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "the settings are not checked") {
		t.Errorf("notes %q", got.Notes)
	}
}

// TestFlagsAreLeftAlone carries out one change twice: nothing of it is used up.
func TestFlagsAreLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	off, key := false, "abcd1234"
	file, err := destination.ParseFile([]byte(`{"config":[{"name":"apiKey","value":"from-the-file"}],"enabled":true}`))
	if err != nil {
		t.Fatal(err)
	}
	c := destination.Change{Enabled: &off, Key: &key, File: file}
	before := text(t, c)
	r.apply(t, "clearbrain", destination.ToEnable, c)
	if got := r.apply(t, "clearbrain", destination.ToEnable, c); got.Action != destination.Already {
		t.Errorf("%q", got)
	}
	if after := text(t, c); after != before {
		t.Errorf("the change is %s, was %s", after, before)
	}
	d, err := destination.Get(t.Context(), r.Account, name("clearbrain"))
	if err != nil || string(d.Setting("apiKey")) != `"abcd1234"` || !d.Enabled {
		t.Errorf("%s, %v", text(t, d), err)
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	settings := []segment.Setting{
		{Name: "apiKey", Required: true},
		{Name: "region", Required: true},
		{Name: "old", Required: true, Deprecated: true},
		{Name: "other"},
	}
	got := destination.Required(settings, []string{"apiKey"})
	if diff := cmp.Diff([]segment.Setting{{Name: "region", Required: true}}, got); diff != "" {
		t.Errorf("required (-want +got):\n%s", diff)
	}
}

// TestDefaultMode creates in cloud mode, unless the catalog knows that there is none.
func TestDefaultMode(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	for components, want := range map[string]string{
		`[{"type":"WEB"},{"type":"CLOUD"}]`: `"connection_mode":"CLOUD"`,
		`[{"type":"WEB"}]`:                  `"connection_mode":"DEVICE"`,
		`[]`:                                `/webhooks"}}`,
	} {
		r.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"name":"catalog/destinations/webhooks","components":` + components + `}`))
		})
		plan, err := destination.NewPlan(t.Context(), r.Account, name("webhooks"), destination.Change{})
		if err != nil {
			t.Fatal(err)
		}
		request, err := plan.Request(t.Context(), destination.ToCreate, false)
		if err != nil || request.Method != http.MethodPost || !strings.Contains(string(request.Body), want) {
			t.Errorf("components %s: %s, %v", components, request.Body, err)
		}
	}
}
