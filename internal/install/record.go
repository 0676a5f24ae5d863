package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Install is an App authorised on a workspace, with the token that belongs to it. Marshalled to JSON or printed, it
// shows no token.
type Install struct {
	Name       string    `json:"name"` // "installs/7"
	App        string    `json:"app,omitempty"`
	Scope      string    `json:"scope,omitempty"`
	Workspaces []string  `json:"workspaces,omitempty"`
	Sources    []string  `json:"sources,omitempty"` // only with a destination scope
	ClientID   string    `json:"client_id,omitempty"`
	Origin     string    `json:"origin"` // of the API that the token may be sent to
	Token      string    `json:"-"`
	ObtainedAt time.Time `json:"obtained_at"`
	ExpiresAt  time.Time `json:"expires_at"` // by the local clock
}

// String returns the name alone: an Install that ends up in a message gives nothing away.
func (i Install) String() string { return i.Name }

// GoString is String, for %#v.
func (i Install) GoString() string { return i.Name }

// New returns the Install that a Grant describes. The origin is the API's. An expires_in that makes no sense counts as
// the documented hour. The error is a *GrantError where the grant cannot be used.
func New(g Grant, clientID, origin string, now time.Time) (Install, error) {
	if g.InstallName == "" {
		return Install{}, &GrantError{"install_name", "is missing"}
	}
	name, err := ParseName(g.InstallName)
	if err != nil {
		return Install{}, &GrantError{"install_name", "is not the name of an install"}
	}
	bound, err := canonicalOrigin(origin)
	if err != nil {
		return Install{}, err
	}
	if !printable(clientID) {
		return Install{}, errors.New("the client id is not a short line of text")
	}
	return Install{Name: name, ClientID: clientID, Origin: bound}.Renewed(g, now)
}

// Renewed returns the Install with what a refresh granted. What the answer leaves out (it has no source names) is kept.
// The error is a *GrantError.
func (i Install) Renewed(g Grant, now time.Time) (Install, error) {
	if err := g.check(); err != nil {
		return Install{}, err
	}
	if g.InstallName != "" {
		// A token of another install would act on another customer's workspace.
		if name, err := ParseName(g.InstallName); err != nil || name != i.Name {
			return Install{}, &GrantError{"install_name", "is not " + i.Name}
		}
	}
	i.Token = g.AccessToken
	i.ObtainedAt = now.UTC().Truncate(time.Millisecond)
	i.ExpiresAt = i.ObtainedAt.Add(g.lifetime())
	if g.Scope != "" {
		i.Scope = g.Scope
	}
	if g.AppName != "" {
		i.App = g.AppName
	}
	if w := names(g.WorkspaceNames); w != nil {
		i.Workspaces = w
	}
	if s := names(g.SourceNames); s != nil {
		i.Sources = s
	}
	return i.fitted()
}

// maxRecord is what every keyring takes: Windows allows 2560 bytes, macOS about 3000 after base64 has added a third.
const maxRecord = 2000

// fitted shortens long lists of names until the record can be saved. Two names stay in any case: one of many must not
// look like the only one.
func (i Install) fitted() (Install, error) {
	i.Workspaces, i.Sources = slices.Clone(i.Workspaces), slices.Clone(i.Sources)
	for {
		if _, err := encodeRecord(i); err == nil {
			return i, nil
		}
		longest := &i.Workspaces
		if len(i.Sources) > len(i.Workspaces) {
			longest = &i.Sources
		}
		if len(*longest) <= 2 {
			return Install{}, &GrantError{"", fmt.Sprintf("does not fit in the %d bytes of a record", maxRecord)}
		}
		*longest = (*longest)[:len(*longest)-1]
	}
}

const recordVersion = 1

// record is an Install as it is saved: compact JSON, with the token, and with a version that an older segctl respects.
type record struct {
	Version int `json:"v"`
	Install
	Token string `json:"token"`
}

func encodeRecord(i Install) ([]byte, error) {
	b, err := encodeJSON(record{recordVersion, i, i.Token})
	if err != nil {
		return nil, err
	}
	if len(b) > maxRecord {
		return nil, &StoreError{Kind: TooLarge, Err: fmt.Errorf("%d bytes, and %d are allowed", len(b), maxRecord)}
	}
	return b, nil
}

// encodeJSON is json.Marshal without the escapes that are for HTML.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decodeRecord returns a *StoreError that says Newer or Corrupt. What is in the record stays out of its message.
func decodeRecord(data []byte) (Install, error) {
	if err := checkVersion(data, recordVersion); err != nil {
		return Install{}, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return Install{}, corrupt("not the JSON of a record")
	}
	i := r.Install
	i.Token = r.Token
	if name, err := ParseName(i.Name); err != nil || name != i.Name {
		return Install{}, corrupt("no install is named")
	}
	if origin, err := canonicalOrigin(i.Origin); err != nil || origin != i.Origin {
		return Install{}, corrupt("no origin is named")
	}
	if checkToken(i.Token) != nil {
		return Install{}, corrupt("there is no token")
	}
	if i.ExpiresAt.IsZero() {
		return Install{}, corrupt("there is no time of expiry")
	}
	return i, nil
}

func checkVersion(data []byte, known int) error {
	var header struct {
		Version int `json:"v"`
	}
	switch err := json.Unmarshal(data, &header); {
	case len(data) == 0:
		return corrupt("empty")
	case err != nil:
		return corrupt("not the JSON that segctl writes")
	case header.Version > known:
		return &StoreError{Kind: Newer, Err: fmt.Errorf("version %d, and this segctl knows %d", header.Version, known)}
	case header.Version < 1:
		return corrupt("no version is given")
	}
	return nil
}

func corrupt(why string) *StoreError { return &StoreError{Kind: Corrupt, Err: errors.New(why)} }
