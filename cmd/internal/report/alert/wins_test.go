package alert

import (
	"os"
	"strings"
	"testing"
	"time"

	"vendorwatch/db/query"
)

// What keeps alerts calm, two at a time: docs/reporting.md says which of the two wins.
func TestWhoWins(t *testing.T) {
	quiet := func(s *scene) { s.facts.Calm.Quiet = []QuietSpan{{12 * time.Hour, 14 * time.Hour}} }
	mute := func(s *scene, length time.Duration) { s.mute(query.Action{Vendor: "acme"}, length) }
	hold := func(s *scene) { s.facts.Routes[0].Hold = 10 * time.Minute }
	group := func(s *scene) { s.facts.Calm.Group = 2 * time.Minute }
	flap := func(s *scene) { s.facts.Calm.Flapping = 5 * time.Minute }
	limit := func(s *scene) { s.facts.Calm.Cap = 1 }
	playAll(t, []scenario{
		{"mute and quiet hours: the later end", func(s *scene) {
			quiet(s)
			mute(s, time.Hour)
			s.open(1, major)
			s.open(2, critical)
			s.wait(3 * time.Hour)
		}, []string{
			"12:00 team first #1 held: quiet hours until Mon 23 Nov 14:00 UTC",
			"12:00 team first #2 held: muted until Mon 23 Nov 13:00 UTC",
			"13:00 team first #2: muted until Mon 23 Nov 13:00 UTC",
			"14:00 team first #1: quiet hours until Mon 23 Nov 14:00 UTC",
		}},
		{"mute and hold: the later end", func(s *scene) {
			hold(s)
			mute(s, 5*time.Minute)
			s.open(1, critical)
			s.wait(time.Hour)
		}, []string{
			"12:00 team first #1 held: muted until Mon 23 Nov 12:05 UTC",
			"12:10 team first #1: waits 10 min in case it ends before",
		}},
		{"mute and group: the mute; what it held goes together", func(s *scene) {
			group(s)
			mute(s, time.Hour)
			s.open(100, major)
			s.open(1, major)
			s.open(2, major)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #100",
			"12:00 team first #1 held: muted until Mon 23 Nov 13:00 UTC",
			"12:00 team first #2 held: muted until Mon 23 Nov 13:00 UTC",
			"13:00 team first #1 skipped: sent in one message with 1 other opening",
			"13:00 team first #2 skipped: sent in one message with 1 other opening",
			"13:00 team first #1 #2: 2 openings in one message",
		}},
		{"mute and flapping: the later end", func(s *scene) {
			flap(s)
			s.open(1, major)
			s.wait(time.Minute)
			mute(s, time.Hour)
			s.resolve(1)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #1",
			"12:01 team resolved #1 held: muted until Mon 23 Nov 13:01 UTC",
			"13:01 team resolved #1: muted until Mon 23 Nov 13:01 UTC",
		}},
		{"mute and cap: what is muted counts when it is sent", func(s *scene) {
			limit(s)
			mute(s, 30*time.Minute)
			s.open(1, major)
			s.open(100, major)
			s.wait(40 * time.Minute)
		}, []string{
			"12:00 team first #1 held: muted until Mon 23 Nov 12:30 UTC",
			"12:00 team first #100",
			"12:30 team first #1 skipped: over the cap of 1 an hour; the digest reports it",
			"12:30 team held_back held: counts the messages over the cap until the hour is over",
		}},
		{"quiet hours and hold: the later end; what ended is not sent", func(s *scene) {
			quiet(s)
			hold(s)
			s.open(1, major)
			s.open(2, critical)
			s.open(3, major)
			s.wait(time.Hour)
			s.resolve(3)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #1 held: quiet hours until Mon 23 Nov 14:00 UTC",
			"12:00 team first #2 held: waits 10 min in case it ends before",
			"12:00 team first #3 held: quiet hours until Mon 23 Nov 14:00 UTC",
			"12:10 team first #2: waits 10 min in case it ends before",
			"13:00 team first #3 skipped: it ended before this was sent (quiet hours until Mon 23 Nov " +
				"14:00 UTC); the digest reports it",
			"14:00 team first #1: quiet hours until Mon 23 Nov 14:00 UTC",
		}},
		{"quiet hours and group: the quiet hours; what they held goes together", func(s *scene) {
			quiet(s)
			group(s)
			s.open(1, major)
			s.open(2, major)
			s.wait(3 * time.Hour)
		}, []string{
			"12:00 team first #1 held: quiet hours until Mon 23 Nov 14:00 UTC",
			"12:00 team first #2 held: quiet hours until Mon 23 Nov 14:00 UTC",
			"14:00 team first #1 skipped: sent in one message with 1 other opening",
			"14:00 team first #2 skipped: sent in one message with 1 other opening",
			"14:00 team first #1 #2: 2 openings in one message",
		}},
		{"quiet hours and flapping: the quiet hours, where they end later", func(s *scene) {
			flap(s)
			s.facts.Calm.Quiet = []QuietSpan{{13 * time.Hour, 14 * time.Hour}}
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #1",
			"13:00 team resolved #1 held: quiet hours until Mon 23 Nov 14:00 UTC",
			"14:00 team resolved #1: quiet hours until Mon 23 Nov 14:00 UTC",
		}},
		{"quiet hours and cap: what is quiet counts when it is sent", func(s *scene) {
			limit(s)
			s.facts.Calm.Quiet = []QuietSpan{{12 * time.Hour, 12*time.Hour + 30*time.Minute}}
			s.open(1, major)
			s.wait(31 * time.Minute)
			s.open(2, major)
			s.wait(10 * time.Minute)
		}, []string{
			"12:00 team first #1 held: quiet hours until Mon 23 Nov 12:30 UTC",
			"12:30 team first #1: quiet hours until Mon 23 Nov 12:30 UTC",
			"12:31 team first #2 skipped: over the cap of 1 an hour; the digest reports it",
			"12:31 team held_back held: counts the messages over the cap until the hour is over",
		}},
		{"hold and group: the hold; what is free at the same time goes together", func(s *scene) {
			hold(s)
			group(s)
			s.open(1, major)
			s.open(2, major)
			s.wait(time.Minute)
			s.open(3, major)
			s.wait(time.Hour)
		}, []string{
			"12:00 team first #1 held: waits 10 min in case it ends before",
			"12:00 team first #2 held: waits 10 min in case it ends before",
			"12:01 team first #3 held: waits 10 min in case it ends before",
			"12:10 team first #1 skipped: sent in one message with 1 other opening",
			"12:10 team first #2 skipped: sent in one message with 1 other opening",
			"12:10 team first #1 #2: 2 openings in one message",
			"12:11 team first #3: waits 10 min in case it ends before",
		}},
		{"hold and flapping: what ends in its hold is not sent, what ends later waits", func(s *scene) {
			hold(s)
			flap(s)
			s.open(1, major)
			s.open(2, critical)
			s.wait(9 * time.Minute)
			s.resolve(1)
			s.wait(9 * time.Minute)
			s.resolve(2)
			s.wait(time.Hour)
		}, []string{
			"12:00 team first #1 held: waits 10 min in case it ends before",
			"12:00 team first #2 held: waits 10 min in case it ends before",
			"12:09 team first #1 skipped: it ended before this was sent (waits 10 min in case it ends " +
				"before); the digest reports it",
			"12:10 team first #2: waits 10 min in case it ends before",
			"12:18 team resolved #2 held: waits 5 min in case it reopens",
			"12:23 team resolved #2: waits 5 min in case it reopens",
		}},
		{"hold and cap: what is held counts when it is sent", func(s *scene) {
			hold(s)
			limit(s)
			s.open(1, major)
			s.wait(time.Minute)
			s.open(2, major)
			s.wait(20 * time.Minute)
		}, []string{
			"12:00 team first #1 held: waits 10 min in case it ends before",
			"12:01 team first #2 held: waits 10 min in case it ends before",
			"12:10 team first #1: waits 10 min in case it ends before",
			"12:11 team first #2 skipped: over the cap of 1 an hour; the digest reports it",
			"12:11 team held_back held: counts the messages over the cap until the hour is over",
		}},
		{"group and flapping: they hold different messages", func(s *scene) {
			group(s)
			flap(s)
			s.open(1, major)
			s.open(2, major)
			s.wait(time.Minute)
			s.resolve(1)
			s.wait(time.Hour)
		}, []string{
			"12:00 team first #1",
			"12:00 team first #2 held: grouped with whatever else opens by then",
			"12:01 team resolved #1 held: waits 5 min in case it reopens",
			"12:02 team first #2: grouped with whatever else opens by then",
			"12:06 team resolved #1: waits 5 min in case it reopens",
		}},
		{"group and cap: a group counts as one", func(s *scene) {
			group(s)
			s.facts.Calm.Cap = 2
			s.open(1, major)
			s.open(2, major)
			s.open(3, major)
			s.wait(10 * time.Minute)
		}, []string{
			"12:00 team first #1",
			"12:00 team first #2 held: grouped with whatever else opens by then",
			"12:00 team first #3 held: grouped with whatever else opens by then",
			"12:02 team first #2 skipped: sent in one message with 1 other opening",
			"12:02 team first #3 skipped: sent in one message with 1 other opening",
			"12:02 team first #2 #3: 2 openings in one message",
		}},
		{"flapping and cap: an end passes the cap, after its wait", func(s *scene) {
			flap(s)
			limit(s)
			s.open(1, major)
			s.wait(time.Minute)
			s.resolve(1)
			s.wait(10 * time.Minute)
		}, []string{
			"12:00 team first #1",
			"12:01 team resolved #1 held: waits 5 min in case it reopens",
			"12:06 team resolved #1: waits 5 min in case it reopens",
		}},
	})
	page, err := os.ReadFile("../../../../docs/reporting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "### Who wins\n")
	for _, what := range []string{"mute", "quiet hours", "hold", "group", "flapping", "cap"} {
		if !strings.Contains(table, "\n| "+what+" |") {
			t.Errorf("the table of docs/reporting.md lacks %s", what)
		}
	}
}
