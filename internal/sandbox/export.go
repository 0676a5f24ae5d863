package sandbox

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Export returns the present users, workspaces, sources, destinations, Apps, personal tokens and installs as a seed file.
// It holds secrets in plain text.
func (s *Server) Export() ([]byte, error) {
	var plan seedPlan
	err := s.store.view(func(t *tx) error {
		for _, u := range list[*user](t, "users") {
			plan.Users = append(plan.Users, seedUser{u.Email, u.Name, u.Password})
		}
		for _, w := range list[*workspace](t, "workspaces") {
			out := seedWorkspace{Name: lastWord(w.Name), DisplayName: w.DisplayName, ID: w.ID}
			for _, src := range list[*source](t, w.Name+"/sources") {
				exported, err := exportSource(t, src)
				if err != nil {
					return err
				}
				out.Sources = append(out.Sources, exported)
			}
			plan.Workspaces = append(plan.Workspaces, out)
		}
		for _, a := range list[*app](t, "apps") {
			plan.Apps = append(plan.Apps, seedApp{a.Name, a.DisplayName, a.Scope, a.ClientID, a.ClientSecret, a.RedirectURLs})
		}
		for _, tok := range list[*token](t, "tokens") {
			if tok.Install != "" {
				continue
			}
			out := seedToken{Token: tok.Value, Scope: tok.Scope, Source: tok.Source}
			for _, w := range tok.Workspaces {
				out.Workspaces = append(out.Workspaces, lastWord(w))
			}
			plan.Tokens = append(plan.Tokens, out)
		}
		plan.Installs = s.exportInstalls(t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return plan.encode()
}

// encode writes the plan as one YAML document. It goes through long lists in parts: the encoder keeps all that it is given
// until the end, in some hundred times the space of the text.
func (p seedPlan) encode() ([]byte, error) {
	const part = 100
	parts := []seedPlan{{Users: p.Users}}
	for some := range slices.Chunk(p.Workspaces, part) {
		parts = append(parts, seedPlan{Workspaces: some})
	}
	parts = append(parts, seedPlan{Apps: p.Apps})
	for some := range slices.Chunk(p.Tokens, part) {
		parts = append(parts, seedPlan{Tokens: some})
	}
	for some := range slices.Chunk(p.Installs, part) {
		parts = append(parts, seedPlan{Installs: some})
	}
	var text bytes.Buffer
	var last []byte
	for _, one := range parts {
		encoded, err := yaml.Marshal(one)
		if err != nil {
			return nil, err
		}
		key, items, ok := bytes.Cut(encoded, []byte("\n"))
		switch {
		case !ok || len(items) == 0: // there is nothing in it
			continue
		case !bytes.Equal(key, last):
			text.Write(encoded)
		default: // the list of before goes on
			text.Write(items)
		}
		last = key
	}
	return text.Bytes(), nil
}

func exportSource(t *tx, src *source) (seedSource, error) {
	out := seedSource{Name: lastWord(src.Name), Catalog: lastWord(src.CatalogName), WriteKeys: src.WriteKeys}
	for _, d := range list[*destination](t, src.Name+"/destinations") {
		exported := seedDestination{Name: lastWord(d.Name), Enabled: d.Enabled, ConnectionMode: d.ConnectionMode}
		for _, e := range d.Config {
			// JSON is YAML: reading it as such keeps 1 and 1.0 apart.
			var value any
			if err := yaml.Unmarshal(e.Value, &value); err != nil {
				return out, fmt.Errorf("export %s: %w", e.Name, err)
			}
			if exported.Config == nil {
				exported.Config = map[string]any{}
			}
			exported.Config[lastWord(e.Name)] = value
		}
		out.Destinations = append(out.Destinations, exported)
	}
	return out, nil
}
