package cmd

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
)

// The clock is an hour fast: that is a failure, and the token, which the API still takes, is about to be refreshed.
func TestDoctorTellsAClockThatIsWrong(t *testing.T) {
	t.Parallel()
	c := newCompleting(t, sandbox.Options{})
	c.useApp(map[string]string{"BROWSER": browserNone, "SEGCTL_STORE": "file"})
	origin := c.env("SEGCTL_API_URL")
	i := install.Install{
		Name: "installs/1", Scope: "workspace", Origin: origin, Token: "t0ken",
		Workspaces: []string{"workspaces/acme"}, ObtainedAt: c.now, ExpiresAt: c.now.Add(time.Hour),
	}
	err := c.Store.Update(t.Context(), i.Name, func(*install.Install) (*install.Install, error) { return &i, nil })
	if err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Hour)
	out := &bytes.Buffer{}
	c.Out = out
	if status := c.Run(t.Context(), []string{"doctor", "-o", "json"}); status != exitFailure {
		t.Errorf("exit status %d, want %d", status, exitFailure)
	}
	var found []finding
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, want := range []finding{
		{Check: "clock", Status: statusFailure, Message: "off the server's"},
		{Check: "token", Status: statusOK, Message: "accepted by the API; the next command refreshes it"},
	} {
		seen := false
		for _, f := range found {
			seen = seen || f.Check == want.Check && f.Status == want.Status && strings.Contains(f.Message, want.Message)
		}
		if !seen {
			t.Errorf("no finding like %+v in %s", want, out)
		}
	}
	for _, r := range c.box.Requests() {
		if strings.HasPrefix(r.Path, "/v1beta/installs/") {
			t.Errorf("%s %s: a diagnosis has refreshed a token", r.Method, r.Path)
		}
	}
}
