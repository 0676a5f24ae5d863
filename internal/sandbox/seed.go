package sandbox

import (
	"fmt"
	"slices"
)

// load fills the store: the catalog, then the state file where there is one, else the seed.
func (s *Server) load() error {
	if err := s.loadCatalog(); err != nil {
		return err
	}
	base, err := s.seed()
	if err != nil {
		return err
	}
	s.base = base
	if s.options.StateFile == "" {
		s.store.apply(base)
		return nil
	}
	journal, found, err := openJournal(s.options.StateFile, s.store)
	if err != nil {
		return err
	}
	for _, c := range base {
		// The options may have changed since: the demo App and the preset tokens are as they say now.
		if word := collectionWord(c.name); !found || word == "apps" || word == "clients" || word == "tokens" && !ofInstall(c.value) {
			s.store.apply([]change{c})
		}
	}
	if err := journal.compact(s.store); err != nil {
		return err
	}
	s.store.journal = journal
	return nil
}

// seed is what a sandbox starts with: the seed file, or else a user and two workspaces; and the demo App and the preset
// tokens of the options.
func (s *Server) seed() ([]change, error) {
	now := s.now()
	t := &tx{store: s.store}
	t.putApp(&app{
		Name: demoApp, DisplayName: "Demo App", Scope: s.options.Scope,
		ClientID: DemoClientID, ClientSecret: DemoClientSecret,
		RedirectURLs: append([]string{DemoRedirectURL}, s.options.RedirectURLs...),
		CreateTime:   timestamp(now),
	})
	plan := builtinSeed()
	if s.options.SeedFile != "" {
		var err error
		if plan, err = readSeed(s.options.SeedFile); err != nil {
			return nil, err
		}
	}
	s.addComponents(plan)
	installs, err := s.plant(t, plan)
	if err != nil {
		return nil, fmt.Errorf("seed %q: %w", s.options.SeedFile, err)
	}
	if err := s.plantCustomers(t, customers{s.options.Customers, s.options.Enabled}, installs); err != nil {
		return nil, err
	}
	for _, preset := range s.options.Tokens {
		value, scope, err := presetToken(preset)
		if err != nil {
			return nil, err
		}
		tok := &token{Value: value, Scope: scope}
		if narrow(scope) {
			if len(plan.Workspaces) == 0 || len(plan.Workspaces[0].Sources) == 0 {
				return nil, fmt.Errorf("preset token: no source for scope %s", scope)
			}
			w := "workspaces/" + plan.Workspaces[0].Name
			tok.Workspaces, tok.Source = []string{w}, w+"/sources/"+plan.Workspaces[0].Sources[0].Name
		}
		t.put("tokens/"+value, tok)
	}
	return t.changes, nil
}

// Reset puts back what the sandbox started with: everything, or only the resources of one collection word, such as
// "destinations". The catalog, quirks and faults stay.
func (s *Server) Reset(only string) error {
	kinds := []string{"", "users", "apps", "workspaces", "sources", "destinations", "filters", "tracking-plans", "installs", "tokens"}
	if !slices.Contains(kinds, only) {
		return fmt.Errorf("reset %q: none of %v", only, kinds[1:])
	}
	if only == "" {
		s.forgetCounts()
	}
	return s.store.update(func(t *tx) error {
		gone := map[string]bool{}
		for name := range t.store.records {
			if isCatalog(name) || only != "" && collectionWord(name) != only {
				continue
			}
			if only == "" {
				t.put(name, nil)
			} else {
				t.remove(name)
			}
		}
		for _, c := range t.changes {
			gone[c.name] = true
		}
		for _, c := range s.base {
			// What was deleted with its parent comes back with it; the rest stays as it is.
			if only == "" || collectionWord(c.name) == only || gone[c.name] {
				if parent := parentOf(c.name); only == "" || parent == "" || t.lookup(parent) != nil {
					t.put(c.name, s.asAtStart(c.value))
				}
			}
		}
		s.resetTokens(t, only)
		return nil
	})
}

// parentOf is the resource above, such as the source of a destination; empty for one at the top.
func parentOf(name string) string {
	if collectionWord(name) == "" {
		return collection(name)
	}
	return collection(collection(name))
}
