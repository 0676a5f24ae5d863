package segment

import (
	"context"
	"encoding/json"
	"iter"
	"strconv"
	"strings"
)

// The actions of a filter that keep events from a destination.
const (
	ActionDrop   = "drop_event"
	ActionSample = "sample_event"
)

// Filter is one filter of a destination: what is done to the events that match If.
type Filter struct {
	Name    string         `json:"name"`
	Title   string         `json:"title"`
	If      string         `json:"if"` // "all", or a condition
	Actions []FilterAction `json:"actions"`
	Enabled bool           `json:"enabled"`

	raw
}

// FilterAction is one thing that a filter does.
type FilterAction struct {
	Type    string          `json:"type"`
	Percent json.RawMessage `json:"percent,omitempty"` // of a sample_event: how much passes
}

// UnmarshalJSON also keeps the bytes.
func (f *Filter) UnmarshalJSON(data []byte) error {
	type plain Filter
	f.keep(data)
	return json.Unmarshal(data, (*plain)(f))
}

// check accepts any name: answers call filters differently than requests do, and nothing is asked for by it here.
func (f *Filter) check() error { return nil }

// DropsAll reports whether the filter keeps every event from the destination. A condition that only happens to be true of
// all events is not seen.
func (f *Filter) DropsAll() bool {
	switch strings.TrimSpace(f.If) {
	case "all", "true", "":
	default:
		return false
	}
	if !f.Enabled {
		return false
	}
	for _, action := range f.Actions {
		if action.Type == ActionDrop || action.Type == ActionSample && action.passesNothing() {
			return true
		}
	}
	return false
}

// passesNothing reports whether the percentage of a sample is a zero, as a number or as text.
func (a FilterAction) passesNothing() bool {
	percent, err := strconv.ParseFloat(strings.Trim(string(a.Percent), `"`), 64)
	return err == nil && percent == 0
}

// Filters lists the filters of a destination. An install with a destination scope may not.
func (c *Client) Filters(ctx context.Context, destination Name) iter.Seq2[*Filter, error] {
	if err := destination.mustBe("destination"); err != nil {
		return failed[*Filter](err)
	}
	return list[Filter](ctx, c, destination.String()+"/filters", "filters")
}
