package ledger

import "time"

// Link is a link that was handed out, of whose id only the hash is kept.
type Link struct {
	Hash                         []byte // SHA-256 of the id
	Customer, Label              string
	Wanted                       Wanted
	ReturnURL                    string    // "" is none
	Install                      string    // the install that it reconnects; "" is none
	CreatedAt, ExpiresAt, UsedAt time.Time // UsedAt is zero while it is free
}
