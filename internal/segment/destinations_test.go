package segment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func compacted(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return b.String()
}

func entry(setting, value string) ConfigEntry {
	return ConfigEntry{Name: ConfigName(clearbrain, setting), Value: json.RawMessage(value)}
}

func on(enabled bool) *bool { return &enabled }

func TestDestination(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Method + " " + r.RequestURI; got != "GET /v1beta/workspaces/business/sources/js/destinations/clearbrain" {
			t.Errorf("request is %s", got)
		}
		io.WriteString(w, clearbrainJSON)
	})
	d, err := c.Destination(t.Context(), clearbrain)
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != clearbrain.String() || d.Parent != clearbrain.Parent().String() || d.DisplayName != "ClearBrain" ||
		!d.Enabled || d.ConnectionMode != ModeUnspecified {
		t.Errorf("destination is %+v", d)
	}
	if want := time.Date(2019, 5, 24, 23, 43, 2, 905e6, time.UTC); !d.CreateTime.Equal(want) {
		t.Errorf("created %v, want %v", d.CreateTime, want)
	}
	if got := string(d.Setting("apiKey")); got != `"abcd1234"` {
		t.Errorf("apiKey is %s", got)
	}
	if got := d.Setting("nosuch"); got != nil {
		t.Errorf("nosuch is %s", got)
	}
}

// What this package has never heard of is passed on, and no number is rounded.
func TestResourcesMarshalBackToWhatTheAPISent(t *testing.T) {
	t.Parallel()
	const sent = `{"name": "workspaces/business/sources/js/destinations/clearbrain", "new_field": {"a": [1, null]},
		"config": [{"name": "x/config/id", "value": 12345678901234567890, "surprise": 1.50}], "enabled": false}`
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/destinations") {
			fmt.Fprintf(w, `{"destinations":[%s]}`, sent)
			return
		}
		io.WriteString(w, sent)
	})
	d, err := c.Destination(t.Context(), clearbrain)
	if err != nil {
		t.Fatal(err)
	}
	listed := d
	for listed, err = range c.Destinations(t.Context(), clearbrain.Parent()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for how, v := range map[string]any{"got": d, "listed": listed, "as a value": *d, "in a list": []*Destination{d}} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSuffix(strings.TrimPrefix(string(data), "["), "]")
		if how != "in a list" {
			got = string(data)
		}
		if diff := cmp.Diff(compacted(t, []byte(sent)), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}
}

func TestCreateDestination(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Method + " " + r.RequestURI; got != "POST /v1beta/workspaces/business/sources/js/destinations" {
			t.Errorf("request is %s", got)
		}
		if got := r.Header.Get("Content-Type"); got != "application/json" {
			t.Errorf("Content-Type is %q", got)
		}
		var got, want any
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		// Enable with Segment guide, creating a destination.
		json.Unmarshal([]byte(`{"destination": {
			"name": "workspaces/business/sources/js/destinations/clearbrain", "connection_mode": "CLOUD", "enabled": true,
			"config": [{"name": "workspaces/business/sources/js/destinations/clearbrain/config/apiKey", "value": "abcd1234"}]}}`), &want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
		io.WriteString(w, clearbrainJSON)
	})
	body := DestinationBody{Enabled: on(true), ConnectionMode: ModeCloud, Config: []ConfigEntry{entry("apiKey", `"abcd1234"`)}}
	d, err := c.CreateDestination(t.Context(), clearbrain, body)
	if err != nil || !d.Enabled {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestCreateThatExistsIsNotTakenForDone(t *testing.T) {
	t.Parallel()
	for _, refusal := range []struct {
		status int
		body   string
	}{
		{409, `{"error":"already exists","code":6}`},
		{500, `{"error":"destination already exists or other internal error","code":13}`},
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				t.Errorf("%d: %s was sent", refusal.status, r.Method)
			}
			w.WriteHeader(refusal.status)
			io.WriteString(w, refusal.body)
		})
		if _, err := c.CreateDestination(t.Context(), clearbrain, DestinationBody{Enabled: on(true)}); !HasReason(err, AlreadyExists) {
			t.Errorf("%d: error is %v", refusal.status, err)
		}
	}
}

// After a failure that leaves it open whether the destination was created, it is looked up and compared.
func TestAmbiguousCreate(t *testing.T) {
	t.Parallel()
	asked := DestinationBody{Enabled: on(true), ConnectionMode: ModeCloud, Config: []ConfigEntry{entry("apiKey", `"abcd1234"`)}}
	other := DestinationBody{Enabled: on(true), Config: []ConfigEntry{entry("apiKey", `"another1"`)}}
	off := DestinationBody{Enabled: on(false), Config: asked.Config}
	for _, test := range []struct {
		name   string
		asked  DestinationBody
		status int // of the create; 0 breaks the connection
		found  string
		done   bool
	}{
		{"broken, created as asked", asked, 0, clearbrainJSON, true},
		{"unavailable, created as asked", asked, 503, clearbrainJSON, true},
		{"internal, created as asked", asked, 500, clearbrainJSON, true},
		{"broken, another key", other, 0, clearbrainJSON, false},
		{"broken, not switched off", off, 0, clearbrainJSON, false},
		{"broken, not there", asked, 0, "", false},
		{"refused, there all the same", asked, 403, clearbrainJSON, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			creates := 0
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodPost && test.status == 0:
					creates++
					panic(http.ErrAbortHandler)
				case r.Method == http.MethodPost:
					creates++
					w.WriteHeader(test.status)
				case test.found == "":
					w.WriteHeader(http.StatusNotFound)
				default:
					io.WriteString(w, test.found)
				}
			})
			d, err := c.CreateDestination(t.Context(), clearbrain, test.asked)
			if (err == nil) != test.done || test.done && d.Name != clearbrain.String() {
				t.Errorf("%+v, %v; done is right: %t", d, err, test.done)
			}
			if creates != 1 {
				t.Errorf("created %d times", creates)
			}
		})
	}
}

func TestUpdateDestination(t *testing.T) {
	t.Parallel()
	const name = `"name":"workspaces/business/sources/js/destinations/clearbrain/config/sampleRate"`
	for _, test := range []struct {
		name string
		body DestinationBody
		want string
	}{
		{
			"off",
			DestinationBody{Enabled: on(false)},
			`{"destination":{"enabled":false},"update_mask":{"paths":["destination.enabled"]}}`,
		},
		{
			"one setting",
			DestinationBody{Config: []ConfigEntry{entry("sampleRate", "7")}},
			`{"destination":{"config":[{` + name + `,"value":7}]},"update_mask":{"paths":["destination.config"]}}`,
		},
		{
			"all",
			DestinationBody{Enabled: on(true), ConnectionMode: ModeDevice, Config: []ConfigEntry{entry("sampleRate", "null")}},
			`{"destination":{"enabled":true,"connection_mode":"DEVICE","config":[{` + name + `,"value":null}]},
			"update_mask":{"paths":["destination.enabled","destination.config","destination.connection_mode"]}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Method + " " + r.RequestURI; got != "PATCH /v1beta/workspaces/business/sources/js/destinations/clearbrain" {
					t.Errorf("request is %s", got)
				}
				body, _ := io.ReadAll(r.Body)
				if diff := cmp.Diff(compacted(t, []byte(test.want)), compacted(t, body)); diff != "" {
					t.Errorf("body (-want +got):\n%s", diff)
				}
				io.WriteString(w, clearbrainJSON)
			})
			if _, err := c.UpdateDestination(t.Context(), clearbrain, test.body); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDeleteDestination(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Method + " " + r.RequestURI; got != "DELETE /v1beta/workspaces/business/sources/js/destinations/clearbrain" {
			t.Errorf("request is %s", got)
		}
		io.WriteString(w, "{}")
	})
	if err := c.DeleteDestination(t.Context(), clearbrain); err != nil {
		t.Error(err)
	}
}

func TestCreateSource(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Method + " " + r.RequestURI; got != "POST /v1beta/workspaces/acme/sources" {
			t.Errorf("request is %s", got)
		}
		body, _ := io.ReadAll(r.Body)
		if got := compacted(t, body); got != `{"source":{"catalog_name":"catalog/sources/net","name":"workspaces/acme/sources/srv"}}` {
			t.Errorf("body is %s", got)
		}
		io.WriteString(w, `{"name":"workspaces/acme/sources/srv","catalog_name":"catalog/sources/net","write_keys":["k"]}`)
	})
	s, err := c.CreateSource(t.Context(), Name{Workspace: "acme", Source: "srv"}, "catalog/sources/net")
	if err != nil || s.CatalogName != "catalog/sources/net" || len(s.WriteKeys) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSameJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`{"a":1,"b":[2]}`, `{ "b": [2], "a": 1.0 }`, true},
		{`"x"`, `"\u0078"`, true},
		{`1`, `"1"`, false},
		{`[1,2]`, `[2,1]`, false},
		{`null`, `""`, false},
		{`oops`, `oops!`, false},
		{`1 2`, `1 `, false},
		{`9007199254740993`, `9007199254740992`, false},
		{`{"id":[9007199254740993]}`, `{"id":[9007199254740992]}`, false},
		{`100`, `1e2`, true},
		{`{"a":null}`, `{"b":null}`, false},
	} {
		if got := SameJSON(json.RawMessage(test.a), json.RawMessage(test.b)); got != test.same {
			t.Errorf("SameJSON(%s, %s) = %t", test.a, test.b, got)
		}
	}
}

func TestOddTimesAreZero(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{`""`, `null`, `"yesterday"`, `1558741382`, `{}`} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			name := strings.TrimPrefix(r.URL.Path, "/v1beta/")
			fmt.Fprintf(w, `{"name":%q,"enabled":true,"create_time":%s,"update_time":"2019-05-25T00:01:35.885Z"}`, name, odd)
		})
		d, err := c.Destination(t.Context(), clearbrain)
		if err != nil || !d.CreateTime.IsZero() || d.UpdateTime.Year() != 2019 || !d.Enabled {
			t.Errorf("%s: destination %+v, %v", odd, d, err)
		}
		if w, err := c.Workspace(t.Context(), clearbrain.Parent().Parent()); err != nil || !w.CreateTime.IsZero() {
			t.Errorf("%s: workspace %+v, %v", odd, w, err)
		}
		if s, err := c.Source(t.Context(), clearbrain.Parent()); err != nil || !s.CreateTime.IsZero() {
			t.Errorf("%s: source %+v, %v", odd, s, err)
		}
	}
}

func TestResourceWithoutANameIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `{"name":""}`} {
		c := serve(t, always(200, body))
		_, getErr := c.Destination(t.Context(), clearbrain)
		_, createErr := c.CreateDestination(t.Context(), clearbrain, DestinationBody{})
		_, updateErr := c.UpdateDestination(t.Context(), clearbrain, DestinationBody{})
		_, catalogErr := c.CatalogDestination(t.Context(), "clearbrain")
		_, sourceErr := c.CreateSource(t.Context(), clearbrain.Parent(), "catalog/sources/net")
		for _, err := range []error{getErr, createErr, updateErr, catalogErr, sourceErr} {
			var wrong *AnswerError
			if !errors.As(err, &wrong) {
				t.Errorf("%s: %v, want an *AnswerError", body, err)
			}
		}
	}
}
