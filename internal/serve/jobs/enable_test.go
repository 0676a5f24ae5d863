package jobs_test

import (
	"testing"

	"github.com/segctl/segctl/internal/destination"
	"github.com/segctl/segctl/internal/sandbox"
	"github.com/segctl/segctl/internal/serve/ledger"
)

// TestRefusedSettings connects a customer without the key that the destination needs. It is told once, tried again, and with
// the right settings it is live, and said to be well again.
func TestRefusedSettings(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 1})
	j := r.start(r.seldom())
	card := r.card(1)
	r.connect(j, card, nil)
	e := r.next(ledger.Became(destination.IsInvalid), card.Name)
	if e.Data.Detail == "" {
		t.Errorf("it is not said what is missing: %+v", e.Data)
	}
	r.until("it is tried again", func() bool { return r.count("kind = 'enable' AND (metadata->>'failures')::int > 1") == 1 })
	r.connect(j, card, key())
	r.next(ledger.DestinationRecovered, card.Name) // the other one's webhook may come after it
	r.wake("check")
	if got, want := r.events(card.Name), "destination.invalid destination.enabled destination.recovered"; got != want {
		t.Errorf("events %s\nwant %s", got, want)
	}
}

// TestConnectedAgainMeanwhile connects an install anew, with another key, while its destination is being enabled with the old
// one. The last key is the one that counts.
func TestConnectedAgainMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRig(t, sandbox.Options{Customers: 1})
	j := r.start(r.seldom())
	card := r.card(1)
	fault, err := r.box.AddFault(sandbox.Fault{Route: "POST /v1beta/workspaces/*/sources/*/destinations", Kind: "slow", DelayMS: 1500, Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	_ = fault
	r.connect(j, card, key())
	r.until("the job is at it", func() bool { return r.count("kind = 'enable' AND state = 'running'") == 1 })
	r.connect(j, card, map[string]string{"apiKey": "the-second-key-0123456789"})
	r.next(ledger.DestinationEnabled, card.Name)
	r.until("no job is left", func() bool { return r.count("kind = 'enable' AND state <> 'completed'") == 0 })
	r.wake("check")
	c, err := r.ledger.Connection(t.Context(), r.pool(), card.Name, false)
	if err != nil || c.Health != destination.Healthy || !c.Enabled {
		t.Errorf("the destination is %q (%s), %v", c.Health, c.Detail, err)
	}
}
