package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answer is a token endpoint's answer on the wire.
type answer struct {
	AccessToken    string   `json:"access_token"`
	TokenType      string   `json:"token_type"`
	ExpiresIn      int64    `json:"expires_in"`
	Scope          string   `json:"scope"`
	AppName        string   `json:"app_name"`
	InstallName    string   `json:"install_name"`
	WorkspaceNames []string `json:"workspace_names"`
	SourceNames    []string `json:"source_names"`
}

func parse(t *testing.T, s string) Grant {
	t.Helper()
	var a answer
	if err := json.Unmarshal([]byte(s), &a); err != nil {
		t.Fatal(err)
	}
	return Grant(a)
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
	i, err := New(parse(t, exchanged), "client", "https://platform.SEGMENTAPIS.com:443/", noon)
	if err != nil {
		t.Fatal(err)
	}
	want := Install{
		Name: "installs/10", App: "apps/2", Scope: "workspace", Workspaces: []string{"workspaces/userworkspace"},
		Sources: []string{"workspaces/userworkspace/sources/javascript"}, ClientID: "client", Origin: testOrigin,
		Token:      "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
		ObtainedAt: noon, ExpiresAt: noon.Add(3599 * time.Second),
	}
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

func TestGrantsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for field, spoil := range map[string]func(*Grant){
		"access_token": func(g *Grant) { g.AccessToken = "" },
		"token_type":   func(g *Grant) { g.TokenType = "mac" },
		"scope":        func(g *Grant) { g.Scope = "a\x1b[2Jb" },
		"app_name":     func(g *Grant) { g.AppName = strings.Repeat("x", 300) },
		"install_name": func(g *Grant) { g.InstallName = "installs/../8" },
	} {
		g := grant("token")
		spoil(&g)
		var bad *GrantError
		if _, err := New(g, "client", testOrigin, noon); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("spoilt %s: New says %v", field, err)
		}
		if _, err := installed(t, "old", noon).Renewed(g, noon); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("spoilt %s: Renewed says %v", field, err)
		}
	}
	for _, token := range []string{"a b", "a\nb", "a\"b", "é", strings.Repeat("x", maxToken+1)} {
		var bad *GrantError
		if _, err := New(grant(token), "client", testOrigin, noon); !errors.As(err, &bad) || strings.Contains(err.Error(), token) {
			t.Errorf("token %.10q: %v", token, err)
		}
	}
	g := grant("token")
	g.InstallName = ""
	if i, err := installed(t, "old", noon).Renewed(g, noon); err != nil || i.Name != "installs/7" {
		t.Errorf("a refresh that names no install: %v, %v", i, err)
	}
	if _, err := New(g, "client", testOrigin, noon); err == nil {
		t.Error("a new install without a name is accepted")
	}
	g.InstallName = "installs/8"
	if _, err := installed(t, "old", noon).Renewed(g, noon); err == nil {
		t.Error("the token of another install is accepted")
	}
}

func TestAbsurdLifetimes(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]time.Duration{
		5: 5 * time.Second, 3599: 3599 * time.Second, 86400: 24 * time.Hour,
		0: time.Hour, -1: time.Hour, math.MinInt64: time.Hour, math.MaxInt64: time.Hour, 10 * 365 * 86400: time.Hour,
	} {
		g := grant("token")
		g.ExpiresIn = seconds
		i, err := New(g, "client", testOrigin, noon)
		if err != nil {
			t.Error(err)
		}
		if got := i.ExpiresAt.Sub(noon); got != want {
			t.Errorf("expires_in %d: lives %v, want %v", seconds, got, want)
		}
	}
}

func TestRecordsStaySmall(t *testing.T) {
	t.Parallel()
	g := grant(strings.Repeat("t", maxToken))
	g.SourceNames = nil
	for n := range 500 {
		g.SourceNames = append(g.SourceNames, fmt.Sprintf("workspaces/acme/sources/%d", n))
		g.WorkspaceNames = append(g.WorkspaceNames, strings.Repeat("w", 10_000))
	}
	i, err := New(g, "client", testOrigin, noon)
	if err != nil {
		t.Fatal(err)
	}
	b, err := encodeRecord(i)
	if err != nil || len(b) >= 2048 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if len(i.Sources) < 2 || i.Sources[0] != g.SourceNames[0] {
		t.Errorf("of the sources, %q are left", i.Sources)
	}
	if diff := cmp.Diff([]string{"workspaces/acme"}, i.Workspaces); diff != "" {
		t.Error(diff)
	}
	g.Scope, g.AppName, g.SourceNames = strings.Repeat("\u2028", 80), strings.Repeat("a", 256), g.SourceNames[:2]
	g.WorkspaceNames = []string{strings.Repeat("w", 256), strings.Repeat("v", 256)}
	var bad *GrantError
	if _, err := New(g, "client", testOrigin, noon); !errors.As(err, &bad) {
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
	_, err = decodeRecord([]byte(`{"v":1,"token":"canary","expires_at":"canary"}`))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a damaged record: %v", err)
	}
}

func TestRecordBytes(t *testing.T) {
	t.Parallel()
	b, err := encodeRecord(installed(t, "token", noon))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"v":1,"name":"installs/7","app":"apps/2","scope":"destination/clearbrain","workspaces":["workspaces/acme"],` +
		`"sources":["workspaces/acme/sources/js"],"client_id":"client","origin":"https://platform.segmentapis.com",` +
		`"obtained_at":"2026-03-01T12:00:00Z","expires_at":"2026-03-01T13:00:00Z","token":"token"}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("records of earlier versions must stay readable (-want +got):\n%s", diff)
	}
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"installs/7": "installs/7", "install/10": "installs/10", "7": "installs/7",
		"": "", "installs/": "", "installs/..": "", "installs/7/token": "", "apps/7": "", "installs/7?x": "", "installs/é": "",
	} {
		if got, _ := ParseName(in); got != want {
			t.Errorf("ParseName(%q) = %q, want %q", in, got, want)
		}
	}
}
