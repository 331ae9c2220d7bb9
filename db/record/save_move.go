package record

import (
	"fmt"
	"strings"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/moved"
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
func (v *saver) adoptMoved(seen []normalize.Incident, headers map[string]*incidents.Header) error {
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
		id, key, err := moved.Before(v.ctx, v.tx, v.s.SourceID, v.source.otherSince, i, keys)
		if err != nil {
			return fmt.Errorf("incident %q: its record from before the move: %w", i.Key, err)
		}
		if id == 0 {
			continue
		}
		if err := moved.Rekey(v.ctx, v.tx, v.s.SourceID, id, key, i, v.at); err != nil {
			return fmt.Errorf("incident %q: its record from before the move: %w", i.Key, err)
		}
		v.changed = true
		found, err := v.headers([]string{i.Key})
		if err != nil {
			return err
		}
		headers[i.Key] = found[i.Key]
	}
	return nil
}

// historyOfMove reports whether an incident that is read for the first time, with the page's first reading
// under another platform, was over before the page was last read: it is that page's history, and no news.
func (v *saver) historyOfMove(i normalize.Incident) bool {
	return v.moving && i.State.Over() && db.Stamp(incidents.Begin(i)) < v.source.lastGood()
}
