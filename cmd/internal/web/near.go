package web

import (
	"cmp"
	"slices"
	"strings"
)

// near returns the candidates that a word may have been meant to be, the likeliest first, at most most of them:
// those that hold it, and those that share many pairs of letters with it.
func near(word string, candidates []string, most int) []string {
	type match struct {
		name  string
		score float64
	}
	wanted := letters(word)
	var found []match
	for _, c := range candidates {
		score := alike(wanted, letters(c))
		if wanted != "" && strings.Contains(letters(c), wanted) {
			score++
		}
		if score >= 0.4 {
			found = append(found, match{c, score})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(b.score, a.score) })
	out := []string{}
	for _, m := range found {
		if len(out) < most && !slices.Contains(out, m.name) {
			out = append(out, m.name)
		}
	}
	return out
}

// letters is a name without what people write differently: case, blanks and marks between words.
func letters(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(name))
}

// alike is how much of two words is the same, 0 to 1, by their pairs of bytes (Dice's coefficient).
func alike(a, b string) float64 {
	if len(a) < 2 || len(b) < 2 {
		return 0
	}
	pairs := map[string]int{}
	for n := range len(a) - 1 {
		pairs[a[n:n+2]]++
	}
	same := 0
	for n := range len(b) - 1 {
		if pairs[b[n:n+2]] > 0 {
			pairs[b[n:n+2]]--
			same++
		}
	}
	return 2 * float64(same) / float64(len(a)+len(b)-2)
}
