package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// catalogFile is what a catalog file holds. Either half may be empty, and then the built-in one stays.
type catalogFile struct {
	destinations []*catalogDestination
	sources      []*catalogSource
}

// loadCatalog puts the catalog into the store, where it is listed like everything else but never saved.
func (s *Server) loadCatalog() error {
	var catalog catalogFile
	if s.options.CatalogFile != "" {
		var err error
		if catalog, err = readCatalog(s.options.CatalogFile); err != nil {
			return err
		}
	}
	if catalog.destinations == nil {
		catalog.destinations = catalogSeed()
	}
	if catalog.sources == nil {
		catalog.sources = catalogSourceSeed()
	}
	for _, d := range catalog.destinations {
		s.store.apply([]change{{d.Name, d}})
	}
	for _, src := range catalog.sources {
		s.store.apply([]change{{src.Name, src}})
	}
	return nil
}

// readCatalog reads what the catalog lists of the Config API answer, of destinations, of sources or of both: one page, or
// several one after the other, as JSON or as YAML.
func readCatalog(path string) (catalogFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return catalogFile{}, fmt.Errorf("read catalog: %w", err)
	}
	data = bytes.TrimSpace(data)
	next := yamlPages(data)
	if bytes.HasPrefix(data, []byte("{")) || bytes.HasPrefix(data, []byte("[")) {
		dec := json.NewDecoder(bytes.NewReader(data))
		next = func() (page json.RawMessage, err error) { return page, dec.Decode(&page) }
	}
	var catalog catalogFile
	for {
		page, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = catalog.add(page)
		}
		if err != nil {
			return catalogFile{}, fmt.Errorf("read catalog %q: %w", path, err)
		}
	}
	if len(catalog.destinations)+len(catalog.sources) == 0 {
		return catalogFile{}, fmt.Errorf("read catalog %q: there is neither a destination nor a source in it", path)
	}
	return catalog, nil
}

// add adds the entries of one page, which may be a bare list.
func (f *catalogFile) add(page json.RawMessage) error {
	var answer struct {
		Destinations []json.RawMessage `json:"destinations"`
		Sources      []json.RawMessage `json:"sources"`
	}
	var entries []json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(page), []byte("[")) {
		if err := json.Unmarshal(page, &entries); err != nil {
			return err
		}
	} else {
		if err := json.Unmarshal(page, &answer); err != nil {
			return err
		}
		entries = slices.Concat(answer.Destinations, answer.Sources)
	}
	for _, raw := range entries {
		if err := f.addEntry(raw); err != nil {
			return fmt.Errorf("entry %d: %w", len(f.destinations)+len(f.sources)+1, err)
		}
	}
	return nil
}

func (f *catalogFile) addEntry(raw json.RawMessage) error {
	var entry struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(raw, &entry); err != nil {
		return err
	}
	slug := lastWord(entry.Name)
	switch {
	case slug != "" && strings.TrimSuffix(entry.Name, slug) == "catalog/destinations/":
		d := &catalogDestination{}
		err := json.Unmarshal(raw, d)
		f.destinations = append(f.destinations, d.served(raw))
		return err
	case slug != "" && strings.TrimSuffix(entry.Name, slug) == "catalog/sources/":
		s := &catalogSource{}
		err := json.Unmarshal(raw, s)
		f.sources = append(f.sources, &catalogSource{Name: s.Name, DisplayName: s.DisplayName, raw: raw})
		return err
	}
	return fmt.Errorf("name %q is neither catalog/destinations/SLUG nor catalog/sources/SLUG", entry.Name)
}
