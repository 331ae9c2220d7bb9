// Package examples has a message of every kind, of a vendor that does not exist: to try a channel with, and to check
// what a receiver's own form makes of it.
package examples

import (
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

// Label stands at the beginning of every title and text of an example.
const Label = "[Example] "

// All returns an example for every reason, as of a time. Its keys begin with key, so that what it opens in a receiver
// is nothing that a real message opened.
func All(now time.Time, key string) []message.Message {
	e := maker{now: now, key: key}
	all := []message.Message{
		e.alert(message.ReasonFirst, nil),
		e.alert(message.ReasonWorsened, func(i *message.AlertItem) { i.Was, i.Severity = "major", "critical" }),
		e.alert(message.ReasonUpdate, func(i *message.AlertItem) {
			i.State = string(normalize.StateIdentified)
			i.Update = &query.Update{UpdateID: 2, IncidentID: i.IncidentID, State: i.State, PostedAt: i.LatestPostedAt,
				Body: i.LatestBody}
		}),
		e.alert(message.ReasonChanged, func(i *message.AlertItem) { i.Edited = []string{"title"} }),
		e.alert(message.ReasonLowered, func(i *message.AlertItem) { i.Was, i.Severity = "critical", "minor" }),
		e.alert(message.ReasonReminder, nil),
		e.alert(message.ReasonResolved, over),
		e.alert(message.ReasonReopened, nil),
		e.alert(message.ReasonPostmortem, over),
		e.alert(message.ReasonLeftFeed, func(i *message.AlertItem) {
			i.LeftFeedAt, i.Open = normalize.FormatTime(now), false
		}),
		e.alert(message.ReasonNotWatched, nil),
		e.alert(message.ReasonAction, func(i *message.AlertItem) {
			i.Action = &query.Action{ActionID: 1, Kind: query.ActionAcknowledge, Vendor: "example",
				VendorName: "Example vendor", IncidentID: 1, Title: i.Title, Who: "Anna Example", Via: query.ViaCLI,
				Text: "we have moved to the other region", CreatedAt: normalize.FormatTime(now)}
			i.AcknowledgedAt, i.AcknowledgedBy, i.Actions = normalize.FormatTime(now), "Anna Example",
				[]query.Action{*i.Action}
		}),
		e.alert(message.ReasonMaintenance, func(i *message.AlertItem) {
			i.Kind, i.State, i.Severity = string(normalize.KindMaintenance), string(normalize.StateScheduled), "none"
			i.Title, i.StartedAt, i.StartedBasis = Label+"Move of the database", "", ""
			i.ScheduledStartAt = normalize.FormatTime(now.Add(24 * time.Hour))
			i.ScheduledEndAt = normalize.FormatTime(now.Add(26 * time.Hour))
			i.LatestBody = "Writes wait for some minutes."
			i.DedupKey = e.key + "-maintenance"
		}),
		e.source(message.ReasonUnreadable, "the status page cannot be read", true),
		e.source(message.ReasonReadable, "the status page can be read again after 20 min", false),
		e.source(message.ReasonMoved, "the status page moved to https://status.example.net", false),
		e.source(message.ReasonComponent, "API: operational → major outage", true),
	}
	all = append(all,
		e.message(message.ReasonHeldBack, func(m *message.Message) {
			m.Held = &message.HeldBack{Count: 12, SinceAt: normalize.FormatTime(now.Add(-time.Hour)),
				UntilAt: normalize.FormatTime(now)}
		}),
		e.message(message.ReasonOwnNetwork, func(m *message.Message) { m.Own = e.own(false) }),
		e.message(message.ReasonOwnNetworkBack, func(m *message.Message) { m.Own = e.own(true) }),
		e.message(message.ReasonSLAAtRisk, func(m *message.Message) { m.Target = e.target(query.ForecastAtRisk, 31) }),
		e.message(message.ReasonSLAMissed, func(m *message.Message) { m.Target = e.target(query.ForecastMissed, 50) }),
		e.message(message.ReasonChannel, func(m *message.Message) {
			m.Failed = &message.FailedChannel{Channel: Label + "other channel", Refused: 2,
				SinceAt: normalize.FormatTime(now.Add(-24 * time.Hour)), Waiting: 4,
				LastError: "503 Service Unavailable"}
		}),
		e.message(message.ReasonDigest, func(m *message.Message) {
			m.Digest = &message.Digest{FromAt: normalize.FormatTime(now.Add(-24 * time.Hour)),
				UntilAt: normalize.FormatTime(now), Zone: "UTC", Headline: Label + "1 major open now",
				New: []message.Item{e.item().Item}, Counts: message.Counts{New: 1, Sources: 2, SourcesReadable: 2,
					Vendors: 2, VendorsReadable: 2, VendorsWell: 1}}
		}),
		e.review(),
		e.message(message.ReasonTest, nil))
	return all
}

// maker makes examples.
type maker struct {
	now time.Time
	key string
}

func (e maker) message(reason message.Reason, change func(*message.Message)) message.Message {
	m := message.Message{ID: e.key + "-" + string(reason), Reason: reason, At: normalize.FormatTime(e.now),
		EventIDs: []int64{}, Route: "example", Zone: time.UTC}
	if change != nil {
		change(&m)
	}
	return m
}

func (e maker) alert(reason message.Reason, change func(*message.AlertItem)) message.Message {
	i := e.item()
	if change != nil {
		change(&i)
	}
	return e.message(reason, func(m *message.Message) { m.Items = []message.AlertItem{i} })
}

// item is an open incident.
func (e maker) item() message.AlertItem {
	at := func(ago time.Duration) string { return normalize.FormatTime(e.now.Add(-ago)) }
	return message.AlertItem{
		Item: message.Item{Incident: query.Incident{
			IncidentID: 1, Vendor: "example", VendorName: "Example vendor", SourceID: 1, Origin: "vendor",
			PageURL: "https://status.example.com", Platform: "statuspage", SourceKey: "example",
			Kind: string(normalize.KindIncident), Title: Label + "Payments fail",
			URL: "https://status.example.com/incidents/example", Severity: string(normalize.SeverityMajor),
			State: string(normalize.StateInvestigating), VendorSeverity: "major", VendorState: "investigating",
			StartedAt: at(20 * time.Minute), StartedBasis: "stated", FirstSeenAt: at(18 * time.Minute),
			Components: "API › Payments", UpdateCount: 1, LatestBody: "Some payments fail. We look into it.",
			LatestState: "investigating", LatestPostedAt: at(18 * time.Minute),
		}, EventIDs: []int64{}, Owner: "nobody, this is an example"},
		RunbookURL: "https://wiki.example.com/runbooks/payments",
		DedupKey:   e.key + "-incident", Open: true,
	}
}

func over(i *message.AlertItem) {
	lasted := int64(20 * 60)
	i.State, i.ResolvedBasis, i.Open = string(normalize.StateResolved), "posted", false
	i.ResolvedAt, i.DurationSeconds, i.LatestBody = i.FirstSeenAt, &lasted, "A certificate had expired."
}

func (e maker) source(reason message.Reason, text string, open bool) message.Message {
	s := message.SourceAlert{
		Source: message.Source{SourceID: 1, Vendor: "example", VendorName: "Example vendor",
			PageURL: "https://status.example.com", SinceAt: normalize.FormatTime(e.now.Add(-20 * time.Minute)),
			LastGoodAt: normalize.FormatTime(e.now.Add(-30 * time.Minute)), Reason: "503 Service Unavailable"},
		Owner: "nobody, this is an example", RunbookURL: "https://wiki.example.com/runbooks/payments",
		Text: Label + text, DedupKey: e.key + "-page", Open: open,
	}
	if reason == message.ReasonComponent {
		s.Component, s.DedupKey = "API", e.key+"-component"
	}
	return e.message(reason, func(m *message.Message) { m.Source = &s })
}

func (e maker) own(over bool) *query.OwnOutage {
	o := query.OwnOutage{FromAt: normalize.FormatTime(e.now.Add(-20 * time.Minute)),
		Vendors: []string{Label + "First vendor", "Second vendor"}}
	if over {
		o.ToAt = normalize.FormatTime(e.now)
	}
	return &o
}

// target is an example of a target of which so many minutes are spent.
func (e maker) target(forecast string, spent float64) *servicetime.Standing {
	left, uptime, burn := 43.2-spent, 99.9, spent/25
	from := time.Date(e.now.Year(), e.now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return &servicetime.Standing{Of: "vendor", Slug: "example", Name: Label + "Example vendor",
		SLA: servicetime.SLA{Period: from.Format("2006-01"), FromAt: normalize.FormatTime(from),
			ToAt: normalize.FormatTime(from.AddDate(0, 1, 0)), TargetPercent: 99.9, UptimePercent: &uptime,
			KnownPercent: 100, BudgetMinutes: 43.2, ImpactMinutes: &spent, BudgetLeft: &left, BurnRate: &burn,
			Forecast: forecast}}
}

// review is an example of a digest of the kind review.
func (e maker) review() message.Message {
	length := func(minutes int64) *int64 { return new(minutes * 60) }
	until := e.now.Truncate(24 * time.Hour)
	week := message.Week{ImpactSeconds: length(90), BeforeSeconds: length(30), MeanSeconds: length(45), MeanWeeks: 13,
		Incidents: 2}
	r := message.Review{Vendors: 2, Affected: 1, By: "owner", Others: []message.VendorWeek{},
		Maintenance: []message.Item{}}
	for n := range 7 {
		r.DaysAt = append(r.DaysAt, normalize.FormatTime(until.AddDate(0, 0, n-7)))
		week.DaySeconds = append(week.DaySeconds, length(0))
	}
	week.DaySeconds[1], week.DaySeconds[4] = length(60), length(30)
	r.All = week
	r.Cost = []message.VendorWeek{{Vendor: "example", VendorName: "Example vendor", Owner: "nobody, this is an example",
		Week: week, Honesty: []query.Honesty{{Measure: "promise_broken", Cases: 1, Of: 2, Unit: "percent"}},
		Longest: &message.LongestIncident{IncidentID: 1, Title: Label + "Payments fail", ImpactSeconds: 60 * 60,
			URL: "https://status.example.com/incidents/example"}}}
	r.Parts = []message.Part{{Name: "nobody, this is an example", Vendors: 2, Week: week}}
	return e.message(message.ReasonDigest, func(m *message.Message) {
		m.ID += "-review"
		m.Digest = &message.Digest{FromAt: r.DaysAt[0], UntilAt: normalize.FormatTime(until), Zone: "UTC",
			Headline: Label + r.HeadlineText(), EventIDs: []int64{}, Review: &r}
	})
}
