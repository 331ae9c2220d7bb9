package db_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// on is one scrape of one of a vendor's pages.
type on struct {
	page string // own, pingoru or feed
	step
}

// several is a vendor with three pages: its own, an aggregator's and a feed.
type several struct {
	*file
	pages map[string]int64
}

func newSeveral(t *testing.T) *several {
	f := newFile(t)
	s := &several{file: f, pages: map[string]int64{"own": f.source}}
	vendor, err := f.EnsureVendor(t.Context(), query.Vendor{Slug: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	for platform, address := range map[string]string{"pingoru": "https://pingoru.io/providers/acme",
		"feed": "https://acme.example/feed.xml"} {
		if s.pages[platform], err = f.EnsureSource(t.Context(), vendor, address, platform); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetWatched(t.Context(), slices.Collect(maps.Values(s.pages))); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *several) live(t *testing.T, steps []on) {
	t.Helper()
	for n, step := range steps {
		s.source = s.pages[step.page]
		saved := s.save(step.scrape)
		if got := kinds(saved.Events); got != step.events {
			t.Errorf("scrape %d, %s: told %q\nwant %q", n+1, step.page, got, step.events)
		}
		if step.query == "" {
			continue
		}
		if diff := cmp.Diff(step.rows, s.rows(step.query)); diff != "" {
			t.Errorf("scrape %d, %s: %s (-want +got)\n%s", n+1, step.page, step.query, diff)
		}
	}
}

// copied is what another page makes of an incident: with its own address, and without the vendor's ids.
func copied(raw normalize.Raw, page string) normalize.Raw {
	raw = anonymous(raw)
	raw.Document, raw.URL = "incident_page", "https://"+page+".example/acme/"+raw.ID
	raw.ID = page + "-" + raw.ID
	return raw
}

// startless is a record of another page that does not tell when it began.
func startless(raw normalize.Raw) normalize.Raw {
	raw.Updates, raw.Created = nil, normalize.RawTime{}
	return raw
}

// moved is an incident of which the vendor says that it was at another time.
func moved(raw normalize.Raw, by time.Duration) normalize.Raw {
	start := t0
	if at, err := time.Parse(normalize.TimeLayout, raw.Updates[0].Posted.Text); err == nil {
		start = at
	}
	raw.Updates = slices.Clone(raw.Updates)
	for n := range raw.Updates {
		raw.Updates[n].Posted = at(start.Add(by + time.Duration(n)*5*time.Minute))
	}
	raw.Started = at(start.Add(by))
	return raw
}

const (
	links = `SELECT i.source_key, coalesce(o.source_key, 'alone'), i.announced
		FROM incidents i LEFT JOIN incidents o ON o.incident_id = i.same_event_id ORDER BY i.incident_id`
	openOnes = `SELECT source_key FROM v_open ORDER BY incident_id`
)

// watched begins to watch the pages while nothing is wrong.
func watched(pages ...string) []on {
	var steps []on
	for _, p := range pages {
		steps = append(steps, on{p, step{scrape: seen(t0)}})
	}
	return steps
}

func TestSameEventStories(t *testing.T) {
	a := outage("a", after(hour), "investigating")
	aMonitored := outage("a", after(hour), "investigating", "monitoring")
	aOver := outage("a", after(hour), "investigating", "monitoring", "resolved")
	b := outage("b", after(hour), "investigating")
	for name, steps := range map[string][]on{
		"two pages tell of one event: it is told once, by the page that was first": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour+time.Second), copied(a, "pingoru")),
				events: "incident_opened(same_event)",
				query:  links, rows: []string{"a|a|1", "pingoru-a|a|0"}}},
			on{"pingoru", step{scrape: seen(after(2*hour), copied(aMonitored, "pingoru")),
				events: "update_posted(same_event) state_changed(same_event)"}},
			on{"own", step{scrape: seen(after(2*hour), aMonitored), events: "update_posted state_changed",
				query: openOnes, rows: []string{"a"}}},
			on{"pingoru", step{scrape: seen(after(3*hour), copied(aOver, "pingoru")),
				events: "update_posted(same_event) incident_resolved(same_event)",
				query:  openOnes, rows: []string{"a"}}},
			on{"own", step{scrape: seen(after(3*hour), aOver), events: "update_posted incident_resolved",
				query: `SELECT incidents, minor, hours_of_impact, (SELECT incidents FROM v_scorecard), (SELECT count(*)
					FROM v_open) FROM v_monthly`, rows: []string{"1|1|0.17|1|0"}}}),
		"the aggregator was first: it goes on telling, and the vendor's own page stands for the event": append(
			watched("own", "pingoru"),
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened"}},
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened(same_event)", query: links,
				rows: []string{"pingoru-a|a|1", "a|a|0"}}},
			on{"own", step{scrape: seen(after(2*hour), aOver),
				events: "update_posted(same_event) update_posted(same_event) incident_resolved(same_event)",
				query:  openOnes, rows: []string{}}},
			on{"pingoru", step{scrape: seen(after(3*hour), copied(aOver, "pingoru")),
				events: "update_posted update_posted incident_resolved"}}),
		"two incidents that begin together stay two": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(b, "pingoru")), events: "incident_opened", query: links,
				rows: []string{"a|alone|1", "pingoru-b|alone|1"}}}),
		"one title, twice on a day, stays two": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), aOver), events: "incident_opened incident_resolved"}},
			on{"pingoru", step{scrape: seen(after(6*hour), copied(outage("a", after(6*hour), "investigating"),
				"pingoru")), events: "incident_opened",
				query: links, rows: []string{"a|alone|1", "pingoru-a|alone|1"}}}),
		"one page never tells of one event twice": append(watched("own"),
			on{"own", step{scrape: seen(after(hour), a, titled(b, a.Title)), events: "incident_opened incident_opened",
				query: links, rows: []string{"a|alone|1", "b|alone|1"}}}),
		"two that it may be: in doubt, none": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a, titled(b, a.Title)),
				events: "incident_opened incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened",
				query: links, rows: []string{"a|alone|1", "b|alone|1", "pingoru-a|alone|1"}}}),
		"two that it may be, met the other way round: in doubt, none": append(watched("own", "pingoru"),
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened"}},
			on{"own", step{scrape: seen(after(hour), a, titled(b, a.Title)), events: "incident_opened incident_opened",
				query: links, rows: []string{"pingoru-a|alone|1", "a|alone|1", "b|alone|1"}}}),
		"an event that has a record of a page takes no second one of it": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"own", step{scrape: seen(after(2*hour), a, titled(b, a.Title)), events: "incident_opened",
				query: links, rows: []string{"a|a|1", "pingoru-a|a|0", "b|alone|1"}}}),
		"an incident and a maintenance are two": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), work("a", after(hour), "in_progress")),
				events: "maintenance_started"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened", query: links,
				rows: []string{"a|alone|1", "pingoru-a|alone|1"}}}),
		"a maintenance is one by its window": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), work("m", after(30*hour), "scheduled")),
				events: "maintenance_scheduled"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(work("m", after(30*hour), "scheduled"), "pingoru")),
				events: "maintenance_scheduled(same_event)",
				query:  links, rows: []string{"m|m|1", "pingoru-m|m|0"}}}),
		"found only when the second page tells the start: what was told stays told, and one goes on": append(
			watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), startless(copied(a, "pingoru"))), events: "incident_opened",
				query: links, rows: []string{"a|alone|1", "pingoru-a|alone|1"}}},
			on{"pingoru", step{scrape: seen(after(2*hour), copied(aMonitored, "pingoru")),
				events: "update_posted(same_event) update_posted(same_event) state_changed(same_event)",
				query:  links, rows: []string{"a|a|1", "pingoru-a|a|1"}}},
			on{"own", step{scrape: seen(after(2*hour), aMonitored), events: "update_posted state_changed"}}),
		"the page that tells it cannot be read: the other one tells what follows, and nothing is told twice": append(
			watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"own", step{scrape: failed(after(2 * hour))}}, on{"own", step{scrape: failed(after(3 * hour))}},
			on{"pingoru", step{scrape: seen(after(3*hour), copied(aMonitored, "pingoru")),
				events: "update_posted(same_event) state_changed(same_event)"}},
			on{"own", step{scrape: failed(after(4 * hour)), events: "source_unreadable"}},
			on{"pingoru", step{scrape: seen(after(4*hour), copied(aOver, "pingoru")),
				events: "update_posted incident_resolved",
				query:  links, rows: []string{"a|a|1", "pingoru-a|a|0"}}},
			on{"own", step{scrape: seen(after(5*hour), aOver),
				events: "source_readable update_posted update_posted(same_event) incident_resolved(same_event)"}}),
		"a page that was not read for two days tells nothing either": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"pingoru", step{scrape: seen(after(50*hour), copied(aMonitored, "pingoru")),
				events: "update_posted state_changed"}}),
		"it opens on a second page while the first cannot be read: the opening was told": append(watched("own",
			"pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"own", step{scrape: failed(after(2 * hour))}}, on{"own", step{scrape: failed(after(3 * hour))}},
			on{"own", step{scrape: failed(after(4 * hour)), events: "source_unreadable"}},
			on{"pingoru", step{scrape: seen(after(5*hour), copied(aOver, "pingoru")),
				events: "incident_opened(same_event) incident_resolved",
				query:  links, rows: []string{"a|a|1", "pingoru-a|a|0"}}}),
		"a page that is added later brings no second news of what is open": append(watched("own"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(2*hour), copied(a, "pingoru")),
				events: "incident_opened(already_open)(same_event)",
				query:  links, rows: []string{"a|a|1", "pingoru-a|a|0"}}}),
		"history is linked too, in silence": {
			{"pingoru", step{scrape: backfill(seen(t0, copied(outage("old", after(-900*hour), "investigating",
				"resolved"), "pingoru")))}},
			{"own", step{scrape: backfill(seen(after(hour), outage("old", after(-900*hour), "investigating",
				"resolved"))),
				query: links, rows: []string{"pingoru-old|old|0", "old|old|0"}}},
		},
		"saved pages are linked too": {
			{"own", step{scrape: archived(seen(t0))}}, {"pingoru", step{scrape: archived(seen(t0))}},
			{"own", step{scrape: archived(seen(after(hour), a)), events: "incident_opened"}},
			{"pingoru", step{scrape: archived(seen(after(hour), copied(a, "pingoru"))),
				events: "incident_opened(same_event)", query: links, rows: []string{"a|a|1", "pingoru-a|a|0"}}},
		},
		"a backfill linked it, and a poll meets it: the opening was told": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: backfill(seen(after(2*hour), copied(a, "pingoru")))}},
			on{"pingoru", step{scrape: seen(after(3*hour), copied(a, "pingoru")), query: links,
				rows: []string{"a|a|1", "pingoru-a|a|0"}}},
			on{"pingoru", step{scrape: seen(after(4*hour), copied(aMonitored, "pingoru")),
				events: "update_posted(same_event) state_changed(same_event)"}}),
		"added to the past of both pages, it is told once": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(60*hour), aOver), events: "incident_opened(late)"}},
			on{"pingoru", step{scrape: seen(after(60*hour), copied(aOver, "pingoru")),
				events: "incident_opened(late)(same_event)",
				query:  links, rows: []string{"a|a|0", "pingoru-a|a|0"}}}),
		"it leaves one page while another shows it: it is gone when the last has left": append(watched("own",
			"pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"own", step{scrape: seen(after(2 * hour)), events: "incident_left_feed(same_event)"}},
			on{"pingoru", step{scrape: seen(after(3 * hour)), events: "incident_left_feed"}}),
		"it leaves the page that told it: the other one tells how it ends": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"own", step{scrape: seen(after(2 * hour)), events: "incident_left_feed(same_event)"}},
			on{"pingoru", step{scrape: seen(after(3*hour), copied(aOver, "pingoru")),
				events: "update_posted update_posted incident_resolved"}}),
		"an edit of the start by an hour leaves them one": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"own", step{scrape: seen(after(2*hour), moved(a, -hour)), events: "incident_edited", query: links,
				rows: []string{"a|a|1", "pingoru-a|a|0"}}}),
		"moved by days it is another event, and the one that was silent is told": append(watched("own", "pingoru"),
			on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
			on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}},
			on{"own", step{scrape: seen(after(2*hour), moved(a, -72*hour)), events: "incident_edited", query: links,
				rows: []string{"a|alone|1", "pingoru-a|alone|0"}}},
			on{"pingoru", step{scrape: seen(after(3*hour), copied(a, "pingoru")), events: "incident_opened",
				query: openOnes, rows: []string{"a", "pingoru-a"}}}),
	} {
		t.Run(name, func(t *testing.T) { newSeveral(t).live(t, steps) })
	}
}

func titled(raw normalize.Raw, title string) normalize.Raw { raw.Title = title; return raw }

// Whatever the order in which three pages are read, the vendor's own record stands for the event, the
// opening is told once, and the event is counted once.
func TestThreePagesInAnyOrder(t *testing.T) {
	a := outage("a", after(hour), "investigating")
	raws := map[string]normalize.Raw{"own": a, "pingoru": copied(a, "pingoru"), "feed": copied(a, "feed")}
	for _, order := range [][]string{{"own", "pingoru", "feed"}, {"own", "feed", "pingoru"}, {"pingoru", "own", "feed"},
		{"pingoru", "feed", "own"}, {"feed", "own", "pingoru"}, {"feed", "pingoru", "own"}} {
		t.Run(strings.Join(order, ", "), func(t *testing.T) {
			s := newSeveral(t)
			s.live(t, watched(order...))
			for n, page := range order {
				events := "incident_opened(same_event)"
				if n == 0 {
					events = "incident_opened"
				}
				s.live(t, []on{{page, step{scrape: seen(after(hour+time.Duration(n)*time.Second), raws[page]),
					events: events}}})
			}
			of := s.rows(`SELECT o.source_key FROM incidents i JOIN incidents o ON o.incident_id = i.same_event_id`)
			if diff := cmp.Diff([]string{"a", "a", "a"}, of); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := s.rows(`SELECT (SELECT count(*) FROM v_open), (SELECT sum(incidents) FROM v_monthly),
				(SELECT incidents FROM v_scorecard), sum(announced) FROM incidents`); got[0] != "1|1|1|1" {
				t.Errorf("open, in the months, on the scorecard and announced: %s", got[0])
			}
		})
	}
}

// A page that is taken out of the configuration has told its last news: the other one goes on at once.
func TestAPageNoLongerWatchedTellsNothing(t *testing.T) {
	s := newSeveral(t)
	a := outage("a", after(hour), "investigating")
	s.live(t, append(watched("own", "pingoru"),
		on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
		on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}}))
	if err := s.SetWatched(t.Context(), []int64{s.pages["pingoru"]}); err != nil {
		t.Fatal(err)
	}
	over := outage("a", after(hour), "investigating", "resolved")
	s.live(t, []on{{"pingoru", step{scrape: seen(after(2*hour), copied(over, "pingoru")),
		events: "update_posted incident_resolved"}}})
}

// What is withheld is on record and in reports over a span, and no channel gets it.
func TestChannelsAreToldOnce(t *testing.T) {
	s := newSeveral(t)
	if err := s.EnsureStream(t.Context(), ledger.StreamAlerts, t0); err != nil {
		t.Fatal(err)
	}
	a := outage("a", after(hour), "investigating")
	s.live(t, append(watched("own", "pingoru"),
		on{"own", step{scrape: seen(after(hour), a), events: "incident_opened"}},
		on{"pingoru", step{scrape: seen(after(hour), copied(a, "pingoru")), events: "incident_opened(same_event)"}}))
	news, err := s.UnplannedEvents(t.Context(), ledger.StreamAlerts)
	if err != nil {
		t.Fatal(err)
	}
	if got := kinds(news); got != "incident_opened" {
		t.Errorf("unplanned: %q", got)
	}
	all, err := s.EventsSince(t.Context(), t0)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[1].Withheld != query.WithheldSameEvent || all[1].Detail["same_event_as"] != "1" {
		t.Errorf("on record: %+v", all)
	}
}

func TestListsShowAnEventOnce(t *testing.T) {
	s := newSeveral(t)
	a := outage("a", after(hour), "investigating")
	second := copied(a, "pingoru")
	second.Updates[0].Body = "Words of the aggregator."
	s.live(t, append(watched("own", "pingoru"),
		on{"pingoru", step{scrape: seen(after(hour), second), events: "incident_opened"}},
		on{"own", step{scrape: seen(after(hour), a), events: "incident_opened(same_event)"}}))
	for name, c := range map[string]struct {
		filter query.Filter
		want   string
	}{
		"once":                                   {query.Filter{}, "a"},
		"every record":                           {query.Filter{AllSources: true}, "a pingoru-a"},
		"open":                                   {query.Filter{Open: true}, "a"},
		"found by the words of the other record": {query.Filter{Search: "aggregator"}, "a"},
		"the other record itself":                {query.Filter{Search: "aggregator", AllSources: true}, "a pingoru-a"},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := s.Incidents(context.Background(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, i := range list {
				keys = append(keys, i.SourceKey)
			}
			slices.Sort(keys)
			if got := strings.Join(keys, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	detail, err := s.IncidentByID(t.Context(), 2, t0)
	if err != nil {
		t.Fatal(err)
	}
	want := []query.EventRecord{{IncidentID: 1, SourceID: s.pages["pingoru"],
		PageURL: "https://pingoru.io/providers/acme", Platform: "pingoru", SourceKey: "pingoru-a",
		URL: "https://pingoru.example/acme/a", Title: "Trouble a", Severity: "minor", State: "investigating",
		StartedAt: "2026-11-23T10:00:00.000Z"}}
	if diff := cmp.Diff(want, detail.SameEvent); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if detail.SameEventID != 2 || detail.AlsoOn != "https://pingoru.io/providers/acme" {
		t.Errorf("event %d, also on %q", detail.SameEventID, detail.AlsoOn)
	}
}

// The search for records of one event stays within a day: years of history cost it nothing.
func TestNearbyRecordsAreFoundByIndex(t *testing.T) {
	s := newSeveral(t)
	plan := s.rows(`EXPLAIN QUERY PLAN
		SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each('[1,2]'))
		AND started_at BETWEEN 'a' AND 'b'
		UNION SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each('[1,2]'))
		AND scheduled_start_at BETWEEN 'a' AND 'b'
		UNION SELECT incident_id FROM incidents WHERE source_id IN (SELECT value FROM json_each('[1,2]'))
		AND resolved_at BETWEEN 'a' AND 'b'`)
	text := strings.Join(plan, "\n")
	for _, index := range []string{"incidents_by_source_start", "incidents_by_source_window",
		"incidents_by_source_end"} {
		if !strings.Contains(text, fmt.Sprintf("INDEX %s (source_id=? AND", index)) {
			t.Errorf("%s is not used:\n%s", index, text)
		}
	}
}

// Where a page has a crowd of incidents of one day, none is joined with another page's: which one it is could not be
// told, and the work would grow with the square of their number. Of less than a crowd, each is.
func TestNoEventIsLookedForInACrowd(t *testing.T) {
	for n, linked := range map[int]string{40: "40", 402: "0"} {
		s := newSeveral(t)
		var own, others []normalize.Raw
		for i := range n {
			name := fmt.Sprintf("no%d", i)
			raw := outage(name, after(time.Duration(i)*2*time.Minute), "investigating")
			raw.Title = strings.Repeat(name+" ", 6)
			own, others = append(own, raw), append(others, copied(raw, "pingoru"))
		}
		s.source = s.pages["own"]
		s.save(seen(after(20*hour), own...))
		s.source = s.pages["pingoru"]
		s.save(seen(after(20*hour), others...))
		got := s.rows(`SELECT count(*) FROM incidents WHERE same_event_id <> incident_id`)[0]
		if got != linked {
			t.Errorf("%d incidents on each of two pages: %s are joined, want %s", n, got, linked)
		}
	}
}
