package digest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// where names the sections that hold an item.
func where(d message.Digest) []string {
	var titles []string
	for _, s := range d.Sections() {
		titles = append(titles, s.Title)
	}
	return titles
}

func TestWhereNewsIsTold(t *testing.T) {
	const opened, resolved, postmortem = normalize.EventIncidentOpened, normalize.EventIncidentResolved,
		normalize.EventPostmortemPosted
	none := map[string]string{}
	type news struct {
		kind   normalize.EventKind
		detail map[string]string
	}
	for _, c := range []struct {
		name     string
		kind     string
		state    string
		left     string
		schedule [2]string
		news     []news
		want     []string
	}{
		{"opened", "incident", "investigating", "", [2]string{}, []news{{opened, none}}, []string{"Open"}},
		{"opened and resolved", "incident", "resolved", "", [2]string{}, []news{{opened, none}, {resolved, none}},
			[]string{"New, and over"}},
		{"opened, resolved, explained", "incident", "resolved", "", [2]string{},
			[]news{{opened, none}, {resolved, none}, {postmortem, none}},
			[]string{"New, and over"}},
		{"resolved, announced before", "incident", "resolved", "", [2]string{}, []news{{resolved, none}},
			[]string{"Resolved"}},
		{"resolved and reopened", "incident", "investigating", "", [2]string{},
			[]news{{resolved, none}, {normalize.EventIncidentReopened, none}}, []string{"Open"}},
		{"opened, resolved and reopened", "incident", "investigating", "", [2]string{},
			[]news{{opened, none}, {resolved, none}, {normalize.EventIncidentReopened, none}},
			[]string{"Open"}},
		{"reopened and resolved", "incident", "resolved", "", [2]string{},
			[]news{{normalize.EventIncidentReopened, none}, {resolved, none}}, []string{"Resolved"}},
		{"open at the first look", "incident", "identified", "", [2]string{},
			[]news{{opened, map[string]string{"already_open": "true"}}},
			[]string{"Open"}},
		{"added to the past", "incident", "resolved", "", [2]string{},
			[]news{{opened, map[string]string{"late": "true"}}}, []string{"Added to the history"}},
		{"maintenance added to the past", "maintenance", "completed", "", [2]string{},
			[]news{{normalize.EventMaintenanceCompleted, map[string]string{"late": "true"}}},
			[]string{"Added to the history"}},
		{"gone without a resolution", "incident", "monitoring", "2025-11-24T00:00:00.000Z", [2]string{},
			[]news{{normalize.EventIncidentLeftFeed, none}}, []string{"Gone from the page without a resolution"}},
		{"gone and back", "incident", "monitoring", "", [2]string{}, []news{{normalize.EventIncidentLeftFeed, none}},
			[]string{"Open"}},
		{"an update of an open one", "incident", "monitoring", "", [2]string{},
			[]news{{normalize.EventUpdatePosted, none}}, []string{"Open"}},
		{"open, without news", "incident", "monitoring", "", [2]string{}, nil, []string{"Open"}},
		{"of unknown state, without news", "incident", "unknown", "", [2]string{}, nil, []string{"Open"}},
		{"a postmortem alone", "incident", "resolved", "", [2]string{}, []news{{postmortem, none}},
			[]string{"Postmortems published"}},
		{"an edit after the end", "incident", "resolved", "", [2]string{},
			[]news{{normalize.EventIncidentEdited, none}}, []string{"Changed by the vendor"}},
		{"a notice", "notice", "unknown", "", [2]string{}, []news{{opened, none}}, []string{"Open"}},
		{"work ahead", "maintenance", "scheduled", "", [2]string{"2025-11-26T00:00:00.000Z", ""}, nil,
			[]string{"Maintenance ahead"}},
		{"work beyond the horizon", "maintenance", "scheduled", "", [2]string{"2026-01-26T00:00:00.000Z", ""}, nil,
			nil},
		{"work beyond the horizon, just announced", "maintenance", "scheduled", "",
			[2]string{"2026-01-26T00:00:00.000Z", ""}, []news{{normalize.EventMaintenanceScheduled, none}},
			[]string{"Maintenance ahead"}},
		{"work under way by its window", "maintenance", "scheduled", "",
			[2]string{"2025-11-24T07:00:00.000Z", "2025-11-24T09:00:00.000Z"}, nil, []string{"Maintenance under way"}},
		{"work under way by its state", "maintenance", "in_progress", "",
			[2]string{"2025-11-20T07:00:00.000Z", "2025-11-20T09:00:00.000Z"}, nil, []string{"Maintenance under way"}},
		{"work whose window passed in silence, lately", "maintenance", "scheduled", "",
			[2]string{"2025-11-24T05:00:00.000Z", "2025-11-24T07:00:00.000Z"}, nil, []string{"Maintenance under way"}},
		{"work whose window passed in silence, long ago", "maintenance", "scheduled", "",
			[2]string{"2025-11-20T05:00:00.000Z", "2025-11-20T07:00:00.000Z"}, nil, nil},
		{"work that ended", "maintenance", "completed", "", [2]string{"2025-11-24T05:00:00.000Z",
			"2025-11-24T07:00:00.000Z"}, []news{{normalize.EventMaintenanceCompleted, none}},
			[]string{"Maintenance ended"}},
		{"work called off", "maintenance", "cancelled", "", [2]string{"2025-11-26T05:00:00.000Z", ""},
			[]news{{normalize.EventMaintenanceCompleted, none}}, []string{"Maintenance ended"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := query.Incident{IncidentID: 1, Kind: c.kind, State: c.state, LeftFeedAt: c.left, Vendor: "v",
				ScheduledStartAt: c.schedule[0], ScheduledEndAt: c.schedule[1]}
			f := digest.Facts{Incidents: map[int64]query.Incident{1: i}}
			for n, news := range c.news {
				f.Events = append(f.Events, query.Event{EventID: int64(n + 1), IncidentID: 1, Kind: news.kind,
					Detail: news.detail})
			}
			if !normalize.State(c.state).Over() && c.left == "" {
				f.Open = []query.Incident{i}
			}
			d := digest.Assemble(f, digest.Window{Until: reporttest.Monday},
				digest.Options{Zone: time.UTC, Now: reporttest.Monday, Edits: true})
			if diff := cmp.Diff(c.want, where(d)); diff != "" {
				t.Errorf("sections (-want +got):\n%s", diff)
			}
			if quiet := len(c.news) == 0; d.Quiet() != quiet {
				t.Errorf("Quiet() = %v, want %v", d.Quiet(), quiet)
			}
		})
	}
}

func TestNothingIsLeftOutOfADigest(t *testing.T) {
	kinds := []normalize.EventKind{"incident_opened", "update_posted", "state_changed", "severity_changed",
		"incident_resolved", "incident_reopened",
		"postmortem_posted", "incident_edited", "incident_left_feed", "maintenance_scheduled", "maintenance_started",
		"maintenance_completed", "kind_of_tomorrow"}
	rapid.Check(t, func(t *rapid.T) {
		word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
		f := digest.Facts{Incidents: map[int64]query.Incident{}}
		for id := range int64(rapid.IntRange(1, 5).Draw(t, "incidents")) {
			i := query.Incident{IncidentID: id + 1, Vendor: word("a", "b"),
				Kind: word("incident", "maintenance", "notice"),
				State: word("investigating", "resolved", "scheduled", "in_progress", "completed", "cancelled",
					"unknown"),
				LeftFeedAt:       word("", "2025-11-24T00:00:00.000Z"),
				ScheduledStartAt: word("", "2025-11-20T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
				ScheduledEndAt:   word("", "2025-11-20T02:00:00.000Z")}
			f.Incidents[i.IncidentID] = i
			for range rapid.IntRange(1, 4).Draw(t, "events") {
				e := query.Event{EventID: int64(len(f.Events) + 1), IncidentID: i.IncidentID, Vendor: i.Vendor,
					Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Detail: map[string]string{}}
				if mark := word("", "", "late", "already_open"); mark != "" {
					e.Detail[mark] = "true"
				}
				f.Events = append(f.Events, e)
			}
		}
		d := digest.Assemble(f, digest.Window{Until: reporttest.Monday},
			digest.Options{Zone: time.UTC, Now: reporttest.Monday, Edits: true})
		var told []int64
		for _, s := range d.Sections() {
			for _, i := range s.Items {
				told = append(told, i.EventIDs...)
			}
		}
		for _, e := range f.Events {
			if !slices.Contains(told, e.EventID) || !slices.Contains(d.EventIDs, e.EventID) {
				t.Fatalf("event %+v of %+v is in no section", e, f.Incidents[e.IncidentID])
			}
		}
	})
}

func TestWorstFirstWhateverTheVendor(t *testing.T) {
	var f digest.Facts
	f.Incidents = map[int64]query.Incident{}
	for n, i := range []query.Incident{
		{Vendor: "calm", Severity: "none", StartedAt: "2025-11-24T07:00:00.000Z"},
		{Vendor: "mixed", Severity: "minor", StartedAt: "2025-11-24T05:00:00.000Z"},
		{Vendor: "mixed", Severity: "minor", StartedAt: "2025-11-24T06:00:00.000Z"},
		{Vendor: "silent", Severity: "unknown", StartedAt: "2025-11-24T01:00:00.000Z"},
		{Vendor: "mixed", Severity: "critical", StartedAt: "2025-11-23T05:00:00.000Z"},
		{Vendor: "big", Severity: "major", StartedAt: "2025-11-24T07:30:00.000Z"},
	} {
		i.IncidentID, i.Kind, i.State = int64(n+1), "incident", "investigating"
		f.Incidents[i.IncidentID] = i
		f.Events = append(f.Events, query.Event{EventID: i.IncidentID, IncidentID: i.IncidentID,
			Kind: normalize.EventIncidentOpened})
	}
	var got []string
	for _, i := range digest.Assemble(f, digest.Window{Until: reporttest.Monday},
		digest.Options{Zone: time.UTC, Now: reporttest.Monday}).New {
		got = append(got, fmt.Sprintf("%s %s %s", i.Vendor, i.Severity, i.StartedAt[11:16]))
	}
	want := []string{"mixed critical 05:00", "big major 07:30", "silent unknown 01:00", "mixed minor 06:00",
		"mixed minor 05:00", "calm none 07:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestWhichPagesCouldNotBeRead(t *testing.T) {
	good := "2025-11-24T07:59:00.000Z"
	for _, c := range []struct {
		name   string
		health query.SourceHealth
		want   string // empty if the page was readable
	}{
		{"read a minute ago", query.SourceHealth{Health: "ok", LastSuccessAt: good}, ""},
		{"failed once since", query.SourceHealth{Health: "failing", LastSuccessAt: good, ConsecutiveFailures: 1,
			LastError: "503"}, ""},
		{"failed three times", query.SourceHealth{Health: "unreadable", LastSuccessAt: good, ConsecutiveFailures: 3,
			FailingSince: "2025-11-24T07:30:00.000Z", LastError: "503"},
			"since Mon 24 Nov 07:30 UTC (30 min), last read Mon 24 Nov 07:59 UTC: 503"},
		{"failed three times, whatever its health says", query.SourceHealth{Health: "failing", LastSuccessAt: good,
			ConsecutiveFailures: 3, FailingSince: good},
			"since Mon 24 Nov 07:59 UTC (1 min)"},
		{"never asked", query.SourceHealth{Health: "never"}, "not read yet"},
		{"failed at the very first", query.SourceHealth{Health: "failing", ConsecutiveFailures: 1, FailingSince: good,
			LastError: "a login page"},
			"since Mon 24 Nov 07:59 UTC (1 min), never read before: a login page"},
		{"well when last read, two days ago", query.SourceHealth{Health: "unreadable",
			LastSuccessAt: "2025-11-22T08:00:00.000Z"},
			"since Sat 22 Nov 08:00 UTC (2 d): not read since; is the service running?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.health.Watched = 1
			d := digest.Assemble(digest.Facts{Health: []query.SourceHealth{c.health}},
				digest.Window{Until: reporttest.Monday}, digest.Options{Zone: time.UTC, Now: reporttest.Monday})
			got := ""
			for _, s := range d.Unreadable {
				got += d.UnreadableText(s)
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// A vendor that is not well is listed as such, unless a list of the digest has the incident that says why.
func TestAVendorWhoseIncidentIsListedIsNotListedAgain(t *testing.T) {
	for _, c := range []struct {
		incident, open int64
		want           int
	}{{7, 7, 0}, {7, 8, 1}, {0, 7, 1}} {
		d := digest.Assemble(digest.Facts{
			Health: []query.SourceHealth{reporttest.HealthySource(1, "acme", "Acme")},
			Open: []query.Incident{{IncidentID: c.open, Vendor: "acme", VendorName: "Acme", Kind: "incident",
				Title: "Slow", Severity: "major", State: "investigating"}},
			Statuses: []query.Status{{Vendor: "acme", VendorName: "Acme", Status: normalize.StatusMajor, Sources: 1,
				Because: query.BecauseIncident, IncidentID: c.incident, Severity: "major"}},
		}, digest.Window{Until: reporttest.Monday}, digest.Options{Zone: time.UTC, Now: reporttest.Monday})
		if got := len(d.NotWell); got != c.want {
			t.Errorf("incident %d makes it unwell, %d is listed: %d vendors are listed as not well, want %d",
				c.incident, c.open, got, c.want)
		}
	}
}

// A digest is quiet only about vendors that are known to be well.
func TestNothingIsCalledQuietThatIsNotKnownToBeWell(t *testing.T) {
	page := reporttest.HealthySource(1, "acme", "Acme")
	for _, c := range []struct {
		status query.Status
		want   string
	}{
		{query.Status{Status: normalize.StatusOperational, Because: query.BecausePage}, "All quiet on 1 page"},
		{query.Status{Status: normalize.StatusMajor, Because: query.BecauseComponent, Severity: "critical"},
			"Nothing new on 1 page · 1 vendor not known to be well"},
		{query.Status{Status: normalize.StatusUnknown, Because: query.BecausePage},
			"Nothing new on 1 page · 1 vendor not known to be well"},
		{query.Status{Status: normalize.StatusMaintenance, Because: query.BecauseComponent},
			"Nothing new on 1 page · 1 vendor not known to be well"},
		{query.Status{}, "Nothing new on 1 page"},
	} {
		c.status.Vendor, c.status.VendorName = "acme", "Acme"
		if c.status.Status != "" {
			c.status.Sources = 1
		}
		d := digest.Assemble(digest.Facts{Health: []query.SourceHealth{page}, Statuses: []query.Status{c.status}},
			digest.Window{Until: reporttest.Monday}, digest.Options{Zone: time.UTC, Now: reporttest.Monday})
		if d.Headline != c.want {
			t.Errorf("%s because %s: %q, want %q", c.status.Status, c.status.Because, d.Headline, c.want)
		}
		if named := strings.Contains(message.DigestText(d, 0), "Acme: "); named != (d.Counts.NotWell > 0) {
			t.Errorf("the vendor is named: %v", named)
		}
	}
}
