package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record/internal/components"
	"vendorwatch/db/record/internal/scrapes"
	"vendorwatch/db/record/internal/services"
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
// It returns db.ErrNotFound if there is no such source, and ErrOutdated if it is not as s.Known says.
func (r *Recorder) SaveScrape(ctx context.Context, s Scrape) (Saved, error) {
	if r.Gather > 0 && s.asBefore() && !s.At.IsZero() && r.unchanged.Save(s, r.Gather, func(list []Scrape) []bool {
		return r.saveTogether(context.WithoutCancel(ctx), list)
	}) {
		return Saved{Outcome: query.OutcomeUnchanged}, nil
	}
	saved, err := r.SaveScrapes(ctx, []Scrape{s})
	if err != nil {
		return Saved{}, err
	}
	return saved[0], nil
}

// SaveScrapes records scrapes one after the other, as SaveScrape does, in one transaction: all of them are in the file
// afterwards, or none. It is for saved pages, of which there are many and none of which is urgent: a commit takes the
// disk longer than most of them take to save.
func (r *Recorder) SaveScrapes(ctx context.Context, list []Scrape) ([]Saved, error) {
	var all []Saved
	parts := map[int64]*components.Known{} // by source: most of its saved pages list the same
	err := r.file.Change(ctx, func(tx *db.Tx) error {
		for _, s := range list {
			if s.At.IsZero() {
				return errors.New("save scrape: the time of the scrape is missing")
			}
			if parts[s.SourceID] == nil {
				parts[s.SourceID] = components.Of(s.SourceID)
			}
			saved, err := save(ctx, tx, s, parts[s.SourceID], r.LateAfter)
			if err != nil {
				return fmt.Errorf("save scrape of source %d: %w", s.SourceID, err)
			}
			all = append(all, saved)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func save(ctx context.Context, tx *db.Tx, s Scrape, parts *components.Known, lateAfter time.Duration) (Saved, error) {
	if s.asBefore() {
		if done, err := saveUnchanged(ctx, tx, s); done || err != nil {
			return Saved{Outcome: query.OutcomeUnchanged}, err
		}
	}
	source, err := loadSource(ctx, tx, s.SourceID)
	if err != nil {
		return Saved{}, err
	}
	if !s.Known.holds(source.PageURL, source.Platform, source.LastSuccess) {
		return Saved{}, ErrOutdated
	}
	hash := ""
	if s.Archived {
		if hash, err = contentHash(s, parts); err != nil {
			return Saved{}, err
		}
		if outcome, err := scrapes.SavedBefore(ctx, tx, s.SourceID, db.Stamp(s.At), hash); outcome != "" || err != nil {
			return Saved{Outcome: outcome}, err
		}
	}
	p := passOf(s, source, lateAfter)
	p.parts = parts
	steps := saveRead
	switch {
	case nothingRead(s):
		steps = saveFailure
	case s.Unchanged:
		steps = saveSame
	}
	all, err := steps(ctx, tx, p)
	if err == nil && !nothingRead(s) {
		err = services.MatchOf(ctx, tx, s.SourceID)
	}
	if err == nil {
		err = all.add(keepOurs(ctx, tx, p))
	}
	if err != nil {
		return Saved{}, err
	}
	saved := Saved{Outcome: outcomeOf(s, all.Rows), Incidents: all.Incidents, Updates: all.Updates,
		Revisions: all.Revisions, Findings: all.findings}
	if err := scrapes.Write(ctx, tx, rowOf(s, saved.Outcome, hash)); err != nil {
		return Saved{}, err
	}
	if n := len(all.events); n > 0 {
		saved.Events, err = query.In(tx).EventsBetween(ctx, all.events[0], all.events[n-1])
	}
	return saved, err
}

// saveRead records a pass that read something.
func saveRead(ctx context.Context, tx *db.Tx, p pass) (all change, err error) {
	p, moved, err := saveMove(ctx, tx, p)
	if err := all.add(moved, err); err != nil {
		return all, err
	}
	if err := all.add(saveSuccess(ctx, tx, p)); err != nil {
		return all, err
	}
	if err := all.add(saveComponents(ctx, tx, p)); err != nil {
		return all, err
	}
	seen, err := saveIncidents(ctx, tx, p)
	if err := all.add(seen.change, err); err != nil {
		return all, err
	}
	if err := all.add(weighHidden(ctx, tx, p)); err != nil {
		return all, err
	}
	if err := all.add(savePage(ctx, tx, p)); err != nil {
		return all, err
	}
	if err := all.add(saveFindings(ctx, tx, p, seen, all.Rows)); err != nil {
		return all, err
	}
	return all, saveDocuments(ctx, tx, p.Scrape, seen.vanished)
}

// saveSame records a pass that found everything as it was, and that was not expected for so long, or is awaited.
func saveSame(ctx context.Context, tx *db.Tx, p pass) (all change, err error) {
	p, moved, err := saveMove(ctx, tx, p)
	if err := all.add(moved, err); err != nil {
		return all, err
	}
	if err := all.add(saveSuccess(ctx, tx, p)); err != nil {
		return all, err
	}
	if err := all.add(confirmCopies(ctx, tx, p)); err != nil {
		return all, err
	}
	if err := all.add(confirmPage(ctx, tx, p)); err != nil {
		return all, err
	}
	return all, saveDocuments(ctx, tx, p.Scrape, false)
}

// saveFailure records a pass that read nothing.
func saveFailure(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	switch {
	case p.live():
		return countFailure(ctx, tx, p)
	case !p.Backfill:
		return change{}, saveArchivedGaps(ctx, tx, p, false)
	}
	return change{}, nil
}

// nothingRead reports whether a scrape failed altogether, rather than in part.
func nothingRead(s Scrape) bool {
	return s.Err != nil && len(s.Incidents) == 0 && len(s.Components) == 0 && !s.AllOpen && !s.AllComponents
}

func outcomeOf(s Scrape, changed bool) query.Outcome {
	switch {
	case nothingRead(s) && s.Unreadable:
		return query.OutcomeUnreadable
	case nothingRead(s):
		return query.OutcomeFailed
	case s.Err != nil:
		return query.OutcomePartial
	case changed && !s.Unchanged:
		return query.OutcomeChanged
	}
	return query.OutcomeUnchanged
}

// rowOf is the scrape's own row.
func rowOf(s Scrape, outcome query.Outcome, contentHash string) scrapes.Row {
	row := scrapes.Row{SourceID: s.SourceID, StartedAt: db.Stamp(s.At), LastStartedAt: db.Stamp(s.At),
		TookMS: max(0, s.Took.Milliseconds()), Outcome: outcome, HTTPStatus: s.HTTPStatus, Requests: s.Requests,
		Bytes:         s.Bytes,
		IncidentsSeen: len(s.Incidents), Backfill: s.Backfill, Archived: s.Archived, ContentHash: contentHash,
		AllOpen: s.AllOpen && !s.Backfill, CoversFrom: s.CoverageStart, Archive: s.Archive}
	if !s.CoverageStart.IsZero() {
		row.CoversUntil = s.coveredUntil()
	}
	if s.Err != nil {
		row.Error = s.Err.Error()
	}
	return row
}

// contentHash tells saved pages apart by what was read from them. The words count, not their meaning:
// a mended mapping is applied by renormalizing the record, not by importing once more.
func contentHash(s Scrape, parts *components.Known) (string, error) {
	content := struct {
		Raws                               [][]normalize.Raw
		Components                         string
		AllOpen, AllComponents, Backfilled bool
		Err                                string
	}{AllOpen: s.AllOpen, AllComponents: s.AllComponents, Backfilled: s.Backfill}
	for _, i := range s.Incidents {
		content.Raws = append(content.Raws, i.Raws)
	}
	if s.Err != nil {
		content.Err = s.Err.Error()
	}
	var err error
	if len(s.Components) > 0 {
		if content.Components, err = parts.Says(s.Components).Hash(); err != nil {
			return "", err
		}
	}
	b, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), nil
}
