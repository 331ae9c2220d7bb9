package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func TestIncidents(t *testing.T) {
	f := newFile(t)
	severe := outage("c", after(-3*hour), "investigating")
	severe.Impact = "critical"
	wordless := outage("d", after(-4*hour), "investigating", "resolved")
	wordless.Impact, wordless.Title = "", "100% of logins_fail"
	f.save(seen(t0, outage("a", after(-hour), "investigating"),
		outage("b", after(-2*hour), "investigating", "resolved"), severe, wordless,
		work("m", after(5*hour), "scheduled")))
	f.source = f.addSource("other")
	f.save(seen(t0, outage("z", after(-5*hour), "monitoring")))

	for name, c := range map[string]struct {
		filter query.Filter
		want   string
	}{
		"all, newest first": {query.Filter{}, "m a b c d z"},
		"the newest two":    {query.Filter{Limit: 2}, "m a"},
		"of a vendor":       {query.Filter{Vendor: "other"}, "z"},
		"of no vendor":      {query.Filter{Vendor: "nobody"}, ""},
		"major and worse":   {query.Filter{Severity: normalize.SeverityMajor}, "c"},
		"minor and worse": {query.Filter{Severity: normalize.SeverityMinor, Kind: normalize.KindIncident},
			"a b c d z"},
		"unknown is no minor": {query.Filter{Severity: normalize.SeverityUnknown, Kind: normalize.KindIncident}, "c d"},
		"in a state":          {query.Filter{State: normalize.StateMonitoring}, "z"},
		"maintenances":        {query.Filter{Kind: normalize.KindMaintenance}, "m"},
		"open":                {query.Filter{Open: true}, "m a c z"},
		"since":               {query.Filter{Since: after(-2 * hour)}, "m a b"},
		"until":               {query.Filter{Until: after(-2 * hour)}, "c d z"},
		"words of the title":  {query.Filter{Search: "100% of logins_"}, "d"},
		"words of an update":  {query.Filter{Search: "IS MONITORING"}, "z"},
		"a wildcard is text":  {query.Filter{Search: "%"}, "d"},
		"all at once": {query.Filter{Vendor: "acme", Severity: normalize.SeverityMinor,
			State: normalize.StateInvestigating, Kind: normalize.KindIncident, Open: true, Since: after(-9 * hour),
			Until: t0, Search: "trouble", Limit: 1}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			incidents, err := f.Incidents(t.Context(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, i := range incidents {
				keys = append(keys, i.SourceKey)
			}
			if got := strings.Join(keys, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestIncidentByID(t *testing.T) {
	f := lived(t)
	detail, err := f.IncidentByID(t.Context(), 1, t0)
	if err != nil {
		t.Fatal(err)
	}
	seconds := func(n int64) *int64 { return &n }
	want := query.IncidentDetail{
		Incident: query.Incident{IncidentID: 1, Vendor: "acme", VendorName: "ACME", SourceID: f.source,
			PageURL: "https://status.acme.example", Platform: "statuspage",
			SourceKey: "a", Origin: "vendor", Kind: "incident", Title: "Trouble a",
			URL:      "https://status.acme.example/incidents/a",
			Severity: "minor", State: "monitoring",
			VendorSeverity: "minor", VendorState: "monitoring", StartedAt: "2026-11-23T08:00:00.000Z",
			StartedBasis: "posted",
			FirstSeenAt:  "2026-11-23T09:00:00.000Z",
			Announced:    1, Components: "Core › API", StoryID: 1, Story: "Two name Cloud.",
			StoryEvidence: "named", UpdateCount: 2, LatestBody: "This is monitoring.",
			LatestState: "monitoring", LatestPostedAt: "2026-11-23T08:05:00.000Z"},
		AffectedComponents: []query.AffectedComponent{{Component: query.Component{ComponentID: 1, SourceKey: "1",
			Name: "API", GroupName: "Core", Status: "unknown", LastStatus: "partial_outage"}, // nobody watches the page
			StartedAt: "2026-11-23T08:00:00.000Z"}},
		Updates: []query.Update{
			{UpdateID: 1, IncidentID: 1, State: "investigating", VendorState: "investigating",
				PostedAt: "2026-11-23T08:00:00.000Z", Body: "We know more.", FirstSeenAt: "2026-11-23T09:00:00.000Z"},
			{UpdateID: 6, IncidentID: 1, State: "monitoring", VendorState: "monitoring",
				PostedAt: "2026-11-23T08:05:00.000Z", Body: "This is monitoring.",
				FirstSeenAt: "2026-11-23T10:00:00.000Z"},
		},
		Revisions: []query.Revision{{RevisionID: 1, IncidentID: 1, UpdateID: 1, Field: "body",
			OldValue: "This is investigating.", NewValue: "We know more.", SeenAt: "2026-11-23T10:00:00.000Z"}},
		SameEvent: []query.EventRecord{},
		Actions:   []query.Action{},
		Findings: []query.Finding{{FindingID: 1, SourceID: f.source, SourceKey: "a", Field: "severity", Value: "purple",
			Problem:     "this severity word is unknown",
			FirstSeenAt: "2026-11-23T09:00:00.000Z", LastSeenAt: "2026-11-23T09:00:00.000Z", TimesSeen: 1}},
		Raw: []normalize.Raw{affecting(edited(outage("a", after(-hour), "investigating", "monitoring"),
			"We know more."), part("1", "Core", "API", ""))},
	}
	if diff := cmp.Diff(want, detail); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	old, err := f.IncidentByID(t.Context(), 3, t0)
	if diff := cmp.Diff(seconds(300), old.DurationSeconds); err != nil || diff != "" {
		t.Errorf("duration of an ended one: %v %s", err, diff)
	}
	if _, err := f.IncidentByID(t.Context(), 99, t0); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("one that does not exist: %v", err)
	}
}

func TestUpcomingMaintenance(t *testing.T) {
	f := newFile(t)
	passed := work("passed", after(-3*hour), "scheduled")
	f.save(seen(t0, work("running", after(-3*hour), "in_progress"), work("soon", after(2*hour), "scheduled"),
		work("far", after(200*hour), "scheduled"),
		work("done", after(-5*hour), "completed"), passed, outage("x", after(-hour), "investigating")))
	got, err := f.UpcomingMaintenances(t.Context(), t0, 7*24*hour)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, i := range got {
		keys = append(keys, i.SourceKey)
	}
	if diff := cmp.Diff([]string{"running", "soon"}, keys); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestHealthAndVendors(t *testing.T) {
	f := lived(t)
	f.addSource("zeta")
	health, err := f.SourceHealth(t.Context(), t0)
	if err != nil {
		t.Fatal(err)
	}
	want := []query.SourceHealth{
		{SourceID: 1, Vendor: "acme", VendorName: "ACME", PageURL: "https://status.acme.example",
			Platform: "statuspage", Watched: 1, Health: "unreadable",
			LastSuccessAt: "2026-11-23T10:00:00.000Z", LastAttemptAt: "2026-11-23T13:00:00.000Z",
			ConsecutiveFailures: 3, FailingSince: "2026-11-23T11:00:00.000Z",
			LastError: "403 Forbidden", LatestAt: "2026-11-23T10:00:00.000Z",
			CoverageStartAt: "2026-11-23T09:00:00.000Z",
			BlindSinceAt:    "2026-11-23T10:00:00.000Z", Gaps: 1, BlindSeconds30d: 3 * 3600,
			BaselineAt: "2026-11-23T09:00:00.000Z", Indicator: "minor",
			PageSeverity: "major", PageSeverityAt: "2026-11-23T09:10:00.000Z", PageBecause: "component",
			OpenIncidents: 2, Incidents: 3, OpenFindings: 1},
		{SourceID: 2, Vendor: "zeta", VendorName: "ZETA", PageURL: "https://status.zeta.example",
			Platform: "statuspage", Health: "not_watched"},
	}
	if diff := cmp.Diff(want, health); diff != "" {
		t.Errorf("health (-want +got)\n%s", diff)
	}
	vendors, err := f.Vendors(t.Context(), t0)
	if err != nil || len(vendors) != 2 || vendors[1].Slug != "zeta" || len(vendors[0].Sources) != 1 {
		t.Errorf("vendors %+v %v", vendors, err)
	}
}

func TestEnsureErasesNothing(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	id, err := f.EnsureVendor(ctx, query.Vendor{Slug: "acme", Homepage: "https://acme.example", Owner: "ops"})
	f.must(err)
	again, err := f.EnsureVendor(ctx, query.Vendor{Slug: "acme", Owner: "core"})
	f.must(err)
	if diff := cmp.Diff([]string{"1|acme|ACME|https://acme.example|core|"},
		f.rows(`SELECT * FROM vendors`)); diff != "" || id != again {
		t.Errorf("%d and %d (-want +got)\n%s", id, again, diff)
	}
	source, err := f.EnsureSource(ctx, id, "https://status.acme.example/", "")
	f.must(err)
	if s, err := f.Source(ctx, source); err != nil || source != f.source || s.Platform != "statuspage" ||
		s.Vendor != "acme" {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := f.Source(ctx, 99); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a source that does not exist: %v", err)
	}
	if _, err := f.EnsureSource(ctx, 99, "https://x.example", ""); err == nil {
		t.Error("a source of no vendor was stored")
	}
	if sources, err := f.SourcesOf(ctx, "acme"); err != nil || len(sources) != 1 {
		t.Errorf("%v %v", sources, err)
	}
	nameless, err := f.EnsureVendor(ctx, query.Vendor{Slug: "quiet"})
	f.must(err)
	f.source, err = f.EnsureSource(ctx, nameless, "https://status.quiet.example", "feed")
	f.must(err)
	f.save(record.Scrape{At: t0, PageName: "Quiet Inc."})
	f.save(record.Scrape{At: after(hour), PageName: "Louder Inc."})
	if diff := cmp.Diff([]string{"Quiet Inc."}, f.rows(`SELECT name FROM vendors WHERE slug = 'quiet'`)); diff != "" {
		t.Errorf("the page's name (-want +got)\n%s", diff)
	}
}

func TestKnown(t *testing.T) {
	f := newFile(t)
	f.save(seen(t0, outage("open", after(-hour), "investigating"),
		outage("over", after(-2*hour), "investigating", "resolved", "postmortem"),
		outage("left", after(-hour), "investigating"), excerpt(work("part", after(hour), "scheduled"))))
	f.save(seen(after(hour), outage("open", after(-hour), "investigating"), work("part", after(hour), "scheduled")))
	got, err := f.KnownIncidents(t.Context(), f.source)
	want := map[string]query.KnownIncident{
		"open": {Kind: "incident", Updates: 1},
		"over": {Kind: "incident", Over: true, Updates: 3, Postmortem: true},
		"left": {Kind: "incident", Over: true, Updates: 1},
		"part": {Kind: "maintenance", Updates: 1},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestEventsAfter(t *testing.T) {
	f := lived(t)
	events, err := f.EventsAfter(t.Context(), 1, 2)
	if err != nil || len(events) != 2 || events[0].EventID != 2 {
		t.Errorf("%v %v", events, err)
	}
	all, err := f.EventsAfter(t.Context(), 0, 0)
	since, err2 := f.EventsSince(t.Context(), time.Time{})
	if diff := cmp.Diff(all, since); err != nil || err2 != nil || diff != "" || len(all) < 5 {
		t.Errorf("%v %v %d %s", err, err2, len(all), diff)
	}
}

func TestScorecardAndMonths(t *testing.T) {
	f := newFile(t)
	given := outage("a", after(-10*hour), "investigating", "resolved")
	given.Started = at(after(-11 * hour))
	f.save(seen(t0, given, outage("b", after(-20*hour), "investigating", "resolved"),
		outage("c", after(-30*24*hour), "investigating", "resolved", "postmortem"),
		work("m", after(5*hour), "scheduled")))
	if diff := cmp.Diff([]string{"2026-10|1|0.08|0", "2026-11|2|1.17|1"},
		f.rows(`SELECT month, incidents, hours_of_impact, maintenances FROM v_monthly ORDER BY month`)); diff != "" {
		t.Errorf("months (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3|3|5|25|65|0.333|60|0"}, f.rows(`
		SELECT incidents, minor, median_minutes_to_resolve, mean_minutes_to_resolve, longest_minutes, postmortem_share,
		median_minutes_to_first_update, revisions
		FROM v_scorecard`)); diff != "" {
		t.Errorf("scorecard (-want +got)\n%s", diff)
	}
}
