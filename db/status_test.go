package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// withImpact is an open incident of an impact.
func withImpact(id, impact string) normalize.Raw {
	raw := outage(id, t0, "investigating")
	raw.Impact = impact
	return raw
}

// page sets what a page says of itself, as saving a reading does.
func (f *file) page(source int64, severity, because string) {
	f.t.Helper()
	if err := f.exec(`UPDATE sources SET page_severity = ?, page_because = ?, page_severity_at = ? WHERE source_id = ?`,
		severity, because, db.Stamp(t0), source); err != nil {
		f.t.Fatal(err)
	}
}

// statusText is a status in one line.
func statusText(s query.Status) string {
	text := fmt.Sprintf("%s because %s", s.Status, s.Because)
	if s.Severity != "" {
		text += ", " + string(s.Severity)
	}
	if s.IncidentID != 0 {
		text += ", on record"
	}
	if s.SinceAt != "" {
		text += ", since " + s.SinceAt[11:16]
	}
	if s.SourcesUnread > 0 {
		text += fmt.Sprintf(", %d unread", s.SourcesUnread)
	}
	return text
}

func TestStatus(t *testing.T) {
	const interval = 5 * time.Minute
	// at is what every case is asked at, unless it says otherwise.
	at := after(interval)
	good := record.Scrape{At: t0, AllOpen: true, Interval: interval}
	with := func(raws ...normalize.Raw) record.Scrape {
		s := good
		s.Incidents = read(raws...)
		return s
	}
	parts := func(status normalize.ComponentStatus, word string) record.Scrape {
		s := good
		s.AllComponents = true
		s.Components = []normalize.Component{
			{Key: "a", Name: "A", Status: normalize.StatusOperational, VendorStatus: "operational"},
			{Key: "b", Name: "B", Status: status, VendorStatus: word}}
		return s
	}
	lost := []normalize.Finding{{Field: "incidents", Value: "{}", Problem: "an entry is left out", Lost: true}}
	losing := func(s record.Scrape) record.Scrape { s.AllOpen, s.Findings = false, lost; return s }
	failing := func(f *file, times int) {
		for n := range times {
			f.save(record.Scrape{At: after(time.Duration(n+1) * time.Minute), Interval: interval, Err: errRefused})
		}
	}
	for name, c := range map[string]struct {
		world func(f *file)
		at    time.Time
		want  string
	}{
		"nothing was read":             {func(*file) {}, at, "unknown because never_read, 1 unread"},
		"a feed without anything open": {func(f *file) { f.save(good) }, at, "operational because nothing_open"},
		"a list with an entry that cannot be read": {func(f *file) { f.save(losing(good)) }, at,
			"unknown because unreadable, since 09:00"},
		"a finding that costs no entry": {func(f *file) {
			s := good
			s.Findings = []normalize.Finding{{Field: "title", Value: "x", Problem: "it is odd"}}
			f.save(s)
		}, at, "operational because nothing_open"},
		"an entry that cannot be read, on a page that has not changed since": {func(f *file) {
			f.save(losing(good))
			f.save(record.Scrape{At: after(minute), Interval: interval, Unchanged: true})
		}, at, "unknown because unreadable, since 09:01"},
		"an entry that could not be read, and now is": {func(f *file) {
			f.save(losing(good))
			s := good
			s.At = after(minute)
			f.save(s)
		}, at, "operational because nothing_open"},
		"an entry that cannot be read, beside components that are well": {func(f *file) {
			f.save(losing(good))
			f.page(f.source, "none", "component")
		}, at, "unknown because unreadable, since 09:00"},
		"an entry that cannot be read, on a page that says it is well": {func(f *file) {
			f.save(losing(good))
			f.page(f.source, "none", "page")
		}, at, "operational because page, since 09:00"},
		"an entry that cannot be read, on a red page": {func(f *file) {
			f.save(losing(good))
			f.page(f.source, "major", "component")
		}, at, "partial_outage because component, major, since 09:00"},
		"a page that says it is well": {func(f *file) { f.save(good); f.page(f.source, "none", "page") }, at,
			"operational because page, since 09:00"},
		"components that are well": {func(f *file) { f.save(good); f.page(f.source, "none", "component") }, at,
			"operational because component, since 09:00"},
		"a red page without an incident": {func(f *file) { f.save(good); f.page(f.source, "critical", "page") }, at,
			"major_outage because page, critical, since 09:00"},
		"red components": {func(f *file) { f.save(good); f.page(f.source, "major", "component") }, at,
			"partial_outage because component, major, since 09:00"},
		"a critical page beside a minor incident": {func(f *file) {
			f.save(with(withImpact("x", "minor")))
			f.page(f.source, "critical", "page")
		}, at, "major_outage because page, critical, since 09:00"},
		"a critical incident on a page that says it is well": {func(f *file) {
			f.save(with(withImpact("x", "critical"), withImpact("y", "minor")))
			f.page(f.source, "none", "page")
		}, at, "major_outage because incident, critical, on record, since 09:00"},
		"an incident of unknown severity": {func(f *file) { f.save(with(withImpact("x", "whimsical"))) }, at,
			"unknown because incident, unknown, on record, since 09:00"},
		"an incident without impact": {func(f *file) {
			f.save(with(withImpact("x", "none")))
			f.page(f.source, "none", "page")
		}, at, "operational because incident, none, on record, since 09:00"},
		"an incident without impact on a page whose word is not known": {func(f *file) {
			f.save(with(withImpact("x", "none")))
			f.page(f.source, "unknown", "page")
		}, at, "unknown because page, since 09:00"},
		"work under way": {func(f *file) {
			f.save(with(work("w", t0, "in_progress")))
			f.page(f.source, "none", "page")
		}, at, "under_maintenance because maintenance, on record, since 08:00"},
		"work that is planned": {func(f *file) { f.save(with(work("w", after(hour), "scheduled"))) }, at,
			"operational because nothing_open"},
		"an incident beside work under way": {func(f *file) {
			f.save(with(work("w", t0, "in_progress"), withImpact("x", "minor")))
		}, at, "degraded_performance because incident, minor, on record, since 09:00"},
		"a component under maintenance": {func(f *file) {
			f.save(parts(normalize.StatusMaintenance, "maintenance"))
			f.page(f.source, "none", "page")
		}, at, "under_maintenance because component, since 09:00"},
		"a page that speaks of maintenance": {func(f *file) {
			s := good
			s.Indicator = "Under Maintenance"
			f.save(s)
		}, at, "under_maintenance because page, since 09:00"},
		"a component in a word that is not known": {func(f *file) {
			f.save(parts(normalize.StatusUnknown, "purple"))
			f.page(f.source, "none", "page")
		}, at, "unknown because component, since 09:00"},
		"failed twice": {func(f *file) { f.save(good); failing(f, 2) }, at, "operational because nothing_open"},
		"failed three times": {func(f *file) { f.save(good); failing(f, 3) }, at,
			"unknown because unreadable, since 09:00, 1 unread"},
		"three intervals ago": {func(f *file) { f.save(good) }, after(3 * interval), "operational because " +
			"nothing_open"},
		"not read for three intervals, whatever the reason": {func(f *file) { f.save(good) },
			after(3*interval + time.Second), "unknown because unreadable, since 09:00, 1 unread"},
		"an interval that is not known": {func(f *file) { s := good; s.Interval = 0; f.save(s) }, after(2 * hour),
			"operational because nothing_open"},
		"trouble when it was last read": {func(f *file) {
			f.save(with(withImpact("x", "major")))
			failing(f, 3)
		}, at, "unknown because unreadable, major, on record, since 09:00, 1 unread"},
		"read in part": {func(f *file) {
			s := parts(normalize.StatusOperational, "up")
			s.Err = errRefused
			f.save(s)
			_ = f.exec(`UPDATE sources SET page_severity = NULL, page_because = NULL, page_severity_at = NULL`)
		}, at,
			"unknown because unreadable, since 09:00"},
		"not watched any more": {func(f *file) {
			f.save(with(withImpact("x", "major")))
			if err := f.SetWatched(f.t.Context(), nil); err != nil {
				f.t.Fatal(err)
			}
		}, at, "unknown because unreadable, since 09:00"},
		"known from saved pages only": {func(f *file) {
			s := good
			s.Archived = true
			f.save(s)
			if err := f.SetWatched(f.t.Context(), nil); err != nil {
				f.t.Fatal(err)
			}
		}, at, "unknown because never_read"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			c.world(f)
			one, err := f.Status(t.Context(), "acme", c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := statusText(one); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			all, err := f.Statuses(t.Context(), c.at)
			if err != nil || len(all) != 1 || all[0] != one {
				t.Errorf("one %+v\nall %+v, %v", one, all, err)
			}
		})
	}
}

// Of several pages the worst that is known counts, and one that was not read hides that all is well.
func TestStatusOfSeveralPages(t *testing.T) {
	f := newFile(t)
	vendor, err := f.EnsureVendor(t.Context(), query.Vendor{Slug: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.EnsureSource(t.Context(), vendor, "https://second.acme.example", "feed")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetWatched(t.Context(), []int64{f.source, second}); err != nil {
		t.Fatal(err)
	}
	says := func(want string, at time.Time) {
		t.Helper()
		s, err := f.Status(t.Context(), "acme", at)
		if err != nil || statusText(s) != want {
			t.Errorf("got  %s, %v\nwant %s", statusText(s), err, want)
		}
	}
	f.save(record.Scrape{At: t0, AllOpen: true, Interval: minute})
	f.page(f.source, "none", "page")
	says("unknown because never_read, 1 unread", t0)
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: second, At: t0, AllOpen: true,
		Interval: hour}); err != nil {
		t.Fatal(err)
	}
	says("operational because nothing_open", t0)
	says("unknown because unreadable, since 09:00, 1 unread", after(10*minute))
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: second, At: after(minute), AllOpen: true,
		Interval:  hour,
		Incidents: read(withImpact("x", "minor"))}); err != nil {
		t.Fatal(err)
	}
	says("degraded_performance because incident, minor, on record, since 09:00, 1 unread", after(10*minute))
	if s, _ := f.Status(t.Context(), "acme", after(10*minute)); s.ReadableAt != db.Stamp(t0) {
		t.Errorf("read at %s", s.ReadableAt)
	}
}

// What filters hide does not count.
func TestStatusLeavesOutWhatIsFiltered(t *testing.T) {
	f := newFile(t)
	f.save(record.Scrape{At: t0, AllOpen: true, Interval: hour, Incidents: read(withImpact("x", "critical"),
		work("w", t0, "in_progress"))})
	if err := f.exec(`INSERT INTO filtered_incidents (incident_id, since_at) SELECT incident_id, ? FROM incidents`,
		db.Stamp(t0)); err != nil {
		t.Fatal(err)
	}
	s, err := f.Status(t.Context(), "acme", t0)
	if err != nil || statusText(s) != "operational because nothing_open" || s.OpenIncidents != 0 {
		t.Errorf("%s, %v", statusText(s), err)
	}
}

// The view is what the query asks, but for the clock.
func TestViewAndQueryOfStatusAreOne(t *testing.T) {
	f := newFile(t)
	now := time.Now().UTC()
	f.save(record.Scrape{At: now.Add(-time.Second), AllOpen: true, Interval: hour})
	f.addSource("never")
	states, err := f.Statuses(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range states {
		want = append(want, fmt.Sprintf("%s|%s|%s", s.Vendor, s.Status, s.Because))
	}
	got := f.rows(`SELECT vendor, status, because FROM v_status ORDER BY vendor_name COLLATE NOCASE`)
	if strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) != 2 {
		t.Errorf("view %q, query %q", got, want)
	}
	if text := f.rows(`SELECT sql FROM sqlite_master WHERE name = 'v_status'`)[0]; !strings.Contains(
		strings.ReplaceAll(text, "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "?1"), db.ViewAt("v_status", "?1")) {
		t.Error("the view's text is another")
	}
}
