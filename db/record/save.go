package record

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record/internal/components"
	"vendorwatch/normalize"
)

// failuresToReport is how many live attempts in a row must fail before the source counts as unreadable:
// one may be a restart of the vendor's, two a bad minute.
const failuresToReport = 3

// SaveScrape records what one pass over a source brought, in one immediate transaction: after a crash
// at any moment either all of it is in the file or nothing. s.At is the time of everything that is new.
//
// The first good scrape of a source is its baseline: history is stored silently, and what is open then is
// announced once, as already open. Afterwards everything new becomes an event, but for a backfill, which
// only adds to the record. Saved pages (Archived) follow the same rules with their own time; saving
// the same ones again changes nothing, and older ones never undo what newer ones told.
//
// It returns db.ErrNotFound if there is no such source.
func (r *Recorder) SaveScrape(ctx context.Context, s Scrape) (Saved, error) {
	if s.At.IsZero() {
		return Saved{}, errors.New("save scrape: the time of the scrape is missing")
	}
	var saved Saved
	err := r.file.Change(ctx, func(tx *db.Tx) error {
		v := newSaver(ctx, tx, s)
		v.lateAfter = r.LateAfter
		err := v.save()
		saved = v.saved
		return err
	})
	if err != nil {
		return Saved{}, fmt.Errorf("save scrape of source %d: %w", s.SourceID, err)
	}
	return saved, nil
}

// saver is one SaveScrape on its way.
type saver struct {
	ctx       context.Context
	tx        *db.Tx
	s         Scrape
	at        string // s.At as stored
	lateAfter time.Duration

	source   sourceRow
	baseline bool // this is the first good scrape
	past     bool // saved pages that are older than the newest reading of this source
	pastOpen bool // … than its newest list of what is open
	pastList bool // … than its newest list of components
	vanished bool // too much is gone at once: the next scrape decides
	held     bool // a reading may be a stale copy: the next one decides
	moving   bool // the first reading under another platform

	filter     *normalize.Filter // of the source; loaded when first needed
	components *components.Known // of the source
	added      map[int64]bool    // ids of incidents that are new
	reread     map[string]bool   // keys of incidents whose words are new
	keys       map[string]string // keys as seen to keys as stored, where they differ
	events     []int64
	folded     map[normalize.Finding]bool // findings that the records brought
	wordsOf    func(platform string) (normalize.Words, bool)
	changed    bool // a row other than those of health is different
	saved      Saved
}

func newSaver(ctx context.Context, tx *db.Tx, s Scrape) *saver {
	return &saver{ctx: ctx, tx: tx, s: s, at: normalize.FormatTime(s.At), wordsOf: s.WordsOf,
		components: components.Of(s.SourceID), added: map[int64]bool{}, folded: map[normalize.Finding]bool{}}
}

func (v *saver) save() error {
	s := v.s
	live := !s.Archived && !s.Backfill
	if s.Unchanged && s.Err == nil && live && s.Moved == nil {
		if done, err := v.saveUnchanged(); done || err != nil {
			return err
		}
	}
	if err := v.loadSource(); err != nil {
		return err
	}
	var hash any
	if s.Archived {
		h, err := contentHash(s)
		if err != nil {
			return err
		}
		if done, err := v.savedBefore(h); done || err != nil {
			return err
		}
		hash = h
	}
	if nothingRead(s) {
		v.saved.Outcome = query.OutcomeFailed
		if s.Unreadable {
			v.saved.Outcome = query.OutcomeUnreadable
		}
		if live {
			if err := v.countFailure(); err != nil {
				return err
			}
		}
		if s.Archived && !s.Backfill {
			if err := v.saveArchivedGaps(false); err != nil {
				return err
			}
		}
		return v.finish(hash)
	}
	v.past = s.Archived && v.at < v.source.latestAt
	if s.Archived {
		live := v.at < v.source.lastSuccess
		v.pastOpen, v.pastList = live || v.at < v.source.openListAt, live || v.at < v.source.partsAt
	}
	v.baseline = v.source.baselineAt == "" && !s.Backfill && !s.Unchanged
	steps := []func() error{v.saveMove, v.saveSuccess, v.saveComponents, v.saveIncidents, v.savePage,
		v.saveFindings, v.saveDocuments}
	if s.Unchanged {
		steps = []func() error{v.saveMove, v.saveSuccess, v.confirmCopies, v.confirmPage, v.saveDocuments}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	switch {
	case s.Err != nil:
		v.saved.Outcome = query.OutcomePartial
	case v.changed && !s.Unchanged:
		v.saved.Outcome = query.OutcomeChanged
	default:
		v.saved.Outcome = query.OutcomeUnchanged
	}
	return v.finish(hash)
}

// nothingRead reports whether a scrape failed altogether, rather than in part.
func nothingRead(s Scrape) bool {
	return s.Err != nil && len(s.Incidents) == 0 && len(s.Components) == 0 && !s.AllOpen && !s.AllComponents
}

// saveUnchanged records, in two statements, that a page is as it was. It leaves a source that failed, or was
// not read for long, to the long way, which tells that it is back and what was not seen.
func (v *saver) saveUnchanged() (bool, error) {
	done, err := v.exec(`
		UPDATE sources SET last_attempt_at = ?1, last_success_at = ?1, latest_at = max(coalesce(latest_at, ''), ?1),
			consecutive_failures = 0, failing_since_at = NULL, last_error = NULL
		WHERE source_id = ?2 AND consecutive_failures = 0 AND last_success_at >= ?3 AND interval_seconds = ?4
			AND copy_suspected = 0 AND red_suspected = 0`,
		v.at, v.s.SourceID, db.Stamp(v.s.At.Add(-query.Tolerance(v.s.Interval))), v.s.seconds())
	if err != nil || done == 0 {
		return false, err
	}
	if err := v.saveDocuments(); err != nil {
		return false, err
	}
	v.saved.Outcome = query.OutcomeUnchanged
	return true, v.finish(nil)
}

// finish writes the scrape's own row and reads back its events, with what a reader wants to know.
func (v *saver) finish(contentHash any) error {
	s := v.s
	var errText any
	if s.Err != nil {
		errText = s.Err.Error()
	}
	var status any
	if s.HTTPStatus != 0 {
		status = s.HTTPStatus
	}
	_, err := v.exec(`
		INSERT INTO scrapes (source_id, started_at, took_ms, outcome, http_status, requests, bytes, incidents_seen,
		error, backfill, archived, content_hash, all_open)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.SourceID, v.at, max(0, s.Took.Milliseconds()), v.saved.Outcome, status, s.Requests, s.Bytes, len(s.Incidents),
		errText,
		db.Bit(s.Backfill), db.Bit(s.Archived), contentHash, db.Bit(s.AllOpen && !s.Backfill))
	if err != nil || len(v.events) == 0 {
		return err
	}
	v.saved.Events, err = query.In(v.tx).EventsBetween(v.ctx, v.events[0], v.events[len(v.events)-1])
	return err
}

// savedBefore reports whether the same saved pages were saved already, and with which outcome.
func (v *saver) savedBefore(hash string) (bool, error) {
	var outcome query.Outcome
	err := v.queryRow(`
		SELECT outcome FROM scrapes WHERE archived = 1 AND source_id = ? AND started_at = ? AND content_hash = ?`,
		v.s.SourceID, v.at, hash).Scan(&outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if outcome == query.OutcomeChanged {
		outcome = query.OutcomeUnchanged
	}
	v.saved.Outcome = outcome
	return true, err
}

// contentHash tells saved pages apart by what was read from them. The words count, not their meaning:
// a mended mapping is applied by renormalizing the record, not by importing once more.
func contentHash(s Scrape) (string, error) {
	content := struct {
		Raws                               [][]normalize.Raw
		Components                         []normalize.Component
		AllOpen, AllComponents, Backfilled bool
		Err                                string
	}{Components: s.Components, AllOpen: s.AllOpen, AllComponents: s.AllComponents, Backfilled: s.Backfill}
	for _, i := range s.Incidents {
		content.Raws = append(content.Raws, i.Raws)
	}
	if s.Err != nil {
		content.Err = s.Err.Error()
	}
	b, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), nil
}

// exec runs a statement and returns how many rows it changed.
func (v *saver) exec(query string, args ...any) (int64, error) {
	return v.tx.Exec(v.ctx, query, args...)
}

func (v *saver) query(query string, args ...any) (*sql.Rows, error) {
	return v.tx.QueryContext(v.ctx, query, args...)
}

func (v *saver) queryRow(query string, args ...any) *sql.Row {
	return v.tx.QueryRowContext(v.ctx, query, args...)
}
