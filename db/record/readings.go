package record

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Readings are kept in three tables: each post of an incident once, each wording of a kind of document once, and
// when it was read. Most of what a page says it said before, so that this takes little room and is quickly loaded.

// wording is what a kind of document said, once.
type wording struct {
	id       int64 // 0 until it is stored
	document string
	hash     string
	raws     []normalize.Raw
}

// sighting is one time at which a wording was read.
type sighting struct {
	*wording
	seen, until string
	stored      bool
}

// history is all that was read of one incident.
type history struct {
	wordings  []*wording
	sightings []*sighting
	posts     map[string]int64 // ids by hash
}

// byDocument divides the words of an incident by the kind of document that they were read in. One that a document
// shows twice, word for word, it shows once.
func byDocument(raws []normalize.Raw) [][]normalize.Raw {
	if len(raws) == 1 {
		return [][]normalize.Raw{raws}
	}
	var out [][]normalize.Raw
	for _, raw := range raws {
		n := slices.IndexFunc(out, func(g []normalize.Raw) bool { return g[0].Document == raw.Document })
		switch {
		case n < 0:
			out = append(out, []normalize.Raw{raw})
		case !slices.ContainsFunc(out[n], func(o normalize.Raw) bool {
			return normalize.SameReading([]normalize.Raw{o}, []normalize.Raw{raw})
		}):
			out[n] = append(out[n], raw)
		}
	}
	return out
}

// wordsHash is equal for two readings that normalize.SameReading calls the same. What was near a time is left
// out: a page printed tomorrow says the same of yesterday's incident.
func wordsHash(raws []normalize.Raw) (string, error) {
	plain := make([]normalize.Raw, len(raws))
	for n, raw := range raws {
		for _, t := range rawTimes(&raw) {
			t.Near = ""
		}
		raw.Updates = slices.Clone(raw.Updates)
		for m := range raw.Updates {
			raw.Updates[m].Posted.Near, raw.Updates[m].Created.Near = "", ""
		}
		plain[n] = raw
	}
	return jsonHash(plain)
}

func rawTimes(raw *normalize.Raw) []*normalize.RawTime {
	return []*normalize.RawTime{&raw.Started, &raw.Resolved, &raw.ScheduledStart, &raw.ScheduledEnd, &raw.Period,
		&raw.Created, &raw.Updated, &raw.Detected}
}

func jsonHash(value any) (string, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12]), nil
}

// loadReadings loads all that was read of incidents.
func (v *saver) loadReadings(ids string, byID map[int64]*record) error {
	posts := map[int64]normalize.RawUpdate{}
	for _, r := range byID {
		r.history = history{posts: map[string]int64{}}
	}
	if err := v.each(func(rows scanner) error {
		var id, incident int64
		var hash string
		var words []byte
		if err := rows.Scan(&id, &incident, &hash, &words); err != nil {
			return err
		}
		var u normalize.RawUpdate
		if err := json.Unmarshal(words, &u); err != nil {
			return fmt.Errorf("post %d: %w", id, err)
		}
		posts[id], byID[incident].history.posts[hash] = u, id
		return nil
	}, `SELECT post_id, incident_id, hash, words FROM reading_posts
		WHERE incident_id IN (SELECT value FROM json_each(?))`, ids); err != nil {
		return err
	}
	wordings := map[int64]*wording{}
	if err := v.each(func(rows scanner) error {
		var incident int64
		var words, order []byte
		w := &wording{}
		if err := rows.Scan(&w.id, &incident, &w.document, &w.hash, &words, &order); err != nil {
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
		h := &byID[incident].history
		h.wordings = append(h.wordings, w)
		return nil
	}, `SELECT words_id, incident_id, document, hash, words, posts FROM reading_words
		WHERE incident_id IN (SELECT value FROM json_each(?)) ORDER BY words_id`, ids); err != nil {
		return err
	}
	return v.each(func(rows scanner) error {
		var incident, words int64
		s := &sighting{stored: true}
		if err := rows.Scan(&incident, &words, &s.seen, &s.until); err != nil {
			return err
		}
		s.wording = wordings[words]
		h := &byID[incident].history
		h.sightings = append(h.sightings, s)
		return nil
	}, `SELECT w.incident_id, r.words_id, r.seen_at, r.until_at FROM reading_words w JOIN readings r USING (words_id)
		WHERE w.incident_id IN (SELECT value FROM json_each(?)) ORDER BY r.seen_at, w.hash`, ids)
}

// sort puts sightings in the order of time; those of one moment in that of their words.
func (h *history) sort() {
	slices.SortStableFunc(h.sightings, func(a, b *sighting) int {
		return cmp.Or(strings.Compare(a.seen, b.seen), strings.Compare(a.hash, b.hash))
	})
}

type scanner interface{ Scan(dest ...any) error }

// each calls fn with each row of a query.
func (v *saver) each(fn func(rows scanner) error, query string, args ...any) error {
	rows, err := v.query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// add adds what was read of an incident at one time, and reports whether that is new. until is when the words
// before were last known to stand, where a page was read in between and said nothing new.
func (h *history) add(raws []normalize.Raw, at, until string, archived bool) (bool, error) {
	added := false
	for _, group := range byDocument(raws) {
		hash, err := wordsHash(group)
		if err != nil {
			return added, err
		}
		document := group[0].Document
		var before, same *sighting
		for _, s := range h.sightings {
			if s.document != document || s.seen > at {
				continue
			}
			if s.seen == at && s.hash == hash {
				same = s
			}
			if before == nil || s.seen >= before.seen {
				before = s
			}
		}
		if same != nil {
			continue
		}
		if before != nil && before.hash == hash && !archived {
			if at > before.until {
				before.until, before.stored, added = at, false, true
			}
			continue
		}
		if before != nil && until > before.until && until < at {
			before.until, before.stored = until, false
		}
		h.sightings = append(h.sightings, &sighting{wording: h.wording(document, hash, group), seen: at, until: at})
		added = true
	}
	h.sort()
	return added, nil
}

func (h *history) wording(document, hash string, raws []normalize.Raw) *wording {
	for _, w := range h.wordings {
		if w.document == document && w.hash == hash {
			return w
		}
	}
	w := &wording{document: document, hash: hash, raws: raws}
	h.wordings = append(h.wordings, w)
	return w
}

// readings gives the history the form that normalize.Fold takes; words returns those of a platform that the page has
// left.
func (h *history) readings(own normalize.Words, words func(platform string) normalize.Words) ([]normalize.Reading,
	error) {
	var out []normalize.Reading
	last := map[string]int{} // the newest of out, by document
	on := map[string]*wording{}
	for _, s := range h.sightings {
		seen, err := db.ParseStamp(s.seen)
		if err != nil {
			return nil, err
		}
		until, err := db.ParseStamp(s.until)
		if err != nil {
			return nil, err
		}
		if on[s.document] == s.wording {
			if r := &out[last[s.document]]; until.After(r.Until) {
				r.Until = until
			}
			continue
		}
		r := normalize.Reading{Raws: s.raws, Seen: seen, Until: until, Words: own}
		if platform, _, former := strings.Cut(s.document, "/"); former {
			r.Former, r.Words = true, words(platform)
		}
		on[s.document], last[s.document] = s.wording, len(out)
		out = append(out, r)
	}
	return out, nil
}

// index returns which words of each kind of document were read last, and since when.
func (h *history) index(held []string) wordsIndex {
	index := wordsIndex{}
	for _, s := range h.sightings {
		ref, known := index[s.document]
		if known && ref.Hash == s.hash {
			continue
		}
		index[s.document] = wordsRef{Hash: s.hash, At: s.seen, Held: slices.Contains(held, s.document)}
	}
	return index
}

// storeReadings writes what was added to an incident's history.
func (v *saver) storeReadings(rec *record) error {
	h := &rec.history
	for _, s := range h.sightings {
		if s.stored {
			continue
		}
		if s.id == 0 {
			if err := v.storeWording(rec.id, h, s.wording); err != nil {
				return err
			}
		}
		if _, err := v.exec(`
			INSERT INTO readings (words_id, seen_at, until_at) VALUES (?, ?, ?)
			ON CONFLICT (words_id, seen_at) DO UPDATE SET until_at = excluded.until_at`, s.id, s.seen,
			s.until); err != nil {
			return err
		}
		s.stored = true
	}
	return nil
}

func (v *saver) storeWording(incidentID int64, h *history, w *wording) error {
	heads, order := make([]normalize.Raw, len(w.raws)), make([][]int64, len(w.raws))
	for n, raw := range w.raws {
		order[n] = []int64{}
		for _, u := range raw.Updates {
			id, err := v.storePost(incidentID, h, u)
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
	w.id, err = v.insert(`INSERT INTO reading_words (incident_id, document, hash, words, posts) VALUES (?, ?, ?, ?, ?)`,
		incidentID, w.document, w.hash, words, posts)
	return err
}

func (v *saver) storePost(incidentID int64, h *history, u normalize.RawUpdate) (int64, error) {
	hash, err := jsonHash(u)
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
	id, err := v.insert(`INSERT INTO reading_posts (incident_id, hash, words) VALUES (?, ?, ?)`, incidentID, hash,
		words)
	if h.posts == nil {
		h.posts = map[string]int64{}
	}
	h.posts[hash] = id
	return id, err
}

// seenSame records that a saved page says of an incident what was read last.
func (v *saver) seenSame(incidentID int64, raws []normalize.Raw) error {
	for _, group := range byDocument(raws) {
		hash, err := wordsHash(group)
		if err != nil {
			return err
		}
		if _, err := v.exec(`
			INSERT INTO readings (words_id, seen_at, until_at)
			SELECT words_id, ?1, ?1 FROM reading_words WHERE incident_id = ?2 AND document = ?3 AND hash = ?4
			ON CONFLICT DO NOTHING`, v.at, incidentID, group[0].Document, hash); err != nil {
			return err
		}
	}
	return nil
}
