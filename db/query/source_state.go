package query

import (
	"context"
	"fmt"
	"time"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Document is what is remembered of one URL of a source, so that an unchanged page costs one conditional request.
type Document struct {
	URL          string `db:"url"`
	ETag         string `db:"etag"`
	LastModified string `db:"last_modified"`
	Hash         string `db:"hash"`       // of the body, hex
	Words        string `db:"words_hash"` // of what was read in it
	// when it was last refused, so that its fallback is taken at once; zero if it was not
	RefusedAt time.Time `db:"refused_at"`
	ReadAt    time.Time `db:"fetched_at"` // when one of these was last different before
}

// SourceState is what a scrape needs to know of its source beforehand.
type SourceState struct {
	Source
	// by address; empty before the baseline, so that the first page is read in full
	Documents  map[string]Document
	BaselineAt time.Time `db:"baseline_at"` // zero before the first good scrape
	// history page on which a backfill goes on; 0 if none was begun
	BackfillPage        int       `db:"backfill_page"`
	BackfillDoneAt      time.Time `db:"backfill_done_at"` // zero while the first day has not been reached
	ConsecutiveFailures int       `db:"consecutive_failures"`
	LastAttemptAt       time.Time `db:"last_attempt_at"`
	LastSuccessAt       time.Time `db:"last_success_at"`
}

// KnownIncident is what the record holds of one incident, so that a crawl need not read its page again.
type KnownIncident struct {
	Kind       normalize.Kind
	Over       bool // it has ended, or has left the page
	Updates    int  // number of updates
	Postmortem bool // one of them is a postmortem
	Excerpt    bool // the timeline is known in part only
}

// sourceStateRow reads a source without its documents.
var sourceStateRow = scan.Of[SourceState]("s")

// SourceState returns what a scrape of the source begins with, or db.ErrNotFound.
func (d *DB) SourceState(ctx context.Context, sourceID int64) (SourceState, error) {
	s, err := sourceStateRow.One(ctx, d.read, `
		SELECT `+sourceStateRow.Columns+` FROM sources s JOIN vendors v USING (vendor_id) WHERE s.source_id = ?`,
		sourceID)
	s.Documents = map[string]Document{}
	if err == nil && !s.BaselineAt.IsZero() {
		err = d.addDocuments(ctx, sourceID, s.Documents)
	}
	if err != nil {
		return SourceState{}, fmt.Errorf("state of source %d: %w", sourceID, notFound(err))
	}
	return s, nil
}

var documentRow = scan.Of[Document]("d")

func (d *DB) addDocuments(ctx context.Context, sourceID int64, into map[string]Document) error {
	documents, err := documentRow.All(ctx, d.read, `SELECT `+documentRow.Columns+
		` FROM documents d WHERE d.source_id = ?`, sourceID)
	for _, doc := range documents {
		into[doc.URL] = doc
	}
	return err
}

// knownRow reads an incident as KnownIncidents needs it.
var knownRow = scan.Of[struct {
	Key        string         `db:"source_key"`
	Kind       normalize.Kind `db:"kind"`
	Ended      bool           `db:"ended"`
	LeftFeedAt string         `db:"left_feed_at"`
	Excerpt    bool           `db:"excerpt"`
	Updates    int            `db:"updates"`
	Postmortem bool           `db:"postmortem"`
}]("")

// KnownIncidents returns what the record holds of each incident of a source, by key.
func (d *DB) KnownIncidents(ctx context.Context, sourceID int64) (map[string]KnownIncident, error) {
	rows, err := knownRow.All(ctx, d.read, `
		SELECT i.source_key, i.kind, i.ended, i.left_feed_at, i.excerpt,
			count(u.update_id) AS updates, max(u.state = 'postmortem') AS postmortem
		FROM incidents i LEFT JOIN incident_updates u ON u.incident_id = i.incident_id AND u.removed_at IS NULL
		WHERE i.source_id = ? GROUP BY i.incident_id`, sourceID)
	if err != nil {
		return nil, fmt.Errorf("known incidents of source %d: %w", sourceID, err)
	}
	known := make(map[string]KnownIncident, len(rows))
	for _, r := range rows {
		known[r.Key] = KnownIncident{Kind: r.Kind, Over: r.Ended || r.LeftFeedAt != "", Updates: r.Updates,
			Postmortem: r.Postmortem, Excerpt: r.Excerpt}
	}
	return known, nil
}

// Unwatched returns the pages that are on record and not watched.
func (d *DB) Unwatched(ctx context.Context) ([]int64, error) {
	ids, err := scan.Column[int64](ctx, d.read, `SELECT source_id FROM sources WHERE watched = 0`)
	if err != nil {
		return nil, fmt.Errorf("pages that are not watched: %w", err)
	}
	return ids, nil
}
