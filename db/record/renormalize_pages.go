package record

import (
	"context"
	"fmt"
	"slices"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/pages"
	"vendorwatch/normalize"
)

// touched is a time in which the vendor may have had an incident open whose meaning is another now.
type touched struct{ from, to string }

// pagesAgain judges again what the page said of itself at each reading, and makes its incidents again of that. among
// are the times of the vendor's incidents that have changed. Nothing is told.
func pagesAgain(ctx context.Context, tx *db.Tx, p pass, wordsAt func(at string) normalize.Words, among []touched,
	n counts) error {
	states, err := pages.Again(ctx, tx, p.SourceID, wordsAt)
	if err != nil {
		return err
	}
	changed := false
	for _, s := range states {
		at := db.Stamp(s.Is.At)
		// Where no incident was open it stays so: whether one had left the list for a while is not on record.
		in := func(t touched) bool { return t.from <= at && at <= t.to }
		if s.Was.Posted != "" && slices.ContainsFunc(among, in) {
			if s.Is.Posted, err = pages.PostedThen(ctx, tx, p.SourceID, at); err != nil {
				return err
			}
		}
		different, err := s.Write(ctx, tx, p.SourceID)
		if err != nil {
			return fmt.Errorf("state of the page at %s: %w", at, err)
		}
		if different {
			changed = true
			n.addField("page_states.severity", string(s.Was.Severity), string(s.Is.Severity), true)
			n.addField("page_states.posted", string(s.Was.Posted), string(s.Is.Posted), true)
		}
	}
	if changed {
		if err := pageAgain(ctx, tx, p, states); err != nil {
			return err
		}
	}
	until := ""
	if last := len(states) - 1; last >= 0 && states[last].Is.Severity != "" {
		until = p.source.LastSuccess // the live page has said so since
	}
	return pageIncidentsAgain(ctx, tx, p, until, n)
}

// pageAgain brings how bad the page is now up to its newest state, where it was made of that.
func pageAgain(ctx context.Context, tx *db.Tx, p pass, states []pages.Judged) error {
	newest := states[len(states)-1]
	was, is := newest.Was, newest.Is
	if string(was.Severity) != p.source.PageSeverity || string(was.Because) != p.source.PageBecause ||
		is.Severity == was.Severity && is.Because == was.Because {
		return nil
	}
	since := ""
	for n := len(states) - 1; n >= 0 && is.Severity != "" && states[n].Is.Severity == is.Severity; n-- {
		since = db.Stamp(states[n].Is.At)
	}
	_, err := tx.Exec(ctx, `UPDATE sources SET page_severity = ?, page_because = ?, page_severity_at = ?
		WHERE source_id = ?`, db.Null(string(is.Severity)), db.Null(string(is.Because)), db.Null(since), p.SourceID)
	return err
}

// pageIncidentsAgain folds all of the page's states again. until is up to when the newest is known to have lasted.
func pageIncidentsAgain(ctx context.Context, tx *db.Tx, p pass, until string, n counts) error {
	before, err := pages.Incidents(ctx, tx, p.SourceID, pages.Stretch{})
	if err != nil {
		return err
	}
	p.past = true // nothing is told
	folded, err := foldStretch(ctx, tx, p, pages.Stretch{}, until)
	if err != nil || !folded.Rows {
		return err
	}
	after, err := pages.Incidents(ctx, tx, p.SourceID, pages.Stretch{})
	if err != nil {
		return err
	}
	rows := map[int64]*incidents.Record{}
	for _, rec := range before {
		rows[rec.ID] = rec
	}
	for _, rec := range after {
		was := rows[rec.ID]
		if was == nil {
			n.add("incidents", "", rec.Row.Origin)
			continue
		}
		n.addIncident(&was.Row, &rec.Row)
		n.addUpdates(was.Updates, rec.Updates)
		delete(rows, rec.ID)
	}
	for _, rec := range rows {
		n.add("incidents", rec.Row.Origin, "")
	}
	return nil
}

// wordsByTime returns the words of the platform that served the page at a time.
func wordsByTime(ctx context.Context, tx *db.Tx, p pass) (func(at string) normalize.Words, error) {
	moves, err := moveColumns.All(ctx, tx, `SELECT `+moveColumns.Columns+` FROM source_moves
		WHERE source_id = ? ORDER BY at, source_move_id`, p.SourceID)
	return func(at string) normalize.Words {
		for _, m := range moves {
			if at < m.At {
				return p.wordsOf(m.From)
			}
		}
		return p.Words
	}, err
}

var moveColumns = scan.Of[struct {
	At   string `db:"at"`
	From string `db:"from_platform"`
}]("")
