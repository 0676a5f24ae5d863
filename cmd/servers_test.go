package cmd

import (
	"fmt"
	"strings"
	"testing"

	"github.com/segctl/segctl/internal/sandbox"
)

// wantNone wants that none of the secrets is in anything that the attacker got. It is told about requests without one.
func (a *attacker) wantNone(t *testing.T, after string, secrets ...string) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	known := canaries{known: map[string]string{}}
	for _, secret := range secrets {
		known.add(secret, secret)
	}
	for _, request := range a.seen {
		if found := known.in(request); len(found) > 0 {
			t.Errorf("%s: the attacker got %q in %s", after, found, request)
		}
	}
	a.seen = nil
}

// asked reports whether the attacker was spoken to at all.
func (a *attacker) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}

// TestSecretsStayWithTheirServer exports the App's real secret and a token, and then has a flag, a profile or a variable
// name another server: nothing of them goes there.
func TestSecretsStayWithTheirServer(t *testing.T) {
	t.Parallel()
	const client, secret, token = "canary-client-1f0e", "canary-secret-77aa61", "canary-token-51c9d2e0"
	s, hostile := newRig(t, sandbox.Options{}), newAttacker(t)
	s.unset("SEGCTL_PROFILE", "SEGCTL_ID_URL", "SEGCTL_API_URL", "SEGCTL_CLIENT_ID", "SEGCTL_CLIENT_SECRET", "CLIENT_ID", "CLIENT_SECRET")
	// Where 8899 is somebody else's: the attacker has the place of the sandbox, and of a profile of its own.
	for _, profile := range []string{"sandbox", "other"} {
		s.must(t, "config", "set", "id_url", hostile.URL, "--profile", profile)
		s.must(t, "config", "set", "api_url", hostile.URL, "--profile", profile)
	}
	s.set("SEGCTL_CLIENT_ID="+client, "SEGCTL_CLIENT_SECRET="+secret, "SEGCTL_TOKEN="+token)
	commands := [][]string{
		{"dest", "list", "--source", "workspaces/acme/sources/js"},
		{"api", "workspaces"},
		{"installs", "import", "installs/1"},
		{"token", "refresh"},
		{"token", "print"},
		{"doctor"},
		{"catalog", "list"},
		{"install", "--timeout", "100ms", "--no-browser", "--scope", "workspace"},
	}
	for _, where := range [][]string{{"--sandbox"}, {"--profile", "sandbox"}, {"--profile", "other"}} {
		for _, args := range commands {
			o := s.run(append(args, where...)...)
			hostile.wantNone(t, fmt.Sprint(args, where), client, secret, token)
			if strings.Contains(o.stdout+o.stderr, secret) || strings.Contains(o.stdout+o.stderr, token) {
				t.Errorf("a secret shows: %v", o)
			}
		}
	}
	if o := s.run("token", "print", "--profile", "other"); o.status != 2 || !strings.Contains(o.stderr, "SEGCTL_TOKEN") {
		t.Errorf("a token for another server is not explained: %v", o)
	}
	// What belongs to the server is sent: a profile that names both, and a token that is given for this run.
	s.run("installs", "import", "installs/1", "--sandbox")
	if hostile.asked() == 0 {
		t.Error("the sandbox's own credentials were not used, so that nothing above was proved")
	}
	hostile.wantNone(t, "import", client, secret, token)
	s.runWith(token+"\n", "api", "workspaces", "--profile", "other", "--token-stdin")
	if hostile.asked() == 0 {
		t.Error("a token that was given for this very run was not used")
	}
}

// TestHalfAServer changes one of the two servers alone: nothing is opened, and nothing is sent.
func TestHalfAServer(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"SEGCTL_API_URL", "SEGCTL_ID_URL"} {
		s, hostile := newRig(t, sandbox.Options{}), newAttacker(t)
		s.unset("SEGCTL_PROFILE", "SEGCTL_ID_URL", "SEGCTL_API_URL")
		s.set(variable+"="+hostile.URL, "HTTPS_PROXY="+hostile.URL, "BROWSER=sh -c 'echo opened >>"+s.home+"/opened'")
		for _, args := range [][]string{
			{"install", "--scope", "destination/clearbrain", "--timeout", "2s"},
			{"install", "--scope", "destination/clearbrain", "--force", "--timeout", "2s"},
			{"installs", "import", "installs/1"},
			{"api", "installs/1/token"},
		} {
			o := s.run(args...)
			if o.status != 2 || !strings.Contains(o.stderr, "do not belong together") {
				t.Error(o)
			}
		}
		hostile.wantNothing(t, variable)
		if _, opened := s.files(t)["opened"]; opened {
			t.Error("a browser was opened")
		}
	}
}

// TestInstallsOfOtherServersStay grants installs/1 on two servers: the second never takes the place of the first.
func TestInstallsOfOtherServersStay(t *testing.T) {
	t.Parallel()
	first, second := newRig(t, sandbox.Options{}), newRig(t, sandbox.Options{})
	first.must(t, "install")
	token := first.must(t, "token", "print").stdout
	second.set("SEGCTL_STATE_DIR=" + first.home + "/state")
	for _, args := range [][]string{{"install"}, {"install", "--force"}} {
		o := second.run(args...)
		if o.status != 6 || !strings.Contains(o.stderr, "hint: segctl installs import installs/1 --profile other") {
			t.Error(o)
		}
		if o := second.run("installs", "import", "installs/1"); o.status != 4 {
			t.Error(o)
		}
		if got := first.must(t, "token", "print").stdout; got != token {
			t.Fatal("the install of the first server was replaced")
		}
	}
	if n := second.Counters().CodesRedeemed; n != 2 {
		t.Errorf("%d codes were redeemed at the second server, want 2", n)
	}
}
