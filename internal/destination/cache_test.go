package destination_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/segment"
	"github.com/segctl/segctl/internal/wire"
)

func newCache(t *testing.T) destination.Cache {
	t.Helper()
	return destination.Cache{Dir: filepath.Join(t.TempDir(), "state")}
}

func TestCacheKeepsFewOrigins(t *testing.T) {
	t.Parallel()
	cache, now := newCache(t), time.Now()
	const origins = 5
	for i := range origins {
		origin := wire.Origin(fmt.Sprintf("http://127.0.0.1:%d", i))
		if err := cache.Write(origin, []destination.Known{{Slug: "clearbrain"}}, now.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	later := now.Add(time.Hour)
	if known, _ := cache.Read("http://127.0.0.1:0", later); known != nil {
		t.Errorf("the oldest origin is still there: %v", known)
	}
	if _, fresh := cache.Read("http://127.0.0.1:1", later); !fresh {
		t.Error("the second origin is gone")
	}
	entries, err := os.ReadDir(cache.Dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("files %v (%v), want the cache alone", entries, err)
	}
}

// TestCacheIsFreshForADay, and not from a time that has not come yet: then the clock was set back.
func TestCacheIsFreshForADay(t *testing.T) {
	t.Parallel()
	c, now := newCache(t), time.Now()
	must(t, c.Write("http://127.0.0.1:1", []destination.Known{{Slug: "clearbrain"}}, now))
	for age, want := range map[time.Duration]bool{-time.Hour: false, time.Hour: true, 25 * time.Hour: false} {
		if known, fresh := c.Read("http://127.0.0.1:1", now.Add(age)); fresh != want || len(known) != 1 {
			t.Errorf("after %s: fresh is %v, and %d are known", age, fresh, len(known))
		}
	}
}

// TestCacheIsOurs reads no cache that somebody else can have written.
func TestCacheIsOurs(t *testing.T) {
	t.Parallel()
	const origin = wire.Origin("http://127.0.0.1:1")
	for words, spoil := range map[string]func(t *testing.T, c destination.Cache){
		"a file that others can write": func(t *testing.T, c destination.Cache) {
			t.Helper()
			must(t, os.Chmod(filepath.Join(c.Dir, destination.CacheName), 0o666))
		},
		"a folder that others can write": func(t *testing.T, c destination.Cache) {
			t.Helper()
			must(t, os.Chmod(c.Dir, 0o777))
		},
		"a symbolic link": func(t *testing.T, c destination.Cache) {
			t.Helper()
			path := filepath.Join(c.Dir, destination.CacheName)
			must(t, os.Rename(path, path+".other"))
			must(t, os.Symlink(path+".other", path))
		},
	} {
		c := newCache(t)
		must(t, c.Write(origin, []destination.Known{{Slug: "clearbrain"}}, time.Now()))
		if known, fresh := c.Read(origin, time.Now()); !fresh || len(known) != 1 {
			t.Fatalf("%s: the cache was not kept in the first place", words)
		}
		spoil(t, c)
		if known, _ := c.Read(origin, time.Now()); known != nil {
			t.Errorf("%s is read: %v", words, known)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSummaries leaves out what a shell would run, and what nobody is to fill in.
func TestSummaries(t *testing.T) {
	t.Parallel()
	got := destination.Summaries([]*segment.CatalogDestination{
		{Name: "catalog/destinations/webhooks", DisplayName: "Webhooks", Settings: []segment.Setting{
			{Name: "hooks", DisplayName: "Hooks", Type: "MIXED", Required: true},
			{Name: "`touch owned`", Type: "STRING"},
			{Name: "old", Deprecated: true},
		}},
		{Name: "catalog/destinations/`touch owned`"},
		{Name: "catalog/destinations/$(id)"},
		{Name: "catalog/destinations/a'b"},
		{Name: "catalog/destinations/.."},
		{Name: "catalog/destinations/2mee"},
	})
	hooks := []destination.KnownSetting{{Name: "hooks", Title: "Hooks", Type: "MIXED", Required: true}}
	want := []destination.Known{{Slug: "2mee"}, {Slug: "webhooks", Title: "Webhooks", Settings: hooks}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summaries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]segment.Setting{{Name: "hooks", DisplayName: "Hooks", Type: "MIXED", Required: true}}, got[1].Catalog()); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

// TestCacheIsNotWrittenTooLarge: it could not be read back, and each completion would fetch and write it again.
func TestCacheIsNotWrittenTooLarge(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	if err := c.Write("http://127.0.0.1:1", []destination.Known{{Title: strings.Repeat("x", 2<<20)}}, time.Now()); err == nil {
		t.Error("2 MB were written")
	}
}
