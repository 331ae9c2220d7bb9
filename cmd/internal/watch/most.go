package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// mostIncidents is how many incidents one pass over a page takes. Saving them holds the file for about a second, during
// which nobody else can save.
const mostIncidents = 1000

// limitIncidents leaves out what a page has beyond mostIncidents: those that are over before those that are open, and
// of these the oldest. A finding says so, and what the page lacks then is concluded from nothing.
func limitIncidents(s *record.Scrape) {
	all := len(s.Incidents)
	if all <= mostIncidents {
		return
	}
	slices.SortStableFunc(s.Incidents, func(a, b normalize.Incident) int {
		if a.State.Over() != b.State.Over() {
			if a.State.Over() {
				return 1
			}
			return -1
		}
		return begin(b).Compare(begin(a))
	})
	s.AllOpen = s.AllOpen && s.Incidents[mostIncidents].State.Over()
	s.CoverageStart, s.CoverageEnd = time.Time{}, time.Time{}
	s.Incidents = s.Incidents[:mostIncidents:mostIncidents]
	kept := map[string]bool{"": true}
	for _, i := range s.Incidents {
		kept[i.Key] = true
	}
	for _, c := range s.Components {
		kept[c.Key] = true
	}
	s.Findings = slices.DeleteFunc(s.Findings, func(f normalize.Finding) bool { return !kept[f.Key] })
	s.Findings = append(s.Findings, normalize.Finding{Field: "page", Value: strconv.Itoa(all), Problem: fmt.Sprintf(
		"the page has more than %d incidents; what is open and the newest of the others are read", mostIncidents)})
}

// begin is when an incident began or is to begin.
func begin(i normalize.Incident) time.Time {
	return cmp.Or(i.StartedAt, i.ScheduledStartAt, i.CreatedAt)
}
