package record

import (
	"fmt"

	"vendorwatch/db"
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
	var held []normalize.Incident
	if err := v.each(func(rows scanner) error {
		var i normalize.Incident
		err := rows.Scan(&i.Key)
		held = append(held, i)
		return err
	}, `SELECT source_key FROM incidents WHERE source_id = ? AND EXISTS (
			SELECT 1 FROM json_each(raw_index) WHERE value ->> 'held') ORDER BY incident_id`,
		v.s.SourceID); err != nil {
		return err
	}
	headers, err := v.headers(keysOf(held))
	if err != nil {
		return err
	}
	records, err := v.records(held, headers)
	if err != nil {
		return err
	}
	var all []stored
	for _, i := range held {
		rec := records[i.Key]
		was := rec.incident
		rec.history.confirm(v.at)
		edits, err := v.fold(rec, i.Key, false)
		if err != nil {
			return fmt.Errorf("incident %q: %w", i.Key, err)
		}
		s := stored{rec: rec, differs: true, now: rec.incident, news: normalize.NewsOf(&was, rec.incident, edits),
			updateIDs: rec.updateIDs()}
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

// confirm notes that the newest words of each kind of document were read again.
func (h *history) confirm(at string) {
	last := map[string]*sighting{}
	for _, s := range h.sightings {
		last[s.document] = s
	}
	for _, s := range last {
		if at > s.until {
			s.until, s.stored = at, false
		}
	}
}
