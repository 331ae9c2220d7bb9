package db_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// t0 is when the tests' world begins.
var t0 = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return t0.Add(d) }

// file is a database with one vendor and one source.
type file struct {
	*query.DB
	*ledger.Ledger
	*record.Recorder
	file   *db.DB
	t      testing.TB
	source int64
}

// emptyFile puts a migrated file at a path.
var emptyFile = dbtest.Empty(db.Open)

// newFile is a file for a test in which one thing happens after the other; sharedFile is for the others.
func newFile(t testing.TB) *file {
	t.Helper()
	racetest.Skip(t, "saves and asks in one goroutine")
	return sharedFile(t)
}

func sharedFile(t testing.TB) *file {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	emptyFile(t, path)
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if problems, err := d.Check(context.Background()); err != nil || len(problems) > 0 {
			t.Errorf("check: %v %v", err, problems)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	f := over(t, d)
	f.source = f.addSource("acme")
	if err := f.SetWatched(t.Context(), []int64{f.source}); err != nil {
		t.Fatal(err)
	}
	return f
}

// over is an open file without a source.
func over(t testing.TB, d *db.DB) *file {
	return &file{DB: query.New(d), Ledger: ledger.New(d), Recorder: record.New(d), file: d, t: t}
}

// exec runs one statement that writes.
func (f *file) exec(query string, args ...any) error {
	return f.file.Change(f.t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(f.t.Context(), query, args...)
		return err
	})
}

// execWithin is exec for what is still to run when the test is cleaned up.
func (f *file) execWithin(query string, args ...any) error {
	ctx := context.Background()
	return f.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// change runs statements that write in one transaction, also when the test is cleaned up.
func (f *file) change(write func(do func(string, ...any) error) error) error {
	ctx := context.Background()
	return f.file.Change(ctx, func(tx *db.Tx) error {
		return write(func(query string, args ...any) error {
			_, err := tx.ExecContext(ctx, query, args...)
			return err
		})
	})
}

func (f *file) addSource(slug string) int64 {
	f.t.Helper()
	vendor, err := f.EnsureVendor(f.t.Context(), query.Vendor{Slug: slug, Name: strings.ToUpper(slug)})
	if err != nil {
		f.t.Fatal(err)
	}
	source, err := f.EnsureSource(f.t.Context(), vendor, "https://status."+slug+".example", "statuspage")
	if err != nil {
		f.t.Fatal(err)
	}
	return source
}

// save saves a scrape of the file's source.
func (f *file) save(s record.Scrape) record.Saved {
	f.t.Helper()
	s.SourceID = f.source
	saved, err := f.SaveScrape(f.t.Context(), s)
	if err != nil {
		f.t.Fatal(err)
	}
	return saved
}

// baseline saves an empty first scrape at t0.
func (f *file) baseline() {
	f.t.Helper()
	f.save(record.Scrape{At: t0, AllOpen: true})
}

// rows returns a query's rows, columns joined with a bar.
func (f *file) rows(query string, args ...any) []string {
	f.t.Helper()
	return rowsIn(f.t, f.file.Reader(), query, args...)
}

func rowsIn(t testing.TB, conn *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for n := range values {
			into[n] = &values[n]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(values))
		for n, v := range values {
			texts[n] = v.String
			if !v.Valid {
				texts[n] = "NULL"
			}
		}
		out = append(out, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// dump returns every row of every table but those of the scrapes themselves and of health.
func (f *file) dump() string {
	f.t.Helper()
	var b strings.Builder
	for _, table := range []string{"vendors", "documents", "components", "component_changes", "incidents",
		"incident_updates",
		"incident_components", "revisions", "events", "streams", "deliveries", "delivery_events", "threads", "actions",
		"findings", "coverage_gaps"} {
		for _, row := range f.rows(`SELECT * FROM ` + table) {
			b.WriteString(table + "|" + row + "\n")
		}
	}
	return b.String()
}

// kinds lists the events of a save: their kinds, and details that mark them.
func kinds(events []query.Event) string {
	var out []string
	for _, e := range events {
		text := string(e.Kind)
		for _, mark := range []string{"already_open", "late"} {
			if e.Detail[mark] == "true" {
				text += "(" + mark + ")"
			}
		}
		if e.Withheld == query.WithheldSameEvent || e.Withheld == query.WithheldFiltered {
			text += "(" + string(e.Withheld) + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// read gives raws their meaning, as a scrape does.
func read(raws ...normalize.Raw) []normalize.Incident {
	incidents, _ := normalize.Incidents(raws, normalize.Words{})
	return incidents
}

func at(t time.Time) normalize.RawTime { return normalize.RawTime{Text: normalize.FormatTime(t)} }

// outage is an incident as a JSON document shows it, opened at start; posts are its states, five minutes apart.
func outage(id string, start time.Time, posts ...string) normalize.Raw {
	raw := normalize.Raw{Document: "summary", ID: id, URL: "https://status.acme.example/incidents/" + id,
		Title:  "Trouble " + id,
		Impact: "minor", Created: at(start)}
	for n, state := range posts {
		posted := start.Add(time.Duration(n) * 5 * time.Minute)
		raw.State, raw.Updated = state, at(posted)
		raw.Updates = append(raw.Updates, normalize.RawUpdate{ID: id + "-" + state, State: state, Posted: at(posted),
			Body: "This is " + state + ".", Format: normalize.FormatMarkdown})
	}
	return raw
}

// work is a maintenance with a window of one hour.
func work(id string, start time.Time, state string) normalize.Raw {
	raw := outage(id, start.Add(-time.Hour), state)
	raw.Kind, raw.Impact = "maintenance", "maintenance"
	raw.ScheduledStart, raw.ScheduledEnd = at(start), at(start.Add(time.Hour))
	return raw
}

var errRefused = errors.New("403 Forbidden")

// healthAt is v_source_health some time after t0.
func healthAt(d time.Duration) string {
	return `(` + db.ViewAt("v_source_health", "'"+db.Stamp(after(d))+"'") + `)`
}
