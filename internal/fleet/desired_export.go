package fleet

import (
	"context"
	"sync"

	"github.com/segctl/segctl/internal/account"
	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/destination/desired"
	"github.com/segctl/segctl/internal/install"
)

// Exporter reads destinations for a file of the desired state.
type Exporter struct {
	mu    sync.Mutex
	found map[string]desired.Found // by the name of the install
}

// Task is the task of reading the destination of each target.
func (x *Exporter) Task() Task {
	return Task{Do: func(ctx context.Context, acc *account.Account, t Target) (Outcome, error) {
		name, err := acc.ExistingDestination(ctx, t.Want.Destination, t.Want.Place)
		if err != nil {
			return Outcome{}, err
		}
		o := Outcome{Destination: name.String()}
		d, err := destination.Get(ctx, acc, name)
		if err != nil {
			return o, err
		}
		catalog, note, err := destination.CatalogSettings(ctx, acc, name.Destination)
		if err != nil {
			return o, err
		}
		if note != "" {
			o.Notes = append(o.Notes, note)
		}
		x.keep(desired.Found{Card: t.Card, Name: name, Destination: d, Catalog: catalog})
		o.Detail, o.Resource = destination.Place(name)+" "+name.Destination+" is exported", destination.Mask(d)
		return o, nil
	}}
}

func (x *Exporter) keep(f desired.Found) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.found == nil {
		x.found = map[string]desired.Found{}
	}
	x.found[f.Card.Name] = f
}

// File returns the file of what was read, in the order of the cards, and how many are missing in it.
func (x *Exporter) File(cards []install.Card) (file *desired.Export, missing int) {
	file = &desired.Export{}
	for _, card := range cards {
		if f, ok := x.found[card.Name]; ok {
			file.Add(f)
		}
	}
	return file, len(cards) - len(x.found)
}
