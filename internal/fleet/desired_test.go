package fleet_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/problem"
	"github.com/segctl/segctl/internal/sandbox"
)

// saved keeps installs of so many customers of the sandbox, each for clearbrain on its source.
func (r *rig) saved(t *testing.T, customers int) []install.Card {
	t.Helper()
	for n := 1; n <= customers; n++ {
		workspace := fmt.Sprintf("workspaces/customer-%04d", n)
		r.save(t, install.Card{
			Name: fmt.Sprintf("installs/%d", n), Label: fmt.Sprintf("label-%d", n), Scope: "destination/clearbrain",
			Workspaces: []string{workspace}, Sources: []string{workspace + "/sources/js"},
		})
	}
	cards, err := r.world.Store.Cards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

// targetsOf lists what is wanted, in a line for each target.
func targetsOf(targets []fleet.Target) string {
	var b strings.Builder
	for _, t := range targets {
		c := t.Want.Change
		fmt.Fprintf(&b, "%s %s %s %v %v%v%v\n", t.Card.Name, t.Want.Destination, t.Want.From, t.Want.Absent, values(c.Set), values(c.SetJSON), c.Unset)
	}
	return b.String()
}

func values(pairs []destination.Pair) string {
	var all []string
	for _, p := range pairs {
		all = append(all, p.Name+"="+p.Value)
	}
	return strings.Join(all, ",")
}

// TestTargetsOfFiles joins files with installs: who is meant, with which variables.
func TestTargetsOfFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{})
	cards := r.saved(t, 4)
	folder := t.TempDir()
	path := filepath.Join(folder, "customers.csv")
	if err := os.WriteFile(path, []byte("install,KEY,other\nlabel-1,canary-1,x\nnobody,canary-0,x\nlabel-3,canary-3,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := lines("version: 1", "values: "+path, "destinations:",
		"- {destination: clearbrain, installs: [installs/1, label-3], settings: {apiKey: '${KEY}'}}",
		"- {destination: clearbrain, installs: {match: 'customer-000[24]*'}, settings: {apiKey: '${SHARED}x', domain: null}}")
	d := desiredOf(t, map[string]string{"SHARED": "canary-env", "KEY": "canary-of-the-environment"}, file)
	for words, test := range map[string]struct {
		narrow []install.Card
		want   string
	}{
		"all that are named": {nil, lines(
			"installs/1 clearbrain a.yaml:4 false apiKey=canary-1[]",
			"installs/3 clearbrain a.yaml:4 false apiKey=canary-3[]",
			`installs/2 clearbrain a.yaml:5 false apiKey="canary-envx"[domain]`,
			`installs/4 clearbrain a.yaml:5 false apiKey="canary-envx"[domain]`)},
		"narrowed": {cards[2:], lines(
			"installs/3 clearbrain a.yaml:4 false apiKey=canary-3[]",
			`installs/4 clearbrain a.yaml:5 false apiKey="canary-envx"[domain]`)},
	} {
		d.Narrow, d.Chosen = test.narrow != nil, test.narrow
		targets, err := d.Targets(t.Context(), r.world, 1)
		if diff := cmp.Diff(test.want, targetsOf(targets)); diff != "" || err != nil {
			t.Errorf("%s: %v, targets (-want +got):\n%s", words, err, diff)
		}
	}
	for text, want := range map[string]string{"canary-1": "[redacted]", "canary-env": "[redacted]", "canary-of-the-environment": "canary-of-the-environment"} {
		if got := r.world.Redactor.Redact(text); got != want {
			t.Errorf("%s is said as %s, want %s: what is used is a secret", text, got, want)
		}
	}
	// An entry that names no installs is for the chosen ones; without destination, for what their scope names.
	d = desiredOf(t, nil, lines("version: 1", "destinations:", "- enabled: true"))
	d.Chosen = cards[1:2]
	if targets, err := d.Targets(t.Context(), r.world, 1); err != nil || targetsOf(targets) != "installs/2  a.yaml:3 false []\n" {
		t.Errorf("%s, %v", targetsOf(targets), err)
	}
}

// TestRefusedFiles are refused before anything is sent, with the place in the file and without a value.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{})
	cards := r.saved(t, 8)
	folder := t.TempDir()
	for name, text := range map[string]string{
		"some.csv":  "install,KEY\nlabel-1,canary\nlabel-2,\n",
		"twice.csv": "install,KEY\nlabel-1,canary\ninstalls/1,canary\n",
		"bad.csv":   "install,KEY\nlabel-1,canary,canary\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const one = "- {destination: clearbrain, installs: [installs/1]}"
	for _, test := range []struct {
		exit  int
		want  string
		files []string
	}{
		{problem.ExitSignIn, "a.yaml:3:14 names 2 installs that are not saved here: nobody, installs/99", []string{"- {installs: [installs/1, nobody, installs/99]}"}},
		{problem.ExitSignIn, "a.yaml:3:14: none of 8 saved installs matches nobody*, none*", []string{"- {installs: {match: [nobody*, none*]}}"}},
		{problem.ExitUsage, `a.yaml:3:14: "[" is not a pattern`, []string{"- {installs: {match: '['}}"}},
		{problem.ExitUsage, "a.yaml:4: this destination of label-1 (installs/1) is described in a.yaml:3 already", []string{one + "\n" + one}},
		{problem.ExitUsage, "b.yaml:3: this destination of label-1 (installs/1) is described in a.yaml:3 already", []string{one, "- {source: js, installs: {all: true}}"}},
		{
			problem.ExitUsage, "b.yaml:3: this destination of label-1 (installs/1) is described in a.yaml:3 already",
			[]string{one, "- {destination: workspaces/customer-0001/sources/js/destinations/clearbrain, installs: [1]}"},
		},
		{problem.ExitUsage, "a.yaml:4:17: ${A} is not set; a.yaml:4:28: ${B} is not set; a.yaml:4:28: ${EMPTY} is not set", []string{
			"- installs: {all: true}\n  settings: {a: '${A}', b: '${B}${GIVEN}${EMPTY}'}",
		}},
		{
			problem.ExitUsage, "a.yaml:4:41: ${KEY} has no value in " + folder + "/some.csv for 7 installs: label-2 (installs/2), label-3 (installs/3), label-4 (installs/4), label-5 (installs/5), label-6 (installs/6), …",
			[]string{"values: " + folder + "/some.csv\n- {installs: {all: true}, settings: {a: '${KEY}'}}"},
		},
		{problem.ExitUsage, "twice.csv:3: installs/1 has a row already, in line 2", []string{"values: " + folder + "/twice.csv\n" + one}},
		{problem.ExitUsage, "a.yaml:2:9: " + folder + "/bad.csv: 1 row is bad: line 2: has 3 cells, and the header has 2", []string{"values: " + folder + "/bad.csv\n" + one}},
		{problem.ExitUsage, "a.yaml:2:9: open " + folder + "/none.csv: no such file or directory", []string{"values: " + folder + "/none.csv\n" + one}},
		{problem.ExitUsage, "a.yaml:2:9: " + folder + " is a folder", []string{"values: " + folder + "\n" + one}},
	} {
		var texts []string
		for _, file := range test.files {
			head, list, ok := strings.Cut(file, "\n- ")
			if !ok || strings.HasPrefix(file, "- ") {
				head, list = "", file
			} else {
				head, list = head+"\n", "- "+list
			}
			texts = append(texts, "version: 1\n"+head+"destinations:\n"+list+"\n")
		}
		d := desiredOf(t, map[string]string{"GIVEN": "canary", "EMPTY": "", "KEY": "canary"}, texts...)
		_, err := d.Targets(t.Context(), r.world, 1)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q:\ngot  %v\nwant %s", test.files, err, test.want)
			continue
		}
		if got := problem.Of(err, problem.Context{}).Exit; got != test.exit {
			t.Errorf("%s: exits with %d, want %d", err, got, test.exit)
		}
	}
	d := desiredOf(t, nil, lines("version: 1", "destinations:", one))
	d.Narrow, d.Chosen = true, cards[1:2]
	if err := r.refuse(t, d); err != "the files are for none of the installs that are chosen" {
		t.Error(err)
	}
	if n := len(r.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestApplySendsWhatIsNeeded: what is missing is created with what the file names and nothing else, and of what is there
// only what differs is sent.
func TestApplySendsWhatIsNeeded(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}})
	r.token(t, install.Card{Name: "installs/1", Label: "acme", Scope: "workspace", Workspaces: []string{"workspaces/acme"}}, "t0ken")
	const d = "workspaces/acme/sources/js/destinations/google-analytics"
	entry := func(text string) string {
		return "version: 1\ndestinations:\n- {destination: google-analytics, installs: [acme], source: js, " + text + "}\n"
	}
	config := func(name, value string) string {
		return `{"name":"` + d + "/config/" + name + `","value":` + value + `}`
	}
	for _, step := range []struct{ entry, method, body string }{
		{"settings: {sampleRate: 7, trackingId: null}", "POST", `{"destination":{"name":"` + d + `","config":[` + config("sampleRate", "7") + `]}}`},
		{"settings: {sampleRate: 7.0, trackingId: null, domain: '', dimensions: {}}", "", ""},
		{"enabled: false", "", ""},
		{"enabled: true, settings: {sampleRate: 7, domain: x}", "PATCH", `{"destination":{"enabled":true,"config":[` + config("domain", `"x"`) + `]},"update_mask":{"paths":["destination.enabled","destination.config"]}}`},
		{"enabled: true, connection_mode: DEVICE, settings: {domain: null}", "PATCH", `{"destination":{"connection_mode":"DEVICE","config":[` + config("domain", "null") + `]},"update_mask":{"paths":["destination.config","destination.connection_mode"]}}`},
		{"connection_mode: DEVICE, settings: {domain: null}", "", ""},
	} {
		r.changes()
		summary, told := r.run(t, desiredOf(t, nil, entry(step.entry)), fleet.ApplyTask())
		sent := r.changes()
		switch {
		case summary.ExitCode != 0:
			t.Fatalf("%s: %+v", step.entry, told.results)
		case step.method == "" && sent == nil && summary.OK == 1:
		case len(sent) != 1 || sent[0].method != step.method || sent[0].body != step.body || summary.Changed != 1:
			t.Errorf("%s: sent %v, want %s %s", step.entry, sent, step.method, step.body)
		}
	}
}

// TestSettingsAreWrongWithPlace names the place of a setting that the catalog refuses.
func TestSettingsAreWrongWithPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}})
	r.token(t, install.Card{Name: "installs/1", Scope: "workspace", Workspaces: []string{"workspaces/acme"}}, "t0ken")
	file := lines("version: 1", "destinations:", "- destination: google-analytics", "  installs: [1]", "  source: js", "  settings:",
		"    sampleRate: canary", "    trakingId: canary", "    dimensions: ${MAP}", "    anonymizeIp: ${FLAG}")
	for flagged, want := range map[string]string{
		"canary": `a.yaml:10:5: setting "anonymizeIp" must be true or false`,
		"true": `a.yaml:8:5: setting "trakingId" is unknown (nearest: trackingId); ` +
			`a.yaml:7:5: setting "sampleRate" must be a number, not a string`,
	} {
		d := desiredOf(t, map[string]string{"MAP": `{"canary":1}`, "FLAG": flagged}, file)
		summary, told := r.run(t, d, fleet.DiffTask())
		if summary.ExitCode != problem.ExitUsage || told.results[0].Error.Message != want {
			t.Errorf("exit %d: %s\nwant %s", summary.ExitCode, told.results[0].Error.Message, want)
		}
		d.NoValidate = true
		if summary, told := r.run(t, d, fleet.DiffTask()); flagged == "true" && summary.Different != 1 {
			t.Errorf("unchecked: %+v", told.results)
		}
	}
}

// TestKeysOfVariablesAreHidden: a map that is a variable as a whole has keys that no message may tell.
func TestKeysOfVariablesAreHidden(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}, CatalogFile: "testdata/types.json"})
	r.token(t, install.Card{Name: "installs/1", Scope: "workspace", Workspaces: []string{"workspaces/acme"}}, "t0ken")
	file := lines("version: 1", "destinations:", "- destination: types", "  installs: [1]", "  source: js",
		"  settings: {text: axx, choice: us, rules: '${MAP}'}")
	_, told := r.run(t, desiredOf(t, map[string]string{"MAP": `{"dimcanary":"?"}`}, file), fleet.DiffTask())
	if got, want := told.results[0].Error.Message, `a.yaml:6:37: setting "rules" must have values that match ^[a-z]+\d$`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSameDestinationTurnsUp describes one destination twice so that only Segment knows: an entry leaves the source open.
func TestSameDestinationTurnsUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}})
	r.token(t, install.Card{Name: "installs/1", Label: "globex", Scope: "workspace", Workspaces: []string{"workspaces/globex"}}, "t0ken")
	d := desiredOf(t, nil, lines("version: 1", "destinations:", "- {destination: webhooks, installs: [globex]}",
		"- {destination: webhooks, source: web, installs: [globex], enabled: true}"))
	for _, task := range []fleet.Task{fleet.DiffTask(), fleet.ApplyTask()} {
		summary, told := r.run(t, d, task)
		if summary.Failed != 1 {
			t.Errorf("%+v", summary)
		}
		for _, result := range told.results {
			if result.Error != nil && !strings.Contains(result.Error.Message, "this destination of globex (installs/1) is described in a.yaml:") {
				t.Error(result.Error.Message)
			}
		}
	}
}

// TestValuesOfVariablesAreHidden in what is told of a plan and a result, whatever the catalog says of the setting.
func TestValuesOfVariablesAreHidden(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}})
	r.token(t, install.Card{Name: "installs/1", Scope: "workspace", Workspaces: []string{"workspaces/acme"}}, "t0ken")
	file := lines("version: 1", "destinations:", "- {destination: google-analytics, installs: [1], source: js, settings: {domain: '${D}', dimensions: '${M}'}}")
	env := map[string]string{"D": "canary.example", "M": `{"x":"canary-2"}`}
	_, told := r.run(t, desiredOf(t, env, file), fleet.ApplyTask())
	text := fmt.Sprint(told.planned, told.results, told.results[0].Resource)
	if strings.Contains(text, "canary") || told.results[0].Status != fleet.Changed {
		t.Errorf("told: %s", text)
	}
	env["D"] = "canary.exemple"
	if _, told := r.run(t, desiredOf(t, env, file), fleet.DiffTask()); !cmp.Equal(told.results[0].Unified(), []string{
		"--- acme/js google-analytics (Segment)", "+++ acme/js google-analytics (a.yaml:3)", "-domain: ••••••••mple", "+domain: ••••••••mple (changed)",
	}) {
		t.Errorf("%q", told.results[0].Unified())
	}
}

// TestApplyTellsTheTruth applies at a server that does not do as it is told.
func TestApplyTellsTheTruth(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}})
	r.token(t, install.Card{Name: "installs/1", Scope: "workspace", Workspaces: []string{"workspaces/acme"}}, "t0ken")
	file := func(domain string) *fleet.Desired {
		return desiredOf(t, nil, lines("version: 1", "destinations:", "- {destination: google-analytics, installs: [1], source: js, settings: {domain: "+domain+"}}"))
	}
	r.run(t, file("a"), fleet.ApplyTask())
	r.put(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPatch {
			req = httptest.NewRequest(http.MethodGet, req.URL.Path, nil)
			req.Header.Set("Authorization", "Bearer t0ken")
		}
		r.ServeHTTP(w, req)
	}))
	summary, told := r.run(t, file("b"), fleet.ApplyTask())
	if summary.ExitCode != problem.ExitDifferent || !strings.HasSuffix(told.results[0].Detail, "Segment answers that this is still another: domain") {
		t.Errorf("%+v, %+v", summary, told.results)
	}
}

// TestCanaryIsCompared: a canary that is not as wanted after it was changed keeps the others from being changed.
func TestCanaryIsCompared(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 4})
	r.saved(t, 4)
	d := desiredOf(t, map[string]string{"KEY": "canary-0001"}, lines("version: 1", "destinations:", "- {destination: clearbrain, installs: {all: true}, enabled: true, settings: {apiKey: '${KEY}'}}"))
	undo := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(w, req)
		if req.Method == http.MethodPost { // somebody disables it at once
			req.Method = http.MethodPatch
			patch := httptest.NewRequest(http.MethodPatch, req.URL.Path+"/clearbrain", strings.NewReader(`{"destination":{"enabled":false},"update_mask":{"paths":["destination.enabled"]}}`))
			patch.Header = req.Header.Clone()
			patch.Header.Set("Content-Type", "application/json")
			r.ServeHTTP(httptest.NewRecorder(), patch)
		}
	})
	// One that is created disabled, for no file says whether it should be enabled, is as wanted.
	open := desiredOf(t, map[string]string{"KEY": "canary-0001"}, lines("version: 1", "destinations:", "- {destination: clearbrain, installs: {all: true}, settings: {apiKey: '${KEY}'}}"))
	for _, test := range []struct {
		d       *fleet.Desired
		handler http.Handler
		want    fleet.Summary
	}{
		{d, undo, fleet.Summary{Targets: 4, Different: 1, Left: 3, ExitCode: problem.ExitDifferent}},
		{d, r.Server, fleet.Summary{Targets: 4, Changed: 4}},
		{open, r.Server, fleet.Summary{Targets: 4, Changed: 4}},
	} {
		want := test.want
		r.put(test.handler)
		targets, err := test.d.Targets(t.Context(), r.world, 1)
		if err != nil {
			t.Fatal(err)
		}
		run := fleet.Run{World: r.world.Fleet(nil), Targets: targets, Task: fleet.ApplyTask(), Canary: 1, Observer: &seen{}}
		got, err := run.Do(t.Context())
		got.Event, got.Millis = "", 0
		if diff := cmp.Diff(want, got); diff != "" || (err != nil) != (want.Different > 0) {
			t.Errorf("%v, summary (-want +got):\n%s", err, diff)
		}
		r.delete(t)
	}
}

// delete deletes the destinations of all installs.
func (r *rig) delete(t *testing.T) {
	t.Helper()
	r.put(r.Server)
	d := desiredOf(t, nil, lines("version: 1", "destinations:", "- {destination: clearbrain, installs: {all: true}}"))
	targets, err := d.Targets(t.Context(), r.world, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range targets {
		targets[i].Want = destination.Wanted{Destination: "clearbrain", Absent: true}
	}
	run := fleet.Run{World: r.world.Fleet(nil), Targets: targets, Task: fleet.ApplyTask(), Observer: &seen{}}
	if s, err := run.Do(t.Context()); err != nil || s.Failed > 0 {
		t.Fatalf("%+v, %v", s, err)
	}
}
