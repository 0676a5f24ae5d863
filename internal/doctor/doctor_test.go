package doctor

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/problem"
)

// The names of the checks are promised, and so is their order.
func TestCheckFindsAllWell(t *testing.T) {
	t.Parallel()
	r := newRun(t, nil)
	r.save(t, "g00d-token", 0)
	found := Check(t.Context(), r.Machine)
	var checks []string
	for _, f := range found {
		checks = append(checks, f.Check)
		if f.Status != OK || len(f.Hints) > 0 {
			t.Errorf("%s is %s: %s, hints %v", f.Check, f.Status, f.Message, f.Hints)
		}
		if strings.Contains(f.Message, "c4nary") || strings.Contains(f.Message, "g00d-token") {
			t.Errorf("%s shows a secret: %s", f.Check, f.Message)
		}
	}
	want := []string{
		"version", "configuration", "client_id", "redirect_port", "browser", "id_url", "api_url", "clock", "store",
		"client_secret", "token",
	}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	if Failed(found) {
		t.Error("something failed")
	}
}

func TestSettingsThatCannotBeReadAreAFinding(t *testing.T) {
	t.Parallel()
	found := Check(t.Context(), Machine{
		Version: "1.2.3",
		World:   func() (*account.World, error) { return nil, problem.Usage("broken").Hint("mends it", "config", "path") },
	})
	if len(found) != 2 || !Failed(found) {
		t.Fatalf("%+v", found)
	}
	want := Finding{"configuration", Failure, "broken", []problem.Hint{problem.Run("mends it", "config", "path")}}
	if diff := cmp.Diff(want, found[1]); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
}

// Doctor does not send people to doctor.
func TestExplainedProposesOtherCommands(t *testing.T) {
	t.Parallel()
	if f := explained("store", fmt.Errorf("read: %w", errors.New("who knows"))); len(f.Hints) != 0 || f.Status != Failure {
		t.Errorf("%+v", f)
	}
}

func TestServersThatDoNotBelongTogether(t *testing.T) {
	t.Parallel()
	r := newRun(t, map[string]string{"SEGCTL_ID_URL": "https://id.example.com"})
	found := r.settings()
	if len(found) < 2 || found[1].Check != "servers" || found[1].Status != Failure {
		t.Errorf("%+v", found)
	}
}
