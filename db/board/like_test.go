package board

import "testing"

// Incidents are alike by rare words of theirs, and not by those that all of a vendor's incidents have.
func TestSimilar(t *testing.T) {
	past := []Past{
		{IncidentID: 1, Title: "Card payments are declined in Europe", Components: "Payments", BeganAt: "2026-01"},
		{IncidentID: 2, Title: "Elevated error rates of the API", Components: "API", BeganAt: "2026-02"},
		{IncidentID: 3, Title: "Payments in Europe time out", Components: "Payments",
			Body: "Card payments are declined.", BeganAt: "2026-03"},
		{IncidentID: 4, Title: "Webhooks arrive late", Components: "Webhooks", BeganAt: "2026-04"},
		{IncidentID: 5, Title: "Dashboard is slow", BeganAt: "2026-05"},
	}
	for _, c := range []struct {
		one  Past
		want []int64
	}{
		{Past{Title: "Card payments are declined in Europe", Components: "Payments"}, []int64{1, 3}},
		{Past{Title: "Elevated error rates", Components: "API"}, []int64{2}},
		{Past{Title: "Something else altogether"}, nil},
		{Past{}, nil},
	} {
		found := similar(c.one, past, 5)
		if len(found) != len(c.want) {
			t.Errorf("%q is like %v, want %v", c.one.Title, found, c.want)
			continue
		}
		for n, p := range found {
			if p.IncidentID != c.want[n] {
				t.Errorf("%q is like %v, want %v", c.one.Title, found, c.want)
			}
		}
	}
	if found := similar(past[0], past, 1); len(found) != 1 || found[0].IncidentID != 1 {
		t.Errorf("at most one: %v", found)
	}
}
