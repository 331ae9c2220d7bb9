package digest_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db/ledger"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

func TestEachDigestTellsOnlyWhatIsNew(t *testing.T) {
	w := reporttest.NewWorld(t)
	var out bytes.Buffer
	s := deliver.NewSender(w.Ledger, &stdout.Channel{ChannelName: "ops", W: &out},
		&deliver.Renderer{DB: w.DB, Ledger: w.Ledger})
	next := func() string {
		t.Helper()
		out.Reset()
		w.PlanDigest()
		w.Must(s.Send(t.Context(), w.Waiting()))
		return out.String()
	}
	w.Scrape("login")
	first := next()
	w.Scrape("login", "search")
	second, third := next(), next()
	if !strings.Contains(first, "OPEN (1)\n  Kustomer: login") || !strings.Contains(first, "· new") {
		t.Errorf("first digest:\n%s", first)
	}
	if flat := strings.Join(strings.Fields(second), " "); strings.Count(flat, "· new") != 1 ||
		!strings.Contains(flat, "OPEN (2) Kustomer: login") || !strings.Contains(flat, "Kustomer: search") {
		t.Errorf("second digest:\n%s", second)
	}
	if !strings.HasPrefix(third, "2 major open now · nothing new on 1 page") {
		t.Errorf("third digest:\n%s", third)
	}
}

// A digest that arrives late tells the news that was chosen for it: what happened since then is the news of the
// next one.
func TestADigestThatIsLateLeavesWhatCameAfterItToTheNext(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.Scrape("login")
	_, err := w.Digests.PlanNow(t.Context(), w.At, ledger.Hand{})
	w.Must(err)
	w.At = w.At.Add(time.Minute)
	w.Scrape("login", "search")
	var out bytes.Buffer
	s := deliver.NewSender(w.Ledger, &stdout.Channel{ChannelName: "ops", W: &out},
		&deliver.Renderer{DB: w.DB, Ledger: w.Ledger})
	w.Must(s.Send(t.Context(), w.Waiting()))
	if strings.Contains(out.String(), "search") || !strings.Contains(out.String(), "OPEN (1)\n  Kustomer: login") {
		t.Errorf("the late one:\n%s", out.String())
	}
	out.Reset()
	w.PlanDigest()
	w.Must(s.Send(t.Context(), w.Waiting()))
	if !strings.Contains(out.String(), "OPEN (2)\n  Kustomer: login") ||
		!strings.Contains(out.String(), "Kustomer: search") {
		t.Errorf("the next one:\n%s", out.String())
	}
}

// spec is a cron line in UTC.
func spec(t *testing.T, line string) cron.Schedule {
	t.Helper()
	s, err := cron.ParseStandard("CRON_TZ=UTC " + line)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// streams is a world whose clock is that of the digests.
type streams struct {
	*reporttest.World
	now time.Time
}

func newStreams(t *testing.T, settings ...digest.Settings) *streams {
	w := reporttest.NewWorld(t)
	s := &streams{World: w, now: clock(23, 8, 0)}
	w.Digests.Settings = settings
	w.Must(w.Digests.Ensure(t.Context(), s.now))
	return s
}

// opens saves that an incident opened at the present.
func (s *streams) opens(title string, severity normalize.Severity) {
	s.T.Helper()
	_, err := s.Record.SaveScrape(context.Background(), record.Scrape{SourceID: s.Source, At: s.now,
		Incidents: []normalize.Incident{{
			Key: title, Kind: normalize.KindIncident, Title: title, Severity: severity,
			State: normalize.StateInvestigating, StartedAt: s.now, StartGiven: true,
		}}})
	s.Must(err)
}

// at looks at a time whether digests are due, and returns what was planned: "channel: titles of the news".
func (s *streams) at(now time.Time) []string {
	s.T.Helper()
	s.now = now
	before, err := s.Ledger.Deliveries(context.Background(), ledger.DeliveryFilter{Limit: 1})
	s.Must(err)
	last := int64(0)
	if len(before) > 0 {
		last = before[0].DeliveryID
	}
	planned, _, err := s.Digests.PlanDue(context.Background(), now)
	s.Must(err)
	added, err := s.Ledger.Deliveries(context.Background(), ledger.DeliveryFilter{AfterID: last})
	s.Must(err)
	if planned != (len(added) > 0) {
		s.T.Errorf("at %s: planned is %v, and there are %d messages", now, planned, len(added))
	}
	var out []string
	for _, d := range added {
		events, err := s.DB.EventsOfDelivery(context.Background(), d.DeliveryID)
		s.Must(err)
		titles := []string{}
		for _, e := range events {
			titles = append(titles, e.Title)
		}
		out = append(out, fmt.Sprintf("%s %s: %s", strings.TrimPrefix(d.Stream, ledger.StreamDigest), d.Channel,
			strings.Join(titles, ", ")))
	}
	return out
}

func (s *streams) want(what string, now time.Time, want ...string) {
	s.T.Helper()
	if diff := cmp.Diff(want, s.at(now)); diff != "" {
		s.T.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

// clock is a moment long after the worlds of these tests begin.
func clock(day, hour, minute int) time.Time {
	return time.Date(2031, time.November, day, hour, minute, 0, 0, time.UTC)
}

func TestDigestsHaveTheirOwnHoursAndNews(t *testing.T) {
	s := newStreams(t,
		digest.Settings{Name: "daily", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"), CatchUp: 12 * time.Hour},
		digest.Settings{Name: "twice", Channels: []string{"ops", "boss"}, Cron: spec(t, "0 9,17 * * *"),
			CatchUp: 12 * time.Hour})
	s.opens("one", normalize.SeverityMajor)
	s.want("before the hour", clock(23, 8, 59))
	s.want("two digests on one channel", clock(23, 9, 0), "daily ops: one", "twice ops: one", "twice boss: one")
	s.want("a minute later", clock(23, 9, 1))
	s.opens("two", normalize.SeverityMajor)
	s.want("in the afternoon", clock(23, 17, 0), "twice ops: two", "twice boss: two")
	s.want("the next morning, without news for one", clock(24, 9, 0), "daily ops: two", "twice ops: ", "twice boss: ")
}

func TestADigestIsSentThoughTheServiceWasOffAtItsHour(t *testing.T) {
	for name, c := range map[string]struct {
		back    time.Time
		catchUp time.Duration
		want    []string
	}{
		"a busy minute":                      {clock(23, 9, 1), 0, []string{"daily ops: one"}},
		"back within the limit":              {clock(23, 20, 59), 12 * time.Hour, []string{"daily ops: one"}},
		"back after the limit":               {clock(23, 21, 1), 12 * time.Hour, nil},
		"back after days, one for all hours": {clock(27, 10, 0), 12 * time.Hour, []string{"daily ops: one"}},
		"no catching up":                     {clock(23, 9, 30), 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStreams(t, digest.Settings{Name: "daily", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
				CatchUp: c.catchUp})
			s.opens("one", normalize.SeverityMajor)
			s.Restart()
			s.want("when it is back", c.back, c.want...)
			s.want("a minute later", c.back.Add(time.Minute))
			if c.want == nil {
				s.want("at the next hour", clock(24, 9, 0), "daily ops: one")
			}
		})
	}
}

func TestAClockThatWasWrongSilencesNoDigest(t *testing.T) {
	s := newStreams(t, digest.Settings{Name: "daily", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
		CatchUp: time.Hour})
	s.opens("one", normalize.SeverityMajor)
	s.want("a year ahead", clock(23, 9, 0).AddDate(1, 0, 0), "daily ops: one")
	s.want("put right, at the hour", clock(24, 9, 0), "daily ops: ")
	s.want("a minute later", clock(24, 9, 1))
	s.want("the next day", clock(25, 9, 0), "daily ops: ")
}

func TestADigestTellsWhatItsMatchChooses(t *testing.T) {
	s := newStreams(t,
		digest.Settings{Name: "bad", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
			Match: route.Match{Severity: normalize.SeverityMajor}},
		digest.Settings{Name: "other", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
			Match: route.Match{Tags: []string{"mail"}}},
		digest.Settings{Name: "tagged", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
			Match: route.Match{Tags: []string{"crm"}},
			Vendors: map[string]route.Vendor{"kustomer": {Tags: []string{"CRM"}, // of which a service needs a part
				Needed: []route.Need{{Service: "Checkout", Slug: "checkout", Component: "API"}}}}})
	s.opens("small", normalize.SeverityMinor)
	s.opens("large", normalize.SeverityCritical)
	s.want("at the hour", clock(23, 9, 0), "bad ops: large", "other ops: ", "tagged ops: small, large")
	render := &deliver.Renderer{DB: s.DB, Ledger: s.Ledger, Digests: map[string]digest.Settings{}}
	for _, d := range s.Digests.Settings {
		render.Digests[d.Stream()] = d
	}
	all, err := s.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{})
	s.Must(err)
	for n, want := range []string{"1 critical open now · 1 new", "No page is watched yet",
		"1 critical, 1 minor open now · 2 new"} {
		m, err := render.Message(t.Context(), all[n], clock(23, 9, 0))
		s.Must(err)
		if !strings.HasPrefix(m.Digest.Headline, want) {
			t.Errorf("%s: %q, want %q", all[n].Stream, m.Digest.Headline, want)
		}
	}
	// What a digest leaves out is behind it.
	s.want("the next day", clock(24, 9, 0), "bad ops: ", "other ops: ", "tagged ops: ")
}

func TestADigestMayLookFurtherBackThanTheLast(t *testing.T) {
	s := newStreams(t, digest.Settings{Name: "weekly", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *"),
		Window: 7 * 24 * time.Hour},
		digest.Settings{Name: "daily", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *")})
	s.opens("one", normalize.SeverityMajor)
	s.at(clock(23, 9, 0))
	s.at(clock(24, 9, 0))
	all, err := s.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{})
	s.Must(err)
	var from []string
	for _, d := range all {
		from = append(from, d.FromAt)
	}
	want := []string{"2031-11-16T09:00:00.000Z", "2031-11-23T08:00:00.000Z", "2031-11-17T09:00:00.000Z",
		"2031-11-23T09:00:00.000Z"}
	if diff := cmp.Diff(want, from); diff != "" {
		t.Errorf("since when they report (-want +got)\n%s", diff)
	}
}

func TestADigestByHandIsNotPlannedTwiceWhileItWaits(t *testing.T) {
	w := reporttest.NewWorld(t)
	w.Scrape("login")
	w.PlanDigest()
	w.PlanDigest()
	if got := w.Deliveries(); len(got) != 1 {
		t.Errorf("deliveries %q; the second has nothing to tell, and the first is on its way", got)
	}
	w.Scrape("login", "search")
	w.PlanDigest()
	if got := w.Deliveries(); len(got) != 2 {
		t.Errorf("deliveries %q", got)
	}
}
