package db_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

// One process delivers: the lease passes on when it is given back, when its holder is gone, and when it was not taken
// again in time; with it go the messages that its holder has in hand.
func TestOneProcessDelivers(t *testing.T) {
	runs := func(string) bool { return false }
	gone := func(string) bool { return true }
	for name, c := range map[string]struct {
		before func(*file) // what becomes of process a, which has the lease since t0
		gone   func(string) bool
		at     time.Duration
		holder string
	}{
		"it runs":                          {nil, runs, 10 * time.Second, "a"},
		"it took the lease again":          {func(f *file) { f.take("a", hour/2) }, runs, hour/2 + 1e9, "a"},
		"it ended":                         {func(f *file) { f.release("a", t0) }, runs, time.Second, "b"},
		"it was killed":                    {nil, gone, time.Second, "b"},
		"it stands still":                  {nil, runs, ledger.LeaseFor, "b"},
		"its clock was a year ahead of us": {nil, runs, -365 * 24 * time.Hour, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			ctx := t.Context()
			f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test"})
			f.take("a", 0)
			hand := ledger.Hand{Process: "a", At: t0, Until: after(hour)}
			f.must(f.MarkSending(ctx, 1, 0, hand))
			if c.before != nil {
				c.before(f)
			}
			now := t0.Add(c.at)
			lease, err := f.TakeLease(ctx, "b", now, c.gone)
			f.must(err)
			if lease.Holder != c.holder {
				t.Fatalf("%s has the lease", lease.Holder)
			}
			if held, err := f.LeaseHeld(ctx); err != nil || held != lease {
				t.Errorf("on record: %+v, %v", held, err)
			}
			_, ok, _, err := f.NextDelivery(ctx, "ops", "b", now)
			f.must(err)
			err = f.MarkSending(ctx, 1, 1, ledger.Hand{Process: "b", At: now, Until: now.Add(hour)})
			if ours := c.holder == "b"; ok != ours || (err == nil) != ours {
				t.Errorf("b may send what a has in hand: %v %v, want %v", ok, err, ours)
			}
			if c.holder == "b" {
				err := f.MarkSending(ctx, 1, 2, ledger.Hand{Process: "a", At: now, Until: now})
				if !errors.Is(err, ledger.ErrPlanned) {
					t.Errorf("a sends on without the lease: %v", err)
				}
			}
		})
	}
	f := newFile(t)
	if _, err := f.LeaseHeld(t.Context()); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a file that nobody delivered: %v", err)
	}
}

func (f *file) take(process string, at time.Duration) {
	f.t.Helper()
	_, err := f.TakeLease(f.t.Context(), process, t0.Add(at), func(string) bool { return false })
	f.must(err)
}

func (f *file) release(process string, at time.Time) {
	f.t.Helper()
	f.must(f.ReleaseLease(f.t.Context(), process, at))
}

// What waits for a channel without a secret says so, and is not left to a process that cannot send it.
func TestMessagesOfAChannelThatIsNotConfiguredWait(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test", Sender: "a", InHand: after(hour)},
		ledger.NewDelivery{Channel: "ops", Reason: "test", Sender: "b", InHand: after(hour)},
		ledger.NewDelivery{Channel: "team", Reason: "test"})
	for _, want := range []int64{1, 0} {
		if n, err := f.MarkUnconfigured(ctx, "ops", "a", "no secret"); n != want || err != nil {
			t.Errorf("%d messages, %v; want %d", n, err, want)
		}
	}
	if got := f.rows(`SELECT state, sender, last_error FROM deliveries ORDER BY delivery_id`); got[0] !=
		"pending||no secret" || got[1] != "pending|b|" || got[2] != "pending||" {
		t.Errorf("deliveries %q", got)
	}
	if got := f.next("ops", t0); got != "1" {
		t.Errorf("the turn is of %s", got)
	}
}

// No id is given out that may have been given out before: a file may be an older copy of the one that a process wrote,
// made while it ran or while no process did.
func TestIDsAreNotUsedAgainInACopy(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*file)
		copy func(*file) *file
		at   time.Duration // when the next process begins
		far  bool
	}{
		"it is started anew":                  {func(f *file) { f.release("a", t0) }, nil, time.Second, false},
		"it was killed":                       {nil, nil, 0, true},
		"it ended long ago":                   {func(f *file) { f.release("a", t0) }, nil, ledger.LeaseFor, true},
		"it ended, by a clock that was ahead": {func(f *file) { f.release("a", after(hour)) }, nil, time.Second, true},
		"it ended, and this is a backup":      {func(f *file) { f.release("a", t0) }, backup, time.Second, true},
		"it was killed, and this is a backup": {nil, backup, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test"})
			f.take("a", 0)
			if c.end != nil {
				c.end(f)
			}
			if c.copy != nil {
				f = c.copy(f)
			}
			_, err := f.TakeLease(t.Context(), "b", t0.Add(c.at), func(string) bool { return true })
			f.must(err)
			f.plan(ledger.NewDelivery{Channel: "ops", Reason: "test"})
			if far := f.rows(`SELECT max(delivery_id) > 100000 FROM deliveries`)[0] == "1"; far != c.far {
				t.Errorf("the next id is far from the last one: %v, want %v", far, c.far)
			}
			if got := f.rows(`SELECT min(seq) >= 100000 FROM sqlite_sequence WHERE name = 'events'`); c.far &&
				(len(got) != 1 || got[0] != "1") {
				t.Errorf("the next id of an event is far from the last one: %q", got)
			}
		})
	}
}

// backup is a copy of a file that is put in its place.
func backup(f *file) *file {
	f.t.Helper()
	path := filepath.Join(f.t.TempDir(), "copy.db")
	f.must(f.file.Backup(f.t.Context(), path))
	d, err := db.Open(f.t.Context(), path)
	f.must(err)
	f.t.Cleanup(func() { d.Close() })
	return over(f.t, d)
}
