package digest_test

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// What a vendor's filter hides is in no section of a digest, and counted in its last line.
func TestDigestsCountWhatFiltersHide(t *testing.T) {
	open := func(id int64, filtered int) query.Incident {
		return query.Incident{IncidentID: id, SourceID: 1, Vendor: "acme", VendorName: "Acme", Kind: "incident",
			Title: "Trouble", Severity: "minor",
			State: "investigating", StartedAt: "2026-11-23T08:00:00.000Z", FirstSeenAt: "2026-11-23T08:00:00.000Z",
			Filtered: filtered}
	}
	ahead := open(3, 1)
	ahead.Kind, ahead.State, ahead.ScheduledStartAt = "maintenance", "scheduled", "2026-11-24T08:00:00.000Z"
	f := digest.Facts{
		Incidents: map[int64]query.Incident{1: open(1, 0), 2: open(2, 1)},
		Events: []query.Event{
			{EventID: 1, IncidentID: 2, SourceID: 1, Vendor: "acme", Kind: normalize.EventIncidentOpened,
				Withheld: query.WithheldFiltered},
			{EventID: 2, SourceID: 1, Vendor: "acme", Kind: normalize.EventComponentChanged,
				Withheld: query.WithheldFiltered,
				Detail:   map[string]string{"component": "API", "from": "operational", "to": "major_outage"}},
		},
		Open: []query.Incident{open(1, 0), open(2, 1)}, Maintenance: []query.Incident{ahead},
		Health: []query.SourceHealth{{SourceID: 1, Vendor: "acme", VendorName: "Acme", Watched: 1, Health: "ok",
			LastSuccessAt: "2026-11-23T09:00:00.000Z"}},
	}
	now := words.Time("2026-11-23T09:00:00.000Z")
	d := digest.Assemble(f, digest.Window{Until: now}, digest.Options{Zone: now.Location(), Now: now})
	if len(d.StillOpen) != 1 || d.StillOpen[0].IncidentID != 1 || len(d.New)+len(d.Upcoming)+len(d.Components) != 0 {
		t.Errorf("still open %v, new %v, ahead %v, components %v; want incident 1 as still open and nothing else",
			d.StillOpen, d.New, d.Upcoming, d.Components)
	}
	if d.Counts.Filtered != 2 {
		t.Errorf("%d counted as hidden, want 2", d.Counts.Filtered)
	}
	if text := message.DigestText(d, 0); !strings.Contains(text, "2 more, open or upcoming, hidden by vendor filters") {
		t.Errorf("the digest does not say what is hidden:\n%s", text)
	}
}
