package ledger

import (
	"time"

	"github.com/segctl/segctl/internal/destination"
)

// EventType says what happened, in one word of a closed set.
type EventType string

// The events that are not named for a health.
const (
	InstallCreated       EventType = "install.created"
	InstallReconnected   EventType = "install.reconnected"
	InstallLost          EventType = "install.lost"
	DestinationEnabled   EventType = "destination.enabled"
	DestinationRecovered EventType = "destination.recovered"
)

// Became returns the event of a destination that came to be of a health: "destination.changed". For [destination.Healthy]
// that is [DestinationRecovered].
func Became(h destination.Health) EventType {
	if h == destination.Healthy {
		return DestinationRecovered
	}
	return EventType("destination." + string(h))
}

// Types returns all the types of events.
func Types() []EventType {
	all := []EventType{InstallCreated, InstallReconnected, InstallLost, DestinationEnabled, DestinationRecovered}
	for _, h := range destination.Healths() {
		if h != destination.Healthy {
			all = append(all, Became(h))
		}
	}
	return all
}

// Event is something that happened to an install or its destination. Its JSON is that of the API and of webhooks.
type Event struct {
	Seq  int64     `json:"-"`    // where it stands among all
	ID   string    `json:"id"`   // "evt_…"
	Type EventType `json:"type"` //
	Time time.Time `json:"timestamp"`
	Data EventData `json:"data"`
}

// EventData is what an event is about. There is no secret in it.
type EventData struct {
	Install     string             `json:"install,omitempty"`
	Customer    string             `json:"customer,omitempty"`
	Workspaces  []string           `json:"workspace_names,omitempty"`
	Sources     []string           `json:"source_names,omitempty"`
	Destination string             `json:"destination,omitempty"`
	Health      destination.Health `json:"health,omitempty"`
	From        destination.Health `json:"from,omitempty"`   // the health before
	Detail      string             `json:"detail,omitempty"` // in words
}
