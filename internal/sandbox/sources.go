package sandbox

import "time"

// listSources answers only the sources of the token.
func listSources(c *call) (any, error) {
	if _, err := getWorkspace(c); err != nil {
		return nil, err
	}
	items, next, err := page(c, c.name(3), func(s *source) bool { return c.token.seesSource(s.Name) })
	if err != nil {
		return nil, err
	}
	return struct {
		Sources       []*source `json:"sources"`
		NextPageToken string    `json:"next_page_token"`
	}{items, next}, nil
}

func getSource(c *call) (any, error) {
	s, ok := get[*source](c.tx, c.name(4))
	if !ok {
		return nil, notFound("source")
	}
	return s, nil
}

func createSource(c *call) (any, error) {
	if _, err := getWorkspace(c); err != nil {
		return nil, err
	}
	var in struct {
		Source struct {
			Name        string `json:"name"`
			CatalogName string `json:"catalog_name"`
		} `json:"source"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name := in.Source.Name
	if collection(name) != c.name(3) || lastWord(name) == "" {
		return nil, invalidArgument("invalid argument: source.name has to be %s/SLUG", c.name(3))
	}
	if collection(in.Source.CatalogName) != "catalog/sources" {
		return nil, invalidArgument("invalid argument: source.catalog_name has to be catalog/sources/SLUG")
	}
	if c.tx.lookup(name) != nil {
		return nil, alreadyExists("source")
	}
	s := newSource(name, in.Source.CatalogName, c.server.now())
	c.tx.putSource(s)
	return s, nil
}

// newSource is a source with the library settings that Segment starts one with.
func newSource(name, catalogName string, now time.Time) *source {
	return &source{
		Name: name, Parent: collection(collection(name)), CatalogName: catalogName,
		WriteKeys: []string{randomHex(16)},
		LibraryConfig: libraryConfig{
			MetricsEnabled: true, RetryQueue: true, APIHost: "api.segment.io/v1",
		},
		CreateTime: timestamp(now),
	}
}

func deleteSource(c *call) (any, error) {
	if _, err := getSource(c); err != nil {
		return nil, err
	}
	c.tx.remove(c.name(4))
	return empty{}, nil
}

func (t *tx) putSource(s *source) {
	t.put(s.Name, s)
	config := newSchemaConfig(s.Name)
	t.put(config.Name, config)
}
