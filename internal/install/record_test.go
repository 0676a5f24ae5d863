package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/wire"
)

func parse(t *testing.T, body string) wire.Grant {
	t.Helper()
	g, err := wire.DecodeGrant([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The two answers of the "Enable with Segment" guide, byte by byte, save that both are of one install.
const (
	exchanged = `{
  "access_token": "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
  "token_type": "bearer",
  "expires_in": 3599,
  "scope": "workspace",
  "app_name": "apps/2",
  "install_name": "installs/10",
  "workspace_names": ["workspaces/userworkspace"],
  "source_names": ["workspaces/userworkspace/sources/javascript"]
}`
	refreshed = `{
 "access_token": "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8",
 "token_type": "bearer",
 "expires_in": 3600,
 "scope": "workspace",
 "app_name": "apps/myapp",
 "install_name": "install/10",
 "workspace_names": ["workspaces/userworkspace"]
}`
)

func TestDocumentedAnswers(t *testing.T) {
	t.Parallel()
	i, err := New(parse(t, exchanged), binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	want := Install{Card{
		Name: "installs/10", App: "apps/2", Scope: "workspace", Workspaces: []string{"workspaces/userworkspace"},
		Sources: []string{"workspaces/userworkspace/sources/javascript"}, ClientID: "client",
		Issuer: wire.SegmentID, Origin: wire.SegmentAPI, ObtainedAt: noon, ExpiresAt: noon.Add(3599 * time.Second),
	}, "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ"}
	if diff := cmp.Diff(want, i); diff != "" {
		t.Errorf("after the exchange (-want +got):\n%s", diff)
	}
	later := noon.Add(time.Hour)
	i, err = i.Renewed(parse(t, refreshed), later)
	if err != nil {
		t.Fatal(err)
	}
	want.App, want.Token = "apps/myapp", "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8"
	want.ObtainedAt, want.ExpiresAt = later, later.Add(time.Hour)
	if diff := cmp.Diff(want, i); diff != "" {
		t.Errorf("after the refresh (-want +got):\n%s", diff)
	}
}

func TestWhatAnAnswerLeavesOut(t *testing.T) {
	t.Parallel()
	bare := wire.Grant{AccessToken: "token", Lifetime: time.Hour, InstallName: "installs/7"}
	i, err := New(bare, binding(), noon)
	if err != nil || i.Scope != "destination/clearbrain" {
		t.Errorf("the scope that was asked for became %q, %v", i.Scope, err)
	}
	old := installed(t, "old", noon)
	old.Label = "acme"
	bare.InstallName = ""
	i, err = old.Renewed(bare, noon)
	want := old
	want.Token = "token"
	if diff := cmp.Diff(want, i); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestGrantsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for field, spoil := range map[string]func(*wire.Grant){
		"access_token": func(g *wire.Grant) { g.AccessToken = "two words" },
		"install_name": func(g *wire.Grant) { g.InstallName = "installs/../8" },
	} {
		g := grant("token")
		spoil(&g)
		var bad *wire.GrantError
		if _, err := New(g, binding(), noon); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("spoilt %s: New says %v", field, err)
		}
		if _, err := installed(t, "old", noon).Renewed(g, noon); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("spoilt %s: Renewed says %v", field, err)
		}
	}
	g := grant("token")
	g.InstallName = ""
	var bad *wire.GrantError
	if _, err := New(g, binding(), noon); !errors.As(err, &bad) || bad.Field != "install_name" {
		t.Errorf("a new install without a name: %v", err)
	}
	g.InstallName = "installs/8"
	if _, err := installed(t, "old", noon).Renewed(g, noon); !errors.As(err, &bad) || bad.Field != "install_name" {
		t.Errorf("the token of another install: %v", err)
	}
	b := binding()
	b.ClientID = "two\nlines"
	if _, err := New(grant("token"), b, noon); err == nil {
		t.Error("a client id of two lines is accepted")
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lives, age time.Duration
		want       bool
	}{
		{time.Hour, 54*time.Minute + 59*time.Second, false},
		{time.Hour, 55 * time.Minute, true},
		{time.Hour, -time.Hour, false},
		{10 * time.Second, 8 * time.Second, false},
		{10 * time.Second, 9 * time.Second, true},
	} {
		i := installed(t, "token", noon)
		i.ExpiresAt = noon.Add(c.lives)
		if got := i.Due(noon.Add(c.age)); got != c.want {
			t.Errorf("a token that lives %v is due after %v: %v", c.lives, c.age, got)
		}
	}
	if !(Install{Card: Card{ExpiresAt: noon}}).Due(noon.Add(-time.Hour)) || (Install{Token: "token"}).Due(noon) {
		t.Error("an install without a token is due, and one whose expiry is unknown is not")
	}
}

func TestRecordsStaySmall(t *testing.T) {
	t.Parallel()
	g := grant(strings.Repeat("t", 1024))
	g.SourceNames = nil
	for n := range 500 {
		g.SourceNames = append(g.SourceNames, fmt.Sprintf("workspaces/acme/sources/%d", n))
	}
	i, err := New(g, binding(), noon)
	if err != nil {
		t.Fatal(err)
	}
	b, err := EncodeRecord(i)
	if err != nil || len(b) > MaxRecord {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if len(i.Sources) < 2 || i.Sources[0] != g.SourceNames[0] || len(g.SourceNames) != 500 {
		t.Errorf("of the sources, %q are left", i.Sources)
	}
	if diff := cmp.Diff([]string{"workspaces/acme"}, i.Workspaces); diff != "" {
		t.Error(diff)
	}
	g.SourceNames = g.SourceNames[:2]
	g.WorkspaceNames = []string{strings.Repeat("w", 256), strings.Repeat("v", 256), strings.Repeat("u", 256)}
	g.AppName = strings.Repeat("a", 256)
	var bad *wire.GrantError
	if _, err := New(g, binding(), noon); !errors.As(err, &bad) {
		t.Errorf("what can never fit: %v", err)
	}
}

func TestTokenIsNotPrinted(t *testing.T) {
	t.Parallel()
	i := installed(t, "canary", noon)
	b, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	printed := string(b) + fmt.Sprintf("%v %+v %#v %s %q %v", i, i, i, i, i, &i)
	if strings.Contains(printed, "canary") {
		t.Errorf("the token shows: %s", printed)
	}
	_, err = DecodeRecord([]byte(`{"v":2,"token":"canary","expires_at":"canary"}`), "installs/7")
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a damaged record: %v", err)
	}
}

const (
	firstVersion = `{"v":1,"name":"installs/7","app":"apps/2","scope":"destination/clearbrain","workspaces":["workspaces/acme"],` +
		`"sources":["workspaces/acme/sources/js"],"client_id":"client","origin":"https://platform.segmentapis.com",` +
		`"obtained_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-01T13:00:00Z","token":"token"}`
	secondVersion = `{"v":2,"name":"installs/7","label":"Acme","app":"apps/2","scope":"destination/clearbrain",` +
		`"workspaces":["workspaces/acme"],"sources":["workspaces/acme/sources/js"],"client_id":"client",` +
		`"issuer":"https://id.segmentapis.com","origin":"https://platform.segmentapis.com",` +
		`"obtained_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-01T13:00:00Z","token":"token"}`
)

func TestRecordBytes(t *testing.T) {
	t.Parallel()
	i := installed(t, "token", noon)
	i.Label = "Acme"
	b, err := EncodeRecord(i)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(secondVersion, string(b)); diff != "" {
		t.Errorf("records of this version must stay readable (-want +got):\n%s", diff)
	}
	if back, err := DecodeRecord(b, "installs/7"); err != nil || !cmp.Equal(back, i) {
		t.Errorf("%v\n%s", err, cmp.Diff(i, back))
	}
	i.Label, i.Issuer = "", ""
	if back, err := DecodeRecord([]byte(firstVersion), "installs/7"); err != nil || !cmp.Equal(back, i) {
		t.Errorf("the first version: %v\n%s", err, cmp.Diff(i, back))
	}
	card, err := EncodeCard(Card{Name: "installs/7", Label: "Acme"})
	if want := `{"v":2,"name":"installs/7","label":"Acme"}`; err != nil || string(card) != want {
		t.Errorf("card: %s, %v; want %s", card, err, want)
	}
}

func TestNamesInARecordThatAreNone(t *testing.T) {
	t.Parallel()
	data := strings.Replace(secondVersion, `["workspaces/acme"]`, "[\"workspaces/`id`\",\"workspaces/acme\",\"../acme\"]", 1)
	i, err := DecodeRecord([]byte(data), "installs/7")
	if err != nil || !cmp.Equal(i.Workspaces, []string{"workspaces/acme"}) {
		t.Errorf("%q, %v", i.Workspaces, err)
	}
	for _, origin := range []string{"javascript:alert(1)", "http://platform.segmentapis.com", "https://platform.segmentapis.com/"} {
		data := strings.Replace(secondVersion, "https://platform.segmentapis.com", origin, 1)
		if _, err := DecodeRecord([]byte(data), "installs/7"); !isKind(err, Corrupt) {
			t.Errorf("origin %s: %v", origin, err)
		}
	}
}

func TestCheckServer(t *testing.T) {
	t.Parallel()
	const here, there = "https://here.example", "https://there.example"
	for _, c := range []struct {
		card           Card
		issuer, origin wire.Origin
		bound          wire.Origin // "": it is fine
	}{
		{Card{Issuer: here, Origin: here}, here, here, ""},
		{Card{Issuer: here, Origin: here}, "", here, ""},
		{Card{Origin: here}, there, here, ""},
		{Card{}, there, there, ""},
		{Card{Issuer: here, Origin: here}, here, there, here},
		{Card{Origin: here}, "", there, here},
		{Card{Issuer: here, Origin: here}, there, here, here},
	} {
		var other *OriginError
		err := c.card.CheckServer(c.issuer, c.origin)
		if errors.As(err, &other) != (c.bound != "") || other != nil && (other.Bound != c.bound || other.Wanted != there) {
			t.Errorf("%+v for %q and %q: %v", c.card, c.issuer, c.origin, err)
		}
	}
}
