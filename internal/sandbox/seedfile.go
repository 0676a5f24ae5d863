package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// seedPlan is a seed file: what a sandbox starts with, and what an export writes. Names are slugs, not full names.
type seedPlan struct {
	Users      []seedUser      `yaml:"users,omitempty"`
	Workspaces []seedWorkspace `yaml:"workspaces,omitempty"`
	Apps       []seedApp       `yaml:"apps,omitempty"`
	Tokens     []seedToken     `yaml:"tokens,omitempty"`
	Installs   []seedInstall   `yaml:"installs,omitempty"`
}

type seedUser struct {
	Email    string `yaml:"email"`
	Name     string `yaml:"name,omitempty"`
	Password string `yaml:"password"`
}

type seedWorkspace struct {
	Name        string       `yaml:"name"`
	DisplayName string       `yaml:"display_name,omitempty"`
	ID          string       `yaml:"id,omitempty"`
	Sources     []seedSource `yaml:"sources,omitempty"`
}

type seedSource struct {
	Name         string            `yaml:"name"`
	Catalog      string            `yaml:"catalog,omitempty"` // slug in the source catalog; javascript when left out
	WriteKeys    []string          `yaml:"write_keys,omitempty"`
	Destinations []seedDestination `yaml:"destinations,omitempty"`
}

type seedDestination struct {
	Name           string         `yaml:"name"`
	Enabled        bool           `yaml:"enabled"`
	ConnectionMode string         `yaml:"connection_mode,omitempty"`
	Config         map[string]any `yaml:"config,omitempty"` // by setting
}

type seedApp struct {
	Name         string   `yaml:"name"` // apps/3
	DisplayName  string   `yaml:"display_name,omitempty"`
	Scope        string   `yaml:"scope"`
	ClientID     string   `yaml:"client_id"`
	ClientSecret string   `yaml:"client_secret"`
	RedirectURLs []string `yaml:"redirect_urls,omitempty"`
}

type seedToken struct {
	Token      string   `yaml:"token"`
	Scope      string   `yaml:"scope"`
	Workspaces []string `yaml:"workspaces,omitempty"` // slugs; all when left out
	Source     string   `yaml:"source,omitempty"`     // full name, with a destination scope
}

func builtinSeed() seedPlan {
	return seedPlan{
		Users: []seedUser{{DemoEmail, "Ada Acme", DemoPassword}},
		Workspaces: []seedWorkspace{
			{"acme", "Acme", "3c9f01b7a2", []seedSource{{Name: "js"}, {Name: "ios", Catalog: "ios"}}},
			{"globex", "Globex", "8e40d5126f", []seedSource{{Name: "web"}}},
		},
	}
}

// readSeed reads a seed file. A field it does not know is an error, which names the line.
func readSeed(path string) (seedPlan, error) {
	var plan seedPlan
	data, err := os.ReadFile(path)
	if err != nil {
		return plan, fmt.Errorf("read seed: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&plan); err != nil && !errors.Is(err, io.EOF) {
		return plan, fmt.Errorf("read seed %q: %w", path, err)
	}
	return plan, nil
}

// plant writes the plan's resources. Destinations are checked as a creation is. It returns which numbers are left for
// more installs.
func (s *Server) plant(t *tx, plan seedPlan) (*installNumbers, error) {
	now := s.now()
	for _, u := range plan.Users {
		if u.Email == "" || strings.Contains(u.Email, "/") {
			return nil, fmt.Errorf("user %q: not an e-mail address", u.Email)
		}
		t.put("users/"+u.Email, &user{u.Email, u.Name, u.Password})
	}
	for _, w := range plan.Workspaces {
		made := &workspace{"workspaces/" + w.Name, w.DisplayName, w.ID, timestamp(now)}
		if err := checkSlug("workspace", w.Name); err != nil {
			return nil, err
		}
		if made.DisplayName == "" {
			made.DisplayName = w.Name
		}
		if made.ID == "" {
			made.ID = randomHex(5)
		}
		t.put(made.Name, made)
		for _, src := range w.Sources {
			if err := s.plantSource(t, made.Name, src); err != nil {
				return nil, fmt.Errorf("workspace %s: %w", w.Name, err)
			}
		}
	}
	for _, a := range plan.Apps {
		if err := checkScope(a.Scope); err != nil {
			return nil, fmt.Errorf("app %q: %w", a.Name, err)
		}
		if collection(a.Name) != "apps" || a.ClientID == "" {
			return nil, fmt.Errorf("app %q: needs a name like apps/3 and a client_id", a.Name)
		}
		t.putApp(&app{
			Name: a.Name, DisplayName: a.DisplayName, Scope: a.Scope, ClientID: a.ClientID, ClientSecret: a.ClientSecret,
			RedirectURLs: a.RedirectURLs, CreateTime: timestamp(now),
		})
	}
	for _, tok := range plan.Tokens {
		if err := checkScope(tok.Scope); err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
		if checkSlug("token", tok.Token) != nil || narrow(tok.Scope) != (tok.Source != "") {
			return nil, errors.New("token: needs a token without slash or space, and with a destination scope, and only then, a source")
		}
		made := &token{Value: tok.Token, Scope: tok.Scope, Source: tok.Source}
		for _, w := range tok.Workspaces {
			made.Workspaces = append(made.Workspaces, "workspaces/"+w)
		}
		t.put("tokens/"+tok.Token, made)
	}
	return s.plantInstalls(t, plan.Installs)
}

func (s *Server) plantSource(t *tx, workspace string, src seedSource) error {
	if err := checkSlug("source", src.Name); err != nil {
		return err
	}
	if src.Catalog == "" {
		src.Catalog = "javascript"
	}
	made := newSource(workspace+"/sources/"+src.Name, "catalog/sources/"+src.Catalog, s.now())
	if len(src.WriteKeys) > 0 {
		made.WriteKeys = src.WriteKeys
	}
	t.putSource(made)
	for _, d := range src.Destinations {
		in := destinationInput{
			Name: made.Name + "/destinations/" + d.Name, Enabled: d.Enabled, ConnectionMode: d.ConnectionMode,
		}
		for _, setting := range slices.Sorted(maps.Keys(d.Config)) {
			raw, err := json.Marshal(d.Config[setting])
			if err != nil {
				return fmt.Errorf("destination %s: setting %s: %w", d.Name, setting, err)
			}
			in.Config = append(in.Config, configEntry{Name: in.Name + "/config/" + setting, Value: raw})
		}
		if _, err := s.newDestination(t, in); err != nil {
			return fmt.Errorf("destination %s: %w", d.Name, err)
		}
	}
	return nil
}

func checkSlug(what, slug string) error {
	odd := func(r rune) bool {
		return strings.ContainsRune("/?#%", r) || unicode.IsSpace(r) || unicode.IsControl(r)
	}
	if slug == "" || strings.ContainsFunc(slug, odd) {
		return fmt.Errorf("%s %q: not a slug", what, slug)
	}
	return nil
}
