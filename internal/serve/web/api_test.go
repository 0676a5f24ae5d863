package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/serve/flow"
	"github.com/segctl/segctl/internal/serve/ledger"
)

func TestCreateLink(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	w := s.call("POST", "/v1/links", `{"customer":"acme","label":"Acme Inc.","destination":"clearbrain",
		"settings":{"api_key":"`+theKey+`","on":true},"return_url":"https://partner.example/done","ttl":"2h"}`)
	want := `{"id":"` + theLink + `","url":"https://connect.partner.example/connect/` + theLink + `","expires_at":"2026-11-26T09:30:00Z"}` + "\n"
	if w.Code != http.StatusCreated || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wanted := flow.LinkRequest{
		Customer: "acme", Label: "Acme Inc.", Destination: "clearbrain", ReturnURL: "https://partner.example/done", TTL: 2 * time.Hour,
		Settings: map[string]json.RawMessage{"api_key": json.RawMessage(`"` + theKey + `"`), "on": json.RawMessage(`true`)},
	}
	if diff := cmp.Diff(wanted, s.engine.link); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
}

func TestTTL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		`90`: 90 * time.Second, `"90m"`: 90 * time.Minute, `99999999999`: maxTTL,
		`0`: 0, `-5`: 0, `1.5`: 0, `"0s"`: 0, `"-1h"`: 0, `"soon"`: 0, `null`: 0, `true`: 0, `[]`: 0, `"90"`: 0, `99999999999999999999`: 0,
	} {
		s := newStage(t)
		w := s.serve(s.backend("POST", "/v1/links", `{"customer":"acme","ttl":`+text+`}`))
		switch {
		case want != 0 && (w.Code != http.StatusCreated || s.engine.link.TTL != want):
			t.Errorf("ttl %s: %d, %s", text, w.Code, s.engine.link.TTL)
		case want == 0 && (w.Code != http.StatusBadRequest || refused(t, w).Field != "ttl" || len(s.engine.asked) > 0):
			t.Errorf("ttl %s: %d %s", text, w.Code, w.Body)
		}
	}
}

func TestReconnect(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, path := range []string{"/v1/installs/7/reconnect", "/v1/installs/installs%2F7/reconnect"} {
		if w := s.call("POST", path, ""); w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := s.call("POST", "/v1/installs/7/reconnect", `{"return_url":"https://partner.example/x"}`); w.Code != http.StatusCreated || s.engine.link.ReturnURL == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := strings.Join(s.engine.asked, ", "); got != "reconnect installs/7, reconnect installs/7, reconnect installs/7" {
		t.Errorf("the engine was asked: %s", got)
	}
	s.engine.err = fmt.Errorf("reconnect: %w", ledger.ErrNotFound)
	for _, path := range []string{"/v1/installs/8/reconnect", "/v1/installs/%20/reconnect"} {
		if w := s.call("POST", path, ""); w.Code != http.StatusNotFound || refused(t, w).Message != "there is no such install" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// connections returns n of them, and their cards.
func connections(n int) ([]ledger.Connection, fakeStore) {
	var all []ledger.Connection
	cards := fakeStore{}
	for i := range n {
		name := fmt.Sprintf("installs/%03d", i)
		all = append(all, ledger.Connection{
			Install: name, Customer: "acme", Wanted: ledger.Wanted{Destination: "clearbrain", Settings: map[string]json.RawMessage{"api_key": json.RawMessage(`"` + theKey + `"`)}},
			Enabled: true, Health: destination.Healthy, CheckedAt: theTime(), CreatedAt: theTime(),
		})
		cards[name] = install.Card{
			Name: name, Label: "Acme", Scope: "destination/clearbrain", Workspaces: []string{"workspaces/acme"},
			Sources: []string{"workspaces/acme/sources/js"}, ExpiresAt: theTime().Add(time.Hour),
		}
	}
	return all, cards
}

func TestInstalls(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.ledger.connections, _ = connections(2)
	_, cards := connections(1)
	s.store["installs/000"] = cards["installs/000"]
	s.ledger.connections[1].CheckedAt, s.ledger.connections[1].Health, s.ledger.connections[1].Enabled = time.Time{}, "", false
	const first = `{"install":"installs/000","customer":"acme","label":"Acme","scope":"destination/clearbrain",` +
		`"workspace_names":["workspaces/acme"],"source_names":["workspaces/acme/sources/js"],"destination":"clearbrain",` +
		`"enabled":true,"health":"ok","lost":false,"connected_at":"2026-11-25T09:30:00Z","checked_at":"2026-11-25T09:30:00Z",` +
		`"token_expires_at":"2026-11-25T10:30:00Z"}`
	const second = `{"install":"installs/001","customer":"acme","workspace_names":[],"source_names":[],"destination":"clearbrain",` +
		`"enabled":false,"lost":false,"connected_at":"2026-11-25T09:30:00Z"}`
	for path, want := range map[string]string{
		"/v1/installs":                                `{"installs":[` + first + `,` + second + `],"more":false,"next":"installs/001"}`,
		"/v1/installs?limit=1":                        `{"installs":[` + first + `],"more":true,"next":"installs/000"}`,
		"/v1/installs?limit=1&after=000":              `{"installs":[` + second + `],"more":false,"next":"installs/001"}`,
		"/v1/installs?after=installs/001":             `{"installs":[],"more":false,"next":"installs/001"}`,
		"/v1/installs/000":                            first,
		"/v1/installs/installs%2F001":                 second,
		"/v1/installs/002":                            `{"error":{"status":404,"message":"there is no such install"}}`,
		"/v1/installs/002%2F3":                        `{"error":{"status":404,"message":"there is no such install"}}`,
		"/v1/installs?after=installs%2F%2F%2F":        `{"error":{"status":400,"message":"after is not the name of an install","field":"after"}}`,
		"/v1/installs?after=installs%2F1%27%20OR%201": `{"error":{"status":400,"message":"after is not the name of an install","field":"after"}}`,
	} {
		if w := s.call("GET", path, ""); strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%s: %d\n%s\nwant\n%s", path, w.Code, w.Body, want)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if w := s.call("GET", "/v1/events", ""); w.Body.String() != `{"events":[],"more":false,"next":""}`+"\n" {
		t.Errorf("no events: %s", w.Body)
	}
	zone := time.FixedZone("CET", 3600)
	for i, typ := range ledger.Types() {
		s.ledger.events = append(s.ledger.events, ledger.Event{
			Seq: int64(i), ID: fmt.Sprintf("evt_%02d", i), Type: typ, Time: theTime().In(zone),
			Data: ledger.EventData{
				Install: "installs/7", Customer: "acme", Workspaces: []string{"workspaces/acme"}, Sources: []string{"workspaces/acme/sources/js"},
				Destination: "clearbrain", Health: destination.IsChanged, From: destination.Healthy, Detail: "x",
			},
		})
	}
	var seen []string
	for after, more := "", true; more; {
		w := s.call("GET", "/v1/events?limit=5&after="+after, "")
		var body eventsBody
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, e := range body.Events {
			seen = append(seen, e.ID)
		}
		after, more = body.Next, body.More
		if !strings.Contains(w.Body.String(), `"timestamp":"2026-11-25T09:30:00Z"`) {
			t.Errorf("times are not in UTC: %s", w.Body)
		}
	}
	if len(seen) != len(ledger.Types()) || seen[0] != "evt_00" || seen[len(seen)-1] != fmt.Sprintf("evt_%02d", len(seen)-1) {
		t.Errorf("seen %v", seen)
	}
	last := seen[len(seen)-1]
	if w := s.call("GET", "/v1/events?after="+last, ""); w.Body.String() != `{"events":[],"more":false,"next":"`+last+`"}`+"\n" {
		t.Errorf("after the last: %s", w.Body)
	}
	if w := s.call("GET", "/v1/events?after=evt_gone", ""); w.Code != http.StatusBadRequest || refused(t, w).Field != "after" {
		t.Errorf("after one that is gone: %d %s", w.Code, w.Body)
	}
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	asked := ""
	var fails error
	s := newStage(t, func(o *Options) {
		o.Redeliver = func(_ context.Context, id string) error { asked = id; return fails }
	})
	if w := s.call("POST", "/v1/events/evt_1/redeliver", ""); w.Code != http.StatusAccepted || w.Body.String() != `{"id":"evt_1"}`+"\n" || asked != "evt_1" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	asked = ""
	if w := s.serve(s.backend("POST", "/v1/events/evt_1/redeliver", "{}")); w.Code != http.StatusBadRequest || asked != "" {
		t.Errorf("with a body: %d %s", w.Code, w.Body)
	}
	fails = fmt.Errorf("event: %w", ledger.ErrNotFound)
	if w := s.call("POST", "/v1/events/evt_2/redeliver", ""); w.Code != http.StatusNotFound || refused(t, w).Message != "there is no such event" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s = newStage(t)
	if w := s.call("POST", "/v1/events/evt_1/redeliver", ""); w.Code != http.StatusConflict {
		t.Errorf("without a webhook URL: %d %s", w.Code, w.Body)
	}
}

func TestErrorsOverHTTP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		field  string
	}{
		{&flow.RequestError{Field: "return_url", Problem: "is not on the list"}, 400, "return_url"},
		{&install.StoreError{}, 503, ""},
		{&pgconn.PgError{Code: "57P01", Message: "terminating connection: " + theKey}, 503, ""},
		{errors.New("something with " + theKey), 500, ""},
	} {
		s := newStage(t, func(o *Options) { o.Redactor.Learn(theKey) })
		s.engine.err = fmt.Errorf("make a link: %w", c.err)
		w := s.call("POST", "/v1/links", `{"customer":"acme"}`)
		if e := refused(t, w); w.Code != c.status || e.Field != c.field {
			t.Errorf("%v: %d %s", c.err, w.Code, w.Body)
		}
		if all := w.Body.String() + s.log.String(); strings.Contains(all, theKey) {
			t.Errorf("%v is told:\n%s", c.err, all)
		}
		if logged := strings.Contains(s.log.String(), "request failed"); logged != (c.status >= 500) {
			t.Errorf("%v is logged: %v", c.err, logged)
		}
		if c.status == 503 && w.Header().Get("Retry-After") != "5" {
			t.Errorf("%v: Retry-After %q", c.err, w.Header().Get("Retry-After"))
		}
	}
}
