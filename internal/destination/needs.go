package destination

import (
	"context"
	"fmt"
	"strings"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/install"
	"github.com/segctl/segctl/internal/segment"
)

// Needs is what a destination cannot be created without, as far as that is known before an owner has consented: then
// there is no token yet to read the catalog with.
type Needs struct {
	Slug     string
	Known    bool              // whether anything told; else Missing is the guess that most destinations make right
	Key      string            // the setting that an API key is for; "" where no single one is
	Missing  []segment.Setting // those that are required and not given
	Settings []segment.Setting // all that are known
}

// NeedsOf learns what the destination of that slug needs beside what a change gives: from what completions keep of the
// catalog, else by one of the installs of the App that are saved already, as long as its token works. The errors are
// *KeyError and those of a context; a catalog that cannot be read is one that tells nothing.
func NeedsOf(ctx context.Context, w *account.World, cache Cache, saved []install.Card, slug string, c Change) (Needs, error) {
	n := Needs{Slug: slug, Key: "apiKey"}
	n.Settings, n.Known = known(ctx, w, cache, saved, slug)
	if ctx.Err() != nil {
		return n, ctx.Err()
	}
	if !n.Known {
		if c.Key == nil && len(c.Set) == 0 {
			n.Missing = []segment.Setting{{Name: n.Key, DisplayName: "API Key", Type: "STRING", Required: true}}
		}
		return n, nil
	}
	key, err := segment.KeySetting(n.Settings)
	n.Key = key.Name
	given := make([]string, 0, len(c.Set)+1)
	for _, pair := range c.Set {
		given = append(given, pair.Name)
	}
	if c.Key != nil {
		if keyError, ok := asKeyError(err); ok {
			return n, &KeyError{slug, keyError}
		}
		given = append(given, key.Name)
	}
	n.Missing = Required(n.Settings, given)
	return n, nil
}

func known(ctx context.Context, w *account.World, cache Cache, saved []install.Card, slug string) ([]segment.Setting, bool) {
	_, api := w.Settings.Server()
	all, _ := cache.Read(api, w.Time())
	for _, d := range all {
		if d.Slug == slug {
			return d.Catalog(), true
		}
	}
	if len(saved) == 0 {
		return nil, false
	}
	acc, err := w.Quiet().OpenCard(saved[0]) // another customer's: its token is used as it is, and not renewed for this
	if err != nil {
		return nil, false
	}
	entry, err := acc.API().CatalogDestination(ctx, slug)
	if err != nil {
		return nil, false
	}
	return entry.Settings, true
}

// NeedsError says which settings are missing, before anybody is asked for consent.
type NeedsError struct {
	Slug    string
	Missing []string // names of settings
	Known   bool
}

func (e *NeedsError) Error() string {
	if !e.Known {
		return fmt.Sprintf("--enable needs the API key of %s, or other settings by --set", e.Slug)
	}
	return fmt.Sprintf("--enable needs these settings of %s: %s", e.Slug, strings.Join(e.Missing, ", "))
}

// Err returns a *NeedsError that lists all that is missing, nil where nothing is.
func (n Needs) Err() error {
	if len(n.Missing) == 0 {
		return nil
	}
	missing := &NeedsError{Slug: n.Slug, Known: n.Known}
	for _, s := range n.Missing {
		missing.Missing = append(missing.Missing, s.Name)
	}
	return missing
}
