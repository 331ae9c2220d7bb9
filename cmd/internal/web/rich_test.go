package web

import (
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// rich is the story with all that a file can hold besides: an event on two pages, an incident that filters hide,
// words that nobody knows, a notice, maintenances of every state, posts that were taken down, a page that says it
// is unwell, one that was never read and one that is watched no more.
func rich(t testing.TB, o Options) *record {
	r := story(t, o)
	acme := r.watched[0]

	// An aggregator tells of an incident of Acme's too, and of one that its own page is silent about.
	vendor, err := r.VendorBySlug(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := r.EnsureSource(t.Context(), vendor.VendorID, "https://pingoru.io/providers/acme", "pingoru")
	if err != nil {
		t.Fatal(err)
	}
	r.watched = append(r.watched, copied)
	if err := r.SetWatched(t.Context(), r.watched); err != nil {
		t.Fatal(err)
	}
	slow := incident("copy-of-slow", "API answers are slow", "major", nil,
		says("investigating", before(3*hour), "Calls take seconds."), says("identified", before(95*minute), "A disk is full."))
	r.save(db.Scrape{SourceID: copied, At: before(30 * minute), AllOpen: true, Incidents: read(slow)})

	// Words that mean nothing to us, times that cannot be read, an incident that names its impact in nobody's words.
	odd := incident("odd", "Something odd", "catastrophic", nil, says("pondering", before(50*minute), "We think about it."), says("update", before(40*minute), "We still do."))
	odd.State = "pondering"
	odd.Updates[0].Created = at(before(48 * minute))
	odd.Resolved = normalize.RawTime{Text: "the day after tomorrow"}
	notice := incident("terms", "New terms of service", "none", nil, says("investigating", before(2*day24), "From March on."), says("resolved", before(2*day24-minute), "That is all."))
	notice.Kind = "notice"
	gone := incident("gone", "Exports fail", "minor", []normalize.RawComponent{{ID: "api", Name: "API"}}, says("investigating", before(5*hour), "We look into it."), says("monitoring", before(4*hour), "It seems better."))
	done := incident("done", "Network upgrade", "maintenance", clientWeb, says("scheduled", before(4*day24), "Planned."), says("in_progress", before(3*day24), "Begun."),
		says("verifying", before(3*day24-hour), "Looking."), says("completed", before(3*day24-2*hour), "Over."))
	done.Kind, done.ScheduledStart, done.ScheduledEnd = "maintenance", at(before(3*day24)), at(before(3*day24-2*hour))
	running := incident("running", "Database move", "maintenance", clientWeb, says("scheduled", before(day24), "Planned."), says("in_progress", before(20*minute), "Begun."))
	running.Kind, running.ScheduledStart, running.ScheduledEnd = "maintenance", at(before(20*minute)), at(now.Add(hour))
	forgotten := incident("forgotten", "Router change", "maintenance", nil, says("scheduled", before(6*day24), "Planned."))
	forgotten.Kind, forgotten.ScheduledStart, forgotten.ScheduledEnd = "maintenance", at(before(5*day24)), at(before(5*day24-hour))
	off := incident("off", "Router change, second try", "maintenance", nil, says("scheduled", before(4*day24), "Planned."), says("cancelled", before(3*day24), "Not needed."))
	off.Kind, off.ScheduledStart, off.ScheduledEnd = "maintenance", at(before(2*day24)), at(before(2*day24-hour))

	odds := r.vendor(db.Vendor{Slug: "odds", Name: "Odds & Ends"})
	r.save(db.Scrape{SourceID: odds, At: before(7 * day24), AllOpen: true})
	incidents, findings := normalize.Incidents([]normalize.Raw{odd, notice, gone, done, running, forgotten, off}, normalize.Words{})
	parts := components(normalize.StatusMaintenance)
	parts = append(parts, normalize.Component{Key: "new", Name: "Beta", Group: "Prod2 (EU)", Status: normalize.StatusUnknown, VendorStatus: "wobbly"})
	r.save(db.Scrape{SourceID: odds, At: before(30 * minute), AllOpen: true, AllComponents: true, Incidents: incidents, Findings: findings, Components: parts})
	gone.Updates = gone.Updates[:1]
	gone.State = "investigating"
	incidents, _ = normalize.Incidents([]normalize.Raw{odd, gone, running}, normalize.Words{})
	r.save(db.Scrape{SourceID: odds, At: before(20 * minute), AllOpen: true, AllComponents: true, Incidents: incidents, Findings: findings, Components: parts})
	incidents, _ = normalize.Incidents([]normalize.Raw{odd, running}, normalize.Words{})
	r.save(db.Scrape{SourceID: odds, At: before(minute), AllOpen: true, AllComponents: true, Incidents: incidents, Findings: findings, Components: parts[:2]})

	// A page that calls itself unwell and does not say why, one that was never read, one that is watched no more.
	moody := r.vendor(db.Vendor{Slug: "moody", Name: "Moody"})
	for n := range 4 {
		r.save(db.Scrape{SourceID: moody, At: before(time.Duration(40-10*n) * minute), AllOpen: true, Indicator: []string{"none", "minor", "minor", "minor"}[n], IndicatorText: "Minor Service Outage"})
	}
	r.save(db.Scrape{SourceID: moody, At: before(minute), AllOpen: true, Indicator: "minor", IndicatorText: "Minor Service Outage"})
	r.vendor(db.Vendor{Slug: "fresh", Name: "Fresh"})
	dropped := r.vendor(db.Vendor{Slug: "dropped", Name: "Dropped"})
	r.save(db.Scrape{SourceID: dropped, At: before(hour), AllOpen: true})
	r.save(db.Scrape{SourceID: dropped, At: before(minute), AllOpen: true, Incidents: read(incident("last", "Last words", "critical", nil, says("investigating", before(2*minute), "It burns.")))})
	r.watched = r.watched[:len(r.watched)-1]
	if err := r.SetWatched(t.Context(), r.watched); err != nil {
		t.Fatal(err)
	}

	// Acme's filters hide what concerns its European service only.
	eu := incident("eu", "Slow in Europe", "minor", clientWeb[1:], says("investigating", before(10*minute), "Somewhat slow."))
	if err := r.SetFilter(t.Context(), acme, normalize.Filter{Components: []string{"Prod1 *", "API"}}, now); err != nil {
		t.Fatal(err)
	}
	r.save(db.Scrape{SourceID: acme, At: before(30 * time.Second), AllOpen: false, Incidents: read(eu)})
	r.save(db.Scrape{SourceID: copied, At: before(minute), AllOpen: true, Incidents: read(slow)})
	return r
}

// The record has what its name promises, so that tests over it see it.
func TestRichRecord(t *testing.T) {
	r := rich(t, Options{})
	list, err := r.Incidents(t.Context(), db.Filter{AllSources: true})
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, i := range list {
		has["kind "+i.Kind], has["state "+i.State], has["severity "+i.Severity] = true, true, true
		has["filtered"] = has["filtered"] || i.Filtered == 1
		has["same event"] = has["same event"] || i.SameEventID != 0 && i.SameEventID != i.IncidentID
		has["left"] = has["left"] || i.LeftFeedAt != ""
		whole, err := r.IncidentByID(t.Context(), i.IncidentID)
		if err != nil {
			t.Fatal(err)
		}
		has["findings"] = has["findings"] || len(whole.Findings) > 0
		has["revisions"] = has["revisions"] || len(whole.Revisions) > 0
		has["components"] = has["components"] || len(whole.AffectedComponents) > 0
		for _, u := range whole.Updates {
			has["update "+u.State] = true
			has["removed"] = has["removed"] || u.RemovedAt != ""
		}
	}
	for _, want := range []string{"kind incident", "kind maintenance", "kind notice", "state unknown", "state scheduled", "state in_progress", "state completed", "state cancelled",
		"severity unknown", "severity minor", "severity major", "severity none", "filtered", "same event", "left", "findings", "revisions", "components", "update postmortem", "update update"} {
		if !has[want] {
			t.Errorf("no incident has: %s", want)
		}
	}
	if t.Failed() {
		for _, i := range list {
			t.Logf("%+v", i)
		}
	}
}
