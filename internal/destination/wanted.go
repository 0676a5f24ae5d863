package destination

import "github.com/segctl/segctl/internal/account"

// Wanted is what somebody wants one destination of an install to be, by flags or by a file.
type Wanted struct {
	Destination string        // a slug or a full name; "" is the one that the scope names
	Place       account.Place // where an install leaves it open
	Change      Change
	Absent      bool   // it must not be there
	From        string // where that is said, such as clearbrain.yaml:4; "" for flags
}
