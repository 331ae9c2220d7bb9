// Package identity tells which stored incident one that was read is, where its key alone does not.
package identity

import (
	"context"
	"maps"
	"slices"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// Apart is what telling incidents apart that share an id changed.
type Apart struct {
	Rows     bool              // stored incidents have other keys
	Keys     map[string]string // keys as read to keys as stored
	Findings []normalize.Finding
}

// ofID is a stored incident of an id.
type ofID struct {
	ID        int64     `db:"incident_id"`
	Key       string    `db:"source_key"`
	Title     string    `db:"title"`
	Started   time.Time `db:"started_at"`
	Scheduled time.Time `db:"scheduled_start_at"`
	Created   time.Time `db:"created_at"`
	Resolved  time.Time `db:"resolved_at"`
	State     string    `db:"state"`
}

var ofIDColumns = scan.Of[ofID]("")

func (o ofID) incident() normalize.Incident {
	return normalize.Incident{Key: o.Key, Title: o.Title, StartedAt: o.Started, ScheduledStartAt: o.Scheduled,
		CreatedAt: o.Created, ResolvedAt: o.Resolved, State: normalize.State(o.State)}
}

// TellApart finds those incidents of which another one is stored under their id, and gives each the key that it is
// stored under, or is to be. That an id is of several incidents is known from the page that shows two of them, from
// the finding that an earlier one left, or because one had ended before the other began. Otherwise what has another
// title and start is taken for an edit.
func TellApart(ctx context.Context, tx *db.Tx, sourceID int64, seen []normalize.Incident,
	headers map[string]*incidents.Header) (Apart, error) {
	out := Apart{Keys: map[string]string{}}
	shared, err := scan.Column[string](ctx, tx, `SELECT DISTINCT value FROM findings WHERE source_id = ? AND field = ?`,
		sourceID, normalize.FieldKey)
	if err != nil {
		return out, err
	}
	read := make([]string, len(seen))
	for n, i := range seen {
		read[n] = i.Key
	}
	for n := range seen {
		i := &seen[n]
		id, apart := normalize.SharedID(i.Key)
		h := headers[i.Key]
		known := apart || slices.Contains(shared, id)
		if normalize.WeakKey(i.Key) || h == nil && !known || h != nil && !normalize.TwoIncidents(h.Incident(), *i) {
			continue
		}
		all, err := storedOf(ctx, tx, sourceID, id)
		if err != nil {
			return out, err
		}
		key, err := out.place(ctx, tx, sourceID, *i, all, id, known, read)
		if err != nil {
			return out, err
		}
		if key == i.Key && h != nil {
			continue
		}
		out.Keys[i.Key], i.Key, read[n] = key, key, key
		found, err := incidents.Headers(ctx, tx, sourceID, []string{id, key})
		if err != nil {
			return out, err
		}
		headers[id], headers[key] = found[id], found[key]
		maps.DeleteFunc(headers, func(_ string, h *incidents.Header) bool { return h == nil })
	}
	return out, nil
}

// place returns the key of an incident whose id is, or may be, of several; all are those that are stored.
func (a *Apart) place(ctx context.Context, tx *db.Tx, sourceID int64, i normalize.Incident, all []ofID, id string,
	known bool, read []string) (string, error) {
	others := slices.DeleteFunc(slices.Clone(all), func(o ofID) bool {
		return o.Key != i.Key && o.Key != id && slices.Contains(read, o.Key)
	})
	fits := []func(normalize.Incident) bool{
		func(k normalize.Incident) bool { return normalize.SameByTitle(k, i) },
		func(k normalize.Incident) bool { return k.Title == i.Title },
		func(k normalize.Incident) bool { return !normalize.TwoIncidents(k, i) },
	}
	for _, fit := range fits {
		for _, o := range others {
			k := o.incident()
			var err error
			if k.Updates, err = postsOf(ctx, tx, o.ID); err != nil {
				return "", err
			}
			if !fit(k) {
				continue
			}
			if _, apart := normalize.SharedID(i.Key); o.Key != id || !apart {
				return o.Key, nil
			}
			return i.Key, a.rename(ctx, tx, sourceID, id, i.Key)
		}
	}
	stored, err := SameBy(ctx, tx, sourceID, i, func(k normalize.Incident) bool {
		return !slices.Contains(read, k.Key)
	})
	if err != nil || stored != "" {
		return stored, err
	}
	n := slices.IndexFunc(all, func(o ofID) bool { return o.Key == id })
	if n >= 0 {
		was := all[n].incident()
		var err error
		if was.Updates, err = postsOf(ctx, tx, all[n].ID); err != nil {
			return "", err
		}
		if !known && !endedBefore(was, i) && !endedBefore(i, was) {
			return i.Key, nil
		} else if to := normalize.ApartKey(id, was); !was.Begin().IsZero() {
			if err := a.rename(ctx, tx, sourceID, id, to); err != nil {
				return "", err
			}
			a.Findings = append(a.Findings, normalize.SharedIDFinding(to, id))
		}
	}
	if i.Begin().IsZero() {
		return i.Key, nil
	}
	key := normalize.ApartKey(id, i)
	a.Findings = append(a.Findings, normalize.SharedIDFinding(key, id))
	return key, nil
}

// rename gives a stored incident the key that tells it apart.
func (a *Apart) rename(ctx context.Context, tx *db.Tx, sourceID int64, from, to string) error {
	a.Rows = true
	return Rekey(ctx, tx, sourceID, from, to)
}

// endedBefore reports whether one incident had ended before another began. Where only its state says that it is over,
// it was over by its last post.
func endedBefore(a, b normalize.Incident) bool {
	end := a.ResolvedAt
	if end.IsZero() && a.State.Over() {
		end = a.Begin()
		for _, u := range a.Updates {
			if u.PostedAt.After(end) {
				end = u.PostedAt
			}
		}
	}
	return !end.IsZero() && !b.Begin().IsZero() && !end.After(b.Begin())
}

// storedOf returns the stored incidents of an id, told apart or not.
func storedOf(ctx context.Context, tx *db.Tx, sourceID int64, id string) ([]ofID, error) {
	return ofIDColumns.All(ctx, tx, `SELECT `+ofIDColumns.Columns+` FROM incidents
		WHERE source_id = ?1 AND (source_key = ?2 OR source_key >= ?2 || '@' AND source_key < ?2 || 'A')
		ORDER BY incident_id`, sourceID, id)
}

func postsOf(ctx context.Context, tx *db.Tx, incidentID int64) ([]normalize.Update, error) {
	type row struct {
		Key     string    `db:"source_key"`
		Posted  time.Time `db:"posted_at"`
		Created time.Time `db:"created_at"`
		Body    string    `db:"body"`
	}
	rows, err := scan.Of[row]("").All(ctx, tx, `SELECT source_key, posted_at, created_at, body
		FROM incident_updates
		WHERE incident_id = ?`, incidentID)
	posts := make([]normalize.Update, len(rows))
	for n, r := range rows {
		posts[n] = normalize.Update{Key: r.Key, PostedAt: r.Posted, CreatedAt: r.Created, Body: r.Body}
	}
	return posts, err
}

// Rekey gives a stored incident another key.
func Rekey(ctx context.Context, tx *db.Tx, sourceID int64, from, to string) error {
	for _, query := range []string{
		`UPDATE incidents SET source_key = ? WHERE source_id = ? AND source_key = ?`,
		`UPDATE OR IGNORE findings SET source_key = ? WHERE source_id = ? AND source_key = ?`,
	} {
		if _, err := tx.Exec(ctx, query, to, sourceID, from); err != nil {
			return err
		}
	}
	return nil
}

// startColumns is what tells, with the key, whether two incidents are the same by title and start.
var startColumns = scan.Of[struct {
	ID        int64     `db:"incident_id"`
	Key       string    `db:"source_key"`
	Title     string    `db:"title"`
	URL       string    `db:"url"`
	Started   time.Time `db:"started_at"`
	Scheduled time.Time `db:"scheduled_start_at"`
}]("")

// SameBy returns the key of the first stored incident that has the title and start of i, and also fits; "" if there is
// none. Where a former id is to be matched, it returns the only one that normalize.SameWeak finds the same.
func SameBy(ctx context.Context, tx *db.Tx, sourceID int64, i normalize.Incident,
	fits func(normalize.Incident) bool) (string, error) {
	rows, err := startColumns.All(ctx, tx, `SELECT `+startColumns.Columns+`
		FROM incidents WHERE source_id = ?1 AND (started_at BETWEEN ?2 AND ?3 OR scheduled_start_at BETWEEN ?4 AND ?5)
		ORDER BY incident_id`,
		sourceID, db.Stamp(i.StartedAt.Add(-time.Minute)), db.Stamp(i.StartedAt.Add(time.Minute)),
		db.Stamp(i.ScheduledStartAt.Add(-time.Minute)), db.Stamp(i.ScheduledStartAt.Add(time.Minute)))
	if err != nil {
		return "", err
	}
	var former []string
	for _, r := range rows {
		k := normalize.Incident{Key: r.Key, Title: r.Title, URL: r.URL, StartedAt: r.Started,
			ScheduledStartAt: r.Scheduled}
		if !fits(k) || !normalize.SameByTitle(k, i) {
			continue
		}
		if !normalize.FormerID(k.Key) && !normalize.FormerID(i.Key) {
			return k.Key, nil
		}
		if k.Updates, err = postsOf(ctx, tx, r.ID); err != nil {
			return "", err
		}
		if normalize.SameWeak(k, i) {
			former = append(former, k.Key)
		}
	}
	if len(former) == 1 {
		return former[0], nil
	}
	return "", nil
}
