// Package fleet does one thing to many installs: it chooses them, plans what would change, has that confirmed, does it
// with a bound on how much happens at once, and tells each step as an event.
//
// One install that fails stops no other. An interruption begins nothing new and finishes what is in flight, so that the
// counts at the end are true and running the same again goes on where it ended. The package prints nothing and asks nobody:
// its [Observer] does.
package fleet
