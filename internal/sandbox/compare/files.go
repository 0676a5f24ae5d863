package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/conformance"
)

// files are what the reference sandbox starts with. None holds anything secret.
type files struct{ folder, seed, catalog string }

func (f *files) remove() { _ = os.RemoveAll(f.folder) }

func writeFiles(o Options, slug string, entry json.RawMessage) (_ *files, err error) {
	f := &files{}
	if f.folder, err = os.MkdirTemp("", "segctl-compare-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() {
		if err != nil {
			f.remove()
		}
	}()
	f.seed, f.catalog = filepath.Join(f.folder, "seed.yaml"), filepath.Join(f.folder, "catalog.json")
	if err = os.WriteFile(f.seed, []byte(seed(o)), 0o600); err != nil {
		return nil, fmt.Errorf("write the seed: %w", err)
	}
	entries, err := catalogWith(slug, entry)
	if err != nil {
		return nil, err
	}
	if err = os.WriteFile(f.catalog, []byte(asJSON(map[string]any{"destinations": entries})), 0o600); err != nil {
		return nil, fmt.Errorf("write the catalog: %w", err)
	}
	return f, nil
}

// seed is a seed file with the workspace and source of the account. JSON is YAML.
func seed(o Options) string {
	workspace := strings.TrimPrefix(o.Workspace, "workspaces/")
	own := map[string]any{"token": ownToken, "scope": o.Scope, "workspaces": []string{workspace}}
	if strings.HasPrefix(o.Scope, "destination/") {
		own["source"] = o.Source
	}
	return asJSON(map[string]any{
		"workspaces": []any{map[string]any{
			"name":    workspace,
			"sources": []any{map[string]any{"name": o.Source[strings.LastIndex(o.Source, "/")+1:]}},
		}},
		"tokens": []any{own, map[string]any{"token": adminToken, "scope": "workspace"}},
	})
}

// longCatalog is how many entries there are at least, so that no size of a page is enough for all.
const longCatalog = 101

// catalogWith returns the sandbox's own catalog, with the server's entry for the destination in place of its own, and made
// long.
func catalogWith(slug string, entry json.RawMessage) ([]json.RawMessage, error) {
	builtIn, err := sandbox.New(sandbox.Options{Tokens: []string{adminToken}})
	if err != nil {
		return nil, err
	}
	answer, err := conformance.Handler(builtIn, adminToken)(context.Background(),
		conformance.Request{Method: http.MethodGet, Path: "catalog/destinations?page_size=100"})
	if err != nil {
		return nil, err
	}
	var page struct {
		Destinations []json.RawMessage `json:"destinations"`
	}
	if err := json.Unmarshal(answer.Body, &page); err != nil {
		return nil, fmt.Errorf("read the sandbox's catalog: %w", err)
	}
	var entries []json.RawMessage
	for _, e := range page.Destinations {
		// The case about an entry asks for one of the sandbox's own.
		if entry == nil || nameOf(e) != "catalog/destinations/"+slug || slug == "clearbrain" {
			entries = append(entries, e)
		}
	}
	if entry != nil && slug != "clearbrain" {
		entries = append(entries, entry)
	}
	for i := len(entries); i < longCatalog; i++ {
		padded := strings.Replace(string(page.Destinations[0]), nameOf(page.Destinations[0]), fmt.Sprintf("catalog/destinations/padding-%d", i), 1)
		entries = append(entries, json.RawMessage(padded))
	}
	return entries, nil
}

func nameOf(entry json.RawMessage) string {
	var e struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(entry, &e) // "" is the name of no entry
	return e.Name
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null" // nothing that is given to it fails
	}
	return string(b)
}
