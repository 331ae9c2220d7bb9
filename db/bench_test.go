package db_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// page is what a status page with 50 incidents of 5 updates says; posts beyond the fifth are the news of a poll.
func page(polls int) []normalize.Raw {
	states := []string{"investigating", "identified", "monitoring", "update", "resolved"}
	raws := make([]normalize.Raw, 50)
	for n := range raws {
		raw := normalize.Raw{Document: "incidents", ID: fmt.Sprintf("inc%04d", n),
			URL:   fmt.Sprintf("https://status.acme.example/incidents/inc%04d", n),
			Title: fmt.Sprintf("Elevated error rates in region %d", n), Impact: "minor",
			Created: at(after(-time.Duration(n) * hour))}
		for k := range 5 {
			raw.Updates = append(raw.Updates, normalize.RawUpdate{ID: fmt.Sprintf("upd%04d-%d", n, k), State: states[k],
				Posted: at(after(-time.Duration(n)*hour + time.Duration(k)*5*time.Minute)),
				Format: normalize.FormatMarkdown,
				Body: "We are looking into reports of elevated error rates for some requests, and will tell more " +
					"within the hour."})
		}
		raw.State = "resolved"
		raws[n] = raw
	}
	for k := range polls {
		raws[0].Updates = append(raws[0].Updates, normalize.RawUpdate{ID: fmt.Sprintf("upd-late-%d", k),
			State:  "update",
			Posted: at(after(time.Duration(k) * time.Minute)), Body: "One more word.",
			Format: normalize.FormatMarkdown})
	}
	return raws
}

// BenchmarkSaveScrape measures one poll of a source that is saved already: unchanged (the server said so),
// reread (the page was parsed, and says what it said) and changed (one of 50 incidents has one more update), and
// new (all 50 incidents of 5 updates are seen for the first time). Beside each stands its floor: bare INSERTs
// of the rows that such a save must write, in one transaction of the same settings.
func BenchmarkSaveScrape(b *testing.B) {
	scrape := func(raws []normalize.Raw) record.Scrape {
		return record.Scrape{At: t0, Took: time.Second, HTTPStatus: 200, Requests: 1, Bytes: 100_000,
			Incidents: read(raws...)}
	}
	b.Run("unchanged", func(b *testing.B) {
		f := newFile(b)
		f.save(scrape(page(0)))
		b.ReportAllocs()
		for b.Loop() {
			f.save(record.Scrape{At: t0, Unchanged: true, HTTPStatus: 304, Requests: 1})
		}
	})
	b.Run("unchanged/floor", func(b *testing.B) { floor(b, 0, 0) })
	b.Run("reread", func(b *testing.B) {
		f := newFile(b)
		s := scrape(page(0))
		f.save(s)
		b.ReportAllocs()
		for b.Loop() {
			f.save(s)
		}
	})
	b.Run("changed", func(b *testing.B) {
		f := newFile(b)
		f.save(scrape(page(0)))
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			if n%50 == 0 { // a timeline that only grows would measure its own length
				f = newFile(b)
				f.save(scrape(page(0)))
			}
			s := scrape(page(n%50 + 1))
			s.At = t0.Add(time.Duration(n+1) * time.Minute)
			b.StartTimer()
			f.save(s)
		}
	})
	b.Run("changed/floor", func(b *testing.B) { floor(b, 0, 1) })
	b.Run("new", func(b *testing.B) {
		s := scrape(page(0))
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			f := newFile(b)
			b.StartTimer()
			f.save(s)
		}
	})
	b.Run("new/floor", func(b *testing.B) { floor(b, 50, 250) })
}

// floor inserts one scrape, and incidents and updates, into tables without constraints.
func floor(b *testing.B, incidents, updates int) {
	conn, err := db.ConnectWriter(filepath.Join(b.TempDir(), "floor.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	if _, err := conn.Exec(`
		CREATE TABLE s (id INTEGER PRIMARY KEY, a, b, c, d, e, f, g, h, i, j, k);
		CREATE TABLE i (id INTEGER PRIMARY KEY, k, a, b, c, d, e, f, g, h, i, j, l, m, n, o, raw);
		CREATE TABLE u (id INTEGER PRIMARY KEY, i, k, a, b, c, d, body, e)`); err != nil {
		b.Fatal(err)
	}
	raws := page(0)
	text, err := db.JSON([]normalize.Raw{raws[0]})
	if err != nil {
		b.Fatal(err)
	}
	now := normalize.FormatTime(t0)
	b.ReportAllocs()
	for b.Loop() {
		if err := func() error {
			tx, err := conn.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			if _, err := tx.Exec(`INSERT INTO s VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, 1, now, 1000,
				"changed", 200, 1, 100_000, 50, nil, 0, 0); err != nil {
				return err
			}
			if err := insertMany(tx, incidents,
				`INSERT INTO i VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				"inc0001", 1, "incident", raws[0].Title, raws[0].URL, "minor", "resolved", "minor", "resolved", now,
				now, now, now, 0, 0, text); err != nil {
				return err
			}
			if err := insertMany(tx, updates, `INSERT INTO u VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)`,
				1, "upd0001", 1, "monitoring", "monitoring", now, raws[0].Updates[0].Body, now); err != nil {
				return err
			}
			return tx.Commit()
		}(); err != nil {
			b.Fatal(err)
		}
	}
}

func insertMany(tx *sql.Tx, n int, query string, args ...any) error {
	if n == 0 {
		return nil
	}
	stmt, err := tx.Prepare(query)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for range n {
		if _, err := stmt.Exec(args...); err != nil {
			return err
		}
	}
	return nil
}
