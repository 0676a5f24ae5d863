package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/segctl/segctl/internal/wire"
)

const (
	// recordVersion is in every record and card, so that an older segctl leaves them alone. Version 1 had no label and no
	// issuer.
	recordVersion = 2

	// MaxRecord is what every keyring takes, in bytes: Windows allows 2560, macOS about 3000 after base64 has added a third.
	MaxRecord = 2000
)

// record is an Install as it is saved: compact JSON, with the token. A card is the same without one.
type record struct {
	Version int `json:"v"`
	Card
	Token string `json:"token,omitempty"`
}

// EncodeRecord returns an install as it is saved, with its token. The error is a *StoreError that says TooLarge.
func EncodeRecord(i Install) ([]byte, error) {
	b, err := encodeJSON(record{recordVersion, i.Card, i.Token})
	if err != nil {
		return nil, err
	}
	if len(b) > MaxRecord {
		return nil, &StoreError{Kind: TooLarge, Err: fmt.Errorf("%d bytes, and %d are allowed", len(b), MaxRecord)}
	}
	return b, nil
}

// EncodeCard returns a card as it is saved. The error is that of EncodeRecord.
func EncodeCard(c Card) ([]byte, error) { return EncodeRecord(Install{Card: c}) }

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

// DecodeRecord reads a record of this version or an earlier one. It returns a *StoreError that says Newer or Corrupt.
// What is in the record stays out of its message.
func DecodeRecord(data []byte, name string) (Install, error) {
	i, err := decode(data, name)
	switch {
	case err != nil:
		return Install{}, err
	case i.Origin == "":
		return Install{}, corrupt("no origin is named")
	case wire.CheckToken(i.Token) != nil:
		return Install{}, corrupt("there is no token")
	case i.ExpiresAt.IsZero():
		return Install{}, corrupt("there is no time of expiry")
	}
	return i, nil
}

// DecodeCard reads a card, and returns errors as DecodeRecord does.
func DecodeCard(data []byte, name string) (Card, error) {
	i, err := decode(data, name)
	return i.Card, err
}

// decode reads what is said to be the record or the card of the install with that name.
func decode(data []byte, name string) (Install, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil || r.Version < 1 || r.Version > recordVersion {
		// A newer version may look different in every way.
		if err := checkVersion(data, recordVersion); err != nil {
			return Install{}, err
		}
		return Install{}, corrupt("not the JSON of a record")
	}
	if r.Name != name {
		return Install{}, corrupt("it names another install, or none")
	}
	for _, origin := range []wire.Origin{r.Issuer, r.Origin} {
		if parsed, err := wire.ParseOrigin(string(origin)); origin != "" && (err != nil || parsed != origin) {
			return Install{}, corrupt("the origin it names is none")
		}
	}
	// Names end up in paths of requests and in the completions of a shell.
	r.Workspaces, r.Sources = slices.DeleteFunc(r.Workspaces, isNoName), slices.DeleteFunc(r.Sources, isNoName)
	return Install{r.Card, r.Token}, nil
}

func isNoName(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if wire.CheckID(part) != nil {
			return true
		}
	}
	return false
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

// IsCanonical reports whether a name is that of an install, in its one spelling.
func IsCanonical(name string) bool {
	canonical, err := wire.ParseInstallName(name)
	return err == nil && canonical == name
}
