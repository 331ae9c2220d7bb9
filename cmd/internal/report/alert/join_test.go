package alert

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize"
)

// Whatever comes together of an incident that a channel knows is one message to it, which reports all of it; only a
// postmortem has one of its own.
func TestOneMessageAnIncidentAndScrape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newScene(t)
		s.facts.Routes = []route.Route{{Name: "all", Channels: []string{"team", "bot", "pager"}}}
		s.facts.PerIncident["bot"], s.facts.PerIncident["pager"] = true, true
		s.facts.OnCall = map[string]bool{"pager": true}
		s.open(1, major)
		s.open(2, major)
		s.wait(10 * time.Minute)
		before := len(s.rows)
		news := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"post", "state", "severity", "edit", "end",
			"postmortem"}), 1, 6, rapid.ID).Draw(t, "news")
		var told []int64
		for _, what := range news {
			switch what {
			case "post":
				s.update(1)
			case "state":
				s.happen(normalize.EventStateChanged, 1, "from", "investigating", "to", "monitoring")
			case "severity":
				s.severity(1, rapid.SampledFrom([]normalize.Severity{minor, critical}).Draw(t, "severity"))
			case "edit":
				s.happen(normalize.EventIncidentEdited, 1, "fields", "title")
			case "end":
				s.resolve(1)
			case "postmortem":
				s.happen(normalize.EventPostmortemPosted, 1)
			}
			told = append(told, int64(len(s.events)))
		}
		s.plan()
		sent := map[string][]string{}
		reported := map[string][]int64{}
		for _, r := range s.rows[before:] {
			if r.State == ledger.DeliveryDelivered {
				sent[r.Channel] = append(sent[r.Channel], r.Reason)
				reported[r.Channel] = append(reported[r.Channel], r.EventIDs...)
			}
		}
		for _, channel := range s.facts.Routes[0].Channels {
			rest := slices.DeleteFunc(slices.Clone(sent[channel]),
				func(r string) bool { return r == string(message.ReasonPostmortem) })
			if len(rest) > 1 || len(sent[channel]) > 2 {
				t.Errorf("%v to %s: %v", news, channel, sent[channel])
			}
			slices.Sort(reported[channel])
			if got := slices.Compact(reported[channel]); !slices.Equal(got, told) && !slices.Contains(news, "end") {
				t.Errorf("%v to %s: events %v are reported of %v", news, channel, got, told)
			}
		}
	})
}
