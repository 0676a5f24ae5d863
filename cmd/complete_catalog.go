package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/segctl/segctl/internal/config"
	"github.com/segctl/segctl/internal/segment"
)

// findSlugs returns the destinations of the catalog or, where it cannot be read, the one that the scope names.
func (a *App) findSlugs(ctx context.Context, _ *cobra.Command, _ []string) []cobra.Completion {
	var found []cobra.Completion
	for _, d := range a.knownDestinations(ctx) {
		if segment.CheckID(d.Slug) == nil {
			found = append(found, described(d.Slug, d.Title))
		}
	}
	if len(found) == 0 {
		if slug := a.quietSlug(ctx); slug != "" {
			return []cobra.Completion{slug}
		}
	}
	return found
}

func (a *App) findScopes(ctx context.Context, c *cobra.Command, _ []string) []cobra.Completion {
	found := []cobra.Completion{"workspace", "workspace:read"}
	for _, slug := range a.findSlugs(ctx, c, nil) {
		found = append(found, "destination/"+slug)
	}
	return found
}

// findSettings completes the settings of the destination that the command is about, each followed by suffix.
func (a *App) findSettings(suffix string) lookup {
	return func(ctx context.Context, _ *cobra.Command, args []string) []cobra.Completion {
		var slug string
		if len(args) > 0 {
			slug = slugOf(args[0])
		} else {
			slug = a.quietSlug(ctx)
		}
		var found []cobra.Completion
		for _, d := range a.knownDestinations(ctx) {
			if d.Slug != slug {
				continue
			}
			for _, setting := range d.Settings {
				if segment.CheckID(setting.Name) == nil {
					found = append(found, described(setting.Name+suffix, setting.About))
				}
			}
		}
		return found
	}
}

// quietSlug returns the destination that the scope names: the install's or, where that is not known, the setting's. It is
// "" for none.
func (a *App) quietSlug(ctx context.Context) string {
	s, err := a.load()
	if err != nil {
		return ""
	}
	if _, err := a.quietClient(ctx); err == nil {
		if i, _, err := a.currentInstall(ctx); err == nil && i.Scope != "" {
			return scopeSlug(i.Scope)
		}
	}
	return scopeSlug(s.Get(config.Scope))
}

// knownDestinations returns the catalog as far as completions need it: from the cache while that is fresh, else from the
// API, else from the cache as it is.
func (a *App) knownDestinations(ctx context.Context) []knownDestination {
	s, err := a.load()
	if err != nil {
		return nil
	}
	dirs, err := a.dirs()
	if err != nil {
		return nil
	}
	cache := catalogCache{dir: dirs.State}
	origin := s.Get(config.APIURL)
	known, fresh := cache.read(origin, a.Now())
	if fresh {
		return known
	}
	api, err := a.quietClient(ctx)
	if err != nil {
		return known
	}
	all, err := collect(api.CatalogDestinations(ctx))
	if err != nil || len(all) == 0 {
		return known
	}
	a.rememberCatalog(all)
	return summaries(all)
}

// rememberCatalog keeps what completion offers of the catalog for a day. The real one may take longer to read than a
// person waits for a completion, so that whoever has read it anyway passes it on. Without a cache, the next one asks.
func (a *App) rememberCatalog(all []*segment.CatalogDestination) {
	s, err := a.load()
	if err != nil {
		return
	}
	if dirs, err := a.dirs(); err == nil {
		_ = catalogCache{dir: dirs.State}.write(s.Get(config.APIURL), summaries(all), a.Now())
	}
}

func summaries(all []*segment.CatalogDestination) []knownDestination {
	known := make([]knownDestination, len(all))
	for i, d := range all {
		known[i] = summary(d)
	}
	slices.SortFunc(known, func(a, b knownDestination) int { return strings.Compare(a.Slug, b.Slug) })
	return known
}

func summary(d *segment.CatalogDestination) knownDestination {
	known := knownDestination{Slug: slugOf(d.Name), Title: d.DisplayName}
	for _, setting := range d.Settings {
		if setting.Deprecated {
			continue
		}
		about := strings.ToLower(setting.Type)
		if setting.Required {
			about += ", required"
		}
		known.Settings = append(known.Settings, knownSetting{setting.Name, setting.DisplayName + " (" + about + ")"})
	}
	return known
}
