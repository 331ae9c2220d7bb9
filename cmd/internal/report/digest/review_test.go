package digest_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// reviewWorld is a file of 40 days with seven vendors whose pages were read every twelve hours, but for two days of
// one.
// One begins to be watched 19 days before the end, and the last has no incident.
func reviewWorld(t *testing.T) (w *reporttest.World, now time.Time) {
	w = reporttest.NewWorld(t)
	now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 7 {
		slug := fmt.Sprintf("v%d", n)
		vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: slug, Name: "Vendor " + slug})
		w.Must(err)
		source, err := w.Record.EnsureSource(t.Context(), vendor, "https://status."+slug+".example", "statuspage")
		w.Must(err)
		w.Must(w.Record.SetWatched(t.Context(), append([]int64{source}, watched(w)...)))
		begin := now.AddDate(0, 0, -40)
		if n == 5 {
			begin = now.AddDate(0, 0, -19)
		}
		for at := begin; !at.After(now); at = at.Add(12 * time.Hour) {
			s := record.Scrape{SourceID: source, At: at, Interval: 12 * time.Hour, HTTPStatus: 200, Requests: 1,
				CoverageStart: at}
			if hole := now.AddDate(0, 0, -11); n == 1 && at.After(hole) && at.Before(hole.AddDate(0, 0, 2)) {
				continue
			}
			if random.IntN(7) == 0 && n < 6 {
				i := normalize.Incident{Key: at.String(), Kind: normalize.KindIncident, Title: "Trouble " + at.String(),
					Severity: normalize.SeverityMajor, State: normalize.StateResolved, StartGiven: true,
					StartedAt:  at.Add(-time.Duration(random.IntN(300)) * time.Minute),
					ResolvedAt: at.Add(time.Duration(-random.IntN(2)) * time.Minute)}
				if random.IntN(3) == 0 {
					i.StartedAt = at.Add(-30 * time.Hour)
				}
				s.Incidents = []normalize.Incident{i}
			}
			_, err := w.Record.SaveScrape(t.Context(), s)
			w.Must(err)
		}
	}
	return w, now
}

func watched(w *reporttest.World) []int64 {
	all, err := w.DB.SourceHealth(w.T.Context(), time.Now())
	w.Must(err)
	var ids []int64
	for _, h := range all {
		if h.Vendor != "kustomer" {
			ids = append(ids, h.SourceID)
		}
	}
	return ids
}

// minutes counts, from the rows alone and minute by minute, the seconds of a window with an incident of a vendor, or of
// any.
func minutes(t *testing.T, path, vendor string, from, until time.Time) int64 {
	t.Helper()
	file, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := file.Query(`SELECT i.started_at, i.resolved_at FROM incidents i JOIN sources USING (source_id)
		JOIN vendors v USING (vendor_id) WHERE i.kind = 'incident' AND v.slug LIKE ?`, vendor)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	hit := map[int64]bool{}
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		for at := words.Time(a); at.Before(words.Time(b)); at = at.Add(time.Minute) {
			if !at.Before(from) && at.Before(until) {
				hit[at.Unix()/60] = true
			}
		}
	}
	return int64(len(hit)) * 60
}

func TestFiguresOfAReviewAgainstTheRows(t *testing.T) {
	racetest.Skip(t, "it saves the scrapes of 40 days, one after the other")
	w, now := reviewWorld(t)
	o := digest.Options{Now: now, Review: true, By: digest.ByTag, Vendors: map[string]route.Vendor{
		"v0": {Tags: []string{"a", "b"}}, "v1": {Tags: []string{"b"}}}}
	d, err := digest.Build(t.Context(), w.DB, digest.Window{Until: now}, o)
	w.Must(err)
	r := d.Review
	from, until := digest.ReviewWindow(now, nil)
	if want := "2026-11-16T00:00:00.000Z 2026-11-23T00:00:00.000Z"; d.FromAt+" "+d.UntilAt != want {
		t.Errorf("window %s %s", d.FromAt, d.UntilAt)
	}
	if r.Vendors != 7 || len(r.Cost) != 5 || len(r.DaysAt) != 7 {
		t.Fatalf("%d vendors, %d of them cost most, %d days", r.Vendors, len(r.Cost), len(r.DaysAt))
	}
	last := int64(1 << 62)
	for _, v := range r.Cost {
		want := minutes(t, w.Path, v.Vendor, from, until)
		if *v.ImpactSeconds != want || want > last || want == 0 {
			t.Errorf("%s: %d seconds, want %d, after %d", v.Vendor, *v.ImpactSeconds, want, last)
		}
		last = want
		sum := int64(0)
		for n, have := range v.DaySeconds {
			day := minutes(t, w.Path, v.Vendor, from.AddDate(0, 0, n), from.AddDate(0, 0, n+1))
			if sum += day; have == nil || *have != day {
				t.Errorf("%s: day %d: %v, want %d", v.Vendor, n, have, day)
			}
		}
		if sum != want {
			t.Errorf("%s: the days are %d, the week %d", v.Vendor, sum, want)
		}
		before := minutes(t, w.Path, v.Vendor, from.AddDate(0, 0, -7), from)
		switch {
		case v.Vendor == "v1" && v.BeforeSeconds != nil:
			t.Errorf("v1: %d in a week of which two days are not known", *v.BeforeSeconds)
		case v.Vendor != "v1" && (v.BeforeSeconds == nil || *v.BeforeSeconds != before):
			t.Errorf("%s: week before %v, want %d", v.Vendor, v.BeforeSeconds, before)
		}
		weeks, mean := 0, int64(0)
		for n := 1; n <= 13; n++ {
			begin := from.AddDate(0, 0, -7*n)
			known := begin.After(now.AddDate(0, 0, -40)) && !(v.Vendor == "v1" && n == 1) &&
				!(v.Vendor == "v5" && n > 1)
			if known {
				weeks++
				mean += minutes(t, w.Path, v.Vendor, begin, begin.AddDate(0, 0, 7))
			}
		}
		if v.MeanWeeks != weeks || v.MeanSeconds == nil || *v.MeanSeconds != mean/int64(weeks) {
			t.Errorf("%s: mean %v of %d weeks, want %d of %d", v.Vendor, v.MeanSeconds, v.MeanWeeks,
				mean/int64(max(weeks, 1)), weeks)
		}
		if v.Longest == nil || v.Longest.ImpactSeconds > want {
			t.Errorf("%s: longest %+v", v.Vendor, v.Longest)
		}
	}
	if want := minutes(t, w.Path, "v%", from, until); *r.All.ImpactSeconds != want {
		t.Errorf("all: %d, want %d", *r.All.ImpactSeconds, want)
	}
	named := map[string]int{}
	for _, p := range r.Parts {
		named[p.Name] = p.Vendors
	}
	if diff := cmp.Diff(map[string]int{"a": 1, "b": 2}, named); diff != "" || r.By != "tag" {
		t.Errorf("parts (-want +got)\n%s", diff)
	}
}

// Nothing is known of a vendor whose page was never read, and no figure of it is 0.
func TestAReviewShowsNoUnknownAsNothing(t *testing.T) {
	w := reporttest.NewWorld(t)
	vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: "never", Name: "Never"})
	w.Must(err)
	source, err := w.Record.EnsureSource(t.Context(), vendor, "https://status.never.example", "statuspage")
	w.Must(err)
	w.Must(w.Record.SetWatched(t.Context(), []int64{source}))
	now := time.Now().UTC()
	d, err := digest.Build(t.Context(), w.DB, digest.Window{Until: now}, digest.Options{Now: now, Review: true})
	w.Must(err)
	r := d.Review
	if r.Vendors != 1 || r.NotSeen != 1 || len(r.Others) != 1 || r.All.ImpactSeconds != nil ||
		r.All.BeforeSeconds != nil || r.All.MeanSeconds != nil || r.Others[0].UnreadSeconds != 7*24*3600 {
		t.Errorf("%+v", r)
	}
	for n, day := range r.All.DaySeconds {
		if day != nil {
			t.Errorf("day %d: %d", n, *day)
		}
	}
}

// Time in which the program read nothing is said once, and not of each vendor; one that was not read for longer is
// named with all of its time.
func TestAReviewSaysOnceThatNothingWasRead(t *testing.T) {
	w := reporttest.NewWorld(t)
	now := clock(23, 9, 0)
	_, until := digest.ReviewWindow(now, nil)
	off := until.AddDate(0, 0, -3)
	for n := range 4 {
		slug := fmt.Sprintf("v%d", n)
		vendor, err := w.Record.EnsureVendor(t.Context(), query.Vendor{Slug: slug, Name: "Vendor " + slug})
		w.Must(err)
		source, err := w.Record.EnsureSource(t.Context(), vendor, "https://status."+slug+".example", "statuspage")
		w.Must(err)
		w.Must(w.Record.SetWatched(t.Context(), append([]int64{source}, watched(w)...)))
		for at := now.AddDate(0, 0, -30); !at.After(now); at = at.Add(time.Hour) {
			if at.After(off) && at.Before(off.Add(25*time.Hour)) || n == 0 && at.After(off.Add(-9*time.Hour)) &&
				at.Before(off.Add(25*time.Hour)) {
				continue
			}
			_, err := w.Record.SaveScrape(t.Context(), record.Scrape{SourceID: source, At: at, Interval: time.Hour,
				HTTPStatus: 200, Requests: 1, CoverageStart: at})
			w.Must(err)
		}
	}
	d, err := digest.Build(t.Context(), w.DB, digest.Window{Until: now}, digest.Options{Now: now, Review: true})
	w.Must(err)
	r := d.Review
	if r.NotSeen != 1 || len(r.Others) != 1 || r.Others[0].Vendor != "v0" {
		t.Errorf("%d not fully read, %+v", r.NotSeen, r.Others)
	}
	nothing, alone := r.NothingReadSeconds, r.Others[0].UnreadSeconds
	if nothing < 24*3600 || nothing > 25*3600 || alone < nothing+8*3600 || alone > nothing+10*3600 {
		t.Errorf("nothing was read for %d s, and one page was not for %d s", nothing, alone)
	}
	said := message.Text(message.Message{Digest: &d}, 0)
	if strings.Count(said, "nothing read for 1 d") != 1 || strings.Count(said, "not read for") != 1 {
		t.Errorf("it says\n%s", said)
	}
}

// A review takes no news: what it names is told by the digests all the same, and a second one waits for no event.
func TestAReviewConsumesNoNews(t *testing.T) {
	s := newStreams(t,
		digest.Settings{Name: "daily", Channels: []string{"ops"}, Cron: spec(t, "0 9 * * *")},
		digest.Settings{Name: "review", Channels: []string{"ops"}, Cron: spec(t, "30 8 * * *"), Review: true})
	s.opens("outage", normalize.SeverityMajor)
	_, _, err := s.Digests.PlanDue(t.Context(), clock(23, 8, 30))
	s.Must(err)
	all, err := s.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{Stream: "digest:review"})
	s.Must(err)
	if len(all) != 1 || len(all[0].EventIDs) != 0 {
		t.Fatalf("deliveries %+v", all)
	}
	render := &deliver.Renderer{DB: s.DB, Ledger: s.Ledger, Digests: map[string]digest.Settings{}}
	for _, d := range s.Digests.Settings {
		render.Digests[d.Stream()] = d
	}
	m, err := render.Message(t.Context(), all[0], clock(25, 8, 0))
	s.Must(err)
	if m.Digest.Review == nil || len(m.Digest.EventIDs)+len(m.EventIDs) != 0 ||
		m.Digest.UntilAt != normalize.FormatTime(clock(23, 0, 0)) {
		t.Errorf("message %+v", m.Digest)
	}
	text, err := message.Encode(m)
	s.Must(err)
	again, err := message.Decode(text)
	s.Must(err)
	if diff := cmp.Diff(message.Text(m, 0), message.Text(again, 0)); diff != "" {
		t.Errorf("another attempt says something else (-first +second)\n%s", diff)
	}
	news, _, _, err := digest.News(t.Context(), s.DB, s.Ledger, s.Digests.Settings[0], clock(23, 9, 0))
	s.Must(err)
	if len(news) == 0 {
		t.Error("the digest has no news any more")
	}
	for range 2 {
		waiting, err := s.Digests.PlanNow(t.Context(), clock(23, 9, 5), ledger.Hand{})
		s.Must(err)
		all, err := s.Ledger.Deliveries(t.Context(), ledger.DeliveryFilter{Stream: "digest:review"})
		s.Must(err)
		if len(all) != 1 || len(waiting["ops"]) < 2 {
			t.Errorf("%d reviews, waiting %v", len(all), waiting)
		}
	}
}
