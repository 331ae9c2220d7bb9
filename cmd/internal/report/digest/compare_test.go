package digest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

func TestFiguresOfAWindow(t *testing.T) {
	at := func(clock string) time.Time {
		if clock == "" {
			return time.Time{}
		}
		return words.Time("2026-11-23T" + clock + ":00.000Z")
	}
	lasted := func(vendor, from, to string) query.IncidentImpact {
		return query.IncidentImpact{VendorName: vendor, FromAt: at(from), ToAt: at(to), CountedAt: at(from)}
	}
	open := func(vendor, from, read string) query.IncidentImpact {
		i := lasted(vendor, from, read)
		i.Open, i.CurrentUntil = 1, at(read).Add(7*time.Minute)
		return i
	}
	nobody := lasted("Fern", "", "")
	nobody.CountedAt = at("09:30")
	for name, c := range map[string]struct {
		incidents []query.IncidentImpact
		want      message.Figures
	}{
		"a time of several incidents counts once, and no more than the window": {
			[]query.IncidentImpact{
				lasted("Acme", "08:30", "09:20"), // 20 min lie within
				lasted("Acme", "09:30", "09:40"),
				open("Bolt", "09:50", "09:59"),   // 10 min
				lasted("Bolt", "09:35", "11:00"), // 25 min
				lasted("Cove", "09:10", "09:15"),
				lasted("Echo", "10:00", "10:30"), // after the window
				lasted("Echo", "07:00", "08:00"), // before it
			},
			message.Figures{Incidents: 4, ImpactSeconds: new(int64(50 * 60)), KnownLength: 5, WorstVendor: "Acme",
				WorstSeconds: 30 * 60},
		},
		"an open one lasts until now": {
			[]query.IncidentImpact{open("Bolt", "09:50", "09:59")},
			message.Figures{Incidents: 1, ImpactSeconds: new(int64(600)), KnownLength: 1, WorstVendor: "Bolt",
				WorstSeconds: 600},
		},
		"where its page is not read, it lasts until it was": {
			[]query.IncidentImpact{open("Bolt", "09:10", "09:15")},
			message.Figures{Incidents: 1, ImpactSeconds: new(int64(300)), KnownLength: 1, WorstVendor: "Bolt",
				WorstSeconds: 300},
		},
		"nobody knows how long": {
			[]query.IncidentImpact{lasted("Dune", "09:10", ""), nobody},
			message.Figures{Incidents: 2, UnknownLength: 2},
		},
		"of one it is known": {
			[]query.IncidentImpact{lasted("Dune", "09:10", ""), lasted("Acme", "09:30", "09:40")},
			message.Figures{Incidents: 2, ImpactSeconds: new(int64(600)), KnownLength: 1, UnknownLength: 1,
				WorstVendor: "Acme", WorstSeconds: 600},
		},
		"nothing": {nil, message.Figures{ImpactSeconds: new(int64(0))}},
	} {
		t.Run(name, func(t *testing.T) {
			got := figures(c.incidents, at("09:00"), at("10:00"), at("10:00"))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
