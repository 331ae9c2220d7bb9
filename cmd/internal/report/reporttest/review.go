package reporttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// ReviewDigest is a review of a bad week, with lengths that are not known, and texts that vendors wrote.
func ReviewDigest(t *testing.T) message.Digest {
	zone := Zone(t, "Europe/Berlin")
	until := time.Date(2025, 11, 24, 0, 0, 0, 0, zone)
	day := func(n int) string { return normalize.FormatTime(until.AddDate(0, 0, n-7)) }
	length := func(minutes int) *int64 {
		if minutes < 0 {
			return nil
		}
		return new(int64(minutes * 60))
	}
	days := func(minutes ...int) []*int64 {
		var out []*int64
		for _, m := range minutes {
			out = append(out, length(m))
		}
		return out
	}
	week := func(now, before, mean, weeks, incidents, unknown int, daily ...int) message.Week {
		return message.Week{ImpactSeconds: length(now), BeforeSeconds: length(before), MeanSeconds: length(mean),
			MeanWeeks: weeks, Incidents: incidents, Unknown: unknown, DaySeconds: days(daily...)}
	}
	work := message.Item{Incident: query.Incident{IncidentID: 11, Vendor: "octoforge", VendorName: "Octoforge",
		Kind: "maintenance", Title: "Network work in Frankfurt", State: "scheduled", Severity: "none",
		ScheduledStartAt: "2025-11-29T23:00:00.000Z", ScheduledEndAt: "2025-11-30T03:00:00.000Z"}, Owner: "platform"}
	r := &message.Review{Vendors: 50, Affected: 3, NotSeen: 2, By: "owner",
		All: week(905, 310, 420, 13, 7, 1, 0, 0, 300, 305, 0, 0, 300),
		Cost: []message.VendorWeek{
			{Vendor: "octoforge", VendorName: "Octoforge", Owner: "platform",
				Week: week(605, 120, 180, 13, 4, 1, 0, 0, 300, 305, 0, 0, 0),
				Longest: &message.LongestIncident{IncidentID: 3, Title: "Pushes fail <!channel> & wait",
					URL: "https://status.octoforge.example/incidents/3", ImpactSeconds: 300 * 60},
				Honesty: []query.Honesty{{Measure: "shortened", Cases: 1, Of: 4, Unit: "percent"},
					{Measure: "promise_broken", Cases: 2, Of: 3, Unit: "percent"}}},
			{Vendor: "kustomer", VendorName: "Kustomer", Owner: "support",
				Week:    week(300, -1, -1, 0, 2, 0, -1, 0, 0, 0, 0, 0, 300),
				Longest: &message.LongestIncident{IncidentID: 2, Title: "Messages are late", ImpactSeconds: 200 * 60},
				Honesty: []query.Honesty{}, UnreadSeconds: 40 * 3600},
			{Vendor: "paylane", VendorName: "Paylane", Week: week(-1, 0, 12, 9, 1, 1, 0, 0, -1, 0, 0, 0, 0),
				Honesty: []query.Honesty{{Measure: "postmortem_missing", Cases: 2, Of: 5, Unit: "percent"}}},
		},
		Others: []message.VendorWeek{{Vendor: "mailcart", VendorName: "Mailcart", Week: week(-1, 0, 0, 13, 0, 0, -1, -1,
			-1, -1, -1, -1, -1), Honesty: []query.Honesty{}, UnreadSeconds: 7 * 24 * 3600}},
		Parts: []message.Part{{Name: "platform", Vendors: 12, Week: week(605, 130, 200, 13, 4, 1)},
			{Name: "support", Vendors: 3, Week: week(300, -1, -1, 0, 2, 0)}},
		Maintenance: []message.Item{work},
	}
	for n := range 7 {
		r.DaysAt = append(r.DaysAt, day(n))
	}
	return reviewOf(r, until)
}

// LongReview is a review of that many vendors of which everything can be said, whose names and titles are these.
func LongReview(t *testing.T, vendors int, text string) message.Digest {
	d := ReviewDigest(t)
	r := *d.Review
	v := r.Cost[0]
	v.Honesty = nil
	for _, measure := range []string{"never_posted", "post_back_dated", "post_removed", "severity_lowered", "shortened",
		"deleted", "postmortem_longer", "postmortem_missing", "promise_broken"} {
		v.Honesty = append(v.Honesty, query.Honesty{Measure: measure, Cases: 1000, Of: 2000, Unit: "percent"})
	}
	v.UnreadSeconds, v.Owner = 100*3600+60, strings.Repeat(text, 3)
	v.Longest = &message.LongestIncident{IncidentID: 3, Title: strings.Repeat(text, 40), ImpactSeconds: 300 * 60}
	r.Cost, r.Others, r.Parts, r.Maintenance = nil, nil, nil, nil
	for n := range vendors {
		v.Vendor, v.VendorName = fmt.Sprintf("v%d", n), fmt.Sprintf("No%d. %s", n, text)
		if n < 5 {
			r.Cost = append(r.Cost, v)
		} else {
			r.Others = append(r.Others, v)
		}
		r.Parts = append(r.Parts, message.Part{Name: fmt.Sprintf("owner%d. %s", n, text), Vendors: 1, Week: v.Week})
	}
	until := time.Date(2025, 11, 24, 0, 0, 0, 0, d.Location)
	return reviewOf(&r, until)
}

func reviewOf(r *message.Review, until time.Time) message.Digest {
	return message.Digest{FromAt: normalize.FormatTime(until.AddDate(0, 0, -7)), UntilAt: normalize.FormatTime(until),
		Zone: until.Location().String(), Location: until.Location(), Headline: r.HeadlineText(),
		DashboardURL: "https://watch.example.com", EventIDs: []int64{}, Review: r}
}
