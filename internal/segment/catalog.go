package segment

import (
	"context"
	"encoding/json"
	"iter"
	"strings"

	"github.com/segctl/segctl/internal/wire"
)

// catalogDestinations is the collection of the destinations that can be created.
const catalogDestinations = "catalog/destinations"

// CatalogDestination is a destination as Segment's catalog offers it.
type CatalogDestination struct {
	Name        string      `json:"name"` // "catalog/destinations/clearbrain"
	DisplayName string      `json:"display_name"`
	Description string      `json:"description"`
	Website     string      `json:"website"`
	Status      string      `json:"status"` // PUBLIC or PUBLIC_BETA
	Categories  Categories  `json:"categories"`
	Components  []Component `json:"components"`
	Settings    []Setting   `json:"settings"`

	raw
}

// Categories are where the catalog files a destination.
type Categories struct {
	Primary    string   `json:"primary"`
	Secondary  string   `json:"secondary"`
	Additional []string `json:"additional"`
}

// Component is one way in which a destination gets its events: CLOUD, WEB, IOS or ANDROID.
type Component struct {
	Type string `json:"type"`
}

// UnmarshalJSON also keeps the bytes.
func (d *CatalogDestination) UnmarshalJSON(data []byte) error {
	type plain CatalogDestination
	d.keep(data)
	return json.Unmarshal(data, (*plain)(d))
}

func (d *CatalogDestination) check() error {
	if d.Name == "" {
		return errNoName
	}
	slug, ok := strings.CutPrefix(d.Name, catalogDestinations+"/")
	if !ok {
		return &NameError{d.Name, "is not in the catalog of destinations"}
	}
	return wire.CheckID(slug)
}

// CatalogDestinations lists the catalog.
func (c *Client) CatalogDestinations(ctx context.Context) iter.Seq2[*CatalogDestination, error] {
	return list[CatalogDestination](ctx, c, catalogDestinations, "destinations")
}

// CatalogDestination returns one entry of the catalog by its slug. A slug that is no id is a *wire.IDError.
func (c *Client) CatalogDestination(ctx context.Context, slug string) (*CatalogDestination, error) {
	if err := wire.CheckID(slug); err != nil {
		return nil, err
	}
	return get[CatalogDestination](ctx, c, catalogDestinations+"/"+slug)
}
