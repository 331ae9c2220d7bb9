package readings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/internal/wording"
	"vendorwatch/normalize"
)

// Load loads all that was read of incidents. ids is the list of their ids, as JSON; into has a History for each.
func Load(ctx context.Context, tx *db.Tx, ids string, into map[int64]*History) error {
	for _, h := range into {
		*h = History{}
	}
	if err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var incident int64
		var packed []byte
		err := row.Scan(&incident, &packed)
		if err == nil {
			err = into[incident].read(packed)
		}
		if err != nil {
			return fmt.Errorf("words of incident %d: %w", incident, err)
		}
		return nil
	}, `SELECT incident_id, words FROM reading_words WHERE incident_id IN (SELECT value FROM json_each(?))`,
		ids); err != nil {
		return err
	}
	if err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var incident int64
		var number int
		s := &sighting{stored: true}
		if err := row.Scan(&incident, &number, &s.seen, &s.until); err != nil {
			return err
		}
		h := into[incident]
		if number < 1 || number > len(h.wordings) {
			return fmt.Errorf("incident %d was read with words %d, of %d that are stored", incident, number,
				len(h.wordings))
		}
		s.said = h.wordings[number-1]
		h.sightings = append(h.sightings, s)
		return nil
	}, `SELECT incident_id, words_number, seen_at, until_at FROM readings
		WHERE incident_id IN (SELECT value FROM json_each(?))`, ids); err != nil {
		return err
	}
	for _, h := range into {
		h.sort()
	}
	return nil
}

// read takes the wordings from what is stored of them.
func (h *History) read(packed []byte) error {
	list, err := wording.Read(packed)
	if err != nil {
		return err
	}
	for n, w := range list.Words {
		raws, err := list.Raws(n + 1)
		if err != nil {
			return err
		}
		h.wordings = append(h.wordings, &said{number: n + 1, document: w.Document, hash: w.Hash, raws: raws})
	}
	h.stored = len(h.wordings)
	return nil
}

// Store writes what was added to an incident's history.
func (h *History) Store(ctx context.Context, tx *db.Tx, incidentID int64) error {
	if h.stored < len(h.wordings) {
		if err := h.storeWords(ctx, tx, incidentID); err != nil {
			return err
		}
	}
	for _, s := range h.sightings {
		if s.stored {
			continue
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO readings (incident_id, words_number, seen_at, until_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (incident_id, words_number, seen_at) DO UPDATE SET until_at = excluded.until_at`,
			incidentID, s.number, s.seen, s.until); err != nil {
			return err
		}
		s.stored = true
	}
	return nil
}

func (h *History) storeWords(ctx context.Context, tx *db.Tx, incidentID int64) error {
	list, posts := &wording.List{}, map[normalize.RawUpdate]int{}
	for _, w := range h.wordings {
		if w.document == "" {
			return errors.New("words of no kind of document")
		}
		list.Add(w.document, w.hash, w.raws, posts)
	}
	packed, err := list.Pack()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO reading_words (incident_id, words) VALUES (?, ?)
		ON CONFLICT (incident_id) DO UPDATE SET words = excluded.words`, incidentID, packed)
	h.stored = len(h.wordings)
	return err
}

// SeenSame records that a saved page says of an incident what was read last, as index tells. at is when it was saved.
func SeenSame(ctx context.Context, tx *db.Tx, incidentID int64, index Index, raws []normalize.Raw, at string) error {
	for _, group := range byDocument(raws) {
		if _, err := tx.Exec(ctx, `INSERT INTO readings (incident_id, words_number, seen_at, until_at)
			VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING`, incidentID, index[group[0].Document].Number,
			at); err != nil {
			return err
		}
	}
	return nil
}

// Shown tells which wordings are those of raws, one kind of document after the other, as normalize.Fold returns them.
func (h *History) Shown(raws []normalize.Raw) ([]wording.Shown, error) {
	out := []wording.Shown{}
	for len(raws) > 0 {
		document, n := raws[0].Document, 1
		for n < len(raws) && raws[n].Document == document {
			n++
		}
		number := 0
		for _, w := range slices.Backward(h.wordings) {
			if w.document == document && normalize.SameReading(w.raws, raws[:n]) {
				number = w.number
				break
			}
		}
		if number == 0 {
			return nil, fmt.Errorf("the words of document %q are not among those that were read", document)
		}
		out, raws = append(out, wording.Shown{Document: document, Number: number}), raws[n:]
	}
	return out, nil
}

// MarkFormer puts the name of the platform that a page has left before the kinds of documents that the words of an
// incident are of, unless they are of a platform before that.
func MarkFormer(ctx context.Context, tx *db.Tx, incidentID int64, platform string) error {
	ids, err := db.JSON([]int64{incidentID})
	if err != nil {
		return err
	}
	var h History
	if err := Load(ctx, tx, ids, map[int64]*History{incidentID: &h}); err != nil || h.Empty() {
		return err
	}
	for _, w := range h.wordings {
		w.document = FormerDocument(platform, w.document)
	}
	return h.storeWords(ctx, tx, incidentID)
}

// FormerDocument is what a kind of document is called once the page has left the platform that served it.
func FormerDocument(platform, document string) string {
	if strings.Contains(document, "/") { // of a platform before that
		return document
	}
	return platform + "/" + document
}
