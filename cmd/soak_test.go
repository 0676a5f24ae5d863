package cmd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

const (
	soakApps    = 3
	soakWorkers = 8
	soakFull    = 2000 // commands in CI, but not under the race detector, or with SEGCTL_SOAK set
	soakShort   = 200
)

// TestSoak runs commands of all kinds from eight sides, on three installs in one store, against a sandbox in which
// something is always wrong and tokens die early. Commands may fail, but only in ways that say so; no command loses an
// install.
func TestSoak(t *testing.T) {
	t.Parallel()
	commands := soakShort
	if !underRace && os.Getenv("CI") == "true" || os.Getenv("SEGCTL_SOAK") != "" {
		commands = soakFull
	}
	s, apps := soakRig(t)
	for _, f := range []sandbox.Fault{
		{Kind: "drop", Probability: 0.01},
		{Kind: "drop-after", Probability: 0.01},
		{Kind: "malformed", Probability: 0.01},
		{Kind: "status", Status: 500, Probability: 0.01},
		{Kind: "unavailable", Probability: 0.01},
		{Kind: "rate-limited", Probability: 0.005},
		{Kind: "delay", DelayMS: 30, Probability: 0.05},
		{Kind: "slow", DelayMS: 30, Probability: 0.05},
	} {
		// Not the browser's way: an owner who never comes back is waited for.
		for _, f.Route = range []string{"/v1beta/**", "/oauth2/token"} {
			if f.Kind == "rate-limited" && f.Route == "/oauth2/token" {
				continue // the limit is one of the Config API
			}
			if _, err := s.AddFault(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	var mu sync.Mutex
	ends := map[int]int{} // exit statuses
	var all sync.WaitGroup
	for worker := range soakWorkers {
		all.Go(func() {
			for n := range commands / soakWorkers {
				if worker == 0 && n%25 == 24 {
					s.Advance(2 * time.Hour) // every token dies
				}
				o := apps[worker%soakApps].runWith("soak1234", soakCommand(worker)...)
				mu.Lock()
				ends[o.status]++
				mu.Unlock()
				expected := []int{problem.ExitOK, problem.ExitRateLimited, problem.ExitNetwork, problem.ExitSignIn}
				if o.args[0] == "doctor" {
					expected = append(expected, problem.ExitDifferent) // it found something, such as the port of an install under way
				}
				if !slices.Contains(expected, o.status) || strings.Contains(o.stderr, "goroutine ") {
					t.Error(o)
				}
			}
		})
	}
	all.Wait()
	t.Logf("exit statuses: %v; refreshes: %v", ends, s.Counters().Refreshes)
	if ends[problem.ExitNetwork] == 0 || ends[problem.ExitOK] < commands/2 {
		t.Errorf("the faults hit too much or too little: %v", ends)
	}
	// An install under way kills the token before its own is saved, as does a refresh whose answer is lost: a command that
	// had just refreshed by itself does not try a second time then. The next one does.
	if most := commands / 200; ends[problem.ExitSignIn] > most {
		t.Errorf("%d commands ended with a token that was refused, want at most %d", ends[problem.ExitSignIn], most)
	}
	s.ClearFaults(0)
	for n, app := range apps {
		name := fmt.Sprintf("installs/%d", n+1)
		app.must(t, "dest", "get", "--install", name) // the current one may be another App's
		app.must(t, "dest", "enable", "--api-key", "abcd1234", "--install", name)
		if o := app.must(t, "installs", "show", name, "-o", "json", "--jq", ".name"); o.stdout != name+"\n" {
			t.Error(o)
		}
	}
	if left := s.temporaries(t); len(left) > 0 {
		t.Errorf("temporary files are left: %q", left)
	}
}

// soakCommand picks a command. Only the first worker of each App installs: the redirect URL's port is one.
func soakCommand(worker int) []string {
	lines := []string{
		"dest get", "dest get", "dest get -o json", "dest get -o yaml", "dest enable --api-key -", "dest disable", "dest update --api-key -",
		"dest get -v", "token refresh", "token show", "token print", "installs list", "installs show", "api workspaces/acme/sources/{source}/destinations/clearbrain",
		"api installs/{install}/token", "catalog get clearbrain", "installs import INSTALL --source SOURCE", "installs use INSTALL", "config list", "doctor",
	}
	if worker < soakApps {
		lines = append(lines, "install --force --timeout 20s", "install --force --timeout 20s --enable --api-key -")
	}
	app := worker % soakApps
	line := strings.NewReplacer(
		"INSTALL", fmt.Sprintf("installs/%d", app+1),
		"SOURCE", "workspaces/acme/sources/js",
	).Replace(lines[rand.IntN(len(lines))])
	args := strings.Split(line, " ")
	if args[0] != "install" && args[0] != "installs" && args[0] != "config" {
		args = append(args, "--install", fmt.Sprintf("installs/%d", app+1))
	}
	return args
}

// soakRig is a rig with three Apps, each installed.
func soakRig(t *testing.T) (s *rig, apps []*rig) {
	t.Helper()
	var seed strings.Builder
	seed.WriteString("workspaces: [{name: acme, sources: [{name: js}]}]\napps:\n")
	var environments [][]string
	for n := range soakApps {
		redirect := quietRedirectURL(t)
		fmt.Fprintf(&seed, "- {name: apps/%d, scope: %s, client_id: soak-%d, client_secret: soaksecret%d, redirect_urls: [%q]}\n",
			n+10, sandboxScope, n, n, redirect)
		environments = append(environments, []string{
			fmt.Sprintf("SEGCTL_CLIENT_ID=soak-%d", n), fmt.Sprintf("SEGCTL_CLIENT_SECRET=soaksecret%d", n),
			"SEGCTL_REDIRECT_URL=" + redirect, "SEGCTL_SCOPE=" + sandboxScope,
		})
	}
	file := filepath.Join(t.TempDir(), "seed.yaml")
	writeFile(t, file, seed.String())
	s = newRig(t, sandbox.Options{SeedFile: file})
	for n, environment := range environments {
		app := s.with(environment...)
		apps = append(apps, app)
		if o := app.must(t, "install", "--enable", "--api-key", "abcd1234", "-q", "-o", "json"); !strings.Contains(o.stdout, fmt.Sprintf("installs/%d", n+1)) {
			t.Fatal(o)
		}
	}
	return s, apps
}
