package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/sandbox/conformance"
)

// prepare finds out what is on the server, and makes a sandbox that resembles it: with the same workspace, source, scope
// and catalog entry, and with the destination if that is there.
func (r *run) prepare(ctx context.Context) error {
	if err := r.findSlug(ctx); err != nil {
		return err
	}
	if err := r.look(ctx); err != nil {
		return err
	}
	answer, err := r.get(ctx, "catalog/destinations/"+r.place.Slug)
	if err != nil {
		return err
	}
	var entry json.RawMessage
	if answer.Status == http.StatusOK && json.Valid(answer.Body) {
		entry = answer.Body
	}
	reference, err := newReference(r.options, r.place.Slug, entry)
	if err != nil {
		return err
	}
	r.sandbox = reference.ask
	if entry == nil {
		own, err := reference.admin(ctx, conformance.Request{Method: http.MethodGet, Path: "catalog/destinations/" + r.place.Slug})
		if err != nil {
			return err
		}
		entry = own.Body
	}
	r.plan(entry)
	if r.exists {
		return reference.create(ctx, r.place)
	}
	return nil
}

// findSlug chooses the destination where none was named: that of the scope, or the first of the source.
func (r *run) findSlug(ctx context.Context) error {
	if r.place.Slug != "" {
		return nil
	}
	if slug, ok := strings.CutPrefix(r.options.Scope, "destination/"); ok {
		r.place.Slug = slug
		return nil
	}
	answer, err := r.get(ctx, r.place.Source+"/destinations?page_size=1")
	if err != nil {
		return err
	}
	var page struct {
		Destinations []struct {
			Name string `json:"name"`
		} `json:"destinations"`
	}
	r.place.Slug = "clearbrain"
	if json.Unmarshal(answer.Body, &page) == nil && len(page.Destinations) > 0 {
		if name := page.Destinations[0].Name; strings.HasPrefix(name, r.place.Source+"/destinations/") {
			r.place.Slug = strings.TrimPrefix(name, r.place.Source+"/destinations/")
		}
	}
	return nil
}

// look sees whether the destination is there, and how it is. Where that is not to be told, nothing may be written.
func (r *run) look(ctx context.Context) error {
	answer, err := r.get(ctx, r.place.Destination())
	if err != nil {
		return err
	}
	switch {
	case answer.Status == http.StatusOK && json.Valid(answer.Body):
		r.before, r.exists = answer.Body, true
	case answer.Status != http.StatusNotFound && r.options.Write:
		return unclear(r.place.Slug, answer.Status)
	}
	return nil
}

func (r *run) get(ctx context.Context, path string) (conformance.Answer, error) {
	return r.options.Server(ctx, conformance.Request{Method: http.MethodGet, Path: path})
}

// plan fills in what the cases send, by the destination's catalog entry and by what it was before.
func (r *run) plan(raw json.RawMessage) {
	var entry catalogEntry
	_ = json.Unmarshal(raw, &entry) // nothing is required of an entry that cannot be read
	config := []setting{}
	for _, s := range entry.Settings {
		if s.Required {
			config = append(config, setting{r.place.Destination() + "/config/" + s.Name, s.sample()})
		}
		if r.place.PatternSetting == "" && s.refusesX() {
			r.place.PatternSetting = s.Name
		}
	}
	r.place.Config = asJSON(config)
	r.cloudOnly = len(entry.Components) == 1 && entry.Components[0].Type == "CLOUD"
	if r.before != nil {
		was := stateOf(r.before)
		r.place.EnabledBefore, r.place.ConfigBefore = was.Enabled, asJSON(was.settings())
	}
}

// reference is the sandbox in this process, asked with a token of the partner's scope, and with one that may do all.
type reference struct{ ask, admin conformance.Ask }

// Tokens of the reference sandbox.
const (
	ownToken   = "own-token-of-the-comparison"
	adminToken = "admin-token-of-the-comparison"
)

func newReference(o Options, slug string, entry json.RawMessage) (*reference, error) {
	files, err := writeFiles(o, slug, entry)
	if err != nil {
		return nil, err
	}
	defer files.remove()
	scope := o.Scope
	if !strings.HasPrefix(scope, "destination/") {
		scope = "destination/" + slug // of the App: it puts a slug into the catalog that is missing there
	}
	server, err := sandbox.New(sandbox.Options{Scope: scope, SeedFile: files.seed, CatalogFile: files.catalog, Now: o.Now})
	if err != nil {
		return nil, fmt.Errorf("start the sandbox to compare with: %w", err)
	}
	return &reference{conformance.Handler(server, ownToken), conformance.Handler(server, adminToken)}, nil
}

// create creates the destination in the sandbox.
func (r *reference) create(ctx context.Context, p conformance.Place) error {
	body := asJSON(map[string]any{"destination": map[string]any{"name": p.Destination(), "config": json.RawMessage(p.Config)}})
	answer, err := r.admin(ctx, conformance.Request{Method: http.MethodPost, Path: p.Source + "/destinations", Body: []byte(body)})
	if err == nil && answer.Status != http.StatusOK {
		err = fmt.Errorf("create destination %q in the sandbox: %s", p.Slug, answer.Body)
	}
	return err
}
