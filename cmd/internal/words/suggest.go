package words

import (
	"cmp"
	"slices"
	"strings"

	"vendorwatch/db/query"
)

// Nearest returns the candidate that a mistyped word was most likely meant to be, "" if none is near: at most a
// third of its letters may differ, or it is the first part of a candidate. It suits short words such as keys and
// the values of an enum; Similar suits names of several words. Case, blanks and dashes do not count.
func Nearest(word string, candidates []string) string {
	w := Fold(word)
	best, least := "", len(w)/3+1
	for _, c := range candidates {
		if d := distance(w, Fold(c)); d < least {
			best, least = c, d
		}
	}
	for _, c := range candidates {
		if best == "" && len(w) > 2 && strings.HasPrefix(Fold(c), w) {
			return c
		}
	}
	return best
}

// Similar returns at most most candidates that a name may have been meant to be, the likeliest first: those that
// contain it, and those that share many pairs of letters with it.
func Similar(name string, candidates []string, most int) []string {
	type match struct {
		name  string
		score float64
	}
	wanted := Fold(name)
	var found []match
	for _, c := range candidates {
		score := likeness(wanted, Fold(c))
		if wanted != "" && strings.Contains(Fold(c), wanted) {
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

// separators are what people write differently between the words of one name.
var separators = strings.NewReplacer("-", "", "_", "", " ", "", ".", "")

// Fold is a name without its case and separators: what people write differently and mean alike.
func Fold(name string) string { return separators.Replace(strings.ToLower(name)) }

// distance is the least number of bytes to insert, delete or replace between a and b.
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

// likeness is how much of two words is the same, 0 to 1, by their pairs of bytes (Dice's coefficient).
func likeness(a, b string) float64 {
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

// VendorNamed returns the slug of the vendor of that slug or name, upper and lower case alike. If there is none, slug
// is empty, and near is the slug that is most like it, "" if none is.
func VendorNamed(vendors []query.VendorHealth, name string) (slug, near string) {
	var known []string
	for _, v := range vendors {
		if strings.EqualFold(v.Slug, name) || strings.EqualFold(v.Name, name) {
			return v.Slug, ""
		}
		known = append(known, v.Slug)
	}
	return "", Nearest(name, known)
}
