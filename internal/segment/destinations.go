package segment

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/segctl/segctl/internal/secret"
)

// The connection modes of a destination.
const (
	ModeCloud       = "CLOUD"
	ModeDevice      = "DEVICE"
	ModeUnspecified = "UNSPECIFIED"
)

// The paths of an update mask.
const (
	MaskEnabled        = "destination.enabled"
	MaskConfig         = "destination.config" // merges: settings that are not named survive
	MaskConnectionMode = "destination.connection_mode"
)

// Destination is one destination of a source.
type Destination struct {
	Name           string        `json:"name"`
	Parent         string        `json:"parent"`
	DisplayName    string        `json:"display_name"`
	Enabled        bool          `json:"enabled"`
	ConnectionMode string        `json:"connection_mode"`
	Config         []ConfigEntry `json:"config"`
	CreateTime     time.Time     `json:"create_time"`
	UpdateTime     time.Time     `json:"update_time"`

	raw
}

// UnmarshalJSON also keeps the bytes.
func (d *Destination) UnmarshalJSON(data []byte) error {
	type plain Destination
	d.keep(data)
	into := struct {
		*plain
		CreateTime anyTime `json:"create_time"`
		UpdateTime anyTime `json:"update_time"`
	}{plain: (*plain)(d)}
	err := json.Unmarshal(data, &into)
	d.CreateTime, d.UpdateTime = into.CreateTime.Time, into.UpdateTime.Time
	return err
}

func (d *Destination) check() error {
	return checkName(d.Name, "destination")
}

// Setting returns the value of a setting by its short name, nil where it has none.
func (d *Destination) Setting(name string) json.RawMessage {
	for _, entry := range d.Config {
		if SettingOf(entry.Name) == name {
			return entry.Value
		}
	}
	return nil
}

// ConfigEntry is one setting of a destination.
type ConfigEntry struct {
	Name        string          `json:"name"` // full: "workspaces/…/config/apiKey"
	DisplayName string          `json:"display_name,omitempty"`
	Value       json.RawMessage `json:"value"`
	Type        string          `json:"type,omitempty"` // lower case: "string", "boolean", …
}

// Secret returns what is known of the setting, for the judge of secrets.
func (e ConfigEntry) Secret() secret.Setting {
	return secret.Setting{Name: SettingOf(e.Name), DisplayName: e.DisplayName, Type: e.Type}
}

// DestinationBody is what a create or an update sends. What is left out of it is not sent.
type DestinationBody struct {
	Name           string        `json:"name,omitempty"`
	Enabled        *bool         `json:"enabled,omitempty"` // a pointer: false has to be sent
	ConnectionMode string        `json:"connection_mode,omitempty"`
	Config         []ConfigEntry `json:"config,omitempty"`
}

// Mask returns the update mask that covers exactly what the body holds.
func (b DestinationBody) Mask() []string {
	mask := []string{}
	if b.Enabled != nil {
		mask = append(mask, MaskEnabled)
	}
	if len(b.Config) > 0 {
		mask = append(mask, MaskConfig)
	}
	if b.ConnectionMode != "" {
		mask = append(mask, MaskConnectionMode)
	}
	return mask
}

// Destinations lists the destinations of a source. An install with a destination scope may not.
func (c *Client) Destinations(ctx context.Context, source Name) iter.Seq2[*Destination, error] {
	if err := source.mustBe("source"); err != nil {
		return failed[*Destination](err)
	}
	return list[Destination](ctx, c, source.String()+"/destinations", "destinations")
}

// Destination returns one destination.
func (c *Client) Destination(ctx context.Context, name Name) (*Destination, error) {
	if err := name.mustBe("destination"); err != nil {
		return nil, err
	}
	return get[Destination](ctx, c, name.String())
}

// CreateRequest is what CreateDestination sends.
func CreateRequest(name Name, body DestinationBody) (*Request, error) {
	if err := name.mustBe("destination"); err != nil {
		return nil, err
	}
	body.Name = name.String()
	data, err := json.Marshal(map[string]any{"destination": body})
	return &Request{Method: http.MethodPost, Path: name.Parent().String() + "/destinations", Body: data}, err
}

// UpdateRequest is what UpdateDestination sends. The mask stands beside the destination, as the example app sends it.
func UpdateRequest(name Name, body DestinationBody) (*Request, error) {
	if err := name.mustBe("destination"); err != nil {
		return nil, err
	}
	data, err := json.Marshal(map[string]any{"destination": body, "update_mask": map[string]any{"paths": body.Mask()}})
	// It sets values, whatever they were: sent twice, it does no more than once.
	return &Request{Method: http.MethodPatch, Path: name.String(), Body: data, Repeatable: true}, err
}

// CreateDestination creates a destination. When no answer came, or one that says nothing, it looks whether the
// destination exists now and is what was asked for, and then that is the answer.
func (c *Client) CreateDestination(ctx context.Context, name Name, body DestinationBody) (*Destination, error) {
	r, err := CreateRequest(name, body)
	if err != nil {
		return nil, err
	}
	d, err := read[Destination](ctx, c, r)
	if err == nil {
		return d, nil
	}
	if isAmbiguous(err) {
		if d, lookErr := c.Destination(ctx, name); lookErr == nil && body.matches(d) {
			return d, nil
		}
	}
	return nil, err
}

// UpdateDestination changes what the body holds, and nothing else.
func (c *Client) UpdateDestination(ctx context.Context, name Name, body DestinationBody) (*Destination, error) {
	r, err := UpdateRequest(name, body)
	if err != nil {
		return nil, err
	}
	return read[Destination](ctx, c, r)
}

// DeleteDestination deletes a destination.
func (c *Client) DeleteDestination(ctx context.Context, name Name) error {
	if err := name.mustBe("destination"); err != nil {
		return err
	}
	_, err := c.Do(ctx, &Request{Method: http.MethodDelete, Path: name.String()})
	return err
}

// matches reports whether a destination is what was asked for.
func (b DestinationBody) matches(d *Destination) bool {
	if d.Enabled != (b.Enabled != nil && *b.Enabled) {
		return false
	}
	for _, entry := range b.Config {
		if !SameJSON(entry.Value, d.Setting(SettingOf(entry.Name))) {
			return false
		}
	}
	return true
}

// isAmbiguous reports whether a request may have been carried out although it failed.
func isAmbiguous(err error) bool {
	var network *NetworkError
	var answer *AnswerError
	return errors.As(err, &network) || errors.As(err, &answer) || HasReason(err, Unavailable) || HasReason(err, Internal)
}
