package desired_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// found is a destination on acme/js with some settings, as JSON by their names.
func found(card install.Card, config string, catalog ...segment.Setting) desired.Found {
	name := segment.Name{Workspace: "acme", Source: "js", Destination: "webhooks"}
	d := &segment.Destination{Name: name.String(), Enabled: true, ConnectionMode: "CLOUD"}
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(config), &all); err != nil {
		panic(err)
	}
	for setting, value := range all {
		d.Config = append(d.Config, segment.ConfigEntry{Name: segment.ConfigName(name, setting), Value: value})
	}
	return desired.Found{Card: card, Name: name, Destination: d, Catalog: catalog}
}

func write(t *testing.T, x *desired.Export, failed int) string {
	t.Helper()
	var b strings.Builder
	if err := x.Write(&b, failed); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, []byte(b.String())); err != nil {
		t.Errorf("the schema says %v of:\n%s", err, b.String())
	}
	return b.String()
}

// TestExport has the values that are no secrets in it as they are, and variables for the others.
func TestExport(t *testing.T) {
	t.Parallel()
	x := &desired.Export{}
	x.Add(found(
		install.Card{Name: "installs/7", Label: "Acme, Inc.\n- evil: 1", Sources: []string{"workspaces/acme/sources/js"}},
		`{"sharedSecret":"canary-0001","none":null,"globalHook":"https://example.com/${x}","text":"two\nlines\n","yes":"yes","rate":1.50,"maps":{"${x}":[{"block":"  indented\nblock","text":"${y}"}]},`+
			`"hooks":[{"hook":"https://ada:canary-0002@example.com","headers":{"Authorization":"Bearer canary-0003-token","X":1}}],"secretMap":{"canary-0004-key":7}}`,
		segment.Setting{Name: "secretMap", Type: "MAP", DisplayName: "API Key"},
	))
	x.Add(found(install.Card{}, `{}`))
	want := `# yaml-language-server: $schema=https://raw.githubusercontent.com/segctl/segctl/main/docs/schema/destinations.schema.json
# Written by segctl dest export. Secrets are variables, which are listed at the end.
version: 1
destinations:
  # Acme, Inc.\n- evil: 1, acme/js: needs ACME_INC_EVIL_1_HOOKS_1_HEADERS_AUTHORIZATION, ACME_INC_EVIL_1_HOOKS_1_HOOK, ACME_INC_EVIL_1_SECRET_MAP, ACME_INC_EVIL_1_SHARED_SECRET
  - destination: webhooks
    installs: [installs/7]
    enabled: true
    connection_mode: CLOUD
    settings:
      globalHook: https://example.com/$${x}
      hooks:
        - headers:
            Authorization: ${ACME_INC_EVIL_1_HOOKS_1_HEADERS_AUTHORIZATION}
            X: 1
          hook: ${ACME_INC_EVIL_1_HOOKS_1_HOOK}
      maps:
        $${x}:
          - block: "  indented\nblock"
            text: $${y}
      rate: 1.50
      secretMap: ${ACME_INC_EVIL_1_SECRET_MAP}
      sharedSecret: ${ACME_INC_EVIL_1_SHARED_SECRET}
      text: |
        two
        lines
      "yes": "yes"
  # acme/js
  - destination: webhooks
    workspace: acme
    source: js
    enabled: true
    connection_mode: CLOUD
# The variables, to be set in the environment, or in a CSV that ` + "`values: FILE`" + ` names:
#   ACME_INC_EVIL_1_HOOKS_1_HEADERS_AUTHORIZATION   hooks of webhooks on Acme, Inc.\n- evil: 1, acme/js
#   ACME_INC_EVIL_1_HOOKS_1_HOOK   hooks of webhooks on Acme, Inc.\n- evil: 1, acme/js
#   ACME_INC_EVIL_1_SECRET_MAP   secretMap of webhooks on Acme, Inc.\n- evil: 1, acme/js
#   ACME_INC_EVIL_1_SHARED_SECRET   sharedSecret of webhooks on Acme, Inc.\n- evil: 1, acme/js
# Whole: destinations: 2.
`
	text := write(t, x, 0)
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	back, _ := parse(t, text).Entries[0].Wanted(func(name string) string { return name })
	if got := back.Change.SetJSON[2].Value; got != `{"${x}":[{"block":"  indented\nblock","text":"${y}"}]}` {
		t.Errorf("read back: %s", got)
	}
}

// TestExportLeavesOut what it cannot write without a secret, and says so; and a file that is not whole says that.
func TestExportLeavesOut(t *testing.T) {
	t.Parallel()
	x := &desired.Export{}
	x.Add(found(install.Card{Name: "installs/7"}, `{"apiKeys":[1234567890123],"odd name":1}`)) // nobody knows their types
	want := []string{
		"apiKeys of webhooks on acme/js is left out: a file cannot have its value without its secrets",
		"odd name of webhooks on acme/js is left out: a file cannot have its value without its secrets",
	}
	if diff := cmp.Diff(want, x.Notes); diff != "" || x.Variables != nil {
		t.Errorf("%v, notes (-want +got):\n%s", x.Variables, diff)
	}
	text := write(t, x, 2)
	if strings.Contains(text, "1234567890123") || !strings.Contains(text, "\n# "+want[0]+".\n") ||
		!strings.HasSuffix(text, "\n# NOT WHOLE: 2 of 3 destinations could not be read, and are missing here.\n") {
		t.Error(text)
	}
	if err := x.Write(broken{}, 0); err == nil {
		t.Error("a file that could not be written is one")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.Join(io.ErrShortWrite) }

// TestVariableNames are names that a shell takes, each once, and never those of segctl.
func TestVariableNames(t *testing.T) {
	t.Parallel()
	x := &desired.Export{}
	for _, label := range []string{"", "acme", "ACME", "9 lives", "segctl", "Ä", "client"} {
		for _, setting := range []string{"apiKey", "token", "APISecret", "secret"} {
			x.Add(found(install.Card{Name: "installs/7", Label: label}, `{"`+setting+`":"canary-0001"}`))
		}
	}
	var got []string
	for _, v := range x.Variables {
		got = append(got, v.Name)
	}
	want := strings.Fields(`ACME_JS_API_KEY ACME_JS_TOKEN ACME_JS_API_SECRET ACME_JS_SECRET ACME_API_KEY ACME_TOKEN ACME_API_SECRET ACME_SECRET
		ACME_API_KEY_2 ACME_TOKEN_2 ACME_API_SECRET_2 ACME_SECRET_2 V_9_LIVES_API_KEY V_9_LIVES_TOKEN V_9_LIVES_API_SECRET V_9_LIVES_SECRET
		V_SEGCTL_API_KEY V_SEGCTL_TOKEN V_SEGCTL_API_SECRET V_SEGCTL_SECRET INSTALL_API_KEY INSTALL_TOKEN INSTALL_API_SECRET INSTALL_SECRET
		CLIENT_API_KEY CLIENT_TOKEN CLIENT_API_SECRET V_CLIENT_SECRET`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	if text := write(t, x, 0); strings.Contains(text, "canary") {
		t.Error(text)
	}
}
