package cmd

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/candidates"
	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// findSlugs returns the destinations of the catalog or, where it cannot be read, the one that the scope names.
func (a *App) findSlugs(ctx context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	w, ok := a.quietWorld()
	if !ok {
		return nil
	}
	var found []cobra.Completion
	for _, d := range a.knownDestinations(ctx, w, c) {
		found = append(found, candidates.Described(d.Slug, d.Title))
	}
	if len(found) == 0 {
		if slug := a.scopeSlug(ctx, w, c); slug != "" {
			return []cobra.Completion{slug}
		}
	}
	return found
}

func (a *App) findScopes(ctx context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	found := candidates.Scopes()
	for _, slug := range a.findSlugs(ctx, c, nil) {
		found = append(found, string(wire.DestinationScope(slug)))
	}
	return found
}

// findSettings completes the settings of the destination that the command is about, each followed by suffix.
func (a *App) findSettings(suffix string) lookup {
	return func(ctx context.Context, c *cobra.Command, args []string) []cobra.Completion {
		w, ok := a.quietWorld()
		if !ok {
			return nil
		}
		var slug string
		if len(args) > 0 {
			slug = segment.IDOf(args[0])
		} else {
			slug = cmp.Or(flagValue(c, "destination"), a.scopeSlug(ctx, w, c))
		}
		return candidates.Settings(a.knownDestinations(ctx, w, c), slug, suffix)
	}
}

// scopeSlug returns the destination that the scope names: the install's or, where that is not known, the setting's. It is
// "" for none, and no secret is read for it.
func (a *App) scopeSlug(ctx context.Context, w *account.World, c *cobra.Command) string {
	if w.Given == "" {
		if card, err := w.Choose(ctx, a.quietSelector(c)); err == nil && card.Scope != "" {
			return card.Scope.Destination()
		}
	}
	return wire.Scope(w.Settings.Get(config.Scope)).Destination()
}

// knownDestinations returns the catalog as far as completions need it: from the cache while that is fresh, else from the
// API, else from the cache as it is.
func (a *App) knownDestinations(ctx context.Context, w *account.World, c *cobra.Command) []destination.Known {
	dirs, err := a.dirs()
	if err != nil {
		return nil
	}
	_, api := w.Settings.Server()
	known, fresh := destination.Cache{Dir: dirs.State}.Read(api, a.Now())
	if fresh {
		return known
	}
	acc, err := w.Open(ctx, a.quietSelector(c))
	if err != nil {
		return known
	}
	all, err := segment.Collect(acc.API().CatalogDestinations(ctx))
	if err != nil || len(all) == 0 {
		return known
	}
	a.rememberCatalog(all)
	return destination.Summaries(all)
}

// rememberCatalog keeps what completion offers of the catalog for a day. The real one may take longer to read than a
// person waits for a completion, so that whoever has read it anyway passes it on. Without a cache, the next one asks.
func (a *App) rememberCatalog(all []*segment.CatalogDestination) {
	s, err := a.Settings()
	if err != nil {
		return
	}
	if dirs, err := a.dirs(); err == nil {
		_, api := s.Server()
		_ = destination.Cache{Dir: dirs.State}.Write(api, destination.Summaries(all), a.Now())
	}
}
