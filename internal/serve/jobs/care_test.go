package jobs_test

import (
	"testing"
	"time"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// TestCustomersSide plays what a customer does on Segment's pages: each of it is told once, and that it is well again.
func TestCustomersSide(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 1})
	j := r.start(r.options())
	card := r.card(1)
	r.connect(j, card, key())
	e := r.next(ledger.DestinationEnabled, card.Name)
	if e.Data.Customer == "" || e.Data.Destination == "" || len(e.Data.Sources) != 1 {
		t.Errorf("the event does not say what it is about: %+v", e.Data)
	}
	want := "destination.enabled"
	for _, step := range []struct {
		verb string
		told destination.Health
		back string
	}{
		{"disable", destination.IsDisabled, "enable"},
		{"change", destination.IsChanged, ""},
	} {
		if _, err := r.box.Act(sandbox.Act{Verb: step.verb, Install: card.Name}); err != nil {
			t.Fatal(err)
		}
		e := r.next(ledger.Became(step.told), card.Name)
		want += " " + string(e.Type)
		if e.Data.Health != step.told || e.Data.From != destination.Healthy || e.Data.Detail == "" {
			t.Errorf("%s: %+v", step.verb, e.Data)
		}
		if step.back == "" {
			continue
		}
		if _, err := r.box.Act(sandbox.Act{Verb: step.back, Install: card.Name}); err != nil {
			t.Fatal(err)
		}
		e = r.next(ledger.DestinationRecovered, card.Name)
		want += " " + string(e.Type)
		if e.Data.From != step.told || e.Data.Health != destination.Healthy {
			t.Errorf("%s: %+v", step.back, e.Data)
		}
	}
	if got := r.events(card.Name); got != want {
		t.Errorf("events %s\nwant %s", got, want)
	}
	c, err := r.ledger.Connection(t.Context(), r.pool(), card.Name, false)
	if err != nil || !c.Enabled || c.Health != destination.IsChanged || time.Since(c.CheckedAt) > patience {
		t.Errorf("connection %+v, %v", c, err)
	}
}
