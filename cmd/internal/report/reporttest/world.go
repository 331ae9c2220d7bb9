// Package reporttest has messages, digests and a database for the tests of reporting.
package reporttest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// World is a database with one source, beyond its baseline, and a digest for the channel ops.
type World struct {
	T       *testing.T
	Path    string
	File    *db.DB
	DB      *query.DB
	Ledger  *ledger.Ledger
	Record  *record.Recorder
	Source  int64
	At      time.Time // of the next scrape
	Digests *digest.Planner
}

func NewWorld(t *testing.T) *World {
	w := &World{T: t, Path: filepath.Join(t.TempDir(), "vendorwatch.db"),
		At: time.Now().Add(-time.Hour).UTC().Truncate(time.Second)}
	w.Digests = &digest.Planner{Settings: []digest.Settings{{Name: "daily", Channels: []string{"ops"}}}}
	w.Open()
	ctx := t.Context()
	vendor, err := w.Record.EnsureVendor(ctx, query.Vendor{Slug: "kustomer", Name: "Kustomer", Owner: "support",
		RunbookURL: "https://wiki.example/kustomer"})
	w.Must(err)
	w.Source, err = w.Record.EnsureSource(ctx, vendor, "https://status.kustomer.example", "statuspage")
	w.Must(err)
	w.Must(w.Record.SetWatched(context.Background(), []int64{w.Source}))
	w.Must(w.Digests.Ensure(ctx, w.At))
	w.Must(w.Ledger.EnsureStream(ctx, ledger.StreamAlerts, w.At))
	w.Scrape()
	return w
}

func (w *World) Must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// EmptyFile puts a migrated file at a path.
var EmptyFile = dbtest.Empty(db.Open)

func (w *World) Open() {
	w.T.Helper()
	EmptyFile(w.T, w.Path)
	d, err := db.Open(context.Background(), w.Path)
	w.Must(err)
	w.File, w.DB, w.Ledger, w.Record = d, query.New(d), ledger.New(d), record.New(d)
	w.Digests.DB, w.Digests.Ledger = w.DB, w.Ledger
	w.T.Cleanup(func() { d.Close() })
}

// Restart opens the file anew, as the next run of the program does.
func (w *World) Restart() {
	w.T.Helper()
	w.Must(w.File.Close())
	w.Open()
}

// Scrape saves a good pass over the source that shows these incidents open.
func (w *World) Scrape(titles ...string) {
	w.T.Helper()
	s := record.Scrape{SourceID: w.Source, At: w.At, Interval: 6 * time.Hour, HTTPStatus: 200, Requests: 1,
		CoverageStart: w.At.Add(-24 * time.Hour)}
	for _, title := range titles {
		s.Incidents = append(s.Incidents, normalize.Incident{
			Key: title, Kind: normalize.KindIncident, Title: title, URL: "https://status.kustomer.example/incidents/" +
				title,
			Severity: normalize.SeverityMajor, State: normalize.StateInvestigating, StartedAt: w.At, StartGiven: true,
			Updates: []normalize.Update{{Key: title + "-1", State: normalize.StateInvestigating, PostedAt: w.At,
				Body: "We look into " + title + "."}},
		})
	}
	w.At = w.At.Add(time.Minute)
	_, err := w.Record.SaveScrape(context.Background(), s)
	w.Must(err)
}

// End saves a pass over the source in which this incident is resolved.
func (w *World) End(title string) error {
	s := record.Scrape{SourceID: w.Source, At: w.At, Interval: 6 * time.Hour, HTTPStatus: 200, Requests: 1,
		Incidents: []normalize.Incident{{
			Key: title, Kind: normalize.KindIncident, Title: title, URL: "https://status.kustomer.example/incidents/" +
				title,
			Severity: normalize.SeverityMajor, State: normalize.StateResolved, StartedAt: w.At.Add(-time.Minute),
			StartGiven: true, ResolvedAt: w.At,
		}}}
	w.At = w.At.Add(time.Minute)
	_, err := w.Record.SaveScrape(context.Background(), s)
	return err
}

// PlanDigest plans a digest of what is new.
func (w *World) PlanDigest() {
	w.T.Helper()
	_, err := w.Digests.PlanNow(context.Background(), time.Now(), ledger.Hand{})
	w.Must(err)
}

// Waiting returns the messages that wait for ops, whenever they are due.
func (w *World) Waiting() []int64 {
	w.T.Helper()
	all, err := w.Ledger.Deliveries(context.Background(), ledger.DeliveryFilter{Channel: "ops",
		State: ledger.DeliveryPending})
	w.Must(err)
	var ids []int64
	for _, d := range all {
		ids = append(ids, d.DeliveryID)
	}
	return ids
}

// PlanTests plans test messages to a channel.
func (w *World) PlanTests(channel string, n int) {
	w.T.Helper()
	add := slices.Repeat([]ledger.NewDelivery{{Channel: channel, Reason: string(message.ReasonTest)}}, n)
	w.Must(w.Ledger.SavePlan(context.Background(), ledger.StreamAlerts, 0, time.Now(), add, nil))
}

// Deliveries returns what the file says of each message to ops, as "state attempts receipt".
func (w *World) Deliveries() []string {
	w.T.Helper()
	file, err := sql.Open("sqlite", w.Path)
	w.Must(err)
	defer file.Close()
	rows, err := file.Query(`SELECT state, attempts, receipt, last_error FROM deliveries
		WHERE channel = 'ops' ORDER BY delivery_id`)
	w.Must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var state, receipt, lastError string
		var attempts int
		w.Must(rows.Scan(&state, &attempts, &receipt, &lastError))
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", state, attempts, receipt, lastError)))
	}
	w.Must(rows.Err())
	return out
}
