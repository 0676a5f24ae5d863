//go:build race

package cmd

// underRace says that the race detector is on, which makes everything many times slower.
const underRace = true
