package record

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// noteCopies writes down whether the page says something now that may come from a cache, so that the next reading is
// looked at closely even if nothing has changed.
func noteCopies(ctx context.Context, tx *db.Tx, p pass, held bool) error {
	if held == p.source.CopySuspected || !p.live() {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE sources SET copy_suspected = ? WHERE source_id = ?`, db.Bit(held), p.SourceID)
	return err
}

// confirmCopies believes what was held back as a copy of a cache: the page has not changed since.
func confirmCopies(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	if !p.source.CopySuspected {
		return change{}, nil
	}
	held, err := scan.Column[string](ctx, tx, `SELECT source_key FROM incidents WHERE source_id = ? AND EXISTS (
			SELECT 1 FROM json_each(raw_index) WHERE value ->> 'held') ORDER BY incident_id`, p.SourceID)
	if err != nil {
		return change{}, err
	}
	headers, err := incidents.Headers(ctx, tx, p.SourceID, held)
	if err != nil {
		return change{}, err
	}
	records, err := incidents.Load(ctx, tx, held, headers)
	if err != nil {
		return change{}, err
	}
	var all []stored
	for _, key := range held {
		rec := records[key]
		was := rec.Incident
		rec.History.Confirm(p.at)
		f, err := fold(ctx, tx, p, rec, key)
		if err != nil {
			return change{}, fmt.Errorf("incident %q: %w", key, err)
		}
		all = append(all, stored{change: f.change, rec: rec, differs: true, now: rec.Incident,
			news: normalize.NewsOf(&was, rec.Incident, f.edits), updateIDs: rec.UpdateIDs()})
	}
	told, err := tellStored(ctx, tx, p, all)
	if err != nil {
		return told, err
	}
	return told, noteCopies(ctx, tx, p, false)
}
