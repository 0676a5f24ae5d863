package destination

import "encoding/json"

// Encode is encode, for tests.
func Encode(value any) (json.RawMessage, error) { return encode(value) }
