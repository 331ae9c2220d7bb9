package record

import (
	"fmt"
	"slices"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
)

// saveIncidents stores what is new or different, and marks what has left the list of open ones.
func (v *saver) saveIncidents() error {
	open, err := v.openBefore()
	if err != nil {
		return err
	}
	seen := storable(v.s.Incidents)
	headers, err := v.headers(keysOf(seen))
	if err != nil {
		return err
	}
	if err := v.adoptMoved(seen, headers); err != nil {
		return err
	}
	if err := v.adopt(seen, headers); err != nil {
		return err
	}
	v.reread = map[string]bool{}
	ids := map[int64]bool{}
	var differ []normalize.Incident
	for _, i := range seen {
		h, known := headers[i.Key]
		same := false
		if known {
			ids[h.ID] = true
			if same, err = h.Words.Holds(i.Raws, v.at); err != nil {
				return err
			}
		}
		if !same {
			differ = append(differ, i)
			v.reread[i.Key] = true
			continue
		}
		if err := v.sameWords(h, i); err != nil {
			return err
		}
	}
	records, err := incidents.Load(v.ctx, v.tx, keysOf(differ), headers)
	if err != nil {
		return err
	}
	all := make([]stored, len(differ))
	for n, i := range differ {
		if all[n], err = v.saveIncident(records, i); err != nil {
			return fmt.Errorf("incident %q: %w", i.Key, err)
		}
		ids[all[n].rec.ID] = true
	}
	if err := v.linkEvents(all); err != nil {
		return err
	}
	if err := v.weighStored(all); err != nil {
		return err
	}
	for _, s := range all {
		if err := v.tellStored(s); err != nil {
			return fmt.Errorf("incident %q: %w", s.now.Key, err)
		}
	}
	if err := v.noteCopies(); err != nil {
		return err
	}
	return v.saveLeftFeed(open, ids)
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
			i.Raws = ownWords(*i)
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

func (v *saver) headers(keys []string) (map[string]*incidents.Header, error) {
	return incidents.Headers(v.ctx, v.tx, v.s.SourceID, keys)
}

// adopt gives an incident that was seen without id and address the key it is stored under, and a stored
// one without them the key that is known now. Title and start tell that they are the same.
func (v *saver) adopt(seen []normalize.Incident, headers map[string]*incidents.Header) error {
	v.keys = map[string]string{}
	keys := keysOf(seen)
	weak := 0
	err := v.queryRow(`SELECT count(*) FROM incidents WHERE source_id = ? AND source_key >= '#' AND source_key < '$'`,
		v.s.SourceID).Scan(&weak)
	if err != nil {
		return err
	}
	for n := range seen {
		i := &seen[n]
		made := normalize.WeakKey(i.Key)
		if headers[i.Key] != nil || i.StartedAt.IsZero() && i.ScheduledStartAt.IsZero() {
			continue
		}
		stored, err := "", error(nil)
		if made || weak > 0 {
			stored, err = v.sameByTitle(*i, !made)
		}
		if err == nil && stored == "" && !made && i.URL != "" {
			// An incident whose id has changed keeps the key that it is stored under, since the id may change again.
			if stored, err = v.sameByAddress(*i); slices.Contains(keys, stored) {
				stored = ""
			}
			made = stored != ""
		}
		if err != nil {
			return err
		}
		if stored == "" {
			continue
		}
		if made {
			v.keys[i.Key], i.Key = stored, stored
		} else {
			for _, query := range []string{
				`UPDATE incidents SET source_key = ? WHERE source_id = ? AND source_key = ?`,
				`UPDATE OR IGNORE findings SET source_key = ? WHERE source_id = ? AND source_key = ?`,
			} {
				if _, err := v.exec(query, i.Key, v.s.SourceID, stored); err != nil {
					return err
				}
			}
			v.changed = true
		}
		found, err := v.headers([]string{i.Key})
		if err != nil {
			return err
		}
		headers[i.Key] = found[i.Key]
	}
	return nil
}

// sameByAddress returns the key of the stored incident with the title, start and page of i, "" if there is none.
func (v *saver) sameByAddress(i normalize.Incident) (string, error) {
	return v.sameBy(i, func(k normalize.Incident) bool { return k.URL == i.URL })
}

// sameByTitle returns the key of the stored incident with the title and start of i, "" if there is none.
// With weakOnly it looks among those without id and address.
func (v *saver) sameByTitle(i normalize.Incident, weakOnly bool) (string, error) {
	return v.sameBy(i, func(k normalize.Incident) bool { return !weakOnly || normalize.WeakKey(k.Key) })
}

// sameBy returns the key of the first stored incident with the title and start of i that also fits.
func (v *saver) sameBy(i normalize.Incident, fits func(normalize.Incident) bool) (string, error) {
	rows, err := v.query(`
		SELECT source_key, title, coalesce(url, ''), coalesce(started_at, ''), coalesce(scheduled_start_at, '')
		FROM incidents WHERE source_id = ?1 AND (started_at BETWEEN ?2 AND ?3 OR scheduled_start_at BETWEEN ?4 AND ?5)
		ORDER BY incident_id`,
		v.s.SourceID, db.Stamp(i.StartedAt.Add(-time.Minute)), db.Stamp(i.StartedAt.Add(time.Minute)),
		db.Stamp(i.ScheduledStartAt.Add(-time.Minute)), db.Stamp(i.ScheduledStartAt.Add(time.Minute)))
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var k normalize.Incident
		var started, scheduled string
		if err := rows.Scan(&k.Key, &k.Title, &k.URL, &started, &scheduled); err != nil {
			return "", err
		}
		if err := db.ParseStamps(map[*time.Time]string{&k.StartedAt: started,
			&k.ScheduledStartAt: scheduled}); err != nil {
			return "", err
		}
		if fits(k) && normalize.SameByTitle(k, i) {
			return k.Key, nil
		}
	}
	return "", rows.Err()
}

// sameWords handles an incident that reads as it did. Nothing is written, unless it had left the list
// of open ones, was met before by a backfill only, or is shown here by older pages than any so far.
func (v *saver) sameWords(h *incidents.Header, i normalize.Incident) error {
	if v.s.Archived {
		if err := readings.SeenSame(v.ctx, v.tx, h.ID, i.Raws, v.at); err != nil {
			return err
		}
	}
	if v.s.Archived && v.at < h.FirstSeen {
		if _, err := v.exec(`UPDATE incidents SET first_seen_at = ?1 WHERE incident_id = ?2`, v.at, h.ID); err != nil {
			return err
		}
		if _, err := v.exec(`UPDATE incident_updates SET first_seen_at = ?1 WHERE incident_id = ?2
			AND first_seen_at > ?1 AND coalesce(posted_at, ?1) <= ?1`, v.at, h.ID); err != nil {
			return err
		}
		v.changed = true
	}
	if v.s.AllOpen {
		if err := v.seenAgain(h.ID, h.LeftFeed); err != nil {
			return err
		}
		h.LeftFeed = ""
	}
	if v.s.Archived && v.at < h.Words.Newest() {
		return nil
	}
	// What the page says now may be less than what is known: the record's own state decides.
	i.State = normalize.State(h.State)
	var err error
	if i.StartedAt, err = db.ParseStamp(h.StartedAt); err != nil {
		return err
	}
	h.Announced, err = v.tell(teller{h.ID, h.SameEvent, h.Announced}, i, false, nil, nil)
	return err
}

// seenAgain takes back that an incident has left the list of open ones. That a document of another kind still
// shows it as it was proves nothing: incidents stay on their own pages for ever.
func (v *saver) seenAgain(id int64, leftFeed string) error {
	if leftFeed == "" || v.s.Backfill || v.pastOpen || v.at <= leftFeed {
		return nil
	}
	v.changed = true
	_, err := v.exec(`UPDATE incidents SET left_feed_at = NULL WHERE incident_id = ?`, id)
	return err
}
