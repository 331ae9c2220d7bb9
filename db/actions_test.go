package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// by is an action of Anna's from a shell.
func by(kind query.ActionKind, incident int64, text string) ledger.NewAction {
	return ledger.NewAction{Kind: kind, IncidentID: incident, Who: "anna", Via: query.ViaCLI, Text: text}
}

func muteOf(vendor string, incident int64, until time.Time) ledger.NewAction {
	m := by(query.ActionMute, incident, "")
	m.Vendor, m.Until = vendor, until
	return m
}

func TestMutes(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.save(seen(t0, outage("a", t0, "investigating")))
	n := muteOf("acme", 0, after(2*hour))
	n.Text = " they are rebuilding "
	vendor, err := f.Act(ctx, n, t0)
	f.must(err)
	if diff := cmp.Diff(query.Action{ActionID: 1, Kind: "mute", Vendor: "acme", VendorName: vendor.VendorName,
		Who: "anna", Via: "cli", UntilAt: db.Stamp(after(2 * hour)), Text: "they are rebuilding",
		CreatedAt: db.Stamp(t0)}, vendor); diff != "" {
		t.Errorf("mute of a vendor (-want +got)\n%s", diff)
	}
	incident, err := f.Act(ctx, muteOf("", 1, after(hour)), t0)
	f.must(err)
	if incident.IncidentID != 1 || incident.Vendor != "acme" || incident.Title != "Trouble a" {
		t.Errorf("mute of an incident: %+v", incident)
	}
	holds := func(now time.Time) string {
		mutes, err := f.Mutes(ctx, now)
		f.must(err)
		var ids []string
		for _, m := range mutes {
			ids = append(ids, fmt.Sprint(m.ActionID))
		}
		return strings.Join(ids, " ")
	}
	if got := holds(t0); got != "2 1" {
		t.Errorf("now: %q", got)
	}
	if got := holds(after(hour)); got != "1" {
		t.Errorf("one ends by itself: %q", got)
	}
	for id := range int64(2) {
		_, err := f.End(ctx, id+1, "bert", after(hour))
		f.must(err)
	}
	if got := holds(after(hour)); got != "" {
		t.Errorf("one is ended by hand: %q", got)
	}
	if diff := cmp.Diff([]string{"1|2026-11-23T10:00:00.000Z|bert", "2|NULL|NULL"},
		f.rows(`SELECT action_id, ended_at, ended_by FROM actions`)); diff != "" {
		t.Errorf("mutes (-want +got)\n%s", diff)
	}
	if _, err := f.End(ctx, 3, "bert", t0); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a mute that does not exist: %v", err)
	}
}

func TestActionsThatAreRefused(t *testing.T) {
	f := newFile(t)
	f.save(seen(t0, outage("a", t0, "investigating")))
	vendor, ended := by(query.ActionAcknowledge, 0, ""), by(query.ActionNote, 1, "x")
	vendor.Vendor, ended.Until = "acme", after(hour)
	nobody, long := by(query.ActionNote, 1, "x"), by(query.ActionNote, 1, "x")
	nobody.Who, long.Who = " \x1b\n", strings.Repeat("x", 81)
	for name, c := range map[string]struct {
		action ledger.NewAction
		want   string
	}{
		"a mute that is over":    {muteOf("acme", 0, t0), "in the past"},
		"a mute without an end":  {by(query.ActionMute, 1, ""), "in the past"},
		"an ack of a vendor":     {vendor, "only an incident"},
		"a note with an end":     {ended, "only a mute"},
		"an empty note":          {by("note", 1, " \n"), "the note is empty"},
		"a long note":            {by("note", 1, strings.Repeat("ä", 2001)), "longer than 2000"},
		"nobody":                 {nobody, "not said who"},
		"a long name":            {long, "longer than 80"},
		"a kind that is unknown": {by("party", 1, ""), `no action "party"`},
	} {
		_, err := f.Act(t.Context(), c.action, t0)
		var bad ledger.BadAction
		if !errors.As(err, &bad) || !strings.Contains(bad.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for _, n := range []ledger.NewAction{muteOf("nobody", 0, after(hour)), muteOf("", 99, after(hour)),
		by("note", 99, "x")} {
		if _, err := f.Act(t.Context(), n, t0); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	if got := f.rows(`SELECT count(*) FROM actions`); got[0] != "0" {
		t.Errorf("%s rows are left of what was refused", got[0])
	}
}

// An acknowledgement counts for all records of an event until it is taken back, or the incident is reopened.
func TestAcknowledged(t *testing.T) {
	f := newFile(t)
	ctx := t.Context()
	f.save(seen(t0, outage("a", t0, "investigating"), outage("b", t0, "investigating")))
	who := func(id int64) string {
		t.Helper()
		i, err := f.IncidentByID(ctx, id, after(hour))
		f.must(err)
		return i.AcknowledgedBy + "/" + fmt.Sprint(len(i.Actions))
	}
	is := func(when, a, b string) {
		t.Helper()
		if who(1) != a || who(2) != b {
			t.Errorf("%s: %s and %s, want %s and %s", when, who(1), who(2), a, b)
		}
	}
	is("before", "/0", "/0")
	first, err := f.Act(ctx, by("acknowledge", 1, ""), after(time.Minute))
	f.must(err)
	_, err = f.Act(ctx, by("note", 1, "we look"), after(2*time.Minute))
	f.must(err)
	is("acknowledged", "anna/2", "/0")
	_, err = f.EnsureSource(ctx, 1, "https://other.example", "feed")
	f.must(err)
	f.must(f.exec(`UPDATE incidents SET same_event_id = 2, source_id = incident_id WHERE incident_id IN (1, 2)`))
	f.must(f.exec(`UPDATE events SET source_id = 2 WHERE incident_id = 2`))
	is("another record stands for it", "anna/2", "anna/2")
	on, err := f.ActionsOn(ctx, []int64{1, 2})
	f.must(err)
	if len(on[1]) != 2 || len(on[2]) != 2 {
		t.Errorf("on both: %+v", on)
	}
	list, err := f.ActionsAfter(ctx, "acme", 2, 1, 10)
	f.must(err)
	if len(list) != 1 || list[0].Kind != "note" {
		t.Errorf("listed: %+v", list)
	}
	if _, err := f.End(ctx, 2, "bert", after(hour)); err == nil || !strings.Contains(err.Error(), "is a note") {
		t.Errorf("a note was ended: %v", err)
	}
	_, err = f.End(ctx, first.ActionID, "bert", after(hour))
	f.must(err)
	is("taken back", "/2", "/2")
	_, err = f.Act(ctx, by("acknowledge", 2, ""), after(hour))
	f.must(err)
	is("once more", "anna/3", "anna/3")
	f.must(f.exec(`INSERT INTO events (source_id, incident_id, kind, at)
		SELECT source_id, incident_id, 'incident_reopened', ? FROM incidents WHERE incident_id = 2`,
		db.Stamp(after(2*hour))))
	is("reopened", "/3", "/3")
}
