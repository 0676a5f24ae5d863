// Package wire holds what both sides of Segment's wire agree on, so that each rule exists once: scopes, ids and the names
// of installs, the origins that requests go to, loopback addresses, the answer of the token endpoints, and the transport
// whose requests are sent exactly once.
//
// It knows nothing of settings, stores or commands, and imports no other package of ours.
package wire
