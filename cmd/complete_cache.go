package cmd

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	cacheName    = "completion.json"
	cacheAge     = 24 * time.Hour
	cacheVersion = 1
	maxCache     = 1 << 20 // bytes; Segment's whole catalog takes some 100 KB
	maxOrigins   = 4       // a sandbox on a random port is another origin each time
)

// knownDestination is what completions keep of a destination of the catalog.
type knownDestination struct {
	Slug     string         `json:"slug"`
	Title    string         `json:"title"`
	Settings []knownSetting `json:"settings,omitempty"`
}

type knownSetting struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// catalogCache keeps the catalogs of a few origins in a file of the state folder. It holds nothing that is not public, and
// losing it costs one request.
type catalogCache struct{ dir string }

type cacheFile struct {
	Version  int                      `json:"v"`
	Catalogs map[string]cachedCatalog `json:"catalogs"` // by the API's origin
}

type cachedCatalog struct {
	At           time.Time          `json:"at"`
	Destinations []knownDestination `json:"destinations"`
}

// read returns what is known of an origin, and whether it is less than a day old. A time in the future is a clock that
// was set back, and not fresh.
func (c catalogCache) read(origin string, now time.Time) (known []knownDestination, fresh bool) {
	kept := c.load().Catalogs[origin]
	age := now.Sub(kept.At)
	return kept.Destinations, len(kept.Destinations) > 0 && age >= 0 && age < cacheAge
}

// load returns an empty file where there is none, or none that can be used.
func (c catalogCache) load() cacheFile {
	empty := cacheFile{cacheVersion, map[string]cachedCatalog{}}
	text, err := readFile(filepath.Join(c.dir, cacheName), maxCache)
	if err != nil {
		return empty
	}
	var file cacheFile
	if json.Unmarshal(text, &file) != nil || file.Version != cacheVersion || file.Catalogs == nil {
		return empty
	}
	return file
}

// write replaces the file in one step. Of two processes that write at once, one is forgotten.
func (c catalogCache) write(origin string, known []knownDestination, now time.Time) error {
	file := c.load()
	file.Catalogs[origin] = cachedCatalog{now.UTC().Truncate(time.Second), known}
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
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("write completion cache: %w", err)
	}
	pending, err := os.CreateTemp(c.dir, ".completion-*") // 0600
	if err != nil {
		return fmt.Errorf("write completion cache: %w", err)
	}
	defer func() { _ = os.Remove(pending.Name()) }() // once it is renamed, there is nothing to remove
	_, err = pending.Write(text)
	if closed := pending.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(pending.Name(), filepath.Join(c.dir, cacheName))
	}
	if err != nil {
		return fmt.Errorf("write completion cache: %w", err)
	}
	return nil
}

func oldest(catalogs map[string]cachedCatalog) string {
	first := ""
	for origin, kept := range catalogs {
		if first == "" || kept.At.Before(catalogs[first].At) {
			first = origin
		}
	}
	return first
}
