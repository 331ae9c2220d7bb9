package scraper

import (
	"cmp"

	"vendorwatch/normalize"
)

// apart gives entries of one document that share an id, and are not the same, ids of their own: the id and when they
// began or were posted. Nothing of theirs is lost then, and a finding says so.
func apart(res *Result) {
	byID := map[string][]int{}
	for n := range res.Incidents {
		raw := &res.Incidents[n]
		raw.Updates = apartUpdates(res, *raw)
		if raw.ID != "" {
			byID[raw.ID] = append(byID[raw.ID], n)
		}
	}
	for n := range res.Incidents {
		raw := &res.Incidents[n]
		id := raw.ID
		for _, m := range byID[id] {
			if !twoIncidents(*raw, res.Incidents[m]) {
				continue
			}
			raw.ID = id + "@" + began(*raw)
			res.Findings = append(res.Findings, normalize.Finding{
				Key: raw.ID, Field: "source_key", Value: id,
				Problem: "two incidents have this id; they are kept apart by their start",
			})
			break
		}
	}
}

// twoIncidents reports whether two entries with one id are two incidents: neither title nor start is the same.
func twoIncidents(a, b normalize.Raw) bool {
	return a.Title != b.Title && began(a) != "" && began(b) != "" && began(a) != began(b)
}

func began(r normalize.Raw) string {
	return cmp.Or(r.Started.Text, r.ScheduledStart.Text, r.Created.Text)
}

// apartUpdates returns the updates of an incident. Of those that share an id, the first keeps it.
func apartUpdates(res *Result, raw normalize.Raw) []normalize.RawUpdate {
	first := map[string]normalize.RawUpdate{}
	for n, u := range raw.Updates {
		before, known := first[u.ID]
		if !known || u.ID == "" {
			first[u.ID] = u
			continue
		}
		at := cmp.Or(u.Posted.Text, u.Created.Text)
		if at == "" || at == cmp.Or(before.Posted.Text, before.Created.Text) {
			continue
		}
		raw.Updates[n].ID = u.ID + "@" + at
		res.Findings = append(res.Findings, normalize.Finding{
			Key: raw.ID, Field: "updates", Value: u.ID,
			Problem: "two updates have this id; they are kept apart by the time they were posted",
		})
	}
	return raw.Updates
}
