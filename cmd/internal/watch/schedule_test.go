package watch

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

func daytime(t *testing.T) cron.Schedule {
	t.Helper()
	s, err := cron.ParseStandard("CRON_TZ=UTC */30 8-19 * * mon-fri")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAPauseOfTheScheduleIsNoGap holds that nights and weekends which a schedule leaves out are no coverage gaps, that
// days which it does not leave out are, and that a page is read in full after a gap, whatever its server says.
func TestAPauseOfTheScheduleIsNoGap(t *testing.T) {
	friday := time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		schedule cron.Schedule
		next     time.Time
		gap      bool
	}{
		{"after the weekend", daytime(t), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), false},
		{"twice as long as the weekend", daytime(t), time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC), true},
		{"every half an hour, and nothing over a weekend", cron.Every(30 * time.Minute),
			time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			conditional := false
			w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
				conditional = conditional || r.ETag != ""
				page, err := healthy(ctx, r)
				page.ETag = `"1"`
				return page, err
			})
			now := friday
			w.Now = func() time.Time { return now }
			s.Schedule = c.schedule
			if _, err := w.Scrape(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			now = c.next
			if _, err := w.Scrape(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			gaps := gapsOf(t, w, friday)
			if (len(gaps) > 0) != c.gap {
				t.Errorf("gaps: %+v", gaps)
			}
			if conditional == c.gap {
				t.Errorf("asked only for what is new: %v", conditional)
			}
			if c.gap && (gaps[0].Reason != query.GapNotWatched || gaps[0].FromAt != "2026-11-20T19:30:00.000Z") {
				t.Errorf("the gap: %+v", gaps[0])
			}
		})
	}
}

// What is read late by a process that was on all the time is not read in full if the page tells that nothing happened.
func TestLatenessCostsNoFullReadingOfAPageThatTellsEverything(t *testing.T) {
	const item = `<item><title>API slow</title><pubDate>%s</pubDate>` +
		`<description>Investigating - We look.</description></item>`
	feed := fmt.Sprintf(`<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title>`+item+item+
		`</channel></rss>`, "Fri, 20 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 10:00:00 GMT")
	full := 0
	w, s := watcher(t, func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		page := scraper.Page{URL: r.URL, Status: 200, Body: []byte(feed), ETag: `"1"`, At: time.Now()}
		if r.ETag != "" {
			return scraper.Page{URL: r.URL, Status: 304, NotModified: true, ETag: r.ETag}, nil
		}
		full++
		return page, nil
	})
	s.Schedule = cron.Every(30 * time.Minute)
	if err := w.Record.IdentifySource(t.Context(), s.ID, s.URL, "feed"); err != nil {
		t.Fatal(err)
	}
	begun := time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC)
	for n := range 4 {
		w.Now = func() time.Time { return begun.Add(time.Duration(n) * 5 * time.Hour) }
		if _, err := w.Scrape(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if full != 1 {
		t.Errorf("read in full %d times", full)
	}
	if gaps := gapsOf(t, w, begun); len(gaps) > 0 {
		t.Errorf("gaps: %+v", gaps)
	}
}

func gapsOf(t *testing.T, w *Watcher, from time.Time) []query.Gap {
	t.Helper()
	gaps, err := w.DB.CoverageGaps(t.Context(), "acme", from, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	return gaps
}

func TestIntervalOfASource(t *testing.T) {
	friday := time.Date(2026, 11, 20, 19, 30, 0, 0, time.UTC)
	morning := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		source Source
		now    time.Time
		want   time.Duration
	}{
		{"nothing is known", Source{}, friday, 0},
		{"the clock's own", Source{Interval: time.Minute, Schedule: cron.Every(time.Hour)}, friday, time.Minute},
		{"by the schedule", Source{Schedule: cron.Every(time.Hour)}, friday, time.Hour},
		{"by day", Source{Schedule: daytime(t)}, friday.Add(-4 * time.Hour), 30 * time.Minute},
		{"by day, and a little late", Source{Schedule: daytime(t)}, friday.Add(-4*time.Hour + time.Minute),
			30 * time.Minute},
		{"over the weekend that begins", Source{Schedule: daytime(t)}, friday, 60*time.Hour + 30*time.Minute},
		{"on the last weekday", Source{Schedule: weekdays(t)}, morning, 72 * time.Hour},
		{"the day before it", Source{Schedule: weekdays(t)}, morning.AddDate(0, 0, -1), 24 * time.Hour},
		{"on the first", Source{Schedule: weekdays(t)}, morning.AddDate(0, 0, 3), 24 * time.Hour},
	} {
		if got := c.source.interval(c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// weekdays is a schedule of one reading on each weekday at nine.
func weekdays(t *testing.T) cron.Schedule {
	t.Helper()
	s, err := cron.ParseStandard("CRON_TZ=UTC 0 9 * * 1-5")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A reading that the schedule asked for and that was not made leaves a gap, however far apart others are: a Monday that
// was missed does not hide behind the weekend before it.
func TestMissedDayOfAWeekdaySchedule(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 9, 0, 0, 0, time.UTC) } // the 20th is a Friday
	source := Source{Schedule: weekdays(t)}
	for name, c := range map[string]struct {
		read []int // days
		late bool  // the last of them
	}{
		"day after day":              {[]int{18, 19, 20}, false},
		"over a weekend":             {[]int{19, 20, 23}, false},
		"a Monday was missed":        {[]int{19, 20, 24}, true},
		"a day in between was":       {[]int{17, 19}, true},
		"the Friday was":             {[]int{19, 23}, true},
		"the Monday after a weekend": {[]int{20, 23, 25}, true},
	} {
		n := len(c.read) - 1
		now, last := day(c.read[n]), day(c.read[n-1])
		s := record.Scrape{At: now, Interval: source.interval(now), Due: source.due(last)}
		if s.Late(last) != c.late {
			t.Errorf("%s: late %v", name, !c.late)
		}
	}
}

func TestWhatAPageCovers(t *testing.T) {
	const since, until = "2026-03-01T10:00:00Z", "2026-03-08T10:00:00Z"
	for _, c := range []struct {
		of         scraper.Coverage
		start, end string
	}{
		{scraper.Coverage{}, "", ""},
		{scraper.Coverage{Since: since}, since, ""},
		{scraper.Coverage{Since: since, Until: until}, since, until},
		{scraper.Coverage{Since: since, Until: "soon"}, "", ""},
		{scraper.Coverage{Since: "long ago", Until: until}, "", ""},
		{scraper.Coverage{Until: until}, "", ""},
	} {
		start, end := covered(c.of)
		text := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format(time.RFC3339)
		}
		if text(start) != c.start || text(end) != c.end {
			t.Errorf("%+v covers %s to %s", c.of, text(start), text(end))
		}
	}
}

// A page that is late leaves no gap if the service was on and the page tells what happened meanwhile.
func TestLatenessOfOursIsToldToTheRecord(t *testing.T) {
	w, s := watcher(t, healthy)
	if w.late.readBefore(s.ID) {
		t.Error("read before it was")
	}
	if _, err := w.Scrape(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if !w.late.readBefore(s.ID) {
		t.Error("not read before, after it was")
	}
	w.Fetcher = fetchFunc(func(_ context.Context, r scraper.Request) (scraper.Page, error) {
		return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 500}
	})
	if _, err := w.Scrape(t.Context(), s); err == nil || w.late.readBefore(s.ID) {
		t.Errorf("a page that could not be read counts as read: %v", err)
	}
}
