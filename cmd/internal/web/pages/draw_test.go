package pages

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

func TestWordDiff(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     []diffPart
	}{
		"equal": {"a b", "a b", []diffPart{{"same", "a b"}}},
		"one word": {"Fixed for all users.", "Fixed for most users.",
			[]diffPart{{"same", "Fixed for "}, {"del", "all"}, {"ins", "most"}, {"same", " users."}}},
		"a phrase": {"It lasted about two hours today", "It lasted nearly three days today",
			[]diffPart{{"same", "It lasted "}, {"del", "about two hours"}, {"ins", "nearly three days"},
				{"same", " today"}}},
		"put in":       {"a c", "a b c", []diffPart{{"same", "a "}, {"ins", "b "}, {"same", "c"}}},
		"taken out":    {"a b c", "a c", []diffPart{{"same", "a "}, {"del", "b "}, {"same", "c"}}},
		"from nothing": {"", "a", []diffPart{{"ins", "a"}}},
		"to nothing":   {"a", "", []diffPart{{"del", "a"}}},
		"letters apart": {"größer 10%", "größer 20%", []diffPart{{"same", "größer "}, {"del", "10"},
			{"ins", "20"},
			{"same", "%"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, wordDiff(c.old, c.new)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func FuzzWordDiff(f *testing.F) {
	f.Add("a b c", "a x c")
	f.Add("", "a")
	f.Add("ä ö", "ö ä \xff")
	f.Fuzz(func(t *testing.T, old, new string) {
		var without, with strings.Builder
		for _, p := range wordDiff(old, new) {
			if p.Op != "ins" {
				without.WriteString(p.Text)
			}
			if p.Op != "del" {
				with.WriteString(p.Text)
			}
		}
		if without.String() != old || with.String() != new {
			t.Errorf("%q and %q become %q and %q", old, new, without.String(), with.String())
		}
	})
}

// now is the time of the tests.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func before(d time.Duration) time.Time { return now.Add(-d) }

func TestBar(t *testing.T) {
	seen := func(status string, from, to time.Time) board.ComponentSpan {
		return board.ComponentSpan{Status: status, FromAt: normalize.FormatTime(from), ToAt: normalize.FormatTime(to)}
	}
	during := func(severity string, from, to time.Time) board.ComponentSpan {
		return board.ComponentSpan{IncidentID: 7, Kind: "incident", Severity: severity,
			FromAt: normalize.FormatTime(from), ToAt: normalize.FormatTime(to)}
	}
	noon := func(daysAgo int) time.Time { return now.AddDate(0, 0, -daysAgo) }
	unread := []query.Gap{{FromAt: normalize.FormatTime(noon(10))}}
	for name, c := range map[string]struct {
		spans []board.ComponentSpan
		known time.Time
		blind []query.Gap
		want  string
	}{
		"not read for ten days": {[]board.ComponentSpan{seen("operational", noon(200), time.Time{})}, noon(200), unread,
			"90 days: 80 without trouble, 10 not on record"},
		"down when last read, ten days ago": {[]board.ComponentSpan{seen("major_outage", noon(11), time.Time{})},
			noon(200), unread, "90 days: 2 major outage, 78 without trouble, 10 not on record"},
		"an incident that was open when last read": {[]board.ComponentSpan{{IncidentID: 7, Kind: "incident",
			Severity: "major", FromAt: normalize.FormatTime(noon(12))}}, noon(200), unread,
			"90 days: 3 partial outage, 77 without trouble, 10 not on record"},
		"an incident without impact while nobody looked": {[]board.ComponentSpan{during("none", noon(5), noon(2))},
			noon(200), unread, "90 days: 80 without trouble, 10 not on record"},
		"nothing is known":   {nil, time.Time{}, nil, "90 days: 90 not on record"},
		"known for ten days": {nil, noon(9), nil, "90 days: 10 without trouble, 80 not on record"},
		"always well": {[]board.ComponentSpan{seen("operational", noon(200), time.Time{})},
			noon(200), nil, "90 days: 90 without trouble"},
		"one bad hour": {[]board.ComponentSpan{seen("major_outage", noon(3),
			noon(3).Add(time.Hour))}, noon(200), nil, "90 days: 1 major outage, 89 without trouble"},
		"over midnight": {[]board.ComponentSpan{seen("partial_outage", noon(3), noon(2))},
			noon(200), nil, "90 days: 2 partial outage, 88 without trouble"},
		"it lasts": {[]board.ComponentSpan{seen("degraded_performance", noon(1),
			time.Time{})}, noon(200), nil, "90 days: 2 degraded performance, 88 without trouble"},
		"begun before the bar": {[]board.ComponentSpan{during("minor", noon(400), noon(89))}, noon(200),
			nil, "90 days: 1 degraded performance, 89 without trouble"},
		"ended before the bar": {[]board.ComponentSpan{during("critical", noon(400), noon(95))},
			noon(200), nil, "90 days: 90 without trouble"},
		"an incident of unknown severity": {[]board.ComponentSpan{during("unknown", noon(5),
			noon(5).Add(time.Hour))}, noon(200), nil, "90 days: 1 in an unknown state, 89 without trouble"},
		"an incident without impact": {[]board.ComponentSpan{during("none", noon(5), noon(5).Add(time.Hour))},
			noon(200), nil, "90 days: 90 without trouble"},
		"the worst of a day counts": {[]board.ComponentSpan{during("critical", noon(5),
			noon(5).Add(time.Hour)), seen("degraded_performance", noon(5), noon(5).Add(time.Hour))}, noon(200), nil,
			"90 days: 1 major outage, 89 without trouble"},
		"a day that was not seen": {nil, noon(200),
			[]query.Gap{{FromAt: normalize.FormatTime(noon(6)), ToAt: normalize.FormatTime(noon(4))}},
			"90 days: 89 without trouble, 1 not on record"},
		"not seen, and told by an incident": {[]board.ComponentSpan{during("major", noon(5), noon(5).Add(time.Hour))},
			noon(200), []query.Gap{{FromAt: normalize.FormatTime(noon(6)), ToAt: normalize.FormatTime(noon(4))}},
			"90 days: 1 partial outage, 89 without trouble"},
	} {
		t.Run(name, func(t *testing.T) {
			b := drawBar(c.spans, record{c.known, c.blind, true}, now)
			if b.Words != c.want {
				t.Errorf("%q, want %q", b.Words, c.want)
			}
			at := 0
			for _, r := range b.Runs {
				if r.From != at || r.Length <= 0 {
					t.Errorf("a run begins at %d, the one before ends at %d", r.From, at)
				}
				at += r.Length
			}
			if at != 4*barDays {
				t.Errorf("the runs end at %d", at)
			}
		})
	}
}

func TestFigure(t *testing.T) {
	const day = 24 * time.Hour
	n := func(v int64) *int64 { return &v }
	began := func(ago, lasted time.Duration, i query.IncidentImpact) query.IncidentImpact {
		i.CountedAt, i.FromAt, i.ToAt = before(ago), before(ago), before(ago-lasted)
		return i
	}
	incidents := []query.IncidentImpact{
		began(100*day, 10*time.Hour, query.IncidentImpact{Severity: "critical", ResolveSeconds: n(36000),
			SilenceSeconds: n(60)}),
		began(3*day, 10*time.Minute, query.IncidentImpact{Severity: "major", ResolveSeconds: n(600),
			SilenceSeconds: n(300)}),
		began(2*day, 30*time.Minute, query.IncidentImpact{Severity: "minor", ResolveSeconds: n(1800)}),
		began(2*day-15*time.Minute, 20*time.Minute, query.IncidentImpact{Severity: "minor", ResolveSeconds: n(1200)}),
		{Severity: "unknown", CountedAt: before(day), FromAt: before(day)},
	}
	for name, c := range map[string]struct {
		since time.Time
		want  numbers
	}{
		"all": {before(365 * day), numbers{Span: "all", Incidents: 5, Severe: 2, Impact: "11 h", Length: 4,
			Unknown: 1, Resolve: "25 min", ResolveOf: 4, Silence: "3 min", SilenceOf: 2}},
		"a month, what overlaps once": {before(30 * day), numbers{Span: "a month, what overlaps once", Incidents: 4,
			Severe: 1, Impact: "0.8 h", Length: 3, Unknown: 1, Resolve: "20 min", ResolveOf: 3,
			Silence: "5 min", SilenceOf: 1}},
		"a day, of unknown length": {before(day), numbers{Span: "a day, of unknown length", Incidents: 1,
			Impact: "not known", Unknown: 1, Resolve: "–", Silence: "–"}},
		"now": {now, numbers{Span: "now", Impact: "–", Resolve: "–", Silence: "–"}},
	} {
		if diff := cmp.Diff(c.want, figure(name, incidents, c.since, now)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// Texts that differ nearly everywhere are shown as replaced, except for their common beginning and end.
func TestWordDiffIsBounded(t *testing.T) {
	var old, new strings.Builder
	for n := range 2500 {
		fmt.Fprintf(&old, "a%d ", n)
		fmt.Fprintf(&new, "b%d ", n)
	}
	got := wordDiff("Begin "+old.String()+"end", "Begin "+new.String()+"end")
	want := []diffPart{{"same", "Begin "}, {"del", strings.TrimSpace(old.String())},
		{"ins", strings.TrimSpace(new.String())}, {"same", " end"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
