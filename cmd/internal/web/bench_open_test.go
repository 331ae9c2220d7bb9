package web_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// BenchmarkOpen asks a file of benchSize what is open, in every way in which the program and analysts do. What it costs
// should grow with what is open, and not with what is on record.
func BenchmarkOpen(b *testing.B) {
	n := benchSize(b)
	file, err := db.OpenReadOnly(b.Context(), generated(b, n))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	q, vendor := query.New(file), fmt.Sprintf("vendor-%d", n.vendors/2)
	rows := func(text string) func(context.Context) error {
		return func(ctx context.Context) error {
			rows, err := file.Reader().QueryContext(ctx, text)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
			}
			return rows.Err()
		}
	}
	for _, c := range []struct {
		name string
		ask  func(context.Context) error
	}{
		{"OpenIncidents", func(ctx context.Context) error { _, err := q.OpenIncidents(ctx); return err }},
		{"OpenByKind", func(ctx context.Context) error {
			_, _, err := q.OpenByKind(ctx, normalize.KindIncident, "", 50)
			return err
		}},
		{"OpenByKind of a vendor", func(ctx context.Context) error {
			_, _, err := q.OpenByKind(ctx, normalize.KindIncident, vendor, 50)
			return err
		}},
		{"OpenCounts", func(ctx context.Context) error { _, err := board.New(file).OpenCounts(ctx); return err }},
		{"OpenMaintenances", func(ctx context.Context) error { _, err := q.OpenMaintenances(ctx, 50); return err }},
		{"FilteredOpen", func(ctx context.Context) error { _, err := board.New(file).FilteredOpen(ctx); return err }},
		{"board.Open", func(ctx context.Context) error {
			_, err := board.New(file).Open(ctx, board.Scope{}, Now.Add(-24*time.Hour), 50)
			return err
		}},
		{"v_open", rows(`SELECT * FROM v_open`)},
		{"v_status that is not well", rows(`SELECT * FROM v_status WHERE status <> 'operational'`)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				began := processorTime(b)
				if err := c.ask(b.Context()); err != nil {
					b.Fatal(err)
				}
				took = append(took, processorTime(b)-began)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "cpu-p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "cpu-p99-ms")
		})
	}
}
