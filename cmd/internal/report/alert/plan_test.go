package alert

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// scenario is a row of the tables that specify the planner.
type scenario struct {
	name string
	play func(s *scene)
	want []string
}

// ended is the beginning of the note of a message that was held until its incident was over.
const ended = "it ended before this was sent "

func playAll(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, one := range scenarios {
		t.Run(one.name, func(t *testing.T) {
			s := newScene(t)
			one.play(s)
			s.plan()
			if diff := cmp.Diff(one.want, s.log); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsTold(t *testing.T) {
	playAll(t, []scenario{
		{"a major incident is told when it opens and when it ends", func(s *scene) {
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team resolved #1"}},
		{"a minor one is for the digest, and so is its end", func(s *scene) {
			s.open(1, minor)
			s.wait(time.Hour)
			s.resolve(1)
		}, nil},
		{"minor, then critical: told when it rises, complete in itself", func(s *scene) {
			s.facts.Routes[0].Mention = critical
			s.open(1, minor)
			s.wait(time.Hour)
			s.severity(1, critical)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"13:00 team first #1 @here: severity rose from minor", "14:00 team resolved #1"}},
		{"what was told and rises is worse, what falls is told too", func(s *scene) {
			s.open(1, major)
			s.wait(time.Hour)
			s.severity(1, critical)
			s.wait(time.Hour)
			s.severity(1, minor)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team worsened #1", "14:00 team lowered #1",
			"15:00 team resolved #1"}},
		{"what falls is on record where its route does not name it", func(s *scene) {
			s.facts.Routes[0].Events = []normalize.EventKind{normalize.EventIncidentOpened}
			s.open(1, critical)
			s.wait(time.Hour)
			s.severity(1, major)
		}, []string{"12:00 team first #1",
			"13:00 team lowered #1 skipped: its route does not name severity_changed; the digest reports it"}},
		{"what opens and rises within one scrape is one message", func(s *scene) {
			s.open(1, major)
			s.severity(1, critical)
		}, []string{"12:00 team first #1"}},
		{"an update posted is not told", func(s *scene) {
			s.open(1, major)
			s.wait(time.Hour)
			s.update(1)
		}, []string{"12:00 team first #1"}},
		{"unless a route names it", func(s *scene) {
			s.facts.Routes[0].Events = append(s.facts.Routes[0].Events, normalize.EventUpdatePosted)
			s.open(1, major)
			s.wait(time.Hour)
			s.update(1)
		}, []string{"12:00 team first #1", "13:00 team update #1"}},
		{"an end that is reported twice is told once", func(s *scene) {
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team resolved #1"}},
		{"again after its end", func(s *scene) {
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
			s.wait(time.Hour)
			s.reopen(1)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team resolved #1", "14:00 team reopened #1",
			"15:00 team resolved #1"}},
		{"already open when its page was first read", func(s *scene) {
			s.incident(1, major)
			s.happen(normalize.EventIncidentOpened, 1, "already_open", "true")
		}, []string{"12:00 team first #1: it was already open when its page was first read"}},
		{"added to the past, or withheld", func(s *scene) {
			s.incident(1, critical)
			s.happen(normalize.EventIncidentOpened, 1, "late", "true")
			for _, w := range []query.Withheld{query.WithheldStale, query.WithheldSameEvent, "filtered"} {
				s.happen(normalize.EventIncidentOpened, 1)
				s.unplanned[len(s.unplanned)-1].Withheld = w
			}
		}, nil},
		{"over before there were alerts", func(s *scene) {
			s.open(1, major)
			s.resolve(1)
			s.now = s.now.Add(time.Hour)
			s.facts.Since = s.now
		}, []string{"13:00 team first #1 skipped: it ended before alerts were first used; the digest reports it"}},
		{"unknown severity counts as less than major", func(s *scene) {
			s.open(1, unknown)
			s.facts.Routes = append(s.facts.Routes, usual("other"))
			s.facts.Routes[1].Severity = unknown
		}, []string{"12:00 other first #1"}},
		{"unless a component is in a major outage", func(s *scene) {
			s.open(1, unknown)
			s.incidents[1].Parts = []query.Component{{Name: "API", Status: "major_outage"}}
		}, []string{"12:00 team first #1"}},
		{"also where the outage of the component shows later", func(s *scene) {
			s.open(1, unknown)
			s.wait(time.Hour)
			s.incidents[1].Parts = []query.Component{{Name: "API", Status: "major_outage"}}
			s.happen(normalize.EventComponentChanged, 0, "component", "API", "from", "operational", "to",
				"major_outage")
			s.unplanned[0].IncidentID = 0
		}, []string{"13:00 team first #1: the route did not match when it opened"}},
		{"a severity that becomes known without an event", func(s *scene) {
			s.open(1, unknown)
			s.wait(time.Hour)
			s.incidents[1].Severity = "critical"
			s.update(1)
		}, []string{"13:00 team first #1: the route did not match when it opened"}},
		{"two records of one event are one incident", func(s *scene) {
			s.open(1, major)
			s.plan()
			s.incident(2, major).SameEventID = 1
			s.incidents[1].SameEventID = 1
			s.open(2, major)
			s.wait(time.Hour)
			s.resolve(2)
		}, []string{"12:00 team first #1", "13:00 team resolved #2"}},
		{"maintenance is off", func(s *scene) {
			s.incident(1, none).Kind = "maintenance"
			s.happen(normalize.EventMaintenanceScheduled, 1)
			s.happen(normalize.EventMaintenanceStarted, 1)
		}, nil},
		{"unless a route names it", func(s *scene) {
			s.facts.Routes[0].Events = []normalize.EventKind{normalize.EventMaintenanceStarted}
			s.incident(1, none).Kind = "maintenance"
			s.happen(normalize.EventMaintenanceScheduled, 1)
			s.happen(normalize.EventMaintenanceStarted, 1)
		}, []string{"12:00 team maintenance #1"}},
		{"planned work that became an incident, whatever was told of it", func(s *scene) {
			s.facts.Routes[0].Events = append(s.facts.Routes[0].Events, normalize.EventMaintenanceStarted)
			s.incident(1, major).Kind = "maintenance"
			s.happen(normalize.EventMaintenanceStarted, 1)
			s.wait(time.Hour)
			s.incidents[1].Kind = "incident"
			s.happen(normalize.EventIncidentEdited, 1, "fields", "title, kind")
			s.wait(time.Hour)
			s.happen(normalize.EventIncidentEdited, 1, "fields", "title")
		}, []string{"12:00 team maintenance #1", "13:00 team first #1: the vendor files it as incident now"}},
		{"a page that cannot be read, and can again", func(s *scene) {
			s.happen(normalize.EventSourceUnreadable, 0)
			s.wait(time.Hour)
			s.happen(normalize.EventSourceReadable, 0)
		}, []string{"12:00 team unreadable page 1", "13:00 team readable page 1"}},
		{"a page that can be read again is no news to who was not told", func(s *scene) {
			s.happen(normalize.EventSourceReadable, 0)
		}, nil},
		{"an end that waits behind a channel that is down", func(s *scene) {
			s.stuck["team"] = true
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team resolved #1"}},
		{"a refused opening has no end to tell", func(s *scene) {
			s.open(1, major)
			s.plan()
			s.rows[0].State = ledger.DeliveryRefused
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1"}},
	})
}

// What belongs to a story that a channel was told of is collected there, and what belongs to none is not.
func TestStoriesInAlerts(t *testing.T) {
	calm := func(s *scene) { s.facts.Calm = Calm{Group: 2 * time.Minute} }
	member := func(s *scene, id int64, severity normalize.Severity) {
		s.incident(id, severity).StoryID = 7
		s.open(id, severity)
	}
	playAll(t, []scenario{
		{"seven victims are two messages", func(s *scene) {
			calm(s)
			for id := range int64(7) {
				member(s, 100+id, major)
				s.wait(90 * time.Second)
			}
			s.wait(time.Hour)
		}, []string{"12:00 team first #100",
			"12:01 team first #101 held: grouped with whatever else opens by then",
			"12:03 team first #102 held: grouped with whatever else opens by then",
			"12:04 team first #103 held: grouped with whatever else opens by then",
			"12:06 team first #104 held: grouped with whatever else opens by then",
			"12:07 team first #105 held: grouped with whatever else opens by then",
			"12:09 team first #106 held: grouped with whatever else opens by then",
			"12:10 team first #101 skipped: sent in one message with 5 other openings",
			"12:10 team first #102 skipped: sent in one message with 5 other openings",
			"12:10 team first #103 skipped: sent in one message with 5 other openings",
			"12:10 team first #104 skipped: sent in one message with 5 other openings",
			"12:10 team first #105 skipped: sent in one message with 5 other openings",
			"12:10 team first #106 skipped: sent in one message with 5 other openings",
			"12:10 team first #101 #102 #103 #104 #105 #106: 6 openings in one message"}},
		{"one that opens when held ones are due goes with them", func(s *scene) {
			calm(s)
			member(s, 100, major)
			s.wait(9 * time.Minute)
			member(s, 101, major)
			s.plan()
			s.now = s.now.Add(time.Minute)
			member(s, 102, major)
			s.wait(time.Hour)
		}, []string{"12:00 team first #100",
			"12:09 team first #101 held: grouped with whatever else opens by then",
			"12:10 team first #101 skipped: sent in one message with 1 other opening",
			"12:10 team first #102 skipped: sent in one message with 1 other opening",
			"12:10 team first #101 #102: 2 openings in one message"}},
		{"a critical one is told at once", func(s *scene) {
			calm(s)
			member(s, 100, major)
			s.wait(3 * time.Minute)
			member(s, 101, critical)
		}, []string{"12:00 team first #100", "12:03 team first #101"}},
		{"one that belongs to no story is told as ever", func(s *scene) {
			calm(s)
			member(s, 100, major)
			s.wait(3 * time.Minute)
			s.open(1, major)
		}, []string{"12:00 team first #100", "12:03 team first #1"}},
		{"where nothing is grouped, stories are not", func(s *scene) {
			member(s, 100, major)
			s.wait(3 * time.Minute)
			member(s, 101, major)
		}, []string{"12:00 team first #100", "12:03 team first #101"}},
	})
}

func TestChannelsThatKeepOneMessageAnIncident(t *testing.T) {
	keeps := func(s *scene) { s.facts.PerIncident["team"] = true }
	playAll(t, []scenario{
		{"every step of what was told", func(s *scene) {
			keeps(s)
			s.facts.Calm = Calm{Flapping: 5 * time.Minute, Group: 2 * time.Minute}
			s.open(1, major)
			s.open(2, major)
			s.open(3, minor)
			s.wait(time.Minute)
			s.update(1)
			s.update(3)
			s.wait(time.Minute)
			s.happen(normalize.EventStateChanged, 1, "from", "investigating", "to", "monitoring")
			s.severity(1, minor)
			s.wait(time.Minute)
			s.resolve(1)
			s.wait(time.Minute)
			s.reopen(1)
			s.wait(time.Minute)
			s.resolve(1)
			s.happen(normalize.EventPostmortemPosted, 1)
		}, []string{
			"12:00 team first #1", "12:00 team first #2", "12:01 team update #1", "12:02 team lowered #1",
			"12:03 team resolved #1", "12:04 team reopened #1", "12:05 team resolved #1", "12:05 team postmortem #1",
		}},
		{"an alarm that rings is ended in quiet hours and while muted; a mute keeps the rest away", func(s *scene) {
			keeps(s)
			s.facts.Calm = Calm{Quiet: []QuietSpan{{13 * time.Hour, 14 * time.Hour}}}
			s.open(1, major)
			s.open(2, major)
			s.wait(61 * time.Minute)
			s.resolve(1)
			s.update(2)
			s.mute(query.Action{Vendor: "acme", Text: "known"}, 2*time.Hour)
			s.wait(time.Minute)
			s.resolve(2)
		}, []string{
			"12:00 team first #1", "12:00 team first #2", "13:01 team resolved #1",
			"13:01 team update #2 skipped: muted until Mon 23 Nov 15:01 UTC: known", "13:02 team resolved #2",
		}},
	})
}

func TestRoutes(t *testing.T) {
	pager := route.Route{Name: "pager", Match: route.Match{Vendors: []string{"ac*"}, Severity: critical},
		Channels: []string{"pager"}}
	playAll(t, []scenario{
		{"the first that matches ends the search", func(s *scene) {
			s.facts.Routes = []route.Route{pager, usual("team")}
			s.open(1, critical)
			s.wait(time.Hour)
			s.open(2, major)
			s.wait(time.Hour)
			s.open(100, critical)
		}, []string{"12:00 pager first #1", "13:00 team first #2", "14:00 team first #100"}},
		{"unless it says continue", func(s *scene) {
			p := pager
			p.Continue = true
			s.facts.Routes = []route.Route{p, usual("team", "pager")}
			s.open(1, critical)
		}, []string{"12:00 pager first #1", "12:00 team first #1"}},
		{"a rise reaches whoever was told, and whoever is to be told now", func(s *scene) {
			s.facts.Routes = []route.Route{pager, usual("team")}
			s.open(1, major)
			s.wait(time.Hour)
			s.severity(1, critical)
			s.wait(time.Hour)
			s.severity(1, minor)
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team worsened #1", "13:00 pager first #1: severity rose from major",
			"14:00 team resolved #1", "14:00 pager resolved #1"}},
		{"a route that does not ask for ends is told none", func(s *scene) {
			s.facts.Routes[0].Events = []normalize.EventKind{normalize.EventIncidentOpened}
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #1",
			"13:00 team resolved #1 skipped: its route does not name incident_resolved; the digest reports it"}},
		{"what was begun is ended though its route is gone", func(s *scene) {
			s.open(1, major)
			s.wait(time.Hour)
			s.facts.Routes = nil
			s.resolve(1)
		}, []string{"12:00 team first #1", "13:00 team resolved #1"}},
		{"what touches no service is for the digest, until it does", func(s *scene) {
			s.facts.Vendors["acme"] = route.Vendor{Name: "Acme", Needed: []route.Need{{Service: "shop", Slug: "shop"}}}
			s.open(1, critical)
			s.open(100, major) // no service needs this vendor
			s.wait(time.Hour)
			s.incidents[1].Touches = "shop"
			s.update(1)
			s.wait(time.Hour)
			s.resolve(1)
		}, []string{"12:00 team first #100", "13:00 team first #1: the route did not match when it opened",
			"14:00 team resolved #1"}},
		{"unless the route asks for it", func(s *scene) {
			s.facts.Vendors["acme"] = route.Vendor{Name: "Acme", Needed: []route.Need{{Service: "shop", Slug: "shop"}}}
			s.facts.Routes[0].Untouched = true
			s.open(1, critical)
		}, []string{"12:00 team first #1"}},
		{"by tag and owner", func(s *scene) {
			s.facts.Routes = []route.Route{
				{Name: "a", Match: route.Match{Tags: []string{"CRM"}}, Channels: []string{"crm"}},
				{Name: "b", Match: route.Match{Owners: []string{"plat*"}}, Channels: []string{"platform"}},
			}
			s.open(1, minor)
			s.open(100, minor)
		}, []string{"12:00 platform first #1", "12:00 crm first #100"}},
	})
}

func TestQuietAndMutes(t *testing.T) {
	night := Calm{Quiet: []QuietSpan{{22 * time.Hour, 7 * time.Hour}}}
	evening := func(s *scene) {
		s.facts.Calm = night
		s.now = noon.Add(11 * time.Hour)
	}
	playAll(t, []scenario{
		{"what opens at night waits for the morning", func(s *scene) {
			evening(s)
			s.open(1, major)
			s.wait(9 * time.Hour)
		}, []string{"23:00 team first #1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"07:00 team first #1: quiet hours until Tue 24 Nov 07:00 UTC"}},
		{"what is critical does not", func(s *scene) {
			evening(s)
			s.open(1, critical)
		}, []string{"23:00 team first #1"}},
		{"what becomes critical wakes up", func(s *scene) {
			evening(s)
			s.facts.Routes[0].Mention = critical
			s.open(1, major)
			s.wait(time.Hour)
			s.severity(1, critical)
		}, []string{"23:00 team first #1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"00:00 team first #1 @here: quiet hours until Tue 24 Nov 07:00 UTC"}},
		{"what is over by the morning is for the digest", func(s *scene) {
			evening(s)
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
			s.wait(8 * time.Hour)
		}, []string{
			"23:00 team first #1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"00:00 team first #1 skipped: " + ended + "(quiet hours until Tue 24 Nov 07:00 UTC); the digest reports it",
		}},
		{"the end of what was told waits too, and is told", func(s *scene) {
			s.open(1, major)
			s.plan()
			evening(s)
			s.resolve(1)
			s.wait(9 * time.Hour)
		}, []string{"12:00 team first #1", "23:00 team resolved #1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"07:00 team resolved #1: quiet hours until Tue 24 Nov 07:00 UTC"}},
		{"what ends and begins again in one night was one story", func(s *scene) {
			s.open(1, major)
			s.plan()
			evening(s)
			s.resolve(1)
			s.wait(time.Hour)
			s.reopen(1)
			s.wait(9 * time.Hour)
		}, []string{"12:00 team first #1", "23:00 team resolved #1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"00:00 team resolved #1 skipped: reopened after 1 h"}},
		{"a night's openings are one message in the morning", func(s *scene) {
			evening(s)
			s.open(1, major)
			s.wait(time.Hour)
			s.open(2, major)
			s.wait(9 * time.Hour)
		}, []string{
			"23:00 team first #1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"00:00 team first #2 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"07:00 team first #1 skipped: sent in one message with 1 other opening",
			"07:00 team first #2 skipped: sent in one message with 1 other opening",
			"07:00 team first #1 #2: 2 openings in one message",
		}},
		{"a page that goes blind and comes back in the night", func(s *scene) {
			evening(s)
			s.happen(normalize.EventSourceUnreadable, 0)
			s.wait(time.Hour)
			s.happen(normalize.EventSourceReadable, 0)
			s.wait(9 * time.Hour)
		}, []string{
			"23:00 team unreadable page 1 held: quiet hours until Tue 24 Nov 07:00 UTC",
			"00:00 team unreadable page 1 skipped: " + ended +
				"(quiet hours until Tue 24 Nov 07:00 UTC); the digest reports it",
		}},
		{"a muted vendor waits until the mute ends, others do not", func(s *scene) {
			s.mute(query.Action{Vendor: "acme", Text: "their move to the new region"}, 2*time.Hour)
			s.open(1, critical)
			s.open(2, critical)
			s.open(100, critical)
			s.wait(time.Hour)
			s.resolve(2)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #1 held: muted until Mon 23 Nov 14:00 UTC: their move to the new region",
			"12:00 team first #2 held: muted until Mon 23 Nov 14:00 UTC: their move to the new region",
			"12:00 team first #100",
			"13:00 team first #2 skipped: " + ended +
				"(muted until Mon 23 Nov 14:00 UTC: their move to the new region); the digest reports it",
			"14:00 team first #1: muted until Mon 23 Nov 14:00 UTC: their move to the new region",
		}},
		{"a page of a muted vendor", func(s *scene) {
			s.mute(query.Action{Vendor: "acme"}, 2*time.Hour)
			s.happen(normalize.EventSourceUnreadable, 0)
			s.wait(3 * time.Hour)
		}, []string{"12:00 team unreadable page 1 held: muted until Mon 23 Nov 14:00 UTC",
			"14:00 team unreadable page 1: muted until Mon 23 Nov 14:00 UTC"}},
		{"a mute that is ended by hand", func(s *scene) {
			s.mute(query.Action{Vendor: "acme"}, 2*time.Hour)
			s.open(1, major)
			s.wait(time.Hour)
			s.mutes[0].EndedAt = normalize.FormatTime(s.now)
			s.wait(time.Hour)
		}, []string{"12:00 team first #1 held: muted until Mon 23 Nov 14:00 UTC",
			"13:00 team first #1: muted until Mon 23 Nov 14:00 UTC"}},
		{"a muted incident", func(s *scene) {
			s.open(1, major)
			s.plan()
			s.mute(query.Action{IncidentID: 1, Vendor: "acme"}, 2*time.Hour)
			s.wait(10 * time.Minute)
			s.severity(1, critical)
			s.open(2, major)
			s.wait(10 * time.Minute)
			s.resolve(1)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #1",
			"12:10 team worsened #1 held: muted until Mon 23 Nov 14:00 UTC",
			"12:10 team first #2",
			"12:20 team worsened #1 skipped: " + ended + "(muted until Mon 23 Nov 14:00 UTC); the digest reports it",
			"12:20 team resolved #1 held: muted until Mon 23 Nov 14:00 UTC",
			"14:00 team resolved #1: muted until Mon 23 Nov 14:00 UTC",
		}},
	})
}

func TestFlappingIsOneStory(t *testing.T) {
	flap := func(s *scene) { s.facts.Calm.Flapping = 5 * time.Minute }
	playAll(t, []scenario{
		{"open again within five minutes", func(s *scene) {
			flap(s)
			s.open(1, major)
			s.wait(time.Hour)
			s.resolve(1)
			s.wait(3 * time.Minute)
			s.reopen(1)
			s.wait(time.Hour)
			s.resolve(1)
			s.wait(time.Hour)
		}, []string{
			"12:00 team first #1",
			"13:00 team resolved #1 held: waits 5 min in case it reopens",
			"13:03 team resolved #1 skipped: reopened after 3 min",
			"14:03 team resolved #1 held: waits 5 min in case it reopens",
			"14:08 team resolved #1: waits 5 min in case it reopens",
		}},
	})
}

func TestGroupsAndTheCap(t *testing.T) {
	playAll(t, []scenario{
		{"the first goes at once, what opens soon after goes together", func(s *scene) {
			s.facts.Calm.Group = 2 * time.Minute
			s.open(1, major)
			s.open(2, major)
			s.plan()
			s.wait(time.Minute)
			s.open(100, major)
			s.open(101, critical)
			s.wait(5 * time.Minute)
			s.open(3, major)
		}, []string{
			"12:00 team first #1",
			"12:00 team first #2 held: grouped with whatever else opens by then",
			"12:01 team first #100 held: grouped with whatever else opens by then",
			"12:01 team first #101",
			"12:02 team first #2 skipped: sent in one message with 1 other opening",
			"12:02 team first #100 skipped: sent in one message with 1 other opening",
			"12:02 team first #2 #100: 2 openings in one message",
			"12:06 team first #3",
		}},
		{"over the cap there is one line when the hour is over", func(s *scene) {
			s.facts.Calm.Cap = 2
			for id := range int64(5) {
				s.open(id+1, major)
			}
			s.open(6, critical)
			s.plan()
			s.resolve(1)
			s.resolve(3)
			s.wait(2 * time.Hour)
		}, []string{
			"12:00 team first #1", "12:00 team first #2",
			"12:00 team first #3 skipped: over the cap of 2 an hour; the digest reports it",
			"12:00 team held_back held: counts the messages over the cap until the hour is over",
			"12:00 team first #4 skipped: over the cap of 2 an hour; the digest reports it",
			"12:00 team first #5 skipped: over the cap of 2 an hour; the digest reports it",
			"12:00 team first #6",
			"12:00 team resolved #1",
			"13:00 team held_back: counts the messages over the cap until the hour is over",
		}},
	})
}

func TestReminders(t *testing.T) {
	playAll(t, []scenario{
		{"a vendor that says nothing, once for each silence", func(s *scene) {
			s.facts.Reminders.SilentAfter = 4 * time.Hour
			s.open(1, major)
			s.open(2, minor)
			s.wait(6 * time.Hour)
			s.update(1)
			s.wait(6 * time.Hour)
			s.resolve(1)
			s.wait(6 * time.Hour)
		}, []string{"12:00 team first #1", "16:00 team reminder #1: nothing new of it for 4 h",
			"22:00 team reminder #1: nothing new of it for 4 h", "00:00 team resolved #1"}},
		{"silence on one channel, while another still holds its message", func(s *scene) {
			s.facts.Reminders.SilentAfter = 4 * time.Hour
			s.facts.Routes = []route.Route{{Name: "held", Channels: []string{"another"}, Continue: true,
				Hold: 5 * time.Hour}, {Name: "all", Channels: []string{"team"}}}
			s.open(1, major)
			s.wait(4*time.Hour + time.Minute)
		}, []string{"12:00 another first #1 held: waits 5 h in case it ends before", "12:00 team first #1",
			"16:00 team reminder #1: nothing new of it for 4 h"}},
		{"planned work, a day and an hour ahead, where a route asks for it", func(s *scene) {
			s.facts.Reminders.Maintenance = []time.Duration{24 * time.Hour, time.Hour}
			s.facts.Routes = append(s.facts.Routes, route.Route{Name: "work", Channels: []string{"team"},
				Match: route.Match{Events: []normalize.EventKind{normalize.EventMaintenanceScheduled}}})
			i := s.incident(1, none)
			i.Kind, i.State, i.ScheduledStartAt = "maintenance", "scheduled",
				normalize.FormatTime(noon.Add(30*time.Hour))
			s.happen(normalize.EventMaintenanceScheduled, 1)
			s.wait(30 * time.Hour)
		}, []string{"12:00 team maintenance #1", "18:00 team reminder #1: 1 d before it begins",
			"17:00 team reminder #1: 1 h before it begins"}},
		{"nothing where no route asks for planned work", func(s *scene) {
			s.facts.Reminders.Maintenance = []time.Duration{time.Hour}
			i := s.incident(1, none)
			i.Kind, i.State, i.ScheduledStartAt = "maintenance", "scheduled",
				normalize.FormatTime(noon.Add(3*time.Hour))
			s.wait(3 * time.Hour)
		}, nil},
		{"what was announced within the hour needs no reminder", func(s *scene) {
			s.facts.Reminders.Maintenance = []time.Duration{time.Hour}
			s.facts.Routes[0].Events = []normalize.EventKind{normalize.EventMaintenanceScheduled}
			i := s.incident(1, none)
			i.Kind, i.State, i.ScheduledStartAt = "maintenance", "scheduled",
				normalize.FormatTime(noon.Add(40*time.Minute))
			s.happen(normalize.EventMaintenanceScheduled, 1)
			s.wait(39 * time.Minute)
		}, []string{"12:00 team maintenance #1"}},
		{"a page that stays unreadable, once a day", func(s *scene) {
			s.facts.Reminders.Unreadable = 24 * time.Hour
			s.pages = []query.SourceHealth{{SourceID: 1, Vendor: "acme", Watched: 1, Health: "unreadable",
				FailingSince: normalize.FormatTime(noon)}}
			s.happen(normalize.EventSourceUnreadable, 0)
			s.wait(50 * time.Hour)
		}, []string{"12:00 team unreadable page 1", "12:00 team reminder page 1: not readable for 1 d",
			"12:00 team reminder page 1: not readable for 2 d"}},
	})
}
