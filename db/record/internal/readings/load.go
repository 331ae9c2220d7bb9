package readings

import (
	"context"
	"encoding/json"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Load loads all that was read of incidents. ids is the list of their ids, as JSON; into has a History for each.
func Load(ctx context.Context, tx *db.Tx, ids string, into map[int64]*History) error {
	posts := map[int64]normalize.RawUpdate{}
	for _, h := range into {
		*h = History{posts: map[string]int64{}}
	}
	if err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var id, incident int64
		var hash string
		var words []byte
		if err := row.Scan(&id, &incident, &hash, &words); err != nil {
			return err
		}
		var u normalize.RawUpdate
		if err := json.Unmarshal(words, &u); err != nil {
			return fmt.Errorf("post %d: %w", id, err)
		}
		posts[id], into[incident].posts[hash] = u, id
		return nil
	}, `SELECT post_id, incident_id, hash, words FROM reading_posts
		WHERE incident_id IN (SELECT value FROM json_each(?))`, ids); err != nil {
		return err
	}
	wordings := map[int64]*wording{}
	if err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var incident int64
		var words, order []byte
		w := &wording{}
		if err := row.Scan(&w.id, &incident, &w.document, &w.hash, &words, &order); err != nil {
			return err
		}
		var of [][]int64
		if err := json.Unmarshal(words, &w.raws); err != nil {
			return fmt.Errorf("words %d: %w", w.id, err)
		}
		if err := json.Unmarshal(order, &of); err != nil {
			return fmt.Errorf("posts of words %d: %w", w.id, err)
		}
		for n := range w.raws {
			w.raws[n].Document = w.document
			if n >= len(of) {
				continue
			}
			for _, id := range of[n] {
				w.raws[n].Updates = append(w.raws[n].Updates, posts[id])
			}
		}
		wordings[w.id] = w
		h := into[incident]
		h.wordings = append(h.wordings, w)
		return nil
	}, `SELECT words_id, incident_id, document, hash, words, posts FROM reading_words
		WHERE incident_id IN (SELECT value FROM json_each(?)) ORDER BY words_id`, ids); err != nil {
		return err
	}
	return scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var incident, words int64
		s := &sighting{stored: true}
		if err := row.Scan(&incident, &words, &s.seen, &s.until); err != nil {
			return err
		}
		s.wording = wordings[words]
		h := into[incident]
		h.sightings = append(h.sightings, s)
		return nil
	}, `SELECT w.incident_id, r.words_id, r.seen_at, r.until_at FROM reading_words w JOIN readings r USING (words_id)
		WHERE w.incident_id IN (SELECT value FROM json_each(?)) ORDER BY r.seen_at, w.hash`, ids)
}

// Store writes what was added to an incident's history.
func (h *History) Store(ctx context.Context, tx *db.Tx, incidentID int64) error {
	for _, s := range h.sightings {
		if s.stored {
			continue
		}
		if s.id == 0 {
			if err := h.storeWording(ctx, tx, incidentID, s.wording); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO readings (words_id, seen_at, until_at) VALUES (?, ?, ?)
			ON CONFLICT (words_id, seen_at) DO UPDATE SET until_at = excluded.until_at`, s.id, s.seen,
			s.until); err != nil {
			return err
		}
		s.stored = true
	}
	return nil
}

func (h *History) storeWording(ctx context.Context, tx *db.Tx, incidentID int64, w *wording) error {
	heads, order := make([]normalize.Raw, len(w.raws)), make([][]int64, len(w.raws))
	for n, raw := range w.raws {
		order[n] = []int64{}
		for _, u := range raw.Updates {
			id, err := h.storePost(ctx, tx, incidentID, u)
			if err != nil {
				return err
			}
			order[n] = append(order[n], id)
		}
		raw.Updates = nil
		heads[n] = raw
	}
	words, err := db.JSON(heads)
	if err != nil {
		return err
	}
	posts, err := db.JSON(order)
	if err != nil {
		return err
	}
	w.id, err = tx.Insert(ctx, `INSERT INTO reading_words (incident_id, document, hash, words, posts) VALUES (?, ?, `+
		`?, ?, ?)`,
		incidentID, w.document, w.hash, words, posts)
	return err
}

func (h *History) storePost(ctx context.Context, tx *db.Tx, incidentID int64, u normalize.RawUpdate) (int64, error) {
	hash, err := db.Hash(u)
	if err != nil {
		return 0, err
	}
	if id, known := h.posts[hash]; known {
		return id, nil
	}
	words, err := db.JSON(u)
	if err != nil {
		return 0, err
	}
	id, err := tx.Insert(ctx, `INSERT INTO reading_posts (incident_id, hash, words) VALUES (?, ?, ?)`, incidentID, hash,
		words)
	if h.posts == nil {
		h.posts = map[string]int64{}
	}
	h.posts[hash] = id
	return id, err
}

// SeenSame records that a saved page says of an incident what was read last. at is when it was saved.
func SeenSame(ctx context.Context, tx *db.Tx, incidentID int64, raws []normalize.Raw, at string) error {
	for _, group := range byDocument(raws) {
		hash, err := wordsHash(group)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO readings (words_id, seen_at, until_at)
			SELECT words_id, ?1, ?1 FROM reading_words WHERE incident_id = ?2 AND document = ?3 AND hash = ?4
			ON CONFLICT DO NOTHING`, at, incidentID, group[0].Document, hash); err != nil {
			return err
		}
	}
	return nil
}
