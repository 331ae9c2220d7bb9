package record

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/identity"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
)

// incidentsSeen is what saving the incidents of a scrape changed, and what the steps after it need to know.
type incidentsSeen struct {
	change
	listed   map[string]bool            // keys as stored
	reread   map[string]bool            // keys of those whose words are new
	keys     map[string]string          // keys as read to keys as stored, where they differ
	problems map[normalize.Finding]bool // what their readings lack; it is stored
	findings []normalize.Finding        // further ones
	vanished bool                       // too much is gone at once: the next scrape decides
}

// keyOf returns the key under which an incident that was read is stored.
func (s incidentsSeen) keyOf(key string) string {
	if stored, ok := s.keys[key]; ok {
		return stored
	}
	return key
}

// saveIncidents stores what is new or different, and marks what has left the list of open ones.
func saveIncidents(ctx context.Context, tx *db.Tx, p pass) (out incidentsSeen, err error) {
	open, err := openBefore(ctx, tx, p)
	if err != nil {
		return out, err
	}
	seen := storable(p.Incidents)
	headers, err := incidents.Headers(ctx, tx, p.SourceID, keysOf(seen))
	if err != nil {
		return out, err
	}
	if err := out.add(adoptMoved(ctx, tx, p, seen, headers)); err != nil {
		return out, err
	}
	apart, err := identity.TellApart(ctx, tx, p.SourceID, seen, headers)
	if err := out.add(changedRows(apart.Rows), err); err != nil {
		return out, err
	}
	adopted, keys, err := adopt(ctx, tx, p, seen, headers)
	if err := out.add(adopted, err); err != nil {
		return out, err
	}
	maps.Copy(keys, apart.Keys)
	out.keys, out.listed, out.reread = keys, map[string]bool{}, map[string]bool{}
	ids := map[int64]bool{}
	var differ []normalize.Incident
	for _, i := range seen {
		out.listed[i.Key] = true
		h, known := headers[i.Key]
		same := false
		if known {
			ids[h.ID] = true
			if same, err = h.Words.Holds(i.Raws, p.at); err != nil {
				return out, err
			}
		}
		if !same {
			differ = append(differ, i)
			out.reread[i.Key] = true
			continue
		}
		if err := out.add(sameWords(ctx, tx, p, h, i)); err != nil {
			return out, err
		}
	}
	records, err := incidents.Load(ctx, tx, keysOf(differ), headers)
	if err != nil {
		return out, err
	}
	all := make([]stored, len(differ))
	for n, i := range differ {
		if all[n], err = saveIncident(ctx, tx, p, records, i); err != nil {
			return out, fmt.Errorf("incident %q: %w", i.Key, err)
		}
		ids[all[n].rec.ID] = true
	}
	if err := out.add(tellStored(ctx, tx, p, all)); err != nil {
		return out, err
	}
	out.problems = problemsOf(all)
	if err := noteCopies(ctx, tx, p, anyHeld(all)); err != nil {
		return out, err
	}
	left, err := saveLeftFeed(ctx, tx, p, open, ids, newOf(all))
	out.findings, out.vanished = slices.Concat(apart.Findings, left.findings), left.vanished
	return out, out.add(left.change, err)
}

// storable rounds times to what is stored, since a finer time would differ from its own stored form at
// every poll, and leaves unknown what the schema's guards would refuse: one bad field must not cost
// the whole scrape.
func storable(read []normalize.Incident) []normalize.Incident {
	out := slices.Clone(read)
	for n := range out {
		i := &out[n]
		for _, t := range []*time.Time{&i.StartedAt, &i.ResolvedAt, &i.ScheduledStartAt, &i.ScheduledEndAt,
			&i.CreatedAt, &i.UpdatedAt} {
			*t = storableTime(*t)
		}
		i.Updates = slices.Clone(i.Updates)
		for m := range i.Updates {
			u := &i.Updates[m]
			u.PostedAt, u.CreatedAt = storableTime(u.PostedAt), storableTime(u.CreatedAt)
		}
		if i.Key == "" {
			i.Key = "#"
		}
		if len(i.Raws) == 0 {
			i.Raws = readings.OwnWords(*i)
		}
	}
	return out
}

func storableTime(t time.Time) time.Time {
	if !db.HasStamp(t) {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

func keysOf(list []normalize.Incident) []string {
	keys := make([]string, len(list))
	for n, i := range list {
		keys[n] = i.Key
	}
	return keys
}

// adopt gives an incident that was seen without id and address the key it is stored under, and a stored
// one without them the key that is known now. Title and start tell that they are the same.
func adopt(ctx context.Context, tx *db.Tx, p pass, seen []normalize.Incident,
	headers map[string]*incidents.Header) (change, map[string]string, error) {
	var all change
	adopted := map[string]string{}
	keys := keysOf(seen)
	weak := 0
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM incidents WHERE source_id = ?
		AND source_key >= '#' AND source_key < '$'`, p.SourceID).Scan(&weak)
	if err != nil {
		return all, nil, err
	}
	for n := range seen {
		i := &seen[n]
		made := normalize.WeakKey(i.Key)
		if headers[i.Key] != nil || i.StartedAt.IsZero() && i.ScheduledStartAt.IsZero() {
			continue
		}
		stored, err := "", error(nil)
		if made || weak > 0 {
			stored, err = identity.SameBy(ctx, tx, p.SourceID, *i, func(k normalize.Incident) bool {
				return made || normalize.WeakKey(k.Key)
			})
		}
		if err == nil && stored == "" && !made && i.URL != "" {
			// An incident whose id has changed keeps the key that it is stored under, since the id may change again.
			stored, err = identity.SameBy(ctx, tx, p.SourceID, *i, func(k normalize.Incident) bool {
				return k.URL == i.URL
			})
			if slices.Contains(keys, stored) {
				stored = ""
			}
			made = stored != ""
		}
		if err != nil {
			return all, nil, err
		}
		former := normalize.FormerID(i.Key) || normalize.FormerID(stored)
		if stored == "" || former && normalize.HasTwin(seen, *i) {
			continue
		}
		if made {
			adopted[i.Key], i.Key = stored, stored
		} else {
			if err := identity.Rekey(ctx, tx, p.SourceID, stored, i.Key); err != nil {
				return all, nil, err
			}
			all.Rows = true
		}
		found, err := incidents.Headers(ctx, tx, p.SourceID, []string{i.Key})
		if err != nil {
			return all, nil, err
		}
		headers[i.Key] = found[i.Key]
	}
	return all, adopted, nil
}

// sameWords handles an incident that reads as it did. Nothing is written, unless it had left the list
// of open ones, was met before by a backfill only, or is shown here by older pages than any so far.
func sameWords(ctx context.Context, tx *db.Tx, p pass, h *incidents.Header, i normalize.Incident) (all change,
	err error) {
	if p.Archived {
		if err := readings.SeenSame(ctx, tx, h.ID, h.Words, i.Raws, p.at); err != nil {
			return all, err
		}
	}
	if p.Archived && p.at < h.FirstSeen {
		if _, err := tx.Exec(ctx, `UPDATE incidents SET first_seen_at = ?1 WHERE incident_id = ?2`, p.at,
			h.ID); err != nil {
			return all, err
		}
		if _, err := tx.Exec(ctx, `UPDATE incident_updates SET first_seen_at = ?1 WHERE incident_id = ?2
			AND first_seen_at > ?1 AND coalesce(posted_at, ?1) <= ?1`, p.at, h.ID); err != nil {
			return all, err
		}
		all.Rows = true
	}
	if p.AllOpen {
		if err := all.add(seenAgain(ctx, tx, p, h.ID, h.LeftFeed)); err != nil {
			return all, err
		}
		h.LeftFeed = ""
	}
	if p.Archived && p.at < h.Words.Newest() {
		return all, nil
	}
	// What the page says now may be less than what is known: the record's own state decides.
	i.State = normalize.State(h.State)
	if i.StartedAt, err = db.ParseStamp(h.StartedAt); err != nil {
		return all, err
	}
	told, announced, err := tell(ctx, tx, p, teller{h.ID, h.SameEvent, h.Announced}, i, false, nil, nil)
	h.Announced = announced // so that a second reading of it in the same scrape finds it told
	return all, all.add(told, err)
}

// seenAgain takes back that an incident has left the list of open ones. That a document of another kind still
// shows it as it was proves nothing: incidents stay on their own pages for ever.
func seenAgain(ctx context.Context, tx *db.Tx, p pass, id int64, leftFeed string) (change, error) {
	if leftFeed == "" || p.Backfill || p.pastOpen || p.at <= leftFeed {
		return change{}, nil
	}
	_, err := tx.Exec(ctx, `UPDATE incidents SET left_feed_at = NULL WHERE incident_id = ?`, id)
	return changedRows(true), err
}
