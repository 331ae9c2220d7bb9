package db

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

// pending lists the ids of what is pending for a channel.
func (f *file) pending(channel string, kinds ...normalize.EventKind) string {
	f.t.Helper()
	events, err := f.Pending(f.t.Context(), channel, kinds...)
	if err != nil {
		f.t.Fatal(err)
	}
	var ids []string
	for _, e := range events {
		ids = append(ids, fmt.Sprint(e.EventID))
	}
	return strings.Join(ids, " ")
}

func (f *file) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestOutbox(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	if _, err := f.Pending(ctx, "ops"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a channel that is not known: %v", err)
	}
	f.baseline()
	f.save(seen(after(hour), outage("a", after(hour), "investigating")))
	f.save(seen(after(40*hour), outage("a", after(hour), "investigating", "monitoring"), outage("b", after(40*hour), "investigating")))

	f.must(f.EnsureChannel(ctx, "ops", after(41*hour)))
	f.must(f.EnsureChannel(ctx, "ops", after(400*hour)))
	if got := f.pending("ops"); got != "2 3 4" {
		t.Errorf("a new channel is told of the last 24 hours: %s", got)
	}
	if got := f.pending("ops", normalize.EventIncidentOpened); got != "4" {
		t.Errorf("kinds choose: %s", got)
	}

	f.must(f.MarkSending(ctx, "ops", []int64{2, 3, 4}, after(41*hour)))
	if next, ok, err := f.NextAttempt(ctx, "ops"); err != nil || !ok || !next.Equal(after(41*hour)) {
		t.Errorf("what was on its way is due at once: %v %v %v", next, ok, err)
	}
	f.must(f.MarkFailed(ctx, "ops", []int64{2, 3, 4}, after(41*hour), after(42*hour), "503 Service Unavailable"))
	if next, ok, err := f.NextAttempt(ctx, "ops"); err != nil || !ok || !next.Equal(after(42*hour)) {
		t.Errorf("a failed delivery is due later: %v %v %v", next, ok, err)
	}
	if got := f.pending("ops"); got != "2 3 4" {
		t.Errorf("what failed is pending: %s", got)
	}
	f.must(f.MarkDelivered(ctx, "ops", []int64{3}, after(42*hour), "ok"))
	if got := f.pending("ops"); got != "2 4" {
		t.Errorf("what was delivered is not: %s", got)
	}
	f.must(f.MarkRefused(ctx, "ops", []int64{4}, after(42*hour), "400 invalid_blocks"))
	f.must(f.MarkDelivered(ctx, "ops", []int64{2}, after(43*hour), "ok"))
	f.must(f.MarkFailed(ctx, "ops", []int64{2, 4}, after(44*hour), after(45*hour), "too late to matter"))
	if got := f.pending("ops"); got != "" {
		t.Errorf("what is settled stays settled: %s", got)
	}
	if _, ok, err := f.NextAttempt(ctx, "ops"); err != nil || ok {
		t.Errorf("there is nothing to try again: %v %v", ok, err)
	}
	if last, err := f.LastDelivered(ctx, "ops"); err != nil || !last.Equal(after(43*hour)) {
		t.Errorf("last delivered: %v %v", last, err)
	}
	want := []string{"2|delivered|2|2026-11-25T04:00:00.000Z|NULL|ok", "3|delivered|2|2026-11-25T03:00:00.000Z|NULL|ok", "4|refused|2|NULL|NULL|"}
	if diff := cmp.Diff(want, f.rows(`SELECT event_id, state, attempts, delivered_at, next_attempt_at, receipt FROM deliveries ORDER BY event_id`)); diff != "" {
		t.Errorf("deliveries (-want +got)\n%s", diff)
	}
	f.save(seen(after(46*hour), outage("a", after(hour), "investigating", "monitoring"), outage("b", after(40*hour), "investigating", "resolved")))
	if got := f.pending("ops"); got != "5 6" {
		t.Errorf("news after all that: %s", got)
	}
	f.must(f.EnsureChannel(ctx, "late", after(400*hour)))
	if got := f.pending("late"); got != "" {
		t.Errorf("a channel that comes later is not told of the past: %s", got)
	}
	f.must(f.MarkDelivered(ctx, "ops", nil, t0, ""))
	if err := f.MarkDelivered(ctx, "ops", []int64{999}, t0, ""); err == nil {
		t.Error("an event that does not exist was delivered")
	}
}

// Saved pages of the past, imported while the service runs, are no news.
func TestOldSavedPagesReachNoChannel(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.baseline()
	f.must(f.EnsureChannel(ctx, "ops", t0))
	f.save(Scrape{At: after(900 * hour), Unchanged: true})
	f.save(archived(seen(after(100*hour), outage("gap", after(100*hour), "investigating"))))
	f.save(archived(seen(after(890*hour), outage("fresh", after(890*hour), "investigating"))))
	if got := f.pending("ops"); got != "2" {
		t.Errorf("pending: %q", got)
	}
	if diff := cmp.Diff([]string{"1|incident_opened|stale", "2|incident_opened|NULL"}, f.rows(`SELECT event_id, kind, withheld FROM events`)); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	events, err := f.EventsSince(ctx, after(50*hour))
	if err != nil || len(events) != 2 {
		t.Errorf("a report over that time tells of both: %v %v", kinds(events), err)
	}
}

func TestANewChannelIsNotToldOfAnArchive(t *testing.T) {
	f := newFile(t)
	f.save(archived(seen(after(-9000 * hour))))
	f.save(archived(seen(after(-8000*hour), outage("old", after(-8000*hour), "investigating"))))
	f.save(archived(seen(after(-time.Hour), outage("old", after(-8000*hour), "investigating"), outage("new", after(-time.Hour), "investigating"))))
	f.must(f.EnsureChannel(t.Context(), "ops", t0))
	if got := f.pending("ops"); got != "2" {
		t.Errorf("pending: %q", got)
	}
}
