package record

import (
	"context"
	"fmt"
	"strings"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/moved"
	"vendorwatch/normalize"
)

// saveMove lets the source go on where its page has gone. With another platform its components and the posts of its
// incidents have other ids, so that theirs become such as were made up: what is read from now on is then matched
// by names, times and words. It returns the pass as it is after the move.
func saveMove(ctx context.Context, tx *db.Tx, p pass) (pass, change, error) {
	to := p.Moved
	if to == nil {
		return p, change{}, nil
	}
	url, platform := strings.TrimRight(to.PageURL, "/"), to.Platform
	was := p.source
	if url == "" || platform == "" || url == was.PageURL && platform == was.Platform {
		return p, change{}, nil
	}
	var taken int64
	if err := tx.QueryRowContext(ctx, selectTaken, p.SourceID, url).Scan(&taken); err != nil {
		return p, change{}, err
	}
	if taken != 0 {
		return p, change{}, fmt.Errorf("move to %s: %w", url, ErrTaken)
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE sources SET page_url = ?, platform = ?, backfill_page = 0 WHERE source_id = ?`,
			[]any{url, platform, p.SourceID}},
		{`DELETE FROM documents WHERE source_id = ?`, []any{p.SourceID}},
		{`DELETE FROM source_searches WHERE source_id = ?`, []any{p.SourceID}},
		{`INSERT INTO source_moves (source_id, at, from_url, from_platform, to_url, to_platform)
			VALUES (?, ?, ?, ?, ?, ?)`,
			[]any{p.SourceID, p.at, was.PageURL, was.Platform, url, platform}},
	} {
		if _, err := tx.Exec(ctx, step.query, step.args...); err != nil {
			return p, change{}, err
		}
	}
	if platform != was.Platform {
		p.source.OtherSince, p.moving = p.at, true
		if _, err := tx.Exec(ctx, `UPDATE components SET source_key = '@' || source_key WHERE source_id = ?
			AND source_key NOT LIKE '@%'`, p.SourceID); err != nil {
			return p, change{}, err
		}
		p.parts.Forget()
	}
	p.source.PageURL, p.source.Platform = url, platform
	if was.BaselineAt == "" {
		return p, change{}, nil // it was found, not moved: nobody has been told of it
	}
	told, err := writeNews(ctx, tx, p, normalize.EventSourceMoved, 0, 0, map[string]string{
		"from_url": was.PageURL, "from_platform": was.Platform, "to_url": url, "to_platform": platform,
	})
	return p, told, err
}

// adoptMoved gives incidents from before the page had another platform the keys that they have now, so that they
// are not stored, nor told, twice. They are known by their former keys, or as two pages' records of one event are.
// In doubt they stay two.
func adoptMoved(ctx context.Context, tx *db.Tx, p pass, seen []normalize.Incident,
	headers map[string]*incidents.Header) (all change, err error) {
	if p.source.OtherSince == "" {
		return all, nil
	}
	keys, err := db.JSON(keysOf(seen))
	if err != nil {
		return all, err
	}
	for _, i := range seen {
		if headers[i.Key] != nil {
			continue
		}
		id, key, err := moved.Before(ctx, tx, p.SourceID, p.source.OtherSince, i, keys)
		if err != nil {
			return all, fmt.Errorf("incident %q: its record from before the move: %w", i.Key, err)
		}
		if id == 0 {
			continue
		}
		if err := moved.Rekey(ctx, tx, p.SourceID, id, key, i, p.at); err != nil {
			return all, fmt.Errorf("incident %q: its record from before the move: %w", i.Key, err)
		}
		all.Rows = true
		found, err := incidents.Headers(ctx, tx, p.SourceID, []string{i.Key})
		if err != nil {
			return all, err
		}
		headers[i.Key] = found[i.Key]
	}
	return all, nil
}

// historyOfMove reports whether an incident that is read for the first time, with the page's first reading
// under another platform, was over before the page was last read: it is that page's history, and no news.
func (p pass) historyOfMove(i normalize.Incident) bool {
	return p.moving && i.State.Over() && db.Stamp(incidents.Begin(i)) < p.source.lastGood()
}
