package sandbox

import "slices"

type destinationRequest struct {
	Destination destinationInput `json:"destination"`
	UpdateMask  updateMask       `json:"update_mask"`
}

// destinationInput has every field of a destination, so that each is of the right type where it is sent.
type destinationInput struct {
	Name           string        `json:"name"`
	Parent         string        `json:"parent"`
	DisplayName    string        `json:"display_name"`
	Enabled        bool          `json:"enabled"` // left out, it means false
	ConnectionMode string        `json:"connection_mode"`
	Config         []configEntry `json:"config"`
	CreateTime     string        `json:"create_time"`
	UpdateTime     string        `json:"update_time"`
}

func listDestinations(c *call) (any, error) {
	if _, err := getSource(c); err != nil {
		return nil, err
	}
	items, next, err := page[*destination](c, c.name(5), nil)
	if err != nil {
		return nil, err
	}
	for i, d := range items {
		items[i] = c.readBack(d)
	}
	return struct {
		Destinations  []*destination `json:"destinations"`
		NextPageToken string         `json:"next_page_token"`
	}{items, next}, nil
}

func getDestination(c *call) (any, error) {
	d, err := c.destination()
	if err != nil {
		return nil, err
	}
	return c.readBack(d), nil
}

// destination is the one that the path names.
func (c *call) destination() (*destination, error) {
	d, ok := get[*destination](c.tx, c.name(6))
	if !ok {
		return nil, notFound("destination")
	}
	return d, nil
}

func createDestination(c *call) (any, error) {
	if _, err := getSource(c); err != nil {
		return nil, err
	}
	var in destinationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if name := in.Destination.Name; collection(name) != c.name(5) || lastWord(name) == "" {
		return nil, invalidArgument("invalid argument: destination.name has to be %s/SLUG", c.name(5))
	}
	d, err := c.server.newDestination(c.tx, in.Destination)
	if err != nil {
		return nil, err
	}
	return c.readBack(d), nil
}

// newDestination makes a destination that the catalog knows.
func (s *Server) newDestination(t *tx, in destinationInput) (*destination, error) {
	entry, ok := get[*catalogDestination](t, "catalog/destinations/"+lastWord(in.Name))
	if !ok {
		return nil, invalidArgument("invalid argument: the catalog has no destination %q", lastWord(in.Name))
	}
	if t.lookup(in.Name) != nil {
		return nil, s.duplicateDestination()
	}
	now := timestamp(s.now())
	d := &destination{
		Name: in.Name, Parent: collection(collection(in.Name)), DisplayName: entry.DisplayName,
		Config: []configEntry{}, CreateTime: now, UpdateTime: now,
	}
	all := map[string]bool{"enabled": true, "connection_mode": true, "config": true}
	if err := s.change(d, entry, in, all); err != nil {
		return nil, err
	}
	t.put(d.Name, d)
	return d, nil
}

// duplicateDestination is what the real service answers, although its documents say 409.
func (s *Server) duplicateDestination() error {
	if s.quirk(quirkDuplicateCreate) == "409" {
		return alreadyExists("destination")
	}
	return internalError("destination already exists or other internal error")
}

func updateDestination(c *call) (any, error) {
	old, err := c.destination()
	if err != nil {
		return nil, err
	}
	var in destinationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Destination.Name != "" && in.Destination.Name != old.Name {
		return nil, invalidArgument("invalid argument: destination.name is not the destination of the path")
	}
	fields, err := in.UpdateMask.fields("destination", "enabled", "connection_mode", "config")
	if err != nil {
		return nil, err
	}
	d := *old
	d.Config = slices.Clone(old.Config)
	entry, ok := get[*catalogDestination](c.tx, "catalog/destinations/"+lastWord(old.Name))
	if !ok { // kept from a state whose catalog was another one
		entry = &catalogDestination{DisplayName: old.DisplayName}
	}
	if err := c.server.change(&d, entry, in.Destination, fields); err != nil {
		return nil, err
	}
	if len(fields) > 0 {
		d.UpdateTime = timestamp(c.server.now())
		c.tx.put(d.Name, &d)
	}
	return c.readBack(&d), nil
}

func deleteDestination(c *call) (any, error) {
	if _, err := c.destination(); err != nil {
		return nil, err
	}
	c.tx.remove(c.name(6))
	return empty{}, nil
}
