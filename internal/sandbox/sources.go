package sandbox

import (
	"crypto/sha256"
	"time"
)

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
		Source source `json:"source"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name := in.Source.Name
	if collection(name) != c.name(3) || lastWord(name) == "" {
		return nil, invalidArgument("invalid argument: source.name has to be %s/SLUG", c.name(3))
	}
	if err := checkSlug("source.name", lastWord(name)); err != nil {
		return nil, invalidArgument("invalid argument: %v", err)
	}
	if collection(in.Source.CatalogName) != "catalog/sources" {
		return nil, invalidArgument("invalid argument: source.catalog_name has to be catalog/sources/SLUG")
	}
	if _, ok := c.tx.catalogSource(in.Source.CatalogName); !ok {
		return nil, invalidArgument("invalid argument: the catalog has no source %q", lastWord(in.Source.CatalogName))
	}
	if c.tx.lookup(name) != nil {
		return nil, alreadyExists("source")
	}
	s := newSource(name, in.Source.CatalogName, c.server.now())
	if in.Source.DisplayName != "" {
		s.DisplayName = in.Source.DisplayName
	}
	if in.Source.Labels != nil {
		s.Labels = in.Source.Labels
	}
	c.tx.putSource(s)
	return s, nil
}

// newSource is a source as Segment starts one: its library settings are all off.
func newSource(name, catalogName string, now time.Time) *source {
	s := &source{
		Name: name, Parent: collection(collection(name)), CatalogName: catalogName,
		WriteKeys:  []string{randomHex(16)},
		CreateTime: timestamp(now),
	}
	s.complete()
	return s
}

// complete fills in what a source always has, and sources in older state files lack.
func (s *source) complete() {
	if s.DisplayName == "" {
		s.DisplayName = lastWord(s.Name)
	}
	if s.ID == "" {
		s.ID = sourceID(s.Name + " " + s.CreateTime)
	}
	if s.WriteKeys == nil {
		s.WriteKeys = []string{}
	}
	if s.Labels == nil {
		s.Labels = map[string]string{}
	}
	if s.FunctionConfig == nil {
		s.FunctionConfig = []struct{}{}
	}
}

// sourceID makes an id of ten letters and digits out of what a source is born with.
func sourceID(born string) string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte(born))
	id := make([]byte, 10)
	for i := range id {
		id[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(id)
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
