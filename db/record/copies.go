package record

import (
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// words returns the words of a platform that the page has left.
func (v *saver) words(platform string) normalize.Words {
	if v.wordsOf != nil {
		if w, ok := v.wordsOf(platform); ok {
			return w
		}
	}
	return v.s.Words
}

// noteCopies writes down whether the page says something now that may come from a cache, so that the next reading is
// looked at closely even if nothing has changed.
func (v *saver) noteCopies() error {
	if v.held == v.source.copySuspected || v.s.Archived || v.s.Backfill {
		return nil
	}
	_, err := v.exec(`UPDATE sources SET copy_suspected = ? WHERE source_id = ?`, db.Bit(v.held), v.s.SourceID)
	return err
}

// confirmCopies believes what was held back as a copy of a cache: the page has not changed since.
func (v *saver) confirmCopies() error {
	if !v.source.copySuspected {
		return nil
	}
	held, err := scan.Column[string](v.ctx, v.tx, `SELECT source_key FROM incidents WHERE source_id = ? AND EXISTS (
			SELECT 1 FROM json_each(raw_index) WHERE value ->> 'held') ORDER BY incident_id`, v.s.SourceID)
	if err != nil {
		return err
	}
	headers, err := v.headers(held)
	if err != nil {
		return err
	}
	records, err := incidents.Load(v.ctx, v.tx, held, headers)
	if err != nil {
		return err
	}
	var all []stored
	for _, key := range held {
		rec := records[key]
		was := rec.Incident
		rec.History.Confirm(v.at)
		edits, err := v.fold(rec, key)
		if err != nil {
			return fmt.Errorf("incident %q: %w", key, err)
		}
		s := stored{rec: rec, differs: true, now: rec.Incident, news: normalize.NewsOf(&was, rec.Incident, edits),
			updateIDs: rec.UpdateIDs()}
		all = append(all, s)
	}
	for _, step := range []func([]stored) error{v.linkEvents, v.weighStored} {
		if err := step(all); err != nil {
			return err
		}
	}
	for _, s := range all {
		if err := v.tellStored(s); err != nil {
			return fmt.Errorf("incident %q: %w", s.now.Key, err)
		}
	}
	v.held = false
	return v.noteCopies()
}
