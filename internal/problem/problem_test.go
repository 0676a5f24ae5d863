package problem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/authorize"
	"github.com/segctl/segctl/internal/authorize/loopback"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// TestOf has errors that are joined, wrapped and nested: the exit code is that of what decides.
func TestOf(t *testing.T) {
	t.Parallel()
	refused := &segment.Error{Reason: segment.Unauthenticated, StatusCode: 401, Path: "workspaces"}
	full := &install.StoreError{Kind: install.DiskFull, Op: "write", Item: "default/installs/1"}
	for name, test := range map[string]struct {
		err  error
		exit int
	}{
		"refused, then no network to renew":      {errors.Join(refused, &segment.NetworkError{Host: "x", Err: errors.New("reset")}), ExitNetwork},
		"refused, then a wrong secret":           {errors.Join(refused, &account.CredentialsError{Missing: []string{"client_secret"}}), ExitUsage},
		"unsaved, then not found":                {errors.Join(&install.SaveError{Install: "installs/1", Err: full}, &segment.Error{Reason: segment.NotFound, StatusCode: 404}), ExitNotFound},
		"granted, interrupted and not saved":     {&account.UnsavedError{Install: "installs/1", Err: context.Canceled}, ExitStore},
		"interrupted":                            {fmt.Errorf("get: %w", context.Canceled), ExitInterrupted},
		"a usage error about a joined one":       {Usage("start: %w", errors.Join(errors.New("a"), errors.New("b"))), ExitUsage},
		"no answer, and the server says nothing": {fmt.Errorf("%w: %w", loopback.ErrTimeout, &authorize.Error{Stage: authorize.StageAuthorize}), ExitSignIn},
		"no answer, and the server says why":     {fmt.Errorf("%w: %w", loopback.ErrTimeout, &authorize.Error{Reason: authorize.InvalidScope}), ExitForbidden},
		"revoked, and refused":                   {&account.RevokeError{Install: "installs/1", Err: &segment.Error{Reason: segment.Internal, StatusCode: 500, Path: "installs/1/token"}}, ExitNetwork},
		"something else":                         {errors.New("x"), ExitFailure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Of(test.err, Context{Command: []string{"dest", "get"}})
			if p.Exit != test.exit || p.Message == "" || len(p.Hints) == 0 {
				t.Errorf("%+v, want exit %d", p, test.exit)
			}
		})
	}
	if p := Of(Silent(3), Context{}); p.Exit != 3 || p.Message != "" {
		t.Errorf("silent: %+v", p)
	}
}

// A hint names --no-validate only where the command that failed has it.
func TestSettingsThatAreJudgedHere(t *testing.T) {
	t.Parallel()
	for _, binding := range []bool{false, true} {
		err := &destination.SettingsError{Slug: "clearbrain", Problems: []segment.Problem{{Setting: "apiKey", Msg: "is required"}}, Binding: binding}
		p := Of(err, Context{})
		if p.Exit != ExitUsage || len(p.Hints) != 1 || strings.Contains(p.Hints[0].Comment, "--no-validate") == binding {
			t.Errorf("binding is %t, and the problem %+v", binding, p)
		}
	}
}

// TestStatus wants a name of its own for each promised exit code.
func TestStatus(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, exit := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 130} {
		name := Status(exit)
		if other, twice := seen[name]; twice {
			t.Errorf("%d and %d are both called %q", other, exit, name)
		}
		seen[name] = exit
	}
}
