package trends

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"vendorwatch/db/query"
)

// The vendors of a story stand together where the first of them would, and others around them by time.
func TestLately(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	since := now.Add(-48 * time.Hour)
	var all []query.IncidentImpact
	add := func(id int64, vendor string, hours float64) {
		from := now.Add(-time.Duration(hours * float64(time.Hour)))
		all = append(all, query.IncidentImpact{IncidentID: id, Vendor: vendor, Severity: "major", FromAt: from,
			ToAt: from.Add(time.Hour), CountedAt: from})
	}
	add(1, "early", 30)
	add(2, "cause", 20)
	add(3, "bystander", 19.5)
	add(4, "victim", 19)
	add(5, "twice", 18) // its other incident began before, and is no member
	add(6, "twice", 40)
	add(7, "late", 5)
	story := map[int64]int64{2: 9, 4: 9, 5: 9}
	var got []string
	for _, l := range Lately(all, story, since, now) {
		line := fmt.Sprint(l.Vendor, " ", l.Story)
		for _, b := range l.Bars {
			line += fmt.Sprint(" ", b.IncidentID, "/", b.Story)
		}
		got = append(got, line)
	}
	want := []string{"early 0 1/0", "cause 9 2/9", "victim 9 4/9", "twice 9 6/0 5/9", "bystander 0 3/0", "late 0 7/0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
