package feeds_test

import (
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// events reads a calendar, and checks the form of its lines.
func events(t *testing.T, a Answer) map[string]*ical.VEvent {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(a.Text, "\r\n"), "\r\n") {
		if strings.Count(line, ";VALUE=") > 1 {
			t.Errorf("a parameter twice: %q", line)
		}
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00\x01\x0b") {
			t.Errorf("a line that RFC 5545 does not have: %q", line)
		}
	}
	cal, err := ical.ParseCalendar(strings.NewReader(a.Text))
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]*ical.VEvent{}
	for _, e := range cal.Events() {
		events[e.Id()] = e
		for _, needed := range []ical.ComponentProperty{ical.ComponentPropertyDtstamp, ical.ComponentPropertyDtStart,
			ical.ComponentPropertyLastModified, ical.ComponentPropertySequence} {
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
	r := Story(t, web.Options{DashboardURL: "https://watch.example"})
	plan := func(id, title, state string, begin time.Time) normalize.Raw {
		raw := Incident(id, title, "maintenance", ClientWeb[:1],
			Says(state, Before(30*Minute), "We move to *new* disks; reads, writes."))
		raw.Kind, raw.ScheduledStart, raw.ScheduledEnd = "maintenance", At(begin), At(begin.Add(2*Hour))
		return raw
	}
	r.Save(record.Scrape{SourceID: r.Watched[1], At: Now,
		Incidents: Read(plan("c", "Off", "cancelled", Now.Add(50*Hour)),
			plan("d", "Done", "completed", Before(30*Hour)),
			plan("o", "Long ago", "completed", Before(200*Day)))})
	type event struct{ Summary, Status, Start, End, URL string }
	got := map[string]event{}
	for _, e := range events(t, r.Page("/maintenance.ics")) {
		start, err := e.GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		end, err := e.GetEndAt()
		if err != nil {
			t.Fatal(err)
		}
		got[value(e, ical.ComponentPropertySummary)] = event{value(e, ical.ComponentPropertySummary),
			value(e, ical.ComponentPropertyStatus),
			start.Format(time.RFC3339), end.Format(time.RFC3339), value(e, ical.ComponentPropertyUrl)}
	}
	is := func(summary, title, status string, begin time.Time) event {
		return event{summary, status, begin.Format(time.RFC3339), begin.Add(2 * Hour).Format(time.RFC3339),
			"https://watch.example" + r.IncidentPath(title)}
	}
	want := map[string]event{}
	for _, e := range []event{
		is("Acme: Database upgrade", "Database upgrade", "CONFIRMED", Now.Add(20*Hour)),
		is("Quiet Corp: Off", "Off", "CANCELLED", Now.Add(50*Hour)),
		is("Quiet Corp: Done", "Done", "CONFIRMED", Before(30*Hour)),
	} {
		want[e.Summary] = e
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if n := len(events(t, r.Page("/vendors/acme/maintenance.ics"))); n != 1 {
		t.Errorf("Acme has %d, want 1", n)
	}
	if n := len(events(t, r.Page("/vendors/blind/maintenance.ics"))); n != 0 {
		t.Errorf("Blindside has %d, want 0", n)
	}
}

// Planned work that has not begun reminds of itself, and nothing else does.
func TestAlarmsOfCalendar(t *testing.T) {
	r := Story(t, web.Options{})
	plan := func(id, state string, begin time.Time) normalize.Raw {
		raw := Incident(id, id, "maintenance", nil, Says(state, Before(30*Minute), "We move to new disks."))
		raw.Kind, raw.ScheduledStart, raw.ScheduledEnd = "maintenance", At(begin), At(begin.Add(2*Hour))
		return raw
	}
	r.Save(record.Scrape{SourceID: r.Watched[1], At: Now, Incidents: Read(
		plan("Called off", "cancelled", Now.Add(50*Hour)), plan("Over", "completed", Before(30*Hour)),
		plan("Under way", "in_progress", Before(Hour)), plan("Due", "scheduled", Before(Minute)))})
	for address, trigger := range map[string]string{"": "-PT60M", "?alarm=15m": "-PT15M", "?alarm=24h": "-PT1440M",
		"?alarm=0s": "-PT0M", "?alarm=off": ""} {
		got, want := map[string]string{}, map[string]string{}
		if trigger != "" {
			want["Acme: Database upgrade"] = trigger
		}
		for _, e := range events(t, r.Page("/maintenance.ics"+address)) {
			for _, a := range e.Alarms() {
				got[a.GetProperty(ical.ComponentPropertyDescription).Value] =
					a.GetProperty(ical.ComponentPropertyTrigger).Value
				if a.GetProperty(ical.ComponentPropertyAction).Value != "DISPLAY" {
					t.Errorf("an alarm that is not shown: %+v", a)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", address, diff)
		}
	}
}

// A calendar program replaces an event by one with the same UID and a higher SEQUENCE.
func TestCalendarOfMovedWork(t *testing.T) {
	r := Story(t, web.Options{})
	only := func() (*ical.VEvent, string) {
		for id, e := range events(t, r.Page("/vendors/acme/maintenance.ics")) {
			return e, id
		}
		t.Fatal("no event")
		return nil, ""
	}
	was, wasID := only()
	work := Incident("work", "Database upgrade", "maintenance", nil, Says("scheduled", Before(Hour), "Planned."))
	work.Kind, work.ScheduledStart, work.ScheduledEnd = "maintenance", At(Now.Add(30*Hour)), At(Now.Add(32*Hour))
	r.Save(record.Scrape{SourceID: r.Watched[0], At: Now.Add(Minute), Incidents: Read(work)})
	is, isID := only()
	if isID != wasID {
		t.Errorf("UID %s, was %s", isID, wasID)
	}
	if value(is, ical.ComponentPropertySequence) <= value(was, ical.ComponentPropertySequence) ||
		value(is, ical.ComponentPropertyLastModified) <= value(was, ical.ComponentPropertyLastModified) {
		t.Errorf("sequence %s at %s, was %s at %s", value(is, ical.ComponentPropertySequence),
			value(is, ical.ComponentPropertyLastModified),
			value(was, ical.ComponentPropertySequence), value(was, ical.ComponentPropertyLastModified))
	}
	if got := value(is, ical.ComponentPropertyDtStart); got != Now.Add(30*Hour).Format("20060102T150405Z") {
		t.Errorf("begins at %s", got)
	}
}

func TestCalendarOfHostileText(t *testing.T) {
	events := events(t, Attack(t).Page("/maintenance.ics"))
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
