package stories

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize/upstream"
)

const (
	// recent is how far back stories are looked for.
	recent = 48 * time.Hour
	// longest is how far back the beginning of one is looked at again that lasts.
	longest = 7 * 24 * time.Hour
	// share is how many times as long as a look takes there is none after it: what opens in a burst has to be known
	// before it is told, and a large file must not be searched all the time.
	share = 10
)

// Keeper keeps the stories of the last days on record, so that each has a number that stays. Set its fields before the
// first use.
type Keeper struct {
	File     *db.DB
	StandsOn func(page string) []string // as in Filter

	mu    sync.Mutex
	last  int64     // the newest event that is looked at
	next  time.Time // no look before then
	rates *upstream.World
	until time.Time // when the rates are computed again
}

// Keep looks for stories where there is news since the last look.
func (k *Keeper) Keep(ctx context.Context, now time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var newest int64
	err := k.File.Reader().QueryRowContext(ctx, `SELECT coalesce(max(event_id), 0) FROM events`).Scan(&newest)
	if err != nil {
		return fmt.Errorf("stories: %w", err)
	}
	began := time.Now()
	if newest == k.last || began.Before(k.next) {
		return nil
	}
	if err := k.keep(ctx, now); err != nil {
		return fmt.Errorf("stories: %w", err)
	}
	k.last, k.next = newest, time.Now().Add(share*time.Since(began))
	return nil
}

func (k *Keeper) keep(ctx context.Context, now time.Time) error {
	from := db.Stamp(now.Add(-recent))
	err := k.File.Reader().QueryRowContext(ctx, `SELECT min(?1, coalesce(min(started_at), ?1)) FROM stories
		WHERE ended_at IS NULL AND withdrawn_at IS NULL AND started_at > ?2`, from,
		db.Stamp(now.Add(-longest))).Scan(&from)
	if err != nil {
		return err
	}
	f := Filter{At: now, Since: momentOf(from).Add(-time.Hour), StandsOn: k.StandsOn}
	if k.rates == nil || now.After(k.until) {
		rates, err := usualRates(ctx, k.File, f)
		if err != nil {
			return err
		}
		k.rates, k.until = &rates, now.Add(time.Hour)
	}
	found, err := told(ctx, k.File, f, *k.rates)
	if err != nil {
		return err
	}
	return k.File.Change(ctx, func(tx *db.Tx) error { return save(ctx, tx, found, f.Since, now) })
}

// save writes what was found of the stories since a moment. One that shares members with one on record is that one; the
// one that shares most, where there are several.
func save(ctx context.Context, tx *db.Tx, found []Story, since, now time.Time) error {
	known := map[int64]int64{} // story by incident
	err := scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var incident, story int64
		err := row.Scan(&incident, &story)
		known[incident] = story
		return err
	}, `SELECT incident_id, story_id FROM story_members WHERE story_id IN (SELECT story_id FROM stories
		WHERE started_at >= ?)`, db.Stamp(since))
	if err != nil {
		return err
	}
	type match struct {
		at     int // in found
		story  int64
		shared int
	}
	var all []match
	for n, s := range found {
		shared := map[int64]int{}
		for _, m := range s.Members {
			if story := known[m.IncidentID]; story != 0 {
				shared[story]++
			}
		}
		for story, count := range shared {
			all = append(all, match{n, story, count})
		}
	}
	slices.SortFunc(all, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(a.story, b.story), cmp.Compare(a.at, b.at))
	})
	ids, taken := make([]int64, len(found)), map[int64]bool{}
	for _, m := range all {
		if ids[m.at] == 0 && !taken[m.story] {
			ids[m.at], taken[m.story] = m.story, true
		}
	}
	_, err = tx.Exec(ctx, `UPDATE stories SET withdrawn_at = ?1 WHERE started_at >= ?2 AND withdrawn_at IS NULL`,
		db.Stamp(now), db.Stamp(since))
	for n := 0; n < len(found) && err == nil; n++ {
		err = write(ctx, tx, ids[n], found[n], db.Stamp(now))
	}
	return err
}

// write stores a story, under a new number if id is 0.
func write(ctx context.Context, tx *db.Tx, id int64, s Story, now string) error {
	values := []any{s.Provider, s.ProviderName, s.Region, s.Summary, s.Companies, s.NamedBy,
		sql.NullFloat64{Float64: s.OneInWeeks, Valid: s.OneInWeeks > 0}, s.StartedAt, db.Null(s.EndedAt), s.ToldAt}
	if id == 0 {
		err := tx.QueryRowContext(ctx, `INSERT INTO stories (provider, provider_name, region, summary, companies,
				named_by, one_in_weeks, started_at, ended_at, told_at, first_seen_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING story_id`, append(values, now)...).Scan(&id)
		if err != nil {
			return err
		}
	} else {
		_, err := tx.Exec(ctx, `UPDATE stories SET provider = ?, provider_name = ?, region = ?, summary = ?,
			companies = ?, named_by = ?, one_in_weeks = ?, started_at = ?, ended_at = ?, told_at = ?,
			withdrawn_at = NULL WHERE story_id = ?`, append(values, id)...)
		if err != nil {
			return err
		}
	}
	ours := []int64{}
	for _, m := range s.Members {
		ours = append(ours, m.IncidentID)
		_, err := tx.Exec(ctx, `INSERT INTO story_members (incident_id, story_id, evidence, words, one_in, since_at)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (incident_id) DO UPDATE SET story_id = ?2, evidence = ?3,
				words = ?4, one_in = ?5, since_at = ?6`, m.IncidentID, id, string(m.Evidence), m.Words,
			sql.NullFloat64{Float64: m.OneIn, Valid: m.OneIn > 0}, m.SinceAt)
		if err != nil {
			return err
		}
	}
	list, err := db.JSON(ours)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM story_members WHERE story_id = ?
			AND incident_id NOT IN (SELECT value FROM json_each(?))`, id, list)
	}
	return err
}

// Number returns the number of the story on record that has most of these members, 0 if there is none.
func Number(ctx context.Context, q scan.Querier, members []Member) (id int64, err error) {
	ids := []int64{}
	for _, m := range members {
		ids = append(ids, m.IncidentID)
	}
	list, err := db.JSON(ids)
	if err != nil {
		return 0, err
	}
	err = q.QueryRowContext(ctx, `SELECT story_id FROM story_members JOIN stories USING (story_id)
		WHERE incident_id IN (SELECT value FROM json_each(?)) AND withdrawn_at IS NULL
		GROUP BY story_id ORDER BY count(*) DESC, story_id LIMIT 1`, list).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

// summaryOf is what a story claims, in a line, and not more than that.
func summaryOf(s Story) string {
	who := s.ProviderName
	if s.Region != "" {
		who += " " + s.Region
	}
	own := slices.ContainsFunc(s.Members, func(m Member) bool { return m.Evidence == upstream.Cause })
	switch {
	case who == "":
		return fmt.Sprintf("%d companies at one time, which chance brings once in %.0f weeks; nobody says why",
			s.Companies, max(1, s.OneInWeeks))
	case s.NamedBy == 0:
		return fmt.Sprintf("%d companies, when %s had trouble of its own", s.Companies, who)
	case own:
		return fmt.Sprintf("%s itself, and %d companies, %d of which name it", who, s.Companies-1, s.NamedBy)
	}
	return fmt.Sprintf("%d companies, %d of which name %s", s.Companies, s.NamedBy, who)
}
