package sandbox

import "strings"

func listCatalogDestinations(c *call) (any, error) {
	items, next, err := page[*catalogDestination](c, c.name(2), nil)
	if err != nil {
		return nil, err
	}
	return struct {
		Destinations  []*catalogDestination `json:"destinations"`
		NextPageToken string                `json:"next_page_token"`
	}{items, next}, nil
}

func getCatalogDestination(c *call) (any, error) {
	d, ok := get[*catalogDestination](c.tx, c.name(3))
	if !ok {
		return nil, notFound("catalog destination")
	}
	return d, nil
}

func listCatalogSources(c *call) (any, error) {
	items, next, err := page[*catalogSource](c, c.name(2), nil)
	if err != nil {
		return nil, err
	}
	return struct {
		Sources       []*catalogSource `json:"sources"`
		NextPageToken string           `json:"next_page_token"`
	}{items, next}, nil
}

func getCatalogSource(c *call) (any, error) {
	s, ok := c.tx.catalogSource(c.name(3))
	if !ok {
		return nil, notFound("catalog source")
	}
	return s, nil
}

// catalogSource is the entry called name. Some slugs begin with a dot, which clients leave out: .net is net, too.
func (t *tx) catalogSource(name string) (*catalogSource, bool) {
	slug := strings.TrimPrefix(lastWord(name), ".")
	for _, spelling := range []string{name, collection(name) + "/" + slug, collection(name) + "/." + slug} {
		if s, ok := get[*catalogSource](t, spelling); ok {
			return s, true
		}
	}
	return nil, false
}
