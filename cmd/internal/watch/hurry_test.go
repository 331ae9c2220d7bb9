package watch

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/scraper"
)

// A page that is asked for out of turn is read at once, at most every ten seconds, and never twice at a time. What is
// asked for while it is read is read after it.
func TestReadingsOutOfTurn(t *testing.T) {
	type ask struct {
		at   time.Duration
		what string // push, soon, or a reading by schedule
	}
	flood := func(what string, every, length time.Duration) (all []ask) {
		for at := time.Duration(0); at < length; at += every {
			all = append(all, ask{at, what})
		}
		return all
	}
	const s = time.Second
	for name, c := range map[string]struct {
		takes time.Duration // a reading
		asks  []ask
		want  string // when readings begin, in seconds
	}{
		"a push":                             {s, []ask{{100 * s, "push"}}, "100 110"},
		"a push after a reading":             {s, []ask{{100 * s, "schedule"}, {103 * s, "push"}}, "100 110 120"},
		"pushes of one event":                {s, []ask{{100 * s, "push"}, {101 * s, "push"}}, "100 110 120"},
		"a push while the page is read":      {30 * s, []ask{{100 * s, "schedule"}, {115 * s, "push"}}, "100 130 160"},
		"a wish while the page is read":      {30 * s, []ask{{100 * s, "schedule"}, {115 * s, "soon"}}, "100 130"},
		"a wish":                             {s, []ask{{100 * s, "soon"}, {100 * s, "soon"}}, "100"},
		"a flood of pushes":                  {s, flood("push", 10*time.Millisecond, 35*s), "0 10 20 30 40 50"},
		"a flood, and a server that is slow": {25 * s, flood("push", 50*time.Millisecond, 60*s), "0 25 50 75 100"},
		"a flood of wishes":                  {s, flood("soon", 10*time.Millisecond, 35*s), "0 10 20 30 40"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var times []string
				one := &turn{last: began.Add(-time.Hour)}
				read := func() {
					times = append(times, fmt.Sprint(int(time.Since(began).Seconds())))
					time.Sleep(c.takes)
					one.end()
				}
				one.read = func() {
					if one.beginAsked(false) {
						read()
					}
				}
				for _, a := range c.asks {
					time.Sleep(a.at - time.Since(began))
					switch a.what {
					case "push":
						one.twice()
					case "soon":
						one.soon()
					case "schedule":
						if one.begin() {
							go read()
						}
					}
				}
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				if got := strings.Join(times, " "); got != c.want {
					t.Errorf("readings began at %s s, want %s", got, c.want)
				}
			})
		})
	}
}

// A page is read every WhenOpen while an incident is open on it, at its own pace before and afterwards, and never
// sooner than its server allows.
func TestWhenOpen(t *testing.T) {
	const opens, ends = 45 * time.Minute, 75 * time.Minute
	for name, c := range map[string]struct {
		whenOpen           time.Duration
		refuses            bool // with a Retry-After, once the incident is known
		least, most, after int  // readings while it is open, and in the three hours after it
	}{
		"every minute":      {whenOpen: time.Minute, least: 14, most: 16, after: 6},
		"every two minutes": {whenOpen: 2 * time.Minute, least: 7, most: 9, after: 6},
		"as any other":      {least: 1, most: 1, after: 6},
		"a server at rest":  {whenOpen: time.Minute, refuses: true, least: 2, most: 3, after: 6},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				open := strings.Replace(quiet, `"incidents":[]`, `"incidents":[{"id":"i1","name":"Anvils",`+
					`"status":"investigating","impact":"major","incident_updates":[],`+
					`"created_at":"`+began.Add(opens).Format(time.RFC3339)+`"}]`, 1)
				var during, after, refused int
				w, s := watcher(t, func(ctx context.Context, r scraper.Request) (scraper.Page, error) {
					if !strings.HasSuffix(r.URL, "/summary.json") {
						return healthy(ctx, r)
					}
					switch passed := time.Since(began); {
					case passed >= ends:
						after++
					case passed >= opens:
						during++
						if c.refuses && during > 1 && passed < ends {
							refused++
							return scraper.Page{}, &scraper.HTTPError{URL: r.URL, Status: 429,
								RetryAfter: 20 * time.Minute}
						}
						return scraper.Page{URL: r.URL, Status: 200, Body: []byte(open), At: time.Now()}, nil
					}
					return healthy(ctx, r)
				})
				s.Schedule, w.WhenOpen = cron.Every(30*time.Minute), c.whenOpen
				if err := w.Record.SetWatched(t.Context(), []int64{s.ID}); err != nil {
					t.Fatal(err)
				}
				runFor(t, w, ends+3*time.Hour, s)
				if during < c.least || during > c.most {
					t.Errorf("%d readings while it was open, want %d to %d", during, c.least, c.most)
				}
				if after < c.after-1 || after > c.after+1 {
					t.Errorf("%d readings afterwards, want about %d", after, c.after)
				}
				if c.refuses && refused == 0 {
					t.Error("nothing was refused")
				}
			})
		})
	}
}
