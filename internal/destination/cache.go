package destination

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/segctl/segctl/internal/private"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

// CacheName is the name of the cache's file.
const CacheName = "completion.json"

const (
	cacheAge     = 24 * time.Hour
	cacheVersion = 2
	maxCache     = 1 << 20 // bytes, as many as are read back; Segment's whole catalog takes some 100 KB
	maxOrigins   = 4       // a sandbox on a random port is another origin each time
)

// Known is what is kept of a destination of the catalog.
type Known struct {
	Slug     string         `json:"slug"`
	Title    string         `json:"title"`
	Settings []KnownSetting `json:"settings,omitempty"`
}

// KnownSetting is what is kept of one of its settings.
type KnownSetting struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Type     string `json:"type"` // as in the catalog: STRING, …
	Required bool   `json:"required,omitempty"`
}

// Cache keeps the catalogs of a few servers in a file of the state folder, for completions. It holds nothing that is not
// public, and losing it costs one request. It is read only if nobody else can have written it: a shell runs what is
// completed in it.
type Cache struct{ Dir string }

type cacheFile struct {
	Version  int                           `json:"v"`
	Catalogs map[wire.Origin]cachedCatalog `json:"catalogs"`
}

type cachedCatalog struct {
	At           time.Time `json:"at"`
	Destinations []Known   `json:"destinations"`
}

func (c Cache) folder() private.Folder { return private.Folder{Path: c.Dir} }

// Read returns what is known of a server's catalog, and whether it is less than a day old. A time in the future is a
// clock that was set back, and not fresh.
func (c Cache) Read(api wire.Origin, now time.Time) (known []Known, fresh bool) {
	kept := c.load().Catalogs[api]
	age := now.Sub(kept.At)
	return kept.Destinations, len(kept.Destinations) > 0 && age >= 0 && age < cacheAge
}

// load returns an empty file where there is none, or none that can be used.
func (c Cache) load() cacheFile {
	empty := cacheFile{cacheVersion, map[wire.Origin]cachedCatalog{}}
	text, err := c.folder().Read(CacheName)
	if err != nil {
		return empty
	}
	var file cacheFile
	if json.Unmarshal(text, &file) != nil || file.Version != cacheVersion || file.Catalogs == nil {
		return empty
	}
	return file
}

// Write replaces what is known of a server's catalog. Of two processes that write at once, one is forgotten.
func (c Cache) Write(api wire.Origin, known []Known, now time.Time) error {
	file := c.load()
	file.Catalogs[api] = cachedCatalog{now.UTC().Truncate(time.Second), known}
	for len(file.Catalogs) > maxOrigins {
		delete(file.Catalogs, oldest(file.Catalogs))
	}
	text, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("encode completion cache: %w", err)
	}
	if len(text) > maxCache {
		return fmt.Errorf("write completion cache: %d bytes are too many", len(text))
	}
	if err := c.folder().Write(CacheName, text); err != nil {
		return fmt.Errorf("write completion cache: %w", err)
	}
	return nil
}

func oldest(catalogs map[wire.Origin]cachedCatalog) wire.Origin {
	var first wire.Origin
	for origin, kept := range catalogs {
		if first == "" || kept.At.Before(catalogs[first].At) {
			first = origin
		}
	}
	return first
}

// Summaries returns what is kept of a catalog, sorted by slug. Slugs and names of settings that are no ids are left out:
// a shell would take them for more than words.
func Summaries(catalog []*segment.CatalogDestination) []Known {
	var known []Known
	for _, d := range catalog {
		slug := segment.SettingOf(d.Name)
		if wire.CheckID(slug) != nil {
			continue
		}
		k := Known{Slug: slug, Title: d.DisplayName}
		for _, s := range d.Settings {
			if !s.Deprecated && wire.CheckID(s.Name) == nil {
				k.Settings = append(k.Settings, KnownSetting{s.Name, s.DisplayName, s.Type, s.Required})
			}
		}
		known = append(known, k)
	}
	slices.SortFunc(known, func(a, b Known) int { return strings.Compare(a.Slug, b.Slug) })
	return known
}

// Catalog returns the settings as the catalog has them, as far as they are kept.
func (k Known) Catalog() []segment.Setting {
	settings := make([]segment.Setting, len(k.Settings))
	for i, s := range k.Settings {
		settings[i] = segment.Setting{Name: s.Name, DisplayName: s.Title, Type: s.Type, Required: s.Required}
	}
	return settings
}
