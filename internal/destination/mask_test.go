package destination_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
)

const nested = `{"name":"workspaces/acme/sources/js/destinations/webhooks","display_name":"Webhooks","enabled":true,` +
	`"connection_mode":"CLOUD","later":{"b":1,"a":[2]},"config":[` +
	`{"name":"workspaces/acme/sources/js/destinations/webhooks/config/hooks","type":"mixed","unknown":7,` +
	`"value":[{"hook":"https://ada:canary-1@example.com/x","headers":{"Authorization":"Bearer canary-2-xyz"}}]},` +
	`{"name":"workspaces/acme/sources/js/destinations/webhooks/config/appGroupId","display_name":"REST API Key","type":"string","value":"canary-3"},` +
	`{"name":"workspaces/acme/sources/js/destinations/webhooks/config/region","type":"string","value":"<eu>"},` +
	`{"name":"workspaces/acme/sources/js/destinations/webhooks/config/sharedSecret","type":"string","value":null}` +
	`],"create_time":"2019-05-24T23:43:02.905Z"}`

// TestMask hides what is nested too, and leaves everything else of the API's object as it is, in its order.
func TestMask(t *testing.T) {
	t.Parallel()
	var d segment.Destination
	if err := json.Unmarshal([]byte(nested), &d); err != nil {
		t.Fatal(err)
	}
	masked := text(t, destination.Mask(&d))
	if strings.Contains(masked, "canary") || !strings.Contains(masked, "••••") {
		t.Errorf("masked: %s", masked)
	}
	for _, kept := range []string{
		`"later":{"b":1,"a":[2]},"config":[{"name":`, `"unknown":7`, `/sharedSecret","type":"string","value":null}`,
		`"create_time":"2019-05-24T23:43:02.905Z"}`, "example.com/x",
	} {
		if !strings.Contains(masked, kept) {
			t.Errorf("%s is not in %s", kept, masked)
		}
	}
	if got := text(t, &d); got != text(t, json.RawMessage(nested)) {
		t.Errorf("the destination itself was changed: %s", got)
	}
	if got := segment.FormatValue(destination.Mask(&d).Setting("region")); got != "<eu>" {
		t.Errorf("region %q", got)
	}
}

// TestDiffMasks wants that both sides are masked by what is known from either, and by the catalog, nested settings
// included.
func TestDiffMasks(t *testing.T) {
	t.Parallel()
	entry := func(label, value string) *segment.Destination {
		return &segment.Destination{Config: []segment.ConfigEntry{{Name: "a/config/group", DisplayName: label, Value: json.RawMessage(value)}}}
	}
	long := strings.Repeat("x", 100)
	for words, test := range map[string]struct {
		old, d   *segment.Destination
		settings []segment.Setting
		want     string
	}{
		"the new label":  {entry("", `"canary-1"`), entry("API Key", `"canary-2"`), nil, `[{"What":"group","From":"••••••••","To":"••••••••"}]`},
		"the old label":  {entry("API Key", `"canary-1"`), entry("", `"canary-2"`), nil, `[{"What":"group","From":"••••••••","To":"••••••••"}]`},
		"the catalog":    {entry("", `"canary-1"`), entry("", `"canary-2"`), []segment.Setting{{Name: "group", Type: "PASSWORD"}}, `[{"What":"group","From":"••••••••","To":"••••••••"}]`},
		"nothing secret": {entry("", `1`), entry("", `"`+long+`"`), nil, `[{"What":"group","From":"1","To":"` + long[:79] + `…"}]`},
		"what is nested": {
			entry("", `null`), entry("Group", `[{"x":"canary-1","y":"shown"}]`),
			[]segment.Setting{{Name: "group", Settings: []segment.Setting{{Name: "x", DisplayName: "API Key"}, {Name: "y"}}}},
			`[{"What":"group","From":"","To":"[{\"x\":\"••••••••\",\"y\":\"shown\"}]"}]`,
		},
		"null and nothing": {entry("", `null`), &segment.Destination{}, nil, `null`},
	} {
		if got := text(t, destination.Diff(test.old, test.d, test.settings)); got != test.want {
			t.Errorf("%s: %s, want %s", words, got, test.want)
		}
	}
}

// TestRequestIsMasked by the catalog too, unless it is to be revealed; what is sent is not.
func TestRequestIsMasked(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/v1beta/catalog/destinations/appboy" {
			r.ServeHTTP(w, req)
			return
		}
		_, _ = w.Write([]byte(`{"name":"catalog/destinations/appboy","components":[{"type":"CLOUD"}],"settings":[` +
			`{"name":"appGroupId","display_name":"REST API Key","type":"STRING"},{"name":"datacenter","type":"SELECT"},{"name":"apiKey","type":"STRING"}]}`))
	})
	c := destination.Change{Set: set("appGroupId=canary-rest-key", "datacenter=us"), SetJSON: set(`apiKey=null`)}
	plan, err := destination.NewPlan(t.Context(), r.Account, name("appboy"), c)
	if err != nil {
		t.Fatal(err)
	}
	for reveal, want := range map[bool]string{false: `"value":"••••••••-key"`, true: `"value":"canary-rest-key"`} {
		request, err := plan.Request(t.Context(), destination.ToEnable, reveal)
		if err != nil {
			t.Fatal(err)
		}
		body := string(request.Body)
		if !strings.Contains(body, want) || !strings.Contains(body, `"value":"us"`) || !strings.Contains(body, `"value":null`) || !strings.Contains(body, `"enabled":true`) {
			t.Errorf("reveal %v: %s", reveal, body)
		}
	}
	if n := len(r.sent("POST", "/destinations")); n != 0 {
		t.Errorf("%d creations were sent", n)
	}
	got, err := plan.Apply(t.Context(), destination.ToEnable)
	if err != nil || string(got.Destination.Setting("appGroupId")) != `"canary-rest-key"` || strings.Contains(text(t, got.Masked)+text(t, got.Changes), "canary") {
		t.Errorf("%s, %v", text(t, got), err)
	}
}

func TestPairsHideValues(t *testing.T) {
	t.Parallel()
	if got := set("apiKey=canary")[0].String() + set("apiKey=canary")[0].GoString(); strings.Contains(got, "canary") {
		t.Error(got)
	}
}

// TestEchoedSettingIsHidden has Segment repeat, in a refusal, a setting that only the catalog's label makes a secret.
func TestEchoedSettingIsHidden(t *testing.T) {
	t.Parallel()
	r := newRig(t, "workspace")
	r.handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"name":"catalog/destinations/appboy","settings":[{"name":"appGroupId","display_name":"REST API Key","type":"STRING"}]}`))
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"canary-rest-key is not a key","code":3}`))
	})
	_, err := r.try(t, "appboy", destination.ToCreate, destination.Change{Set: set("appGroupId=canary-rest-key")})
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "is not a key") {
		t.Errorf("%v", err)
	}
}
