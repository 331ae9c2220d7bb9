package board

import (
	"strings"
	"testing"
)

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

// Incidents that are equally like one stand in one order, however often they are asked for.
func TestSimilarKeepsItsOrder(t *testing.T) {
	one := Past{Title: "Elevated error rates of card payments in region seven since the upgrade of last night"}
	var past []Past
	for n := range 6 {
		p := one
		p.IncidentID, p.BeganAt = int64(n), "2026-0"+string(rune('1'+n))
		past = append(past, p)
	}
	for n, word := range strings.Fields(one.Title) { // each word is rare in another measure
		for range n {
			past = append(past, Past{IncidentID: 100, Title: word + " something else of another kind and much longer"})
		}
	}
	for range 200 {
		for n, p := range similar(one, past, 6) {
			if p.IncidentID != int64(5-n) {
				t.Fatalf("the newest of six equal ones is not first: %d at place %d", p.IncidentID, n)
			}
		}
	}
}
