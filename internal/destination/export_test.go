package destination

import (
	"encoding/json"

	"github.com/segctl/segctl/internal/segment"
)

// Encode is encode, for tests.
func Encode(value any) (json.RawMessage, error) { return encode(value) }

// IsAsWanted is isAsWanted, for tests.
func IsAsWanted(s segment.Setting, want, is json.RawMessage) bool { return isAsWanted(s, want, is) }

// IsModeAsWanted is isModeAsWanted, for tests.
func IsModeAsWanted(want, is string, entry *segment.CatalogDestination) bool {
	return isModeAsWanted(want, is, entry)
}
