package record

import (
	"cmp"
	"context"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// SetFilter says which of a source's incidents concern us from now on. Those that the filter hides stay on
// record, their news is withheld from channels, and Incident.Filtered is set. An incident that is open, and
// that the filter before hid, is announced. It returns db.ErrNotFound if there is no such source.
func (r *Recorder) SetFilter(ctx context.Context, sourceID int64, f normalize.Filter, at time.Time) error {
	text, err := db.JSON(f)
	if err == nil {
		err = r.file.Change(ctx, func(tx *db.Tx) error {
			return setFilter(ctx, tx, Scrape{SourceID: sourceID, At: at}, f, text)
		})
	}
	if err != nil {
		return fmt.Errorf("filter of source %d: %w", sourceID, err)
	}
	return nil
}

func setFilter(ctx context.Context, tx *db.Tx, s Scrape, f normalize.Filter, text string) error {
	source, err := loadSource(ctx, tx, s.SourceID)
	if err != nil {
		return err
	}
	if text == cmp.Or(source.FilterText, "{}") {
		return nil
	}
	if f.IsZero() {
		_, err = tx.Exec(ctx, `DELETE FROM source_filters WHERE source_id = ?`, s.SourceID)
	} else {
		_, err = tx.Exec(ctx, `
			INSERT INTO source_filters (source_id, filter) VALUES (?, ?)
			ON CONFLICT (source_id) DO UPDATE SET filter = excluded.filter`, s.SourceID, text)
	}
	if err != nil {
		return err
	}
	source.filter = f
	return weighAll(ctx, tx, passOf(s, source, 0))
}

// weighAll looks at every incident of the source again.
func weighAll(ctx context.Context, tx *db.Tx, p pass) error {
	ids, err := scan.Column[int64](ctx, tx, `SELECT incident_id FROM incidents WHERE source_id = ?
		ORDER BY incident_id`, p.SourceID)
	if err != nil || len(ids) == 0 {
		return err
	}
	byID := map[int64]*incidents.Record{}
	for _, id := range ids {
		byID[id] = incidents.New("")
		byID[id].ID = id
	}
	if err := incidents.LoadRows(ctx, tx, byID); err != nil {
		return err
	}
	if err := incidents.LoadAffected(ctx, tx, byID); err != nil {
		return err
	}
	for _, id := range ids {
		shown, err := weigh(ctx, tx, p, id, byID[id].Incident, true)
		if err != nil {
			return err
		}
		if !shown {
			continue
		}
		var open bool
		if err := tx.QueryRowContext(ctx, `SELECT announced AND open FROM incidents WHERE incident_id = ?`,
			id).Scan(&open); err != nil {
			return err
		}
		if open {
			n := revealed(byID[id].Incident)
			if _, err := writeNews(ctx, tx, p, n.Kind, id, 0, n.Detail); err != nil {
				return err
			}
		}
	}
	return nil
}

// revealed tells of an incident that was hidden when it opened.
func revealed(i normalize.Incident) normalize.News {
	return opening(i, map[string]string{"reason": "the vendor's filters hid it until now"})
}

// weigh writes down whether the source's filter hides an incident, and reports whether it was hidden
// before and is not any more. What was told of stays in sight when its severity falls, so that its end is
// told too, unless the filter is a new one.
func weigh(ctx context.Context, tx *db.Tx, p pass, id int64, i normalize.Incident, newFilter bool) (shown bool,
	err error) {
	if p.source.filter.Hides(i) {
		_, err = tx.Exec(ctx, `
			INSERT OR IGNORE INTO filtered_incidents (incident_id, since_at)
			SELECT ?1, ?2 WHERE ?3 OR NOT EXISTS (SELECT 1 FROM events WHERE incident_id = ?1 AND withheld IS NULL)`,
			id, p.at, db.Bit(newFilter))
		return false, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM filtered_incidents WHERE incident_id = ?`, id)
	return n > 0, err
}

// weighStored weighs what a scrape stored. An incident that comes to concern us while it goes on is
// told from its opening.
func weighStored(ctx context.Context, tx *db.Tx, p pass, all []stored) error {
	if p.source.filter.IsZero() {
		return nil
	}
	for n, s := range all {
		shown, err := weigh(ctx, tx, p, s.rec.ID, s.rec.Incident, false)
		if err != nil {
			return err
		}
		if shown && s.rec.Announced && !s.older && !s.now.State.Over() {
			all[n].news = append([]normalize.News{revealed(s.now)}, s.news...)
		}
	}
	return nil
}

// hides reports whether a source's filter hides news of an incident.
func hides(ctx context.Context, tx *db.Tx, filter normalize.Filter, incidentID int64) (bool, error) {
	if incidentID == 0 || filter.IsZero() {
		return false, nil
	}
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM filtered_incidents WHERE incident_id = ?`,
		incidentID).Scan(&n)
	return n > 0, err
}
