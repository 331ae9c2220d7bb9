package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"

	"github.com/google/go-cmp/cmp"
)

func (f *file) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// unplanned lists the ids of what a stream has not planned.
func (f *file) unplanned(stream string) string {
	f.t.Helper()
	events, err := f.UnplannedEvents(f.t.Context(), stream)
	f.must(err)
	var ids []string
	for _, e := range events {
		ids = append(ids, fmt.Sprint(e.EventID))
	}
	return strings.Join(ids, " ")
}

// plan plans messages of the alerts at t0, and returns the number of the last.
func (f *file) plan(add ...ledger.NewDelivery) int64 {
	f.t.Helper()
	f.must(f.EnsureStream(f.t.Context(), ledger.StreamAlerts, t0))
	f.must(f.SavePlan(f.t.Context(), ledger.StreamAlerts, 0, t0, add, nil))
	all, err := f.Deliveries(f.t.Context(), ledger.DeliveryFilter{Limit: 1})
	f.must(err)
	return all[0].DeliveryID
}

// next says which message is the turn of a channel, or when one is due.
func (f *file) next(channel string, now time.Time) string {
	f.t.Helper()
	d, ok, due, err := f.NextDelivery(f.t.Context(), channel, "", now)
	f.must(err)
	switch {
	case ok:
		return fmt.Sprint(d.DeliveryID)
	case due.IsZero():
		return "none"
	}
	return "at " + db.Stamp(due)
}

func TestStreamsPlanEachNewsOnce(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	const daily = ledger.StreamDigest + "daily"
	if _, err := f.UnplannedEvents(ctx, daily); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a stream that is not known: %v", err)
	}
	if err := f.SavePlan(ctx, daily, 0, t0, nil, nil); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a plan of a stream that is not known: %v", err)
	}
	f.baseline()
	f.save(seen(after(hour), outage("a", after(hour), "investigating")))
	f.save(seen(after(40*hour), outage("a", after(hour), "investigating", "monitoring"),
		outage("b", after(40*hour), "investigating")))
	f.must(f.EnsureStream(ctx, daily, after(41*hour)))
	f.must(f.EnsureStream(ctx, daily, after(400*hour)))
	if got := f.unplanned(daily); got != "2 3 4" {
		t.Errorf("a new stream begins with the last 24 hours: %s", got)
	}
	f.must(f.SavePlan(ctx, daily, 4, after(41*hour), []ledger.NewDelivery{
		{Channel: "ops", Reason: "digest", EventIDs: []int64{4, 2, 3}, From: after(17 * hour)},
		{Channel: "team", Reason: "digest", EventIDs: []int64{2, 3, 4}},
	}, nil))
	if got := f.unplanned(daily); got != "" {
		t.Errorf("what is planned is not planned again: %s", got)
	}
	err := f.SavePlan(ctx, daily, 4, after(42*hour), []ledger.NewDelivery{{Channel: "ops", Reason: "digest",
		EventIDs: []int64{4}}}, nil)
	if !errors.Is(err, ledger.ErrPlanned) {
		t.Errorf("news that another has planned: %v", err)
	}
	s, err := f.Stream(ctx, daily)
	if err != nil || s != (ledger.Stream{Stream: daily, AfterEventID: 4, CreatedAt: db.Stamp(after(41 * hour)),
		PlannedAt: db.Stamp(after(41 * hour))}) {
		t.Errorf("stream: %+v %v", s, err)
	}
	all, err := f.Deliveries(ctx, ledger.DeliveryFilter{})
	want := []ledger.Delivery{
		{DeliveryID: 1, Channel: "ops", Stream: daily, Reason: "digest", State: ledger.DeliveryPending,
			FromAt: db.Stamp(after(17 * hour)), CreatedAt: db.Stamp(after(41 * hour)), EventIDs: []int64{2, 3, 4}},
		{DeliveryID: 2, Channel: "team", Stream: daily, Reason: "digest", State: ledger.DeliveryPending,
			CreatedAt: db.Stamp(after(41 * hour)), EventIDs: []int64{2, 3, 4}},
	}
	if diff := cmp.Diff(want, all); diff != "" || err != nil {
		t.Errorf("deliveries: %v (-want +got)\n%s", err, diff)
	}
	f.must(f.EnsureStream(ctx, ledger.StreamAlerts, after(41*hour)))
	if got := f.unplanned(ledger.StreamAlerts); got != "2 3 4" {
		t.Errorf("each stream has its own place in the news: %s", got)
	}
	f.must(f.EnsureStream(ctx, ledger.StreamDigest+"late", after(400*hour)))
	if got := f.unplanned(ledger.StreamDigest + "late"); got != "" {
		t.Errorf("a stream that comes later does not tell of the past: %s", got)
	}
}

// Saved pages of the past, imported while the service runs, are no news.
func TestOldSavedPagesReachNoStream(t *testing.T) {
	f := newFile(t)
	f.baseline()
	f.must(f.EnsureStream(t.Context(), ledger.StreamAlerts, t0))
	f.save(record.Scrape{At: after(900 * hour), Unchanged: true})
	f.save(archived(seen(after(100*hour), outage("gap", after(100*hour), "investigating"))))
	f.save(archived(seen(after(890*hour), outage("fresh", after(890*hour), "investigating"))))
	if got := f.unplanned(ledger.StreamAlerts); got != "2" {
		t.Errorf("unplanned: %q", got)
	}
	if diff := cmp.Diff([]string{"1|incident_opened|stale", "2|incident_opened|NULL"},
		f.rows(`SELECT event_id, kind, withheld FROM events`)); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	events, err := f.EventsSince(t.Context(), after(50*hour))
	if err != nil || len(events) != 2 {
		t.Errorf("a report over that time tells of both: %v %v", kinds(events), err)
	}
}

func TestANewStreamDoesNotTellOfAnArchive(t *testing.T) {
	f := newFile(t)
	f.save(archived(seen(after(-9000 * hour))))
	f.save(archived(seen(after(-8000*hour), outage("old", after(-8000*hour), "investigating"))))
	f.save(archived(seen(after(-time.Hour), outage("old", after(-8000*hour), "investigating"),
		outage("new", after(-time.Hour), "investigating"))))
	f.must(f.EnsureStream(t.Context(), ledger.StreamAlerts, t0))
	if got := f.unplanned(ledger.StreamAlerts); got != "2" {
		t.Errorf("unplanned: %q", got)
	}
}

func TestAChannelKeepsItsOrder(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test"},
		ledger.NewDelivery{Channel: "ops", Reason: "test", State: ledger.DeliveryHeld, NotBefore: after(hour)},
		ledger.NewDelivery{Channel: "ops", Reason: "test"}, ledger.NewDelivery{Channel: "team", Reason: "test"})
	if got := f.next("ops", t0); got != "1" {
		t.Errorf("the oldest comes first: %s", got)
	}
	f.must(f.MarkSending(ctx, 1, 0, ledger.Hand{At: t0}))
	if err := f.MarkSending(ctx, 1, 0, ledger.Hand{At: t0}); !errors.Is(err, ledger.ErrPlanned) {
		t.Errorf("one that another has taken up: %v", err)
	}
	if got := f.next("ops", t0); got != "1" {
		t.Errorf("what was on its way when the program ended is due at once: %s", got)
	}
	f.must(f.MarkFailed(ctx, 1, t0, after(time.Minute), "503 Service Unavailable", false))
	if got := f.next("ops", t0); got != "at "+db.Stamp(after(time.Minute)) {
		t.Errorf("what waits for its next try keeps those behind it waiting: %s", got)
	}
	if got := f.next("team", t0); got != "4" {
		t.Errorf("another channel does not wait for it: %s", got)
	}
	f.must(f.MarkSending(ctx, 1, 1, ledger.Hand{At: after(time.Minute)}))
	f.must(f.MarkDelivered(ctx, 1, after(time.Minute), "ok", ""))
	if got := f.next("ops", after(time.Minute)); got != "3" {
		t.Errorf("what is held does not keep those behind it waiting: %s", got)
	}
	f.must(f.MarkSending(ctx, 3, 0, ledger.Hand{At: after(2 * time.Minute)}))
	f.must(f.MarkRefused(ctx, 3, after(2*time.Minute), "400 invalid_blocks"))
	if got := f.next("ops", after(2*time.Minute)); got != "none" {
		t.Errorf("what is refused is not tried again: %s", got)
	}
	f.must(f.MarkFailed(ctx, 1, after(3*time.Minute), after(4*time.Minute), "too late to matter", false))
	f.must(f.MarkRefused(ctx, 1, after(3*time.Minute), "too late to matter"))
	want := []string{
		"1|delivered|2|2026-11-23T09:01:00.000Z|NULL|ok|",
		"2|held|0|NULL|NULL||",
		"3|refused|1|NULL|NULL||2026-11-23T09:02:00.000Z: 400 invalid_blocks",
		"4|pending|0|NULL|NULL||",
	}
	got := f.rows(`SELECT delivery_id, state, attempts, delivered_at, next_attempt_at, receipt, last_error FROM ` +
		`deliveries`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries (-want +got)\n%s", diff)
	}

	health, err := f.ChannelHealth(ctx)
	if diff := cmp.Diff([]query.ChannelHealth{
		{Channel: "ops", Held: 1, Refused: 1, RefusedSinceAt: db.Stamp(t0),
			LastDeliveredAt: db.Stamp(after(time.Minute)), LastError: "2026-11-23T09:02:00.000Z: 400 invalid_blocks"},
		{Channel: "team", Waiting: 1, WaitingSinceAt: db.Stamp(t0)},
	}, health); diff != "" || err != nil {
		t.Errorf("health: %v (-want +got)\n%s", err, diff)
	}
}

func TestResend(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test"}, ledger.NewDelivery{Channel: "ops", Reason: "test"})
	f.must(f.MarkSending(ctx, 1, 0, ledger.Hand{At: t0}))
	f.must(f.MarkRefused(ctx, 1, t0, "404 no_service"))
	f.must(f.Resend(ctx, 1))
	if got := f.next("ops", t0); got != "1" {
		t.Errorf("next is %s", got)
	}
	if diff := cmp.Diff([]string{"pending|0|2026-11-23T09:00:00.000Z: 404 no_service"},
		f.rows(`SELECT state, attempts, last_error FROM deliveries WHERE delivery_id = 1`)); diff != "" {
		t.Errorf("delivery (-want +got)\n%s", diff)
	}
	if err := f.Resend(ctx, 2); !errors.Is(err, ledger.ErrNotRefused) || !strings.Contains(err.Error(), "pending") {
		t.Errorf("one that waits: %v", err)
	}
	if err := f.Resend(ctx, 3); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("one that does not exist: %v", err)
	}
	if _, err := f.DeliveryByID(ctx, 3); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("one that does not exist: %v", err)
	}
}

func TestWhatIsHeldCanBeChangedAndWhatIsSentCannot(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.baseline()
	f.save(seen(after(hour), outage("a", after(hour), "investigating"), outage("b", after(hour), "investigating")))
	f.plan(
		ledger.NewDelivery{Channel: "ops", Reason: "first", IncidentID: 1, EventIDs: []int64{1},
			State: ledger.DeliveryHeld, NotBefore: after(2 * hour), Note: "muted"},
		ledger.NewDelivery{Channel: "ops", Reason: "resolved", IncidentID: 1, State: ledger.DeliveryHeld,
			NotBefore: after(3 * hour)},
		ledger.NewDelivery{Channel: "ops", Reason: "test"})
	f.must(f.SavePlan(ctx, ledger.StreamAlerts, 2, after(2*hour), nil, []ledger.DeliveryChange{
		{DeliveryID: 1, State: ledger.DeliveryPending, EventIDs: []int64{1, 2}},
		{DeliveryID: 2, State: ledger.DeliverySkipped, Note: "opened again after 3 min"},
	}))
	want := []string{"1|first|pending|muted|[1,2]", "2|resolved|skipped|opened again after 3 min|[]",
		"3|test|pending||[]"}
	const all = `SELECT delivery_id, reason, state, note, (SELECT json_group_array(event_id) FROM delivery_events x
		WHERE x.delivery_id = d.delivery_id) FROM deliveries d`
	if diff := cmp.Diff(want, f.rows(all)); diff != "" {
		t.Errorf("deliveries (-want +got)\n%s", diff)
	}
	f.must(f.MarkSending(ctx, 3, 0, ledger.Hand{At: after(2 * hour)}))
	err := f.SavePlan(ctx, ledger.StreamAlerts, 0, after(2*hour),
		[]ledger.NewDelivery{{Channel: "ops", Reason: "test"}},
		[]ledger.DeliveryChange{{DeliveryID: 3, State: ledger.DeliverySkipped}})
	if !errors.Is(err, ledger.ErrPlanned) {
		t.Errorf("a change of what is on its way: %v", err)
	}
	if diff := cmp.Diff(want, f.rows(all)); diff != "" {
		t.Errorf("a plan that cannot be saved leaves something (-want +got)\n%s", diff)
	}
	f.must(f.MarkSkipped(ctx, 1, "no longer true"))
	if got := f.next("ops", after(5*hour)); got != "3" {
		t.Errorf("next is %s", got)
	}
}

func TestAKeyIsDeliveredOnceAChannel(t *testing.T) {
	f := newFile(t)
	for range 2 {
		f.plan(ledger.NewDelivery{Channel: "ops", Reason: "reminder", DedupKey: "unreadable:1:2026-11-23"},
			ledger.NewDelivery{Channel: "team", Reason: "reminder", DedupKey: "unreadable:1:2026-11-23"},
			ledger.NewDelivery{Channel: "ops", Reason: "test"})
	}
	if diff := cmp.Diff([]string{"ops|reminder", "team|reminder", "ops|test", "ops|test"},
		f.rows(`SELECT channel, reason FROM deliveries ORDER BY delivery_id`)); diff != "" {
		t.Errorf("deliveries (-want +got)\n%s", diff)
	}
}

func TestTold(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.baseline()
	f.save(seen(after(hour), outage("a", after(hour), "investigating"), outage("b", after(hour), "investigating"),
		outage("c", after(hour), "investigating")))
	f.plan(
		ledger.NewDelivery{Channel: "bot", Reason: "first", IncidentID: 1, EventIDs: []int64{1}},
		ledger.NewDelivery{Channel: "hook", Reason: "first", EventIDs: []int64{1, 2}},
		ledger.NewDelivery{Channel: "hook", Reason: "held_back", EventIDs: []int64{3}},
		ledger.NewDelivery{Channel: "hook", Stream: ledger.StreamAlerts, Reason: "first", IncidentID: 3,
			State: ledger.DeliveryHeld, NotBefore: after(5 * hour), EventIDs: []int64{3}},
		ledger.NewDelivery{Channel: "bot", Reason: "update", IncidentID: 1})
	f.must(f.EnsureStream(ctx, ledger.StreamDigest+"daily", t0))
	f.must(f.SavePlan(ctx, ledger.StreamDigest+"daily", 3, t0,
		[]ledger.NewDelivery{{Channel: "mail", Reason: "digest", EventIDs: []int64{1, 2, 3}}}, nil))
	for id, thread := range map[int64]string{1: "1700.1", 2: "", 3: "", 6: ""} {
		f.must(f.MarkSending(ctx, id, 0, ledger.Hand{At: after(hour)}))
		f.must(f.MarkDelivered(ctx, id, after(hour), "ok", thread))
	}
	f.must(f.MarkDelivered(ctx, 5, after(hour), "ok", "1700.2"))
	f.must(f.MarkDelivered(ctx, 5, after(hour), "twice", "1700.3"))
	told, err := f.Notified(ctx, []int64{1, 2, 3, 99})
	f.must(err)
	var got []string
	for channel, incidents := range told {
		for id, x := range incidents {
			var reasons []string
			for _, d := range x.Deliveries {
				reasons = append(reasons, d.Reason+" "+string(d.State))
			}
			got = append(got, fmt.Sprintf("%s %d: %s; %v %q since %d, waiting %v", channel, id,
				strings.Join(reasons, ", "), x.Delivered, x.Thread, x.FirstDeliveryID, x.Waiting()))
		}
	}
	sortStrings := cmp.Transformer("sorted", func(in []string) map[string]bool {
		out := map[string]bool{}
		for _, s := range in {
			out[s] = true
		}
		return out
	})
	want := []string{
		`bot 1: first delivered, update delivered; true "1700.2" since 1, waiting false`,
		`hook 1: first delivered; true "" since 2, waiting false`,
		`hook 2: first delivered; true "" since 2, waiting false`,
		`hook 3: first held; false "" since 0, waiting true`,
	}
	if diff := cmp.Diff(want, got, sortStrings); diff != "" {
		t.Errorf("told (-want +got)\n%s", diff)
	}
	for incident, want := range map[int64]int{1: 4, 2: 2, 99: 0} { // the digest tells of it too
		of, err := f.Deliveries(ctx, ledger.DeliveryFilter{Incident: incident})
		if err != nil || len(of) != want {
			t.Errorf("incident %d has %d deliveries, want %d (%v)", incident, len(of), want, err)
		}
	}
	if diff := cmp.Diff([]string{"1|bot|first|delivered|acme|Trouble a|1"},
		f.rows(`SELECT delivery_id, channel, reason, state, vendor, title, events FROM v_deliveries
			WHERE delivery_id = 1`)); diff != "" {
		t.Errorf("v_deliveries (-want +got)\n%s", diff)
	}
}

func TestDeliveriesAreChosen(t *testing.T) {
	f := newFile(t)
	f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test"}, ledger.NewDelivery{Channel: "team", Reason: "test"},
		ledger.NewDelivery{Channel: "ops", Reason: "moved", SourceID: f.source},
		ledger.NewDelivery{Channel: "ops", Reason: "test", State: ledger.DeliverySkipped, Note: "over the cap"})
	for name, c := range map[string]struct {
		f    ledger.DeliveryFilter
		want string
	}{
		"all":            {ledger.DeliveryFilter{}, "1 2 3 4"},
		"of a channel":   {ledger.DeliveryFilter{Channel: "ops"}, "1 3 4"},
		"in a state":     {ledger.DeliveryFilter{State: ledger.DeliverySkipped}, "4"},
		"for a reason":   {ledger.DeliveryFilter{Reason: "moved"}, "3"},
		"of a stream":    {ledger.DeliveryFilter{Stream: ledger.StreamDigest + "daily"}, ""},
		"the newest two": {ledger.DeliveryFilter{Limit: 2}, "3 4"},
		"later ones":     {ledger.DeliveryFilter{AfterID: 2}, "3 4"},
		"since then":     {ledger.DeliveryFilter{Since: t0}, "1 2 3 4"},
		"since later":    {ledger.DeliveryFilter{Since: after(time.Second)}, ""},
	} {
		found, err := f.Deliveries(t.Context(), c.f)
		f.must(err)
		var ids []string
		for _, d := range found {
			ids = append(ids, fmt.Sprint(d.DeliveryID))
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
