// Package ledger keeps what the hosted flow knows beside the installs: the links that were handed out, the flows that
// browsers are in, what each install is connected for, the events that happened, and the tokens of the partner's backend.
//
// It is a thin layer over PostgreSQL. Every row belongs to a profile. What opens a door is kept hashed (the ids of links,
// states, tokens) and what must be read again sealed (settings, verifiers, codes): a dump of the database helps nobody. It
// sends nothing to Segment and decides nothing about a flow.
package ledger
