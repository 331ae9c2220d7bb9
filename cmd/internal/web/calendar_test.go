package web

import (
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// events reads a calendar, and checks the form of its lines.
func (a answer) events(t *testing.T) map[string]*ical.VEvent {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(a.text, "\r\n"), "\r\n") {
		if strings.Count(line, ";VALUE=") > 1 {
			t.Errorf("a parameter twice: %q", line)
		}
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00\x01\x0b") {
			t.Errorf("a line that RFC 5545 does not have: %q", line)
		}
	}
	cal, err := ical.ParseCalendar(strings.NewReader(a.text))
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]*ical.VEvent{}
	for _, e := range cal.Events() {
		events[e.Id()] = e
		for _, needed := range []ical.ComponentProperty{ical.ComponentPropertyDtstamp, ical.ComponentPropertyDtStart, ical.ComponentPropertyLastModified, ical.ComponentPropertySequence} {
			if !e.HasProperty(needed) {
				t.Errorf("%s has no %s", e.Id(), needed)
			}
		}
	}
	if len(events) != len(cal.Events()) {
		t.Error("two events have one UID")
	}
	return events
}

func value(e *ical.VEvent, p ical.ComponentProperty) string {
	if found := e.GetProperty(p); found != nil {
		return found.Value
	}
	return ""
}

func TestCalendar(t *testing.T) {
	r := story(t, Options{DashboardURL: "https://watch.example"})
	plan := func(id, title, state string, begin time.Time) normalize.Raw {
		raw := incident(id, title, "maintenance", clientWeb[:1], says(state, before(30*minute), "We move to *new* disks; reads, writes."))
		raw.Kind, raw.ScheduledStart, raw.ScheduledEnd = "maintenance", at(begin), at(begin.Add(2*hour))
		return raw
	}
	r.save(db.Scrape{SourceID: r.watched[1], At: now, Incidents: read(plan("c", "Off", "cancelled", now.Add(50*hour)), plan("d", "Done", "completed", before(30*hour)),
		plan("o", "Long ago", "completed", before(200*day24)))})
	type event struct{ Summary, Status, Start, End, URL string }
	got := map[string]event{}
	for _, e := range r.page("/maintenance.ics").events(t) {
		start, err := e.GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		end, err := e.GetEndAt()
		if err != nil {
			t.Fatal(err)
		}
		got[value(e, ical.ComponentPropertySummary)] = event{value(e, ical.ComponentPropertySummary), value(e, ical.ComponentPropertyStatus),
			start.Format(time.RFC3339), end.Format(time.RFC3339), value(e, ical.ComponentPropertyUrl)}
	}
	is := func(summary, title, status string, begin time.Time) event {
		return event{summary, status, begin.Format(time.RFC3339), begin.Add(2 * hour).Format(time.RFC3339), "https://watch.example" + r.incidentPath(title)}
	}
	want := map[string]event{}
	for _, e := range []event{
		is("Acme: Database upgrade", "Database upgrade", "CONFIRMED", now.Add(20*hour)),
		is("Quiet Corp: Off", "Off", "CANCELLED", now.Add(50*hour)),
		is("Quiet Corp: Done", "Done", "CONFIRMED", before(30*hour)),
	} {
		want[e.Summary] = e
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if n := len(r.page("/vendors/acme/maintenance.ics").events(t)); n != 1 {
		t.Errorf("Acme has %d, want 1", n)
	}
	if n := len(r.page("/vendors/blind/maintenance.ics").events(t)); n != 0 {
		t.Errorf("Blindside has %d, want 0", n)
	}
}

// A calendar program replaces the event of a UID by one of a higher SEQUENCE.
func TestCalendarOfMovedWork(t *testing.T) {
	r := story(t, Options{})
	only := func() (*ical.VEvent, string) {
		for id, e := range r.page("/vendors/acme/maintenance.ics").events(t) {
			return e, id
		}
		t.Fatal("no event")
		return nil, ""
	}
	was, wasID := only()
	work := incident("work", "Database upgrade", "maintenance", nil, says("scheduled", before(hour), "Planned."))
	work.Kind, work.ScheduledStart, work.ScheduledEnd = "maintenance", at(now.Add(30*hour)), at(now.Add(32*hour))
	r.save(db.Scrape{SourceID: r.watched[0], At: now.Add(minute), Incidents: read(work)})
	is, isID := only()
	if isID != wasID {
		t.Errorf("UID %s, was %s", isID, wasID)
	}
	if value(is, ical.ComponentPropertySequence) <= value(was, ical.ComponentPropertySequence) ||
		value(is, ical.ComponentPropertyLastModified) <= value(was, ical.ComponentPropertyLastModified) {
		t.Errorf("sequence %s at %s, was %s at %s", value(is, ical.ComponentPropertySequence), value(is, ical.ComponentPropertyLastModified),
			value(was, ical.ComponentPropertySequence), value(was, ical.ComponentPropertyLastModified))
	}
	if got := value(is, ical.ComponentPropertyDtStart); got != now.Add(30*hour).Format("20060102T150405Z") {
		t.Errorf("begins at %s", got)
	}
}

func TestCalendarOfHostileText(t *testing.T) {
	events := attack(t).page("/maintenance.ics").events(t)
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	for _, e := range events {
		if e.HasProperty(ical.ComponentPropertyAttendee) {
			t.Error("the vendor's text became a property")
		}
		if got := value(e, ical.ComponentPropertySummary); !strings.Contains(got, "END:VEVENT") {
			t.Errorf("the vendor's words are not in %q", got)
		}
	}
}
