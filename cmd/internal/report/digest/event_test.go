package digest_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// titles lists the sections of a digest with the incidents in them.
func titles(d message.Digest) map[string][]string {
	out := map[string][]string{}
	for _, s := range d.Sections() {
		for _, i := range s.Items {
			out[s.Title] = append(out[s.Title], i.Title)
		}
	}
	return out
}

// By default what a vendor edited is neither a reason to list an incident nor noted beside one; it is dealt
// with all the same, so that it does not wait for ever.
func TestEditsAreToldWhereAskedFor(t *testing.T) {
	f := digest.Facts{Incidents: map[int64]query.Incident{
		1: {IncidentID: 1, Vendor: "v", Title: "Ended", Kind: "incident", State: "resolved"},
		2: {IncidentID: 2, Vendor: "v", Title: "Begun", Kind: "incident", State: "investigating"},
	}, Events: []query.Event{
		{EventID: 1, IncidentID: 1, Kind: normalize.EventIncidentEdited, Detail: map[string]string{"fields": "title"}},
		{EventID: 2, IncidentID: 2, Kind: normalize.EventIncidentOpened},
		{EventID: 3, IncidentID: 2, Kind: normalize.EventIncidentEdited, Detail: map[string]string{"fields": "body"}},
	}}
	for _, c := range []struct {
		edits    bool
		sections map[string][]string
		notes    []string
		news     int
	}{
		{false, map[string][]string{"Open": {"Begun"}}, nil, 1},
		{true, map[string][]string{"Open": {"Begun"}, "Changed by the vendor": {"Ended"}},
			[]string{"edited by the vendor: body"}, 2},
	} {
		d := digest.Assemble(f, digest.Window{Until: reporttest.Monday},
			digest.Options{Zone: time.UTC, Now: reporttest.Monday, Edits: c.edits})
		if diff := cmp.Diff(c.sections, titles(d)); diff != "" {
			t.Errorf("edits = %v (-want +got)\n%s", c.edits, diff)
		}
		if diff := cmp.Diff(c.notes, d.New[0].Notes); diff != "" {
			t.Errorf("edits = %v: notes (-want +got)\n%s", c.edits, diff)
		}
		if diff := cmp.Diff([]int64{1, 2, 3}, d.EventIDs); diff != "" {
			t.Errorf("edits = %v: dealt with (-want +got)\n%s", c.edits, diff)
		}
		if d.Counts.News != c.news {
			t.Errorf("edits = %v: %d news, want %d", c.edits, d.Counts.News, c.news)
		}
	}
}

// An edit alone makes no digest that is not quiet, and is delivered with it.
func TestAnEditAloneIsQuietAndDealtWith(t *testing.T) {
	w := reporttest.NewWorld(t)
	ctx := t.Context()
	save := func(title string) {
		t.Helper()
		w.At = w.At.Add(time.Minute)
		_, err := w.Record.SaveScrape(ctx, record.Scrape{SourceID: w.Source, At: w.At,
			Incidents: []normalize.Incident{{Key: "a", Kind: normalize.KindIncident,
				Title: title, Severity: normalize.SeverityMinor, State: normalize.StateInvestigating,
				StartedAt: w.At.Truncate(time.Hour), StartGiven: true}}})
		w.Must(err)
	}
	var text bytes.Buffer
	sender := deliver.NewSender(w.Ledger, &stdout.Channel{ChannelName: "ops", W: &text},
		&deliver.Renderer{DB: w.DB, Ledger: w.Ledger})
	save("Mail is late")
	w.PlanDigest()
	w.Must(sender.Send(ctx, w.Waiting()))
	save("Mail was late")
	text.Reset()
	w.PlanDigest()
	w.Must(sender.Send(ctx, w.Waiting()))
	if !strings.Contains(text.String(), "nothing new") || strings.Contains(text.String(), "edited by the vendor") {
		t.Errorf("the digest after an edit:\n%s", text.String())
	}
	left, err := w.Ledger.UnplannedEvents(ctx, ledger.StreamDigest+"daily")
	w.Must(err)
	if len(left) != 0 {
		t.Errorf("not dealt with: %+v", left)
	}
}

// One event on two pages is one item: the record that stands for it, with the other page beside it.
func TestADigestTellsAnEventOnce(t *testing.T) {
	own := query.Incident{IncidentID: 2, SameEventID: 2, SourceID: 1, Vendor: "v", VendorName: "V", Title: "Delays",
		Kind: "incident", Severity: "minor",
		State: "resolved", URL: "https://status.v.example/incidents/a", PageURL: "https://status.v.example",
		AlsoOn: "https://pingoru.io/providers/v"}
	copied := own
	copied.IncidentID, copied.SourceID, copied.State, copied.URL = 1, 2, "monitoring",
		"https://pingoru.io/providers/v/incidents/1"
	copied.PageURL, copied.AlsoOn = own.AlsoOn, own.PageURL
	events := []query.Event{
		{EventID: 1, IncidentID: 1, SourceID: 2, Kind: normalize.EventIncidentOpened},
		{EventID: 2, IncidentID: 2, SourceID: 1, Kind: normalize.EventIncidentOpened, Withheld: query.WithheldSameEvent,
			Detail: map[string]string{"same_event_as": "1"}},
		{EventID: 3, IncidentID: 2, SourceID: 1, Kind: normalize.EventUpdatePosted, Withheld: query.WithheldSameEvent,
			Detail: map[string]string{"same_event_as": "1"}},
		{EventID: 4, IncidentID: 1, SourceID: 2, Kind: normalize.EventUpdatePosted},
	}
	f := digest.Facts{Events: events, Incidents: map[int64]query.Incident{1: copied, 2: own},
		Health: []query.SourceHealth{reporttest.HealthySource(1, "v", "V"), reporttest.HealthySource(2, "v", "V")}}
	options := digest.Options{Zone: time.UTC, Now: reporttest.Monday}
	d := digest.Assemble(f, digest.Window{Until: reporttest.Monday}, options)
	if len(d.New) != 1 || d.New[0].IncidentID != 2 || len(d.New[0].Notes) != 0 || d.Counts.News != 1 {
		t.Errorf("new: %+v", d.New)
	}
	if text := strings.Join(strings.Fields(message.DigestText(d, 0)), " "); strings.Count(text, "Delays") != 1 ||
		!strings.Contains(text, "also on pingoru.io/providers/v") || !strings.Contains(text, own.URL) {
		t.Errorf("the digest:\n%s", text)
	}

	// While the vendor's own page cannot be read, the other record knows more.
	f.Health[0] = reporttest.Unreadable(f.Health[0], "2025-11-24T01:00:00.000Z", "403 Forbidden")
	f.Open = []query.Incident{own}
	d = digest.Assemble(f, digest.Window{Until: reporttest.Monday}, options)
	if len(d.New) != 1 || d.New[0].IncidentID != 1 || len(d.StillOpen) != 0 {
		t.Errorf("new: %+v, still open: %+v", d.New, d.StillOpen)
	}

	// Both were announced before they were known to be one: that is still one item.
	f.Events = []query.Event{events[0], {EventID: 5, IncidentID: 2, SourceID: 1, Kind: normalize.EventIncidentOpened}}
	if d = digest.Assemble(f, digest.Window{Until: reporttest.Monday}, options); len(d.New) != 1 ||
		len(d.New[0].EventIDs) != 2 {
		t.Errorf("new: %+v", d.New)
	}
}
