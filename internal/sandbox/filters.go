package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// filter is a destination filter. It is stored under its short name, …/destinations/D/filters/df_…, and answered with
// the long one, …/destinations/D/config/<hex>/filters/df_….
type filter struct {
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	If          string         `json:"if"`
	Actions     []filterAction `json:"actions"`
	Enabled     bool           `json:"enabled"`
}

// filterAction is one of the four kinds of actions. What a kind has no use for is left out.
type filterAction struct {
	Type    string        `json:"type"`
	Percent *float64      `json:"percent,omitempty"` // of sample_event: 0 to 1
	Path    *string       `json:"path,omitempty"`    // of sample_event: what to sample by
	Fields  *filterFields `json:"fields,omitempty"`  // of whitelist_fields and blacklist_fields
}

type filterFields struct {
	Context    *filterFieldList `json:"context,omitempty"`
	Traits     *filterFieldList `json:"traits,omitempty"`
	Properties *filterFieldList `json:"properties,omitempty"`
}

type filterFieldList struct {
	Fields []string `json:"fields"`
}

type filterRequest struct {
	Filter     *filter    `json:"filter"`
	UpdateMask updateMask `json:"update_mask"`
}

// configID is the id in the names of a destination's filters. It follows from what the destination is born with.
func (d *destination) configID() string {
	sum := sha256.Sum256([]byte(d.Name + " " + d.CreateTime))
	return hex.EncodeToString(sum[:12])
}

// filterWords are the words of the path after the destination, without config/<hex> where the path has it. ok is false if
// that is not the destination's own id.
func (c *call) filterWords() (words []string, ok bool) {
	if c.words[6] != "config" {
		return c.words[6:], true
	}
	d, err := c.destination()
	return c.words[8:], err == nil && d.configID() == c.words[7]
}

// filtered is the destination whose filters the path means.
func (c *call) filtered() (*destination, error) {
	d, err := c.destination()
	if err != nil {
		return nil, err
	}
	if _, ok := c.filterWords(); !ok {
		return nil, notFound("destination config")
	}
	return d, nil
}

func listFilters(c *call) (any, error) {
	d, err := c.filtered()
	if err != nil {
		return nil, err
	}
	items, next, err := page[*filter](c, d.Name+"/filters", nil)
	if err != nil {
		return nil, err
	}
	return struct {
		Filters       []*filter `json:"filters"`
		NextPageToken string    `json:"next_page_token"`
	}{items, next}, nil
}

// filter is the one of the path, with the name that it is stored under. What the service says of one that is missing has
// been seen in two ways.
func (c *call) filter() (f *filter, stored string, err error) {
	words, ok := c.filterWords()
	stored = c.name(6) + "/filters/" + words[1]
	f, found := get[*filter](c.tx, stored)
	switch {
	case ok && found:
		return f, stored, nil
	case c.server.quirk(quirkMissingFilter) == "500":
		return nil, "", internalError("failed to validate permissions due to an internal error")
	case c.server.quirk(quirkMissingFilter) == "404":
		return nil, "", notFound("filter")
	}
	return nil, "", &apiError{http.StatusBadRequest, 3, "filter does not exist"}
}

func getFilter(c *call) (any, error) {
	f, _, err := c.filter()
	return f, err
}

func createFilter(c *call) (any, error) {
	d, err := c.filtered()
	if err != nil {
		return nil, err
	}
	in, err := c.filterRequest()
	if err != nil {
		return nil, err
	}
	made := *in.Filter
	if err := made.check(); err != nil {
		return nil, err
	}
	id := "/filters/df_" + randomHex(12)
	made.Name = d.Name + "/config/" + d.configID() + id
	c.tx.put(d.Name+id, &made)
	return &made, nil
}

func updateFilter(c *call) (any, error) {
	old, stored, err := c.filter()
	if err != nil {
		return nil, err
	}
	in, err := c.filterRequest()
	if err != nil {
		return nil, err
	}
	fields, err := in.UpdateMask.fields("filter", "if", "actions", "title", "description", "enabled")
	if err != nil {
		return nil, err
	}
	changed := *old
	if fields["if"] {
		changed.If = in.Filter.If
	}
	if fields["actions"] {
		changed.Actions = in.Filter.Actions
	}
	if fields["title"] {
		changed.Title = in.Filter.Title
	}
	if fields["description"] {
		changed.Description = in.Filter.Description
	}
	if fields["enabled"] {
		changed.Enabled = in.Filter.Enabled
	}
	if err := changed.check(); err != nil {
		return nil, err
	}
	c.tx.put(stored, &changed)
	return &changed, nil
}

func deleteFilter(c *call) (any, error) {
	_, stored, err := c.filter()
	if err != nil {
		return nil, err
	}
	c.tx.remove(stored)
	return empty{}, nil
}

func (c *call) filterRequest() (in filterRequest, err error) {
	if err = c.decode(&in); err == nil && in.Filter == nil {
		err = missingObject("filter")
	}
	return in, err
}

// check refuses actions that there are none of, and makes the lists in it ones that are written out.
func (f *filter) check() error {
	if f.Actions == nil {
		f.Actions = []filterAction{}
	}
	for _, action := range f.Actions {
		switch action.Type {
		case "drop_event", "sample_event", "whitelist_fields", "blacklist_fields":
		default:
			return invalidArgument("invalid argument: filter action %q is none of drop_event, sample_event, whitelist_fields, blacklist_fields", action.Type)
		}
		if p := action.Percent; p != nil && (*p < 0 || *p > 1) {
			return invalidArgument("invalid argument: filter.actions.percent is not between 0 and 1")
		}
		if action.Fields == nil {
			continue
		}
		for _, list := range []*filterFieldList{action.Fields.Context, action.Fields.Traits, action.Fields.Properties} {
			if list != nil && list.Fields == nil {
				list.Fields = []string{}
			}
		}
	}
	return nil
}
