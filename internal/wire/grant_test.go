package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeGrant reads the two answers of the "Enable with Segment" guide, byte for byte.
func TestDecodeGrant(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want Grant
	}{
		"exchange": {
			`{
  "access_token": "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
  "token_type": "bearer",
  "expires_in": 3599,
  "scope": "workspace",
  "app_name": "apps/2",
  "install_name": "installs/7",
  "workspace_names": ["workspaces/userworkspace"],
  "source_names": ["workspaces/userworkspace/sources/javascript"]
}`,
			Grant{
				AccessToken: "YL8a0w-Boz1EgZgmD2ELZvsxakjqSMwO8xe7tV-ToSk.nKaLX2QHocqalHR3O4BdoYdcopk3hjW4izYHMG14cxQ",
				Lifetime:    3599 * time.Second, Scope: "workspace", AppName: "apps/2", InstallName: "installs/7",
				WorkspaceNames: []string{"workspaces/userworkspace"},
				SourceNames:    []string{"workspaces/userworkspace/sources/javascript"},
			},
		},
		"refresh": {
			`{
 "access_token": "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8",
 "token_type": "bearer",
 "expires_in": 3600,
 "scope": "workspace",
 "app_name": "apps/myapp",
 "install_name": "install/10",
 "workspace_names": ["workspaces/userworkspace"]
}`,
			Grant{
				AccessToken: "4d9ee1b5-b752-4f7f-86d9-5680df6f8ce8", Lifetime: time.Hour, Scope: "workspace",
				AppName: "apps/myapp", InstallName: "installs/10", WorkspaceNames: []string{"workspaces/userworkspace"},
			},
		},
		"odd types": {
			`{"access_token":"t0ken","scope":7,"app_name":{},"workspace_names":"w","source_names":["a/b",5,"","a b"]}`,
			Grant{AccessToken: "t0ken", Lifetime: time.Hour, SourceNames: []string{"a/b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := DecodeGrant([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeGrantLifetime(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		`3600`: time.Hour, `3599.0`: 3599 * time.Second, `3.6e3`: time.Hour, `"3600"`: time.Hour, `1.5`: 1500 * time.Millisecond,
		`0`: time.Hour, `-1`: time.Hour, `"soon"`: time.Hour, `null`: time.Hour, `1e99`: time.Hour, `{}`: time.Hour,
	} {
		g, err := DecodeGrant(fmt.Appendf(nil, `{"access_token":"t","expires_in":%s}`, in))
		if err != nil || g.Lifetime != want {
			t.Errorf("expires_in %s: %v, %v, want %v", in, g.Lifetime, err, want)
		}
	}
}

func TestDecodeGrantRefuses(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		``: "", `[]`: "", `"t"`: "", `{`: "",
		`{}`:                                 "access_token",
		`{"access_token":""}`:                "access_token",
		`{"access_token":7}`:                 "access_token",
		`{"access_token":"s3cret tok"}`:      "access_token",
		`{"access_token":"s3cret\"tok"}`:     "access_token",
		`{"access_token":"s3cret\u0000tok"}`: "access_token",
		`{"access_token":"` + strings.Repeat("s3cret", 200) + `"}`: "access_token",
		`{"access_token":"s3cret","token_type":"mac"}`:             "token_type",
		`{"access_token":"s3cret","scope":"a\nb"}`:                 "scope",
		`{"access_token":"s3cret","install_name":"a/b/c"}`:         "install_name",
	} {
		_, err := DecodeGrant([]byte(body))
		var bad *GrantError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("DecodeGrant(%.40q) = %v, want a *GrantError of %q", body, err, field)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("DecodeGrant(%.40q) quotes the token: %v", body, err)
		}
	}
}

func TestGrantShowsNoToken(t *testing.T) {
	t.Parallel()
	g := Grant{AccessToken: "s3cret", InstallName: "installs/7"}
	if text := fmt.Sprintf("%v %+v %#v %s", g, g, g, g); strings.Contains(text, "s3cret") {
		t.Error(text)
	}
}

func FuzzDecodeGrant(f *testing.F) {
	f.Add([]byte(`{"access_token":"t","expires_in":3.6e3,"install_name":"install/7","workspace_names":["workspaces/w"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := DecodeGrant(body)
		if err != nil {
			return
		}
		if CheckToken(g.AccessToken) != nil || g.Lifetime <= 0 {
			t.Errorf("%q gives a grant that cannot be used: %#v, %v", body, g, g.Lifetime)
		}
		for _, name := range append(g.WorkspaceNames, g.SourceNames...) {
			if !isResourceName(name) {
				t.Errorf("%q gives the name %q", body, name)
			}
		}
	})
}
