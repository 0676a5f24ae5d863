package segment

import (
	"cmp"
	"slices"
	"strings"
)

// maxNearest is how many names help; more would be a list to read.
const maxNearest = 3

// Nearest returns up to three of the candidates that word may have been meant to be, nearest first: those that differ by
// at most a third of its length (at least one letter, at most three) and those that begin with it, whatever the case.
func Nearest(word string, candidates []string) []string {
	type match struct {
		name     string
		distance int
	}
	lower := []rune(strings.ToLower(word))
	if len(lower) == 0 {
		return nil
	}
	limit := min(max(len(lower)/3, 1), 3)
	var matches []match
	for _, name := range candidates {
		folded := strings.ToLower(name)
		d := editDistance(lower, []rune(folded))
		if d <= limit || strings.HasPrefix(folded, string(lower)) {
			matches = append(matches, match{name, d})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, m := range matches[:min(len(matches), maxNearest)] {
		names = append(names, m.name)
	}
	return names
}

// editDistance returns how many insertions, deletions, substitutions and swaps of neighbours lead from a to b
// (Damerau-Levenshtein, each place edited once).
func editDistance(a, b []rune) int {
	var before []int // the row above the previous one
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(previous[j+1]+1, row[j]+1, previous[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, previous = previous, row
	}
	return previous[len(b)]
}
