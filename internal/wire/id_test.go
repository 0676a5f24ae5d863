package wire

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"acme", "customer.io", "2mee", ".net", "a_b~c-d", "df_1", strings.Repeat("a", maxID)} {
		if err := CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v", id, err)
		}
	}
	for _, id := range []string{
		"", ".", "..", "a/b", "a b", "`id`", "$(id)", "a;b", "a|b", "a&b", "é", "a\nb", "a%2fb", "a:b", "a'b", `a"b`, `a\b`,
		"a?b", "a#b", "a*b", "{a}", "a=b", strings.Repeat("a", maxID+1),
	} {
		var bad *IDError
		if err := CheckID(id); !errors.As(err, &bad) {
			t.Errorf("CheckID(%q) = %v, want an *IDError", id, err)
		}
	}
}

func TestParseInstallName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"installs/7": "installs/7", "install/10": "installs/10", "7": "installs/7", "a.b-c_d": "installs/a.b-c_d"} {
		if got, err := ParseInstallName(in); err != nil || got != want {
			t.Errorf("ParseInstallName(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "installs/", "installs/..", "apps/7", "installs/7/token", "installs/a b", "~", "installs/`id`", strings.Repeat("7", 65)} {
		var bad *InstallNameError
		if _, err := ParseInstallName(in); !errors.As(err, &bad) {
			t.Errorf("ParseInstallName(%q) = %v, want an *InstallNameError", in, err)
		}
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	for in, slug := range map[string]string{"destination/customer.io": "customer.io", "workspace": "", "workspace:read": ""} {
		scope, err := ParseScope(in)
		if err != nil || scope.Destination() != slug {
			t.Errorf("ParseScope(%q) = %q for %q, %v", in, scope, scope.Destination(), err)
		}
	}
	for _, in := range []string{"", "scope", "destination/", "destination/..", "destinations/clearbrain", "destination/a b", "destination/`id`"} {
		var bad *ScopeError
		if _, err := ParseScope(in); !errors.As(err, &bad) {
			t.Errorf("ParseScope(%q) = %v, want a *ScopeError", in, err)
		}
	}
}
