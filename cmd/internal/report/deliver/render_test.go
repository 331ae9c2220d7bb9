package deliver

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// messageOf plans a message and renders it.
func messageOf(w *reporttest.World, n ledger.NewDelivery) message.Message {
	w.T.Helper()
	n.Channel = "ops"
	w.Must(w.Ledger.SavePlan(w.T.Context(), ledger.StreamAlerts, 0, w.At, []ledger.NewDelivery{n}, nil))
	all, err := w.Ledger.Deliveries(w.T.Context(), ledger.DeliveryFilter{Limit: 1})
	w.Must(err)
	m, err := (&Renderer{DB: w.DB, Ledger: w.Ledger, Zone: reporttest.Zone(w.T, "Europe/Berlin"),
		DashboardURL: "https://status.example/"}).Message(w.T.Context(), all[0], w.At)
	w.Must(err)
	return m
}

func TestAnAlertTellsWhatItsReaderNeeds(t *testing.T) {
	w := reporttest.NewWorld(t)
	ctx := t.Context()
	began := w.At
	incident := normalize.Incident{Key: "login", Kind: normalize.KindIncident, Title: "Logins fail",
		URL:      "https://status.kustomer.example/incidents/login",
		Severity: normalize.SeverityMinor, State: normalize.StateInvestigating, StartedAt: began, StartGiven: true,
		Components: []normalize.Component{{Key: "c", Group: "EU", Name: "API", Status: normalize.StatusPartial}},
		Updates: []normalize.Update{{Key: "1", State: normalize.StateInvestigating, PostedAt: began,
			Body: "We look into it."}}}
	save := func(source int64, at time.Duration, i normalize.Incident) []query.Event {
		t.Helper()
		saved, err := w.Record.SaveScrape(ctx, record.Scrape{SourceID: source, At: began.Add(at),
			Incidents: []normalize.Incident{i}})
		w.Must(err)
		return saved.Events
	}
	vendor, err := w.Record.EnsureVendor(ctx, query.Vendor{Slug: "octoforge", Name: "Octoforge"})
	w.Must(err)
	other, err := w.Record.EnsureSource(ctx, vendor, "https://status.octoforge.example", "statuspage")
	w.Must(err)
	elsewhere := incident
	elsewhere.Key, elsewhere.Title, elsewhere.StartedAt = "dns", "DNS is slow", began.Add(20*time.Minute)
	save(other, 20*time.Minute, elsewhere)
	opened := save(w.Source, 3*time.Minute, incident)
	incident.Severity, incident.State = normalize.SeverityCritical, normalize.StateIdentified
	incident.Updates = append(incident.Updates, normalize.Update{Key: "2", State: normalize.StateIdentified,
		PostedAt: began.Add(5 * time.Minute), Body: "A disk is full."})
	worse := save(w.Source, 6*time.Minute, incident)
	id := opened[0].IncidentID
	var ids []int64
	for _, e := range worse {
		ids = append(ids, e.EventID)
	}

	m := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonWorsened), IncidentID: id, EventIDs: ids,
		Route: "bad", Mention: true})
	if len(m.Items) != 1 || m.Source != nil || m.Digest != nil || m.Held != nil {
		t.Fatalf("message %+v", m)
	}
	i := m.Items[0]
	minutes := int64(180)
	got := message.AlertItem{Item: message.Item{Owner: i.Owner}, RunbookURL: i.RunbookURL, Was: i.Was,
		DetectedAfterSeconds: i.DetectedAfterSeconds,
		DashboardURL:         i.DashboardURL, DedupKey: i.DedupKey, Open: i.Open, Thread: i.Thread}
	want := message.AlertItem{Item: message.Item{Owner: "support"}, RunbookURL: "https://wiki.example/kustomer",
		Was:                  "minor",
		DetectedAfterSeconds: &minutes,
		DashboardURL:         "https://status.example/incidents/2", DedupKey: "vendorwatch-incident-2", Open: true}
	if diff := cmp.Diff(want, got); diff != "" || id != 2 {
		t.Errorf("incident %d (-want +got)\n%s", id, diff)
	}
	if i.Severity != "critical" || i.State != "identified" || i.Components != "EU › API" ||
		i.LatestBody != "A disk is full." {
		t.Errorf("the incident as it stands: %+v", i.Incident)
	}
	if m.ID != "vw-1" || m.Route != "bad" || !m.Mention || m.Zone.String() != "Europe/Berlin" ||
		!cmp.Equal(m.EventIDs, ids) {
		t.Errorf("message %+v", m)
	}

	update := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonUpdate), IncidentID: id, EventIDs: ids})
	if u := update.Items[0].Update; u == nil || u.Body != "A disk is full." {
		t.Errorf("the update that is told: %+v", u)
	}

	// What the channel gave back for the first message goes along with those that follow.
	w.Must(w.Ledger.MarkSending(ctx, 1, 0, ledger.Hand{At: w.At}))
	w.Must(w.Ledger.MarkDelivered(ctx, 1, w.At, "ok", "1700.1"))
	if got := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonResolved),
		IncidentID: id}).Items[0].Thread; got != "1700.1" {
		t.Errorf("thread %q", got)
	}

	// A group tells each incident with its own news.
	group := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonFirst),
		EventIDs: []int64{1, opened[0].EventID}})
	if len(group.Items) != 2 || !cmp.Equal(group.Items[0].EventIDs, []int64{1}) || group.Items[1].IncidentID != id {
		t.Errorf("group %+v", group.Items)
	}
}

// TestAnAlertThatCameTooLateSaysSo holds that a beginning which is sent after the end, since its channel could not be
// reached before, says so and calls nobody.
func TestAnAlertThatCameTooLateSaysSo(t *testing.T) {
	w := reporttest.NewWorld(t)
	incident := normalize.Incident{Key: "login", Kind: normalize.KindIncident, Title: "Logins fail",
		Severity: normalize.SeverityCritical,
		State:    normalize.StateInvestigating, StartedAt: w.At, StartGiven: true}
	save := func(at time.Duration) int64 {
		t.Helper()
		saved, err := w.Record.SaveScrape(t.Context(), record.Scrape{SourceID: w.Source, At: w.At.Add(at),
			Incidents: []normalize.Incident{incident}})
		w.Must(err)
		return saved.Events[0].IncidentID
	}
	opening := ledger.NewDelivery{Reason: string(message.ReasonFirst), IncidentID: save(time.Minute), Mention: true}
	if m := messageOf(w, opening); !m.Mention || m.Subject() != "Kustomer: critical incident opened: Logins fail" {
		t.Errorf("in time: %v, %q", m.Mention, m.Subject())
	}
	incident.State, incident.ResolvedAt = normalize.StateResolved, w.At.Add(20*time.Minute)
	save(21 * time.Minute)
	if m := messageOf(w, opening); m.Mention ||
		m.Subject() != "Kustomer: critical incident opened, by now resolved: Logins fail" {
		t.Errorf("too late: %v, %q", m.Mention, m.Subject())
	}
}

func TestAnAlertOfAPageSaysSinceWhenAndWhy(t *testing.T) {
	w := reporttest.NewWorld(t)
	fail := func() (events []query.Event) {
		for range 3 {
			saved, err := w.Record.SaveScrape(t.Context(), record.Scrape{SourceID: w.Source, At: w.At,
				Err: errors.New("403 Forbidden")})
			w.Must(err)
			events = append(events, saved.Events...)
			w.At = w.At.Add(5 * time.Minute)
		}
		return events
	}
	lost := fail()
	m := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonUnreadable), SourceID: w.Source,
		EventIDs: []int64{lost[0].EventID}})
	s := m.Source
	if s == nil || !s.Open || s.Reason != "403 Forbidden" || s.SinceAt != lost[0].Detail["since"] ||
		s.LastGoodAt == "" ||
		s.Owner != "support" || s.DedupKey != "vendorwatch-source-1" || s.Text != "the status page cannot be read" {
		t.Errorf("unreadable: %+v", s)
	}
	reminder := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonReminder), SourceID: w.Source}).Source
	if !reminder.Open || reminder.Reason != "403 Forbidden" || reminder.SinceAt != s.SinceAt ||
		!strings.Contains(reminder.Text, "still cannot be read") {
		t.Errorf("reminder: %+v", reminder)
	}
	saved, err := w.Record.SaveScrape(t.Context(), record.Scrape{SourceID: w.Source, At: w.At})
	w.Must(err)
	back := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonReadable), SourceID: w.Source,
		EventIDs: []int64{saved.Events[0].EventID}}).Source
	if back.Open || back.SinceAt != saved.Events[0].At ||
		back.Text != "the status page can be read again after 15 min" {
		t.Errorf("readable: %+v", back)
	}
}

func TestWhatTheRecordHasNoMoreKeepsNothingWaiting(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.PlanTests("ops", 2)
	raw, err := sql.Open("sqlite", w.Path) // without the references' guard
	w.Must(err)
	_, err = raw.Exec(`UPDATE deliveries SET incident_id = 999 WHERE delivery_id = 1`)
	w.Must(errors.Join(err, raw.Close()))
	var out bytes.Buffer
	w.Must(flush(w, senderTo(w, &stdout.Channel{ChannelName: "ops", W: &out}, io.Discard)))
	if diff := cmp.Diff([]string{"skipped 0", "delivered 1 printed"}, w.Deliveries()); diff != "" ||
		!strings.Contains(out.String(), "this channel works") {
		t.Errorf("deliveries (-want +got)\n%s\nprinted: %s", diff, out.String())
	}
}

func TestTheCapsLineCountsWhatItKeptBack(t *testing.T) {
	w := reporttest.NewWorld(t)
	add := ledger.NewDelivery{Channel: "ops", Reason: string(message.ReasonFirst), State: ledger.DeliverySkipped,
		Note: message.NoteOverCap + " of 60 an hour"}
	other := add
	other.Note = "reopened after 3 min"
	w.Must(w.Ledger.SavePlan(t.Context(), ledger.StreamAlerts, 0, w.At, []ledger.NewDelivery{add, add, other}, nil))
	held := messageOf(w, ledger.NewDelivery{Reason: string(message.ReasonHeldBack), From: w.At.Add(-time.Minute)}).Held
	if held == nil || held.Count != 2 || held.SinceAt != normalize.FormatTime(w.At.Add(-time.Minute)) {
		t.Errorf("held back: %+v", held)
	}
}
