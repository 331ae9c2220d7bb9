package config

import "strings"

// nearest returns the candidate that word was most likely meant to be, "" if none is near: at most
// a third of its letters may differ, or it is the first part of a candidate. Case, dashes and
// underscores do not count.
func nearest(word string, candidates []string) string {
	fold := strings.NewReplacer("-", "", "_", "", " ", "")
	w := fold.Replace(strings.ToLower(word))
	best, least := "", len(w)/3+1
	for _, c := range candidates {
		if d := distance(w, fold.Replace(strings.ToLower(c))); d < least {
			best, least = c, d
		}
	}
	for _, c := range candidates {
		if best == "" && len(w) > 2 && strings.HasPrefix(fold.Replace(strings.ToLower(c)), w) {
			return c
		}
	}
	return best
}

// distance is the least number of letters to insert, delete or replace between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
