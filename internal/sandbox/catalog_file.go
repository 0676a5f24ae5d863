package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// loadCatalog puts the catalog into the store, where it is listed like everything else but never saved.
func (s *Server) loadCatalog() error {
	entries := catalogSeed
	if s.options.CatalogFile != "" {
		read, err := readCatalog(s.options.CatalogFile)
		if err != nil {
			return err
		}
		entries = func() []*catalogDestination { return read }
	}
	for _, d := range entries() {
		s.store.apply([]change{{d.Name, d}})
	}
	for _, d := range catalogSources() {
		s.store.apply([]change{{d.Name, d}})
	}
	return nil
}

// readCatalog reads what the catalog list of the Config API answers: one page, or several one after the other, as JSON
// or as YAML.
func readCatalog(path string) ([]*catalogDestination, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read catalog: %w", err)
	}
	data = bytes.TrimSpace(data)
	var entries []*catalogDestination
	if bytes.HasPrefix(data, []byte("{")) || bytes.HasPrefix(data, []byte("[")) {
		entries, err = catalogPages(json.NewDecoder(bytes.NewReader(data)).Decode)
	} else {
		entries, err = catalogPages(yamlPages(data))
	}
	if err != nil {
		return nil, fmt.Errorf("read catalog %q: %w", path, err)
	}
	return entries, nil
}

// yamlPages reads YAML documents as JSON, for there are more types in the wire format than YAML tags here.
func yamlPages(data []byte) func(any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	return func(into any) error {
		var value any
		if err := dec.Decode(&value); err != nil {
			return err
		}
		b, err := json.Marshal(value)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, into)
	}
}

func catalogPages(next func(any) error) ([]*catalogDestination, error) {
	var entries []*catalogDestination
	for {
		var page json.RawMessage
		err := next(&page)
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		var answer struct {
			Destinations []json.RawMessage `json:"destinations"`
		}
		if bytes.HasPrefix(bytes.TrimSpace(page), []byte("[")) {
			err = json.Unmarshal(page, &answer.Destinations)
		} else {
			err = json.Unmarshal(page, &answer)
		}
		if err != nil {
			return nil, err
		}
		for _, raw := range answer.Destinations {
			d := &catalogDestination{raw: raw}
			if err := json.Unmarshal(raw, d); err != nil {
				return nil, err
			}
			if !strings.HasPrefix(d.Name, "catalog/destinations/") {
				return nil, fmt.Errorf("entry %d: name %q is not catalog/destinations/SLUG", len(entries)+1, d.Name)
			}
			entries = append(entries, d)
		}
	}
}
