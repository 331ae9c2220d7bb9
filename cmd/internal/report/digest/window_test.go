package digest_test

import (
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// A digest of a week covers the week, also what the one of the day before told.
func TestADigestOfALongerWindowMarksWhatWasToldBefore(t *testing.T) {
	s := newStreams(t, digest.Settings{Name: "weekly", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
		Window: 7 * 24 * time.Hour})
	render := &deliver.Renderer{DB: s.DB, Ledger: s.Ledger, Digests: map[string]digest.Settings{}}
	for _, d := range s.Digests.Settings {
		render.Digests[d.Stream()] = d
	}
	s.opens("first", normalize.SeverityMajor)
	s.want("the first day", clock(23, 9, 0), "weekly ops: first")
	s.opens("second", normalize.SeverityMajor)
	s.want("the second day", clock(24, 9, 0), "weekly ops: second")
	all, err := s.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{})
	s.Must(err)
	m, err := render.Message(t.Context(), all[len(all)-1], clock(24, 9, 0))
	s.Must(err)
	before := map[string]bool{}
	for _, i := range m.Digest.New {
		before[i.Title] = i.ToldBefore
	}
	if len(before) != 2 || !before["first"] || before["second"] || m.Digest.Counts.News != 1 {
		t.Errorf("told before: %v, %d news", before, m.Digest.Counts.News)
	}
	if len(m.Digest.EventIDs) != 1 {
		t.Errorf("events %v", m.Digest.EventIDs)
	}
	text := strings.Join(strings.Fields(message.DigestText(*m.Digest, 0)), " ")
	if !strings.Contains(text, "2 new since") || strings.Count(text, "told before") != 1 {
		t.Errorf("the digest:\n%s", text)
	}
}

func TestAnEmptyDigestIsLeftOutWhereTheConfigSaysSo(t *testing.T) {
	s := newStreams(t,
		digest.Settings{Name: "always", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *")},
		digest.Settings{Name: "rarely", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"), SkipEmpty: true})
	plan := func(day int) map[string]ledger.DeliveryState {
		t.Helper()
		_, _, err := s.Digests.PlanDue(t.Context(), clock(day, 9, 0))
		s.Must(err)
		all, err := s.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{})
		s.Must(err)
		states := map[string]ledger.DeliveryState{}
		for _, d := range all {
			states[d.Stream] = d.State
		}
		return states
	}
	_, err := s.Record.SaveScrape(t.Context(), record.Scrape{SourceID: s.Source, At: clock(23, 8, 59),
		Interval: time.Hour, HTTPStatus: 200, Requests: 1, AllOpen: true, CoverageStart: clock(1, 0, 0)})
	s.Must(err)
	states := plan(23)
	if states["digest:always"] != ledger.DeliveryPending || states["digest:rarely"] != ledger.DeliverySkipped {
		t.Errorf("empty: %v", states)
	}
	s.opens("first", normalize.SeverityMinor)
	if states = plan(24); states["digest:rarely"] != ledger.DeliveryPending {
		t.Errorf("with an incident: %v", states)
	}
}

// What an incident names needs no line of its own.
func TestAComponentIsToldWhereNoIncidentNamesIt(t *testing.T) {
	i := query.Incident{IncidentID: 1, SourceID: 1, Vendor: "acme", Kind: "incident", State: "investigating",
		Components: "Core › API, Core › Web, Shop"}
	f := digest.Facts{Incidents: map[int64]query.Incident{1: i}, Open: []query.Incident{i}}
	for n, name := range []string{"Core › API", "Shop", "Web", "Core › Webhooks"} {
		f.Events = append(f.Events, query.Event{EventID: int64(n + 1), SourceID: 1, Vendor: "acme",
			Kind:   normalize.EventComponentChanged,
			Detail: map[string]string{"component": name, "from": "operational", "to": "major_outage"}})
	}
	d := digest.Assemble(f, digest.Window{Until: reporttest.Monday}, digest.Options{Zone: time.UTC})
	var told []string
	for _, c := range d.Components {
		told = append(told, c.Component)
	}
	if got := strings.Join(told, ", "); got != "Web, Core › Webhooks" || len(d.EventIDs) != 4 {
		t.Errorf("components %q, events %v", got, d.EventIDs)
	}
}
