package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
			return newSaver(ctx, tx, Scrape{SourceID: sourceID, At: at}).setFilter(f, text)
		})
	}
	if err != nil {
		return fmt.Errorf("filter of source %d: %w", sourceID, err)
	}
	return nil
}

func (v *saver) setFilter(f normalize.Filter, text string) error {
	var known int
	if err := v.queryRow(`SELECT count(*) FROM sources WHERE source_id = ?`, v.s.SourceID).Scan(&known); err != nil {
		return err
	}
	if known == 0 {
		return db.ErrNotFound
	}
	stored := "{}"
	err := v.queryRow(`SELECT filter FROM source_filters WHERE source_id = ?`, v.s.SourceID).Scan(&stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if text == stored {
		return nil
	}
	if f.IsZero() {
		_, err = v.exec(`DELETE FROM source_filters WHERE source_id = ?`, v.s.SourceID)
	} else {
		_, err = v.exec(`
			INSERT INTO source_filters (source_id, filter) VALUES (?, ?)
			ON CONFLICT (source_id) DO UPDATE SET filter = excluded.filter`, v.s.SourceID, text)
	}
	if err != nil {
		return err
	}
	v.filter = &f
	return v.weighAll()
}

// weighAll looks at every incident of the source again.
func (v *saver) weighAll() error {
	ids, err := scan.Column[int64](v.ctx, v.tx, `SELECT incident_id FROM incidents WHERE source_id = ?
		ORDER BY incident_id`, v.s.SourceID)
	if err != nil || len(ids) == 0 {
		return err
	}
	byID := map[int64]*incidents.Record{}
	for _, id := range ids {
		byID[id] = incidents.New("")
		byID[id].ID = id
	}
	if err := incidents.LoadRows(v.ctx, v.tx, byID); err != nil {
		return err
	}
	if err := incidents.LoadAffected(v.ctx, v.tx, byID); err != nil {
		return err
	}
	for _, id := range ids {
		shown, err := v.weigh(id, byID[id].Incident, true)
		if err != nil {
			return err
		}
		if !shown {
			continue
		}
		var open bool
		if err := v.queryRow(`
			SELECT announced AND open
			FROM incidents WHERE incident_id = ?`, id).Scan(&open); err != nil {
			return err
		}
		if open {
			n := revealed(byID[id].Incident)
			if err := v.event(n.Kind, id, 0, n.Detail); err != nil {
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
func (v *saver) weigh(id int64, i normalize.Incident, newFilter bool) (shown bool, err error) {
	filter, err := v.sourceFilter()
	if err != nil {
		return false, err
	}
	if filter.Hides(i) {
		_, err = v.exec(`
			INSERT OR IGNORE INTO filtered_incidents (incident_id, since_at)
			SELECT ?1, ?2 WHERE ?3 OR NOT EXISTS (SELECT 1 FROM events WHERE incident_id = ?1 AND withheld IS NULL)`,
			id, v.at, db.Bit(newFilter))
		return false, err
	}
	n, err := v.exec(`DELETE FROM filtered_incidents WHERE incident_id = ?`, id)
	return n > 0, err
}

// weighStored weighs what a scrape stored. An incident that comes to concern us while it goes on is
// told from its opening.
func (v *saver) weighStored(all []stored) error {
	filter, err := v.sourceFilter()
	if err != nil || filter.IsZero() {
		return err
	}
	for n, s := range all {
		shown, err := v.weigh(s.rec.ID, s.rec.Incident, false)
		if err != nil {
			return err
		}
		if shown && s.rec.Announced && !s.older && !s.now.State.Over() {
			all[n].news = append([]normalize.News{revealed(s.now)}, s.news...)
		}
	}
	return nil
}

// sourceFilter returns the filter of the scrape's source.
func (v *saver) sourceFilter() (normalize.Filter, error) {
	if v.filter != nil {
		return *v.filter, nil
	}
	var f normalize.Filter
	var text []byte
	switch err := v.queryRow(`SELECT filter FROM source_filters WHERE source_id = ?`, v.s.SourceID).Scan(&text); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return f, err
	default:
		if err := json.Unmarshal(text, &f); err != nil {
			return f, fmt.Errorf("filter of source %d: %w", v.s.SourceID, err)
		}
	}
	v.filter = &f
	return f, nil
}

// hides reports whether the filter hides news of an incident.
func (v *saver) hides(incidentID int64) (bool, error) {
	filter, err := v.sourceFilter()
	if err != nil || incidentID == 0 || filter.IsZero() {
		return false, err
	}
	var n int
	err = v.queryRow(`SELECT count(*) FROM filtered_incidents WHERE incident_id = ?`, incidentID).Scan(&n)
	return n > 0, err
}
