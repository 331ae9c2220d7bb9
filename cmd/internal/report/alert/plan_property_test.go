package alert

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// Whatever happens in whatever order, with any calm: each opening that a route wants is told or has a note that
// says why not; no channel hears of an incident for the first time twice; no end is told before its beginning;
// and nothing is held for longer than it says.
func TestNothingIsLostAndNothingIsTwice(t *testing.T) {
	racetest.Skip(t, "planning is pure, and has no goroutines")
	rapid.Check(t, func(t *rapid.T) {
		s := newScene(t)
		s.facts.Routes = []route.Route{usual("team", "bot"), usual("other")}
		s.facts.Routes[0].Severity = rapid.SampledFrom([]normalize.Severity{minor, major, critical}).Draw(t, "severity")
		s.facts.Routes[0].Continue = rapid.Bool().Draw(t, "continue")
		s.facts.PerIncident["bot"] = true
		s.facts.Reminders = ReminderFacts{SilentAfter: 4 * time.Hour}
		length := func(name string, lengths ...time.Duration) time.Duration {
			return rapid.SampledFrom(lengths).Draw(t, name)
		}
		s.facts.Calm = Calm{
			Flapping: length("flapping", 0, 5*time.Minute), Group: length("group", 0, 2*time.Minute, 10*time.Minute),
			Cap: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "cap"),
		}
		if rapid.Bool().Draw(t, "quiet") {
			s.facts.Calm.Quiet = []QuietSpan{{12*time.Hour + 10*time.Minute, 13 * time.Hour}}
		}
		wanted := map[string]map[int64]bool{}
		ids := []int64{1, 2, 3, 100, 101}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			id := rapid.SampledFrom(ids).Draw(t, "incident")
			i := s.incidents[id]
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what == 0:
				s.now = s.now.Add(length("time", time.Minute, 4*time.Minute, 20*time.Minute, 5*time.Hour))
			case what == 1:
				s.mute(rapid.SampledFrom([]query.Action{{Vendor: "acme"}, {IncidentID: 2, Vendor: "acme"}}).Draw(t,
					"mute"), 15*time.Minute)
			case what == 2 && len(s.mutes) > 0:
				s.mutes[len(s.mutes)-1].EndedAt = normalize.FormatTime(s.now)
			case what == 3:
				s.stuck["team"] = !s.stuck["team"]
			case i == nil:
				s.open(id, rapid.SampledFrom([]normalize.Severity{none, minor, unknown, major, critical}).Draw(t,
					"severity of it"))
				n := (&draft{Facts: s.facts}).news(s.unplanned[len(s.unplanned)-1],
					normalize.Severity(s.incidents[id].Severity))
				n.Subject = s.incidents[id]
				for _, c := range route.Choose(s.facts.Routes, n) {
					if wanted[c.Channel] == nil {
						wanted[c.Channel] = map[int64]bool{}
					}
					wanted[c.Channel][id] = true
				}
			case i.Over():
				s.reopen(id)
			case what <= 6:
				s.resolve(id)
			case what == 7:
				s.update(id)
			default:
				s.severity(id, rapid.SampledFrom([]normalize.Severity{minor, unknown, major, critical}).Draw(t,
					"new severity"))
			}
			if rapid.IntRange(0, 3).Draw(t, "plan now") == 0 {
				continue // several things in one scrape
			}
			s.plan()
			s.check(wanted)
		}
		s.plan()
		s.check(wanted)
		clear(s.stuck)
		s.wait(2 * time.Hour)
		for _, r := range s.rows {
			if r.State == ledger.DeliveryHeld || r.State == ledger.DeliveryPending {
				t.Errorf("two quiet hours later this is still %s: %+v", r.State, r)
			}
		}
	})
}

func (s *scene) check(wanted map[string]map[int64]bool) {
	s.t.Helper()
	for channel, ids := range wanted {
		for id := range ids {
			told := slices.ContainsFunc(s.rows, func(r Planned) bool {
				return r.Channel == channel && slices.Contains(r.Incidents, id) &&
					(r.State != ledger.DeliverySkipped || r.Note != "")
			})
			if !told {
				s.t.Errorf("%s wants #%d, and there is no message and no word of it\n%v", channel, id, s.log)
			}
		}
	}
	type key struct {
		channel string
		id      int64
	}
	firsts, open := map[key]int{}, map[key]bool{}
	for _, r := range s.rows {
		if r.State == ledger.DeliveryHeld && (!words.Time(r.NotBeforeAt).After(s.now) || r.Note == "") {
			s.t.Errorf("held without a reason or a time ahead: %+v\n%v", r, s.log)
		}
		for _, id := range r.Incidents {
			k := key{r.Channel, id}
			switch {
			case r.State == ledger.DeliverySkipped:
			case r.Reason == string(message.ReasonFirst):
				if firsts[k]++; firsts[k] > 1 {
					s.t.Errorf("%s hears of #%d for the first time twice\n%v", r.Channel, id, s.log)
				}
				open[k] = true
			case r.Reason == string(message.ReasonReopened):
				open[k] = true
			case r.Reason == string(message.ReasonResolved) && r.State != ledger.DeliveryHeld:
				if !open[k] {
					s.t.Errorf("%s is told an end of #%d without its beginning\n%v", r.Channel, id, s.log)
				}
				open[k] = false
			}
		}
	}
}
