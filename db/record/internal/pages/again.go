package pages

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/components"
	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
)

// said is a row of page_states with the list of components that the page showed.
type said struct {
	state
	ListHash string `db:"list_hash = l.hash"`
	List     string `db:"list = l.words"`
	Base     string `db:"base = b.words"` // list that it is told by; empty: it is whole
}

var saidColumns = scan.Of[said]("p")

// Judged is a state of a page, as it was stored and as its words are understood now.
type Judged struct {
	Was, Is pagestate.Reading
	stored  said
}

// Again gives the words of what a page said of itself at each reading their meaning again, the oldest first. wordsAt
// returns those of the platform that served the page at a time.
func Again(ctx context.Context, tx *db.Tx, sourceID int64, wordsAt func(at string) normalize.Words) ([]Judged, error) {
	rows, err := saidColumns.All(ctx, tx, `SELECT `+saidColumns.Columns+`
		FROM page_states p LEFT JOIN component_lists l USING (list_id)
			LEFT JOIN component_lists b ON b.list_id = l.base_id
		WHERE p.source_id = ? ORDER BY p.seen_at, p.hash`, sourceID)
	if err != nil {
		return nil, err
	}
	out := make([]Judged, len(rows))
	var reader components.Reader
	for n, row := range rows {
		was, err := row.reading()
		if err != nil {
			return nil, fmt.Errorf("state of the page: %w", err)
		}
		own := wordsAt(row.SeenAt)
		var list []normalize.Component
		if row.ListID != 0 {
			if list, err = reader.Read([]byte(row.List), []byte(row.Base), own); err != nil {
				return nil, err
			}
		}
		is := Words{Indicator: row.Indicator, Headline: row.Said, Whole: row.Whole}.Judge(own, list)
		is.At, is.Until, is.Posted = was.At, was.Until, was.Posted
		out[n] = Judged{Was: was, Is: is, stored: row}
	}
	return out, nil
}

// Write stores a state as its words are understood now, and reports whether that is another than before.
func (j Judged) Write(ctx context.Context, tx *db.Tx, sourceID int64) (bool, error) {
	was := j.stored
	is, err := stateOf(j.Is, was.Indicator, was.ListID, was.ListHash, was.Whole)
	if err != nil || is == was.state {
		return false, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM page_states WHERE source_id = ? AND seen_at = ? AND hash = ?`, sourceID,
		was.SeenAt, was.Hash)
	if err != nil {
		return false, err
	}
	// Two documents of one moment may say the same now.
	_, err = tx.Exec(ctx, `INSERT INTO page_states (`+columns.Names+`, source_id) VALUES (`+columns.Marks+`, ?)
		ON CONFLICT DO UPDATE SET until_at = max(until_at, excluded.until_at)`,
		append(columns.Values(&is), sourceID)...)
	return true, err
}

// PostedThen is the worst of the incidents of a source's vendor that were open at a time, by what was known then of
// how bad each was.
func PostedThen(ctx context.Context, tx *db.Tx, sourceID int64, at string) (worst normalize.Severity, err error) {
	severities, err := scan.Column[string](ctx, tx, `
		SELECT coalesce((SELECT nullif(old_value, '') FROM revisions r WHERE r.incident_id = i.incident_id
			AND r.update_id IS NULL AND r.field = 'severity' AND r.seen_at > ?2 ORDER BY r.seen_at LIMIT 1), severity)
		FROM incidents i
		WHERE source_id = ?1 AND origin = 'vendor' AND kind = 'incident' AND first_seen_at <= ?2
			AND (ended = 0 OR resolved_at > ?2) AND coalesce(left_feed_at > ?2, 1)`, sourceID, at)
	for _, s := range severities {
		worst = pagestate.Worse(worst, normalize.Severity(s))
	}
	return worst, err
}
