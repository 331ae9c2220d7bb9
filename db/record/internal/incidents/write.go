package incidents

import (
	"context"

	"vendorwatch/db"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
)

// Change says what a function changed in the file.
type Change struct {
	Incidents, Updates, Revisions int  // rows that are new
	Rows                          bool // rows are new or different
}

// Add adds what another function changed.
func (c *Change) Add(other Change) {
	c.Incidents += other.Incidents
	c.Updates += other.Updates
	c.Revisions += other.Revisions
	c.Rows = c.Rows || other.Rows
}

// WriteRow makes the row of an incident of a source say what its readings say. A record without an id is given one.
func WriteRow(ctx context.Context, tx *db.Tx, sourceID int64, rec *Record, f normalize.Record,
	words readings.Index) (Change, error) {
	row, err := rowOf(f, &rec.History, words)
	isNew := rec.ID == 0
	if err != nil || !isNew && row == rec.Row {
		return Change{}, err
	}
	change := Change{Rows: true}
	if isNew {
		rec.ID, err = tx.Insert(ctx, `INSERT INTO incidents (`+columns.Names+`, source_id, source_key, announced)
			VALUES (`+columns.Marks+`, ?, ?, 0)`, append(columns.Values(&row), sourceID, f.Incident.Key)...)
		change.Incidents = 1
	} else {
		sets, values := columns.Changes(&rec.Row, &row)
		_, err = tx.Exec(ctx, `UPDATE incidents SET `+sets+` WHERE incident_id = ?`, append(values, rec.ID)...)
	}
	rec.Row, rec.FirstSeen = row, row.FirstSeen
	return change, err
}
