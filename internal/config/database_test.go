package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDatabasePasswords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, shown string
		found       []string
	}{
		{"postgres://u@db.example.com/segctl", "postgres://u@db.example.com/segctl", nil},
		{"postgres://u:c%40nary@db/segctl", "postgres://u:xxxxx@db/segctl", []string{"c@nary"}},
		{"postgresql:///segctl?host=/run&password=canary", "postgresql:///segctl?host=%2Frun&password=xxxxx", []string{"canary"}},
		{"postgres://db/segctl?sslpassword=canary", "postgres://db/segctl?sslpassword=xxxxx", []string{"canary"}},
		{"host=db password=canary dbname=segctl", "host=db password=xxxxx dbname=segctl", []string{"canary"}},
		{"host=db PASSWORD = 'ca na\\'ry' user=u", "host=db PASSWORD = xxxxx user=u", []string{"ca na\\'ry"}},
		{"host=db user=u", "host=db user=u", nil},
		{"postgres://u:ca%zznary@db", "xxxxx", nil},
	} {
		if shown := ShownDatabase(test.text); shown != test.shown {
			t.Errorf("%s is shown as %s, want %s", test.text, shown, test.shown)
		}
		if diff := cmp.Diff(test.found, DatabasePasswords(test.text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.text, diff)
		}
	}
}

func TestSharedStoreValues(t *testing.T) {
	t.Parallel()
	const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	for _, test := range []struct {
		key, value, fault string
	}{
		{DatabaseURL, "postgres://db/segctl", ""},
		{DatabaseURL, "host=db dbname='my db'", ""},
		{DatabaseURL, "mysql://canary@db/segctl", "must be a URL such as postgres://"},
		{DatabaseURL, "canary", "must be a URL such as postgres://"},
		{DatabaseURL, "postgres://u:ca%zznary@db", "is a URL that cannot be read"},
		{SealRecipients, recipient, ""},
		{SealRecipients, recipient + ", " + recipient, ""},
		{SealRecipients, ",", "must name at least one age recipient"},
		{SealRecipients, "AGE-SECRET-KEY-1CANARY", "it is an identity, which is secret"},
		{SealRecipients, "canary", "a recipient begins with age1"},
		{SealIdentities, "/etc/segctl/one.key, two.key", ""},
		{SealIdentities, "age-secret-key-1canary", "must name files"},
	} {
		err := CheckValue(test.key, test.value)
		e, ok := errors.AsType[*Error](err)
		switch {
		case test.fault == "" && err != nil:
			t.Errorf("%s=%s: %v", test.key, test.value, err)
		case test.fault != "" && (!ok || !strings.Contains(e.Msg, test.fault) || strings.Contains(strings.ToLower(e.Msg), "canary")):
			t.Errorf("%s=%s: %v, want %s", test.key, test.value, err, test.fault)
		}
	}
	s := load(t, Options{Env: environment(map[string]string{
		"SEGCTL_SEAL_RECIPIENTS": recipient + ",\t" + recipient, "SEGCTL_SEAL_IDENTITIES": " /a b/one.key ,two.key",
	})})
	if diff := cmp.Diff([]string{recipient, recipient}, s.Recipients()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/a b/one.key", "two.key"}, s.IdentityFiles()); diff != "" {
		t.Error(diff)
	}
}

// A password that found its way into config.yaml can be taken out of there by the command that the error names.
func TestPasswordIsTakenOut(t *testing.T) {
	t.Parallel()
	dir := folder(t, "profiles:\n  default:\n    scope: workspace\n    database_url: postgres://u:canary@h/d\n")
	if _, err := Load(Options{Dir: dir}); err == nil {
		t.Fatal("a password in config.yaml is taken")
	}
	s := load(t, Options{Dir: dir, Repair: true})
	if got := s.Get(DatabaseURL); got != "" {
		t.Errorf("it is used: %s", got)
	}
	if removed, err := s.Unset(t.Context(), DatabaseURL); !removed || err != nil {
		t.Errorf("%t, %v", removed, err)
	}
	if s := load(t, Options{Dir: dir}); s.Get(Scope) != "workspace" {
		t.Error("the rest is gone")
	}
}
