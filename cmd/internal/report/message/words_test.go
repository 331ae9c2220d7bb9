package message

import (
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

func TestHowLongItLasted(t *testing.T) {
	d := Digest{UntilAt: "2025-11-24T08:00:00.000Z", Location: time.UTC,
		Unreadable: []Source{{SourceID: 7, LastGoodAt: "2025-11-24T05:00:00.000Z"}}}
	open := query.Incident{Kind: "incident", Severity: "major", State: "investigating",
		StartedAt: "2025-11-24T07:00:00.000Z"}
	with := func(change func(*query.Incident)) Item {
		i := open
		change(&i)
		return Item{Incident: i}
	}
	for _, c := range []struct {
		name string
		item Item
		want string // the fact after severity, state and start
	}{
		{"open", with(func(i *query.Incident) {}), "ongoing for 1 h"},
		{"open, on a page that cannot be read", with(func(i *query.Incident) { i.SourceID = 7 }),
			"open when last read Mon 24 Nov 05:00 UTC"},
		{"open, its start ahead by the vendor's clock",
			with(func(i *query.Incident) { i.StartedAt = "2025-11-24T09:00:00.000Z" }), "ongoing"},
		{"open, its start unknown", with(func(i *query.Incident) { i.StartedAt = "" }), "ongoing"},
		{"over", with(func(i *query.Incident) { i.State, i.DurationSeconds = "resolved", new(int64(480)) }),
			"lasted 8 min"},
		{"over, its end unknown", with(func(i *query.Incident) { i.State = "resolved" }), "duration unknown"},
		{"over, the postmortem says otherwise", with(func(i *query.Incident) {
			i.State, i.DurationSeconds, i.StatedDurationSeconds = "resolved", new(int64(480)), new(int64(26*60))
		}), "lasted 8 min (the vendor's postmortem says 26 min)"},
		{"over, the postmortem says the same", with(func(i *query.Incident) {
			i.State, i.DurationSeconds, i.StatedDurationSeconds = "resolved", new(int64(480)), new(int64(480))
		}), "lasted 8 min"},
		{"taken off the page", with(func(i *query.Incident) { i.LeftFeedAt = "2025-11-24T07:30:00.000Z" }),
			"gone from the page Mon 24 Nov 07:30 UTC, end unknown"},
	} {
		if got := d.Entry(c.item).Facts[3]; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// items are open incidents of these severities.
func items(severities ...string) []Item {
	var all []Item
	for n, s := range severities {
		all = append(all, Item{Incident: query.Incident{IncidentID: int64(n + 1), SourceID: 7, Kind: "incident",
			State: "investigating", Severity: s}})
	}
	return all
}

// Quiet is a claim about what could be seen, so the headline says what could not.
func TestHeadline(t *testing.T) {
	for _, c := range []struct {
		digest Digest
		want   string
	}{
		{Digest{}, "No page is watched yet"},
		{Digest{Counts: Counts{Sources: 10, SourcesReadable: 10}}, "All quiet on 10 pages"},
		{Digest{Counts: Counts{Sources: 10, SourcesReadable: 10, Vendors: 9, VendorsReadable: 9, VendorsWell: 8}},
			"Nothing new on 10 pages"},
		{Digest{Counts: Counts{Sources: 10, SourcesReadable: 8}},
			"All quiet on the 8 pages we could read · 2 pages unreadable"},
		{Digest{Counts: Counts{Sources: 2, SourcesReadable: 1}},
			"All quiet on the one page we could read · 1 page unreadable"},
		{Digest{Counts: Counts{Sources: 10, SourcesReadable: 10}, StillOpen: items("minor")},
			"1 minor open now · nothing new on 10 pages"},
		{Digest{Counts: Counts{Sources: 3}}, "Blind: none of 3 pages could be read"},
		{Digest{Counts: Counts{Sources: 3}, StillOpen: items("major", "minor"),
			Unreadable: []Source{{SourceID: 7}}},
			"Blind: none of 3 pages could be read · 2 open when last read"},
		{Digest{Counts: Counts{Sources: 3, SourcesReadable: 2, News: 1}, New: items("unknown")},
			"1 incident open now · 1 new · 1 page unreadable"},
		{Digest{Counts: Counts{Sources: 50, SourcesReadable: 48, News: 6}, FromAt: "2025-11-21T09:00:00.000Z",
			UntilAt: "2025-11-24T09:00:00.000Z", New: append(items("critical", "major", "critical", "minor", "none"),
				Item{Incident: query.Incident{IncidentID: 99, State: "resolved"}})},
			"2 critical, 1 major, 1 minor, 1 other open now · 6 new since Friday (1 over) · 2 pages unreadable"},
		{Digest{Counts: Counts{Sources: 3, SourcesReadable: 3, News: 1}, FromAt: "2025-10-21T09:00:00.000Z",
			UntilAt: "2025-11-24T09:00:00.000Z", Resolved: make([]Item, 1)},
			"Nothing open on 3 pages · nothing new since 21 October, 1 resolved"},
	} {
		if got := c.digest.HeadlineText(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.digest.Counts, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	base := query.Event{At: "2025-11-24T13:02:11.000Z", Vendor: "kustomer", VendorName: "Kustomer",
		Title: "[PLATFORM]\n[403 ERROR]", Severity: "minor", State: "investigating"}
	for _, c := range []struct {
		kind   normalize.EventKind
		detail map[string]string
		change func(*query.Event)
		want   string
	}{
		{normalize.EventIncidentOpened, nil, nil,
			"14:02:11  Kustomer          opened         minor     [PLATFORM] [403 ERROR]  investigating"},
		{normalize.EventIncidentOpened, map[string]string{"already_open": "true"}, nil,
			"14:02:11  Kustomer          already open   minor     [PLATFORM] [403 ERROR]  investigating"},
		{normalize.EventIncidentOpened, map[string]string{"late": "true"},
			func(e *query.Event) { e.State = "resolved" },
			"14:02:11  Kustomer          added late     minor     [PLATFORM] [403 ERROR]  resolved"},
		{normalize.EventUpdatePosted, nil, func(e *query.Event) { e.Body = "We look\ninto it." },
			"14:02:11  Kustomer          update         minor     [PLATFORM] [403 ERROR]  We look into it."},
		{normalize.EventStateChanged, map[string]string{"from": "investigating", "to": "identified"}, nil,
			"14:02:11  Kustomer          state          minor     [PLATFORM] [403 ERROR]  investigating → identified"},
		{normalize.EventSeverityChanged, map[string]string{"from": "minor", "to": "critical"},
			func(e *query.Event) { e.Severity = "critical" },
			"14:02:11  Kustomer          severity       critical  [PLATFORM] [403 ERROR]  minor → critical (worse)"},
		{normalize.EventSeverityChanged, map[string]string{"from": "unknown", "to": "minor"}, nil,
			"14:02:11  Kustomer          severity       minor     [PLATFORM] [403 ERROR]  unknown → minor"},
		{normalize.EventIncidentResolved, nil, nil,
			"14:02:11  Kustomer          resolved       minor     [PLATFORM] [403 ERROR]"},
		{normalize.EventIncidentReopened, nil, nil,
			"14:02:11  Kustomer          reopened       minor     [PLATFORM] [403 ERROR]  investigating"},
		{normalize.EventPostmortemPosted, nil, func(e *query.Event) { e.Body = "A policy was too strict." },
			"14:02:11  Kustomer          postmortem     minor     [PLATFORM] [403 ERROR]  A policy was too strict."},
		{normalize.EventIncidentEdited, map[string]string{"fields": "title, body"}, nil,
			"14:02:11  Kustomer          edited         minor     [PLATFORM] [403 ERROR]  " +
				"the vendor changed title, body"},
		{normalize.EventIncidentLeftFeed, nil, nil,
			"14:02:11  Kustomer          left the page  minor     [PLATFORM] [403 ERROR]  without a resolution"},
		{normalize.EventMaintenanceScheduled, nil, func(e *query.Event) { e.State = "scheduled" },
			"14:02:11  Kustomer          scheduled      [PLATFORM] [403 ERROR]  scheduled"},
		{normalize.EventMaintenanceStarted, nil, func(e *query.Event) { e.State = "in_progress" },
			"14:02:11  Kustomer          work started   [PLATFORM] [403 ERROR]  in progress"},
		{normalize.EventMaintenanceCompleted, nil, func(e *query.Event) { e.State = "completed" },
			"14:02:11  Kustomer          work ended     [PLATFORM] [403 ERROR]  completed"},
		{normalize.EventMaintenanceCompleted, nil, func(e *query.Event) { e.State = "cancelled" },
			"14:02:11  Kustomer          work cancelled  [PLATFORM] [403 ERROR]  cancelled"},
		{normalize.EventComponentChanged, map[string]string{"component": "Prod1 (US) › Web Client",
			"from": "operational", "to": "major_outage"}, nil,
			"14:02:11  Kustomer          component      Prod1 (US) › Web Client  operational → major outage"},
		{normalize.EventComponentChanged, map[string]string{"component": "Core › Webhooks",
			"from_name": "Core › Hooks"}, nil,
			"14:02:11  Kustomer          component      Core › Hooks  is now called Core › Webhooks"},
		{normalize.EventSourceUnreadable, map[string]string{"reason": "not the expected page: a login page"}, nil,
			"14:02:11  Kustomer          CANNOT READ    not the expected page: a login page"},
		{normalize.EventSourceReadable, nil, nil, "14:02:11  Kustomer          readable"},
		{"something_new", nil, nil, "14:02:11  Kustomer          something new  [PLATFORM] [403 ERROR]  investigating"},
	} {
		e := base
		e.Kind, e.Detail = c.kind, c.detail
		if c.change != nil {
			c.change(&e)
		}
		if got := EventLine(e, zone(t, "Europe/Berlin")); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.kind, got, c.want)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zone data for %s: %v", name, err)
	}
	return z
}
