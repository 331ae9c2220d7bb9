package record

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	ids, err := scan.Column[int64](ctx, tx, `SELECT incident_id FROM incidents
		WHERE source_id = ? AND origin IN ('vendor', 'page') ORDER BY incident_id`, p.SourceID)
	if err != nil {
		return err
	}
	_, err = weighAgain(ctx, tx, p, ids, true)
	return err
}

// weighHidden looks again at what is open and hidden, since a component may have got worse of which its incident says
// nothing new.
func weighHidden(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	if p.source.filter.Status == "" || p.past {
		return change{}, nil
	}
	ids, err := scan.Column[int64](ctx, tx, `SELECT incident_id FROM filtered_incidents
		JOIN incidents USING (incident_id) WHERE source_id = ? AND open = 1 ORDER BY incident_id`, p.SourceID)
	if err != nil {
		return change{}, err
	}
	return weighAgain(ctx, tx, p, ids, false)
}

func weighAgain(ctx context.Context, tx *db.Tx, p pass, ids []int64, newFilter bool) (change, error) {
	var all change
	if len(ids) == 0 {
		return all, nil
	}
	byID := map[int64]*incidents.Record{}
	for _, id := range ids {
		byID[id] = incidents.New("")
		byID[id].ID = id
	}
	if err := incidents.LoadRows(ctx, tx, byID); err != nil {
		return all, err
	}
	if err := incidents.LoadAffected(ctx, tx, byID); err != nil {
		return all, err
	}
	for _, id := range ids {
		shown, err := weigh(ctx, tx, p, id, byID[id].Incident, newFilter)
		if err != nil {
			return all, err
		}
		if !shown {
			continue
		}
		var open bool
		if err := tx.QueryRowContext(ctx, `SELECT announced AND open FROM incidents WHERE incident_id = ?`,
			id).Scan(&open); err != nil {
			return all, err
		}
		if open {
			n := revealed(byID[id].Incident)
			if err := all.add(writeNews(ctx, tx, p, n.Kind, id, 0, n.Detail)); err != nil {
				return all, err
			}
		}
	}
	return all, nil
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
	if p.source.filter.Status != "" {
		if i.Components, err = ownStatuses(ctx, tx, id, i.Components); err != nil {
			return false, err
		}
		// What was hidden while it was open has no end to be told.
		hidden, err := hides(ctx, tx, p.source.filter, id)
		if err != nil || hidden && i.State.Over() && !newFilter {
			return false, err
		}
	}
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

// ownStatuses returns the components that an incident affects with the statuses that the page gives them; of one that
// the page does not list, with the one that the incident gives.
func ownStatuses(ctx context.Context, tx *db.Tx, id int64, said []normalize.Component) ([]normalize.Component, error) {
	rec := incidents.New("")
	if err := incidents.LoadAffected(ctx, tx, map[int64]*incidents.Record{id: rec}); err != nil {
		return nil, err
	}
	out := rec.Incident.Components
	for n, c := range out {
		at := slices.IndexFunc(said, func(s normalize.Component) bool { return s.Key == c.Key })
		if c.Status == normalize.StatusUnknown && at >= 0 {
			out[n].Status = said[at].Status
		}
	}
	return out, nil
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
