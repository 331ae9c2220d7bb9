package record

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// saveMove lets the source go on where its page has gone. With another platform its components and the posts of its
// incidents have other ids, so that theirs become such as were made up: what is read from now on is then matched
// by names, times and words.
func (v *saver) saveMove() error {
	to := v.s.Moved
	if to == nil {
		return nil
	}
	url, platform := strings.TrimRight(to.PageURL, "/"), to.Platform
	was := v.source
	if url == "" || platform == "" || url == was.pageURL && platform == was.platform {
		return nil
	}
	var taken int64
	if err := v.queryRow(selectTaken, v.s.SourceID, url).Scan(&taken); err != nil {
		return err
	}
	if taken != 0 {
		return fmt.Errorf("move to %s: %w", url, ErrTaken)
	}
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`UPDATE sources SET page_url = ?, platform = ?, backfill_page = 0 WHERE source_id = ?`,
			[]any{url, platform, v.s.SourceID}},
		{`DELETE FROM documents WHERE source_id = ?`, []any{v.s.SourceID}},
		{`DELETE FROM source_searches WHERE source_id = ?`, []any{v.s.SourceID}},
		{`INSERT INTO source_moves (source_id, at, from_url, from_platform, to_url, to_platform)
			VALUES (?, ?, ?, ?, ?, ?)`,
			[]any{v.s.SourceID, v.at, was.pageURL, was.platform, url, platform}},
	} {
		if _, err := v.exec(change.query, change.args...); err != nil {
			return err
		}
	}
	if platform != was.platform {
		v.source.otherSince, v.moving = v.at, true
		if _, err := v.exec(`UPDATE components SET source_key = '@' || source_key WHERE source_id = ?
			AND source_key NOT LIKE '@%'`, v.s.SourceID); err != nil {
			return err
		}
	}
	if was.baselineAt == "" {
		return nil // it was found, not moved: nobody has been told of it
	}
	return v.event(normalize.EventSourceMoved, 0, 0, map[string]string{
		"from_url": was.pageURL, "from_platform": was.platform, "to_url": url, "to_platform": platform,
	})
}

// adoptMoved gives incidents from before the page had another platform the keys that they have now, so that they
// are not stored, nor told, twice. They are known by their former keys, or as two pages' records of one event are.
// In doubt they stay two.
func (v *saver) adoptMoved(seen []normalize.Incident, headers map[string]*header) error {
	if v.source.otherSince == "" {
		return nil
	}
	keys, err := db.JSON(keysOf(seen))
	if err != nil {
		return err
	}
	for _, i := range seen {
		if headers[i.Key] != nil {
			continue
		}
		id, key, err := v.before(i, keys)
		if err != nil {
			return fmt.Errorf("incident %q: its record from before the move: %w", i.Key, err)
		}
		if id == 0 {
			continue
		}
		if err := v.rekey(id, key, i); err != nil {
			return fmt.Errorf("incident %q: its record from before the move: %w", i.Key, err)
		}
		found, err := v.headers([]string{i.Key})
		if err != nil {
			return err
		}
		headers[i.Key] = found[i.Key]
	}
	return nil
}

// before returns the record that an incident has under another key from before the page moved, 0 if there is none or
// if it could be several.
func (v *saver) before(i normalize.Incident, seenKeys string) (id int64, key string, err error) {
	err = v.queryRow(`
		SELECT coalesce(max(i.incident_id), 0), coalesce(max(i.source_key), '') FROM former_keys f
		JOIN incidents i USING (incident_id)
		WHERE f.source_id = ?1 AND f.source_key = ?2 AND i.source_key NOT IN (SELECT value FROM json_each(?3))`,
		v.s.SourceID, i.Key, seenKeys).Scan(&id, &key)
	if err != nil || id != 0 {
		return id, key, err
	}
	candidates, err := v.unmoved(i, seenKeys)
	if err != nil {
		return 0, "", err
	}
	var matches []*record
	for _, c := range candidates {
		if normalize.SameEvent(c.incident, i) || normalize.SameByTitle(c.incident, i) {
			matches = append(matches, c)
		}
	}
	if len(matches) != 1 {
		return 0, "", nil
	}
	return matches[0].id, matches[0].incident.Key, nil
}

// unmoved loads the records from before the page had another platform that nothing read since was matched with, and
// that begin or end within a day of i.
func (v *saver) unmoved(i normalize.Incident, seenKeys string) ([]*record, error) {
	around := func(t time.Time) (from, to string) {
		if t.IsZero() {
			return "", ""
		}
		return db.Stamp(t.Add(-nearby)), db.Stamp(t.Add(nearby))
	}
	from, to := around(begin(i))
	endFrom, endTo := around(i.ResolvedAt)
	rows, err := v.query(`
		SELECT i.incident_id, i.source_key FROM incidents i
		WHERE i.source_id = ?1 AND i.first_seen_at < ?2 AND i.source_key NOT IN (SELECT value FROM json_each(?3))
			AND NOT EXISTS (SELECT 1 FROM former_keys f WHERE f.incident_id = i.incident_id AND f.until_at >= ?2)
			AND (i.started_at BETWEEN ?4 AND ?5 OR i.scheduled_start_at BETWEEN ?4 AND ?5 OR i.resolved_at BETWEEN ?6
			AND ?7)
		ORDER BY i.incident_id`, v.s.SourceID, v.source.otherSince, seenKeys, from, to, endFrom, endTo)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []*record
	byID, ids := map[int64]*record{}, []int64{}
	for rows.Next() {
		r := &record{updates: map[string]*updateRow{}, components: map[int64]bool{}}
		if err := rows.Scan(&r.id, &r.incident.Key); err != nil {
			return nil, err
		}
		records, ids, byID[r.id] = append(records, r), append(ids, r.id), r
	}
	if err := rows.Err(); err != nil || len(records) == 0 {
		return nil, err
	}
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	if err := v.loadIncidents(list, byID); err != nil {
		return nil, err
	}
	return records, v.loadUpdates(list, byID)
}

// rekey gives a record the key that its incident has now, and keeps the former one. Its posts lose the ids of the
// platform before, and its words are marked as that platform's, so that those read now stand beside them. Its
// address is the new one: the old page is gone.
func (v *saver) rekey(id int64, from string, i normalize.Incident) error {
	to := i.Key
	var platform, raw, index string
	err := v.queryRow(`
		SELECT coalesce((SELECT m.from_platform FROM source_moves m WHERE m.source_id = i.source_id
		AND m.from_platform <> m.to_platform
			ORDER BY m.source_move_id DESC LIMIT 1), ''), i.raw, i.raw_index
		FROM incidents i WHERE i.incident_id = ?`, id).Scan(&platform, &raw, &index)
	if err != nil {
		return err
	}
	if raw, index, err = markWords(platform, raw, index); err != nil {
		return err
	}
	v.changed = true
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM former_keys WHERE source_id = ? AND source_key = ?`, []any{v.s.SourceID, to}},
		{`INSERT INTO former_keys (source_id, source_key, incident_id, until_at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (source_id, source_key) DO UPDATE SET incident_id = ?3, until_at = ?4`,
			[]any{v.s.SourceID, from, id, v.at}},
		{`UPDATE incidents SET source_key = ?, raw = ?, raw_index = ?, url = coalesce(nullif(?, ''), url)
			WHERE incident_id = ?`, []any{to, raw, index, i.URL, id}},
		{`UPDATE reading_words SET document = ?1 || '/' || document WHERE incident_id = ?2 AND document NOT LIKE '%/%'`,
			[]any{platform, id}},
		{`UPDATE incident_updates SET source_key = '@' || source_key
			WHERE incident_id = ? AND source_key NOT LIKE '@%'`, []any{id}},
		{`UPDATE OR IGNORE findings SET source_key = ? WHERE source_id = ? AND source_key = ?`,
			[]any{to, v.s.SourceID, from}},
	} {
		if _, err := v.exec(change.query, change.args...); err != nil {
			return err
		}
	}
	return nil
}

// markWords puts the platform's name before the kinds of documents that the stored words are of.
func markWords(platform, raw, index string) (string, string, error) {
	var raws []normalize.Raw
	var words wordsIndex
	if err := json.Unmarshal([]byte(raw), &raws); err != nil {
		return "", "", err
	}
	if err := json.Unmarshal([]byte(index), &words); err != nil {
		return "", "", err
	}
	mark := func(document string) string {
		if strings.Contains(document, "/") { // of a platform before that
			return document
		}
		return platform + "/" + document
	}
	marked := wordsIndex{}
	for document, ref := range words {
		marked[mark(document)] = ref
	}
	for n := range raws {
		raws[n].Document = mark(raws[n].Document)
	}
	raw, err := db.JSON(raws)
	if err != nil {
		return "", "", err
	}
	index, err = db.JSON(marked)
	return raw, index, err
}

// historyOfMove reports whether an incident that is read for the first time, with the page's first reading
// under another platform, was over before the page was last read: it is that page's history, and no news.
func (v *saver) historyOfMove(i normalize.Incident) bool {
	return v.moving && i.State.Over() && db.Stamp(begin(i)) < v.source.lastGood()
}
