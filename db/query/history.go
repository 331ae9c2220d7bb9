package query

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// searchReach is how many titles and how many posts of one search are looked at, those recorded last first.
// Words as common as "the" stand in every second post; beyond this a search is to be narrowed.
const searchReach = 3000

// HistoryFilter chooses incidents for a listing that is read page by page.
type HistoryFilter struct {
	Filter           // Search is for whole words or their beginnings; Limit is the size of a page, 50 if not positive
	Component string // words of a component's name or group
	// one of the components that it affects, as Component chooses them, had this status itself while it lasted, or a
	// worse one
	Status normalize.ComponentStatus
	After  string // HistoryPage.Next of the page before; empty for the first
}

// HistoryPage is a part of a listing, newest first.
type HistoryPage struct {
	Incidents []Incident
	Next      string // HistoryFilter.After for the page that follows; empty if there is none
	Cut       bool   // the words of the search stand in more posts than were looked at
}

// History returns one page of the incidents that f chooses, newest first. A Next that it did not give is an error.
func (d *DB) History(ctx context.Context, f HistoryFilter) (HistoryPage, error) {
	page, err := d.history(ctx, f)
	if err != nil {
		return HistoryPage{}, fmt.Errorf("history: %w", err)
	}
	return page, nil
}

func (d *DB) history(ctx context.Context, f HistoryFilter) (HistoryPage, error) {
	page := HistoryPage{Incidents: []Incident{}}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	chosen, args, cut, err := d.chosen(ctx, f)
	page.Cut = cut
	if err != nil || chosen == "" {
		return page, err
	}
	incidents, err := incidentRow.All(ctx, d.read, selectIncident+`
		WHERE i.incident_id IN (`+chosen+`) ORDER BY `+newestFirst, append(args, limit+1)...)
	if err != nil {
		return page, err
	}
	if len(incidents) > limit {
		incidents = incidents[:limit]
		last := incidents[limit-1]
		page.Next = firstGiven(last.StartedAt, last.ScheduledStartAt, last.FirstSeenAt) + "_" +
			strconv.FormatInt(last.IncidentID, 10)
	}
	page.Incidents = incidents
	return page, nil
}

// HistoryIDs returns the numbers of the incidents that f chooses, in the order of History, at most Limit of them.
func (d *DB) HistoryIDs(ctx context.Context, f HistoryFilter) ([]int64, error) {
	chosen, args, _, err := d.chosen(ctx, f)
	if err != nil || chosen == "" {
		return nil, err
	}
	ids, err := scan.Column[int64](ctx, d.read, chosen, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return ids, nil
}

// newestFirst is the order of the history.
const newestFirst = began + ` DESC, i.incident_id DESC`

// chosen returns a query of the numbers of the incidents that f chooses, which ends with how many are wanted, its other
// arguments, and whether the words of the search stand in more posts than were looked at. The query is empty if there
// are none.
func (d *DB) chosen(ctx context.Context, f HistoryFilter) (query string, args []any, cut bool, err error) {
	plain := f.Filter
	plain.Search = ""
	where, args := plain.where()
	and := func(term string, values ...any) {
		if where == "" {
			where = `WHERE ` + term
		} else {
			where += ` AND ` + term
		}
		args = append(args, values...)
	}
	if f.Search != "" {
		match := matchWords(f.Search)
		if match == "" {
			return "", nil, cut, nil
		}
		titles, manyTitles, err := d.matching(ctx, `incident_search`, match)
		if err != nil {
			return "", nil, cut, err
		}
		posts, manyPosts, err := d.matching(ctx, `update_search`, match)
		if err != nil {
			return "", nil, cut, err
		}
		cut = manyTitles || manyPosts
		record := `coalesce(o.same_event_id, o.incident_id)`
		if f.AllSources {
			record = `o.incident_id`
		}
		and(`i.incident_id IN (
			SELECT `+record+` FROM json_each(?) j JOIN incidents o ON o.incident_id = j.value
			UNION ALL
			SELECT `+record+` FROM json_each(?) j JOIN incident_updates u ON u.update_id = j.value
				JOIN incidents o USING (incident_id))`,
			titles, posts)
	}
	only, named := `1`, []any{}
	if f.Component != "" {
		found := false
		if only, named, found, err = d.componentsNamed(ctx, f.Component); err != nil || !found {
			return "", nil, cut, err
		}
		and(`EXISTS (SELECT 1 FROM incident_components ic WHERE ic.incident_id = i.incident_id AND `+only+`)`, named...)
	}
	if f.Status != "" {
		var asBad []normalize.ComponentStatus
		for _, s := range []normalize.ComponentStatus{normalize.StatusOperational, normalize.StatusMaintenance,
			normalize.StatusDegraded, normalize.StatusPartial, normalize.StatusMajor} {
			if (normalize.Filter{Status: f.Status}).AsBad(s) {
				asBad = append(asBad, s)
			}
		}
		bad, err := db.JSON(asBad)
		if err != nil {
			return "", nil, cut, err
		}
		and(`EXISTS (SELECT 1 FROM incident_components ic JOIN component_changes h USING (component_id)
			WHERE ic.incident_id = i.incident_id AND `+only+` AND h.status IN (SELECT value FROM json_each(?))
			AND (i.resolved_at IS NULL OR h.at <= i.resolved_at)
			AND coalesce((SELECT min(n.at) FROM component_changes n
				WHERE n.component_id = h.component_id AND n.at > h.at), '9999') > `+began+`)`,
			append(slices.Clone(named), bad)...)
	}
	if f.After != "" {
		at, id, err := cursor(f.After)
		if err != nil {
			return "", nil, cut, err
		}
		// The first term is what the index is entered by.
		and(began+` <= ? AND (`+began+`, i.incident_id) < (?, ?)`, at, at, id)
	}
	return `SELECT i.incident_id FROM incidents i ` + where + ` ORDER BY ` + newestFirst + ` LIMIT ?`, args, cut, nil
}

// matching returns, as a JSON array, which rows of a full-text index match, those recorded last, and whether there
// are more than were looked at.
func (d *DB) matching(ctx context.Context, index, match string) (ids string, more bool, err error) {
	var n int
	err = d.read.QueryRowContext(ctx, `SELECT json_group_array(rowid), count(*) FROM (
		SELECT rowid FROM `+index+` WHERE `+index+` MATCH ? ORDER BY rowid DESC LIMIT ?)`, match,
		searchReach+1).Scan(&ids, &n)
	return ids, n > searchReach, err
}

// manyNamed is how many components are handed over as a list. Of more, SQLite makes the list itself.
const manyNamed = 5000

// componentsNamed returns SQL that is true where the component of ic has these words in its name or group, with its
// arguments, and whether there is any.
func (d *DB) componentsNamed(ctx context.Context, words string) (string, []any, bool, error) {
	match := matchWords(words)
	if match == "" {
		return "", nil, false, nil
	}
	var ids string
	var n int
	err := d.read.QueryRowContext(ctx, `SELECT json_group_array(rowid), count(*) FROM (
		SELECT rowid FROM component_search WHERE component_search MATCH ? LIMIT ?)`, match, manyNamed+1).Scan(&ids, &n)
	if err != nil || n == 0 {
		return "", nil, false, err
	}
	// The plus lets SQLite ask for the components of an incident, of which there are few, and not for the incidents of
	// each component.
	if n > manyNamed {
		return `+ic.component_id IN (SELECT rowid FROM component_search WHERE component_search MATCH ?)`,
			[]any{match}, true, nil
	}
	return `+ic.component_id IN (SELECT value FROM json_each(?))`, []any{ids}, true, nil
}

func firstGiven(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// cursor reads what History gave as Next: the time and the number of the last incident shown.
func cursor(text string) (at string, id int64, err error) {
	at, number, ok := strings.Cut(text, "_")
	if ok {
		if _, err = db.ParseStamp(at); err == nil {
			id, err = strconv.ParseInt(number, 10, 64)
		}
	}
	if !ok || err != nil {
		return "", 0, fmt.Errorf("page %q: %w", text, db.ErrNotFound)
	}
	return at, id, nil
}

// matchWords turns what a person types into a query of SQLite's full-text search: every word must be there,
// or a word that begins so. What has neither letter nor digit is left out; nothing of it is syntax.
func matchWords(text string) string {
	var words []string
	for _, w := range strings.Fields(text) {
		if strings.IndexFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0 {
			words = append(words, `"`+strings.ReplaceAll(strings.ReplaceAll(w, "\x00", ""), `"`, `""`)+`"*`)
		}
	}
	return strings.Join(words, " ")
}
