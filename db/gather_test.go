package db_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
)

// TestUnchangedPagesShareACommit holds that unchanged pages which end within Gather are in the file at once and not
// before, that SaveScrape returns only then, and that one of them which cannot be saved so costs the others nothing.
func TestUnchangedPagesShareACommit(t *testing.T) {
	const gather = 50 * time.Millisecond
	for _, c := range []struct {
		name    string
		prepare string               // SQL, of the third source
		change  func(*record.Scrape) // of the third source's scrape
		err     string               // of the third source
		waits   bool                 // the third waits for the others
		outcome query.Outcome        // of the third source
		news    string               // of the third source
	}{
		{name: "all unchanged", waits: true, outcome: query.OutcomeUnchanged},
		{name: "one is no source", change: func(s *record.Scrape) { s.SourceID = 99 }, err: "not found", waits: true},
		{name: "one is refused by the file", prepare: `CREATE TRIGGER refuse BEFORE UPDATE ON sources
			WHEN new.source_id = 3 BEGIN SELECT raise(ABORT, 'no such page any more'); END`,
			err: "no such page any more", waits: true},
		{name: "one could not be read before", prepare: `UPDATE sources SET consecutive_failures = 3,
			failing_since_at = last_success_at, last_error = 'away' WHERE source_id = 3`, waits: true,
			outcome: query.OutcomeUnchanged, news: "source_readable"},
		{name: "one is news", change: func(s *record.Scrape) {
			*s = seen(s.At, outage("a", after(0), "investigating"))
			s.SourceID, s.Interval = 3, time.Minute
		}, outcome: query.OutcomeChanged, news: "incident_opened"},
		{name: "one fails", change: func(s *record.Scrape) { s.Unchanged, s.Err = false, errRefused },
			outcome: query.OutcomeFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := sharedFile(t)
			f.Gather = gather
			for n := range 4 {
				first := seen(t0)
				first.Interval = time.Minute
				if n > 0 {
					f.source = f.addSource(fmt.Sprintf("vendor-%d", n))
				}
				first.SourceID = f.source
				if _, err := f.SaveScrape(t.Context(), first); err != nil {
					t.Fatal(err)
				}
			}
			if c.prepare != "" {
				if err := f.exec(c.prepare); err != nil {
					t.Fatal(err)
				}
			}
			read := func() string {
				return strings.Join(f.rows(`SELECT count(*) FROM sources WHERE last_success_at > '`+
					t0.Format("2006-01-02T15:04:05.000Z")+`'`), "")
			}
			synctest.Test(t, func(t *testing.T) {
				var all sync.WaitGroup
				began := time.Now()
				for n := range 4 {
					s := record.Scrape{SourceID: int64(n + 1), At: after(time.Minute), Unchanged: true, HTTPStatus: 304,
						Requests: 1, Interval: time.Minute}
					third := n == 2
					if third && c.change != nil {
						c.change(&s)
					}
					all.Go(func() {
						saved, err := f.SaveScrape(t.Context(), s)
						waited := time.Since(began) == gather
						switch {
						case !third:
							if err != nil || saved.Outcome != query.OutcomeUnchanged || !waited {
								t.Errorf("source %d: %+v after %s, error %v", n+1, saved, time.Since(began), err)
							}
						case c.err != "":
							if err == nil || !strings.Contains(err.Error(), c.err) {
								t.Errorf("error %v, want one that says %q", err, c.err)
							}
						default:
							var news []string
							for _, e := range saved.Events {
								news = append(news, string(e.Kind))
							}
							if err != nil || saved.Outcome != c.outcome || strings.Join(news, " ") != c.news ||
								waited != c.waits {
								t.Errorf("%+v after %s, news %q, error %v", saved, time.Since(began), news, err)
							}
						}
					})
				}
				time.Sleep(gather - time.Millisecond)
				synctest.Wait()
				want := "0"
				if c.outcome == query.OutcomeChanged {
					want = "1"
				}
				if got := read(); got != want {
					t.Errorf("%s pages are saved before the commit, want %s", got, want)
				}
				all.Wait()
			})
			want := "4"
			if c.outcome != query.OutcomeUnchanged && c.outcome != query.OutcomeChanged {
				want = "3"
			}
			if got := read(); got != want {
				t.Errorf("%s pages are saved, want %s", got, want)
			}
			if c.err == "no such page any more" {
				if err := f.exec(`DROP TRIGGER refuse`); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
