package fleet_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/fleet"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/segment"
)

var (
	seed   = flag.Uint64("desired.seed", 0, "seed of the generated desired states; 0 is another one each time")
	rounds = flag.Int("desired.rounds", 3, "how many desired states are applied to each entry of the catalog, one after another")
)

// TestApplyThenDiffIsEmpty applies generated states to every entry of two catalogs, and wants after each that a diff finds
// nothing, that applying again sends nothing but reads, that an update has sent only what was another, and that an export
// differs in nothing; whatever of the quirks Segment has.
func TestApplyThenDiffIsEmpty(t *testing.T) {
	t.Parallel()
	from := *seed
	if from == 0 {
		from = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat it with -desired.seed=%d", from)
	for _, mode := range []string{"unspecified", "kept"} {
		for name, all := range map[string]readBack{"written": nil, "all": nil, "nulls": nullOf, "zeros": zeroOf} {
			for catalog, file := range map[string]string{"built in": "", "every type": "testdata/types.json"} {
				t.Run(strings.Join([]string{mode, name, catalog}, ","), func(t *testing.T) {
					t.Parallel()
					quirks := map[string]string{"connection-mode": mode, "patterns": "checked"}
					if name == "all" {
						quirks["config"] = "all"
					}
					r := newRig(t, sandbox.Options{Scope: "workspace", Tokens: []string{"t0ken"}, CatalogFile: file, Quirks: quirks})
					r.token(t, install.Card{Name: "installs/1", Scope: "workspace", Workspaces: []string{"workspaces/acme"}}, "t0ken")
					entries := r.catalog(t)
					if all != nil {
						r.put(r.readingBack(entries, all))
					}
					random := rand.New(rand.NewPCG(from, 1)) //nolint:gosec // for a test, the more repeatable the better
					for _, entry := range entries {
						p := &property{rig: r, generator: generator{random}, entry: entry, is: map[string]json.RawMessage{}}
						for range *rounds {
							p.round(t)
						}
					}
				})
			}
		}
	}
}

// catalog returns the entries that the sandbox has.
func (r *rig) catalog(t *testing.T) []*segment.CatalogDestination {
	t.Helper()
	acc, err := r.world.OpenCard(r.card(t, "installs/1"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := segment.Collect(acc.API().CatalogDestinations(t.Context()))
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	return entries
}

// readBack returns what a setting reads back that was never written.
type readBack func(s segment.Setting) any

func nullOf(segment.Setting) any { return nil }

func zeroOf(s segment.Setting) any {
	switch s.Type {
	case "BOOLEAN":
		return false
	case "NUMBER":
		return 0
	case "LIST":
		return []any{}
	case "MAP":
		return map[string]any{}
	}
	return ""
}

// readingBack has destinations read back every setting of the catalog, not only those that were written.
func (r *rig) readingBack(entries []*segment.CatalogDestination, value readBack) http.Handler {
	settings := map[string][]segment.Setting{}
	for _, e := range entries {
		settings[segment.IDOf(e.Name)] = e.Settings
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		answer := httptest.NewRecorder()
		r.ServeHTTP(answer, req)
		var d map[string]any
		decoder := json.NewDecoder(bytes.NewReader(answer.Body.Bytes()))
		decoder.UseNumber()
		config, ok := []any(nil), false
		if decoder.Decode(&d) == nil {
			config, ok = d["config"].([]any)
		}
		body := answer.Body.Bytes()
		if name, _ := d["name"].(string); ok {
			for _, s := range settings[segment.IDOf(name)] {
				full := name + "/config/" + s.Name
				if !slices.ContainsFunc(config, func(e any) bool { return e.(map[string]any)["name"] == full }) {
					config = append(config, map[string]any{"name": full, "display_name": s.DisplayName, "type": strings.ToLower(s.Type), "value": value(s)})
				}
			}
			d["config"] = config
			body, _ = json.Marshal(d)
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}

// property is one destination whose state is generated again and again.
type property struct {
	*rig
	generator
	entry *segment.CatalogDestination
	is    map[string]json.RawMessage // what was written so far
}

func (p *property) slug() string { return segment.IDOf(p.entry.Name) }

// round applies one generated state.
func (p *property) round(t *testing.T) {
	t.Helper()
	text, env, wanted := p.state(t)
	describe := func(what string, got any) {
		t.Helper()
		shown, _ := json.Marshal(got)
		t.Fatalf("%s: %s: %s\nvariables: %q\nfile:\n%s", p.slug(), what, shown, env, text)
	}
	d := desiredOf(t, env, text)
	p.changes()
	if summary, told := p.run(t, d, fleet.ApplyTask()); summary.ExitCode != 0 || summary.OK+summary.Changed != 1 {
		describe("apply", told.results)
	}
	p.changed(t, wanted)
	if summary, told := p.run(t, d, fleet.DiffTask()); summary.ExitCode != 0 || summary.OK != 1 {
		describe("diff after apply", told.results)
	}
	if summary, told := p.run(t, d, fleet.ApplyTask()); summary.OK != 1 {
		describe("apply again", told.results)
	}
	if sent := p.changes(); sent != nil {
		describe("apply again sends", sent)
	}
	p.exported(t)
}

// changed wants that an update has sent nothing but what was another.
func (p *property) changed(t *testing.T, wanted map[string]json.RawMessage) {
	t.Helper()
	for _, sent := range p.changes() {
		var body struct {
			Destination struct{ Config []segment.ConfigEntry }
		}
		if err := json.Unmarshal([]byte(sent.body), &body); err != nil {
			t.Fatal(err)
		}
		for _, entry := range body.Destination.Config {
			name := segment.SettingOf(entry.Name)
			if _, asked := wanted[name]; !asked || sent.method == http.MethodPatch && segment.SameJSON(p.is[name], wanted[name]) {
				t.Fatalf("%s: %s of %s is sent: was %s, wanted %s", p.slug(), sent.method, name, p.is[name], wanted[name])
			}
		}
	}
	maps.Copy(p.is, wanted)
}

// exported wants that an export of what is there differs in nothing.
func (p *property) exported(t *testing.T) {
	t.Helper()
	x := &fleet.Exporter{}
	cards := []install.Card{p.card(t, "installs/1")}
	want := destination.Wanted{Destination: p.slug(), Place: account.Place{Source: "js"}}
	run := fleet.Run{World: p.world.Fleet(nil), Targets: fleet.Targets(cards, want), Task: x.Task(), Observer: &seen{}}
	if summary, err := run.Do(t.Context()); err != nil || summary.OK != 1 {
		t.Fatalf("%s: export: %+v, %v", p.slug(), summary, err)
	}
	file, missing := x.File(cards)
	var b bytes.Buffer
	if err := file.Write(&b, missing); err != nil || missing != 0 || len(file.Notes) > 0 {
		t.Fatalf("%s: export: %v, %d missing, notes %q", p.slug(), err, missing, file.Notes)
	}
	if err := exportSchema().Validate(plainYAML(t, b.Bytes())); err != nil {
		t.Fatalf("%s: export: %v in:\n%s", p.slug(), err, b.String())
	}
	acc, err := p.world.OpenCard(cards[0])
	if err != nil {
		t.Fatal(err)
	}
	is, err := destination.Get(t.Context(), acc, segment.Name{Workspace: "acme", Source: "js", Destination: p.slug()})
	if err != nil {
		t.Fatal(err)
	}
	env := variablesOf(t, b.Bytes(), is)
	if len(env) != len(file.Variables) {
		t.Fatalf("%s: export lists %d variables and has %d:\n%s", p.slug(), len(file.Variables), len(env), b.String())
	}
	for _, text := range env {
		if strings.Contains(text, "canary") && strings.Contains(b.String(), text) {
			t.Fatalf("%s: export has the secret %q in it:\n%s", p.slug(), text, b.String())
		}
	}
	if summary, told := p.run(t, desiredOf(t, env, b.String()), fleet.ApplyTask()); summary.OK != 1 {
		shown, _ := json.Marshal(told.results)
		t.Fatalf("%s: apply of an export: %s\nvariables: %q\nfile:\n%s", p.slug(), shown, env, b.String())
	}
	if sent := p.changes(); sent != nil {
		t.Fatalf("%s: apply of an export sends %v", p.slug(), sent)
	}
}

// state generates a file with the variables that it needs, and the settings that it wants.
func (p *property) state(t *testing.T) (text string, env map[string]string, wanted map[string]json.RawMessage) {
	t.Helper()
	env, wanted = map[string]string{}, map[string]json.RawMessage{}
	settings := map[string]any{}
	for _, s := range p.entry.Settings {
		_, there := p.is[s.Name]
		switch p.IntN(4) {
		case 0:
			if !s.Required || there {
				continue
			}
		case 1:
			if !s.Required && there {
				settings[s.Name], wanted[s.Name] = nil, json.RawMessage("null")
				continue
			}
		}
		wanted[s.Name] = p.value(t, s)
		settings[s.Name] = p.written(s, wanted[s.Name], env)
	}
	entry := map[string]any{"destination": p.slug(), "installs": []string{"installs/1"}, "source": "js", "settings": settings}
	if n := p.IntN(3); n < 2 {
		entry["enabled"] = n == 0
	}
	if n := p.IntN(4); n < 3 {
		entry["connection_mode"] = []string{segment.ModeCloud, segment.ModeDevice, segment.ModeUnspecified}[n]
	}
	file := map[string]any{"version": 1, "destinations": []any{entry}}
	asJSON, err := json.Marshal(file)
	if err != nil || p.IntN(2) == 0 {
		return string(asJSON), env, wanted
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(asJSON, &tree); err != nil { // it lacks a few of JSON's escapes
		return string(asJSON), env, wanted
	}
	block(&tree)
	asYAML, err := yaml.Marshal(&tree)
	var back, want any
	if err != nil || yaml.Unmarshal(asJSON, &want) != nil || yaml.Unmarshal(asYAML, &back) != nil || !cmp.Equal(back, want) {
		return string(asJSON), env, wanted // the encoder writes some texts so that nothing can read them
	}
	return string(asYAML), env, wanted
}

// block writes a tree without braces and quotes where those are not needed.
func block(n *yaml.Node) {
	if n.Style &= yaml.TaggedStyle; n.Kind == yaml.ScalarNode && n.Tag == "" {
		n.Tag = n.ShortTag()
	}
	for _, c := range n.Content {
		block(c)
	}
}

// written is a value as a file has it: sometimes with a variable.
func (p *property) written(s segment.Setting, value json.RawMessage, env map[string]string) any {
	var plain any
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	_ = decoder.Decode(&plain)
	text, isText := plain.(string)
	if !isText {
		text = string(value)
	}
	name := fmt.Sprintf("V_%d", len(env))
	back, err := segment.ParseValue(s, text)
	switch {
	case p.IntN(3) == 0 && text != "" && err == nil && segment.SameJSON(back, value):
		env[name] = text
		return "${" + name + "}"
	case p.IntN(3) == 0 && isText && len(text) > 3:
		env[name] = text[:1]
		if text[0] < 0x80 {
			return "${" + name + "}" + strings.ReplaceAll(text[1:], "${", "$${")
		}
		delete(env, name)
	}
	return escaped(plain)
}

// escaped writes a value so that nothing in it is a variable.
func escaped(value any) any {
	switch v := value.(type) {
	case string:
		return strings.ReplaceAll(v, "${", "$${")
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = escaped(v[i])
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for name := range v {
			all[strings.ReplaceAll(name, "${", "$${")] = escaped(v[name])
		}
		return all
	}
	return value
}

// variablesOf finds out what the variables of an export stand for.
func variablesOf(t *testing.T, file []byte, is *segment.Destination) map[string]string {
	t.Helper()
	var read struct {
		Destinations []struct{ Settings map[string]any }
	}
	if err := yaml.Unmarshal(file, &read); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for name, written := range read.Destinations[0].Settings {
		var value any
		decoder := json.NewDecoder(bytes.NewReader(is.Setting(name)))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		collect(written, value, string(is.Setting(name)), env)
	}
	return env
}

func collect(written, value any, whole string, env map[string]string) {
	switch w := written.(type) {
	case string:
		if name, ok := strings.CutPrefix(w, "${"); ok && strings.HasSuffix(name, "}") {
			text, isText := value.(string)
			if !isText {
				text = whole
			}
			env[strings.TrimSuffix(name, "}")] = text
		}
	case []any:
		for i := range w {
			collect(w[i], value.([]any)[i], "", env)
		}
	case map[string]any:
		for name := range w {
			collect(w[name], value.(map[string]any)[strings.ReplaceAll(name, "$${", "${")], "", env)
		}
	}
}
