package sandbox

import (
	"errors"
	"fmt"
	"strings"
)

// maxCustomers bounds what a sandbox makes up at its start. One customer takes some 3 KB.
const maxCustomers = 100_000

// customers are what a sandbox makes up to be a fleet: each has a workspace with one source, on which the demo App is
// installed with a token that works.
type customers struct {
	count   int
	enabled int // percent of them that have the destination of the scope, enabled
}

func (c customers) check(scope string) error {
	switch {
	case c.count < 0 || c.count > maxCustomers:
		return fmt.Errorf("customers: %d is not between 0 and %d", c.count, maxCustomers)
	case c.enabled < 0 || c.enabled > 100:
		return fmt.Errorf("enabled customers: %d is not between 0 and 100 percent", c.enabled)
	case c.enabled > 0 && c.count == 0:
		return errors.New("enabled customers: there is none")
	case c.enabled > 0 && !narrow(scope):
		return fmt.Errorf("enabled customers: the scope %s names no destination", scope)
	}
	return nil
}

// has reports whether the nth customer, from 1, is among those that are enabled: they are spread evenly, and are the same
// at every start.
func (c customers) has(n int) bool { return n*c.enabled/100 > (n-1)*c.enabled/100 }

// plantCustomers makes the customers, with installs that are numbered after those of the seed.
func (s *Server) plantCustomers(t *tx, all customers, installs *installNumbers) error {
	const sourceSlug = "js"
	client, ok := get[*app](t, demoApp)
	if !ok {
		return fmt.Errorf("customers: there is no %s", demoApp)
	}
	if err := all.check(client.Scope); err != nil {
		return err
	}
	var config []sampledSetting
	if all.enabled > 0 {
		var err error
		if config, err = s.requiredSamples(t, strings.TrimPrefix(client.Scope, scopeDestination)); err != nil {
			return fmt.Errorf("enabled customers: %w", err)
		}
	}
	for n := 1; n <= all.count; n++ {
		slug := fmt.Sprintf("customer-%04d", n)
		w := &workspace{"workspaces/" + slug, fmt.Sprintf("Customer %04d", n), randomHex(5), timestamp(s.now())}
		if t.lookup(w.Name) != nil {
			return fmt.Errorf("customers: %s is in the seed already", w.Name)
		}
		t.put(w.Name, w)
		planted := seedSource{Name: sourceSlug}
		if all.has(n) {
			planted.Destinations = []seedDestination{{
				Name: strings.TrimPrefix(client.Scope, scopeDestination), Enabled: true, ConnectionMode: "CLOUD", Config: configFor(config, slug),
			}}
		}
		if err := s.plantSource(t, w.Name, planted); err != nil {
			return fmt.Errorf("customers: %w", err)
		}
		in := install{Name: installs.next(), App: client.Name, Scope: client.Scope, Workspace: w.Name}
		if narrow(client.Scope) {
			in.Source = w.Name + "/sources/" + sourceSlug
		}
		s.issue(t, in, newToken())
	}
	return nil
}

// sampledSetting is a setting with what makes a value of it for a customer.
type sampledSetting struct {
	name   string
	sample func(customer string) any
}

func configFor(settings []sampledSetting, customer string) map[string]any {
	config := map[string]any{}
	for _, set := range settings {
		config[set.name] = set.sample(customer)
	}
	return config
}

// requiredSamples finds values for the settings that a destination cannot be enabled without.
func (s *Server) requiredSamples(t *tx, slug string) ([]sampledSetting, error) {
	entry, ok := get[*catalogDestination](t, "catalog/destinations/"+slug)
	if !ok {
		return nil, fmt.Errorf("the catalog has no destination %q", slug)
	}
	var found []sampledSetting
	for i := range entry.Settings {
		set := &entry.Settings[i]
		if !set.Required {
			continue
		}
		sample, ok := s.sampler(set)
		if !ok {
			return nil, fmt.Errorf("no value is known that %s takes for its setting %s: a seed can give one", entry.DisplayName, set.slug())
		}
		found = append(found, sampledSetting{set.slug(), sample})
	}
	return found, nil
}
