package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// A vendor publishes, and pages of every sort are read: whole ones, parts, pages without ids, old saved
// ones, failures and backfills, in any order. Whatever the order, nothing is lost and nothing is there twice.
func TestNothingLostNothingTwice(t *testing.T) {
	f := newFile(t)
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		f.source = f.addSource(fmt.Sprintf("vendor%d", n))
		now := t0
		var world []normalize.Raw  // what the vendor shows now
		var saved []record.Scrape  // pages somebody saved on the way
		shown := map[string]bool{} // incidents that a page we read has shown
		posts := map[string]bool{} // updates that a page we read has shown
		states := []string{"investigating", "identified", "monitoring", "resolved", "postmortem"}

		publish := func() {
			k := -1
			if len(world) == 0 || rapid.IntRange(0, 2).Draw(r, "new") == 0 {
				id := fmt.Sprintf("i%d", len(world))
				world = append(world, normalize.Raw{Document: "summary", ID: id,
					URL: "https://status.acme.example/incidents/" + id, Title: "Trouble " + id, Impact: "minor",
					Created: at(now)})
				k = len(world) - 1
			}
			if k < 0 {
				k = rapid.IntRange(0, len(world)-1).Draw(r, "which")
			}
			raw := world[k]
			raw.State, raw.Updated = rapid.SampledFrom(states).Draw(r, "state"), at(now)
			raw.Updates = append(slices.Clone(raw.Updates), normalize.RawUpdate{ID: fmt.Sprintf("%s-%d", raw.ID,
				len(raw.Updates)), State: raw.State,
				Posted: at(now), Body: fmt.Sprintf("Post %d.", len(raw.Updates)), Format: normalize.FormatMarkdown})
			if raw.State == "postmortem" {
				raw.State = "resolved"
			}
			world[k] = raw
		}
		page := func() record.Scrape {
			var raws []normalize.Raw
			form := rapid.IntRange(0, 3).Draw(r, "form")
			for _, raw := range world {
				over := raw.State == "resolved"
				switch form {
				case 0: // a summary: what is open
					if over {
						continue
					}
				case 1: // another document, in which updates have no ids
					raw = of("history", anonymous(raw))
				case 2: // the newest words only
					raw = excerpt(of("feed", raw))
					raw.Updates = raw.Updates[len(raw.Updates)-1:]
				}
				raws = append(raws, raw)
			}
			return record.Scrape{At: now, AllOpen: form != 2, Incidents: read(raws...)}
		}
		take := func(s record.Scrape) {
			for _, i := range s.Incidents {
				shown[i.Key] = true
				for _, u := range i.Updates {
					posts[i.Key+"|"+u.Body] = true
				}
			}
			f.save(s)
			before := f.dump()
			again := s
			if f.save(again); f.dump() != before && s.Err == nil {
				r.Fatalf("the same scrape twice changed the file")
			}
		}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 600).Draw(r, "minutes")) * time.Minute)
			switch rapid.IntRange(0, 7).Draw(r, "step") {
			case 0, 1, 2:
				publish()
			case 3, 4:
				take(page())
			case 5:
				saved = append(saved, archived(page()))
			case 6:
				if len(saved) > 0 {
					take(saved[rapid.IntRange(0, len(saved)-1).Draw(r, "saved")])
				}
			case 7:
				take(rapid.SampledFrom([]record.Scrape{failed(now), backfill(page())}).Draw(r, "other"))
			}
		}
		if got := f.rows(`SELECT count(*) FROM incidents WHERE source_id = ?`,
			f.source)[0]; got != fmt.Sprint(len(shown)) {
			r.Errorf("%s incidents are stored, %d were shown", got, len(shown))
		}
		stored := f.rows(`SELECT i.source_key, u.body
			FROM incident_updates u JOIN incidents i USING (incident_id) WHERE source_id = ?`, f.source)
		if len(stored) != len(posts) {
			r.Errorf("%d updates are stored, %d were shown: %v", len(stored), len(posts), stored)
		}
		for _, row := range stored {
			if !posts[row] {
				r.Errorf("nobody published %q", row)
			}
		}
		for _, row := range f.rows(`
			SELECT kind, incident_id, update_id, count(*) FROM events
			WHERE source_id = ? AND kind IN ('incident_opened', 'update_posted', 'postmortem_posted')
			GROUP BY kind, incident_id, update_id HAVING count(*) > 1`, f.source) {
			r.Errorf("told twice: %s", row)
		}
		if untold := f.rows(`
			SELECT o.source_key FROM v_open o JOIN incidents i USING (incident_id)
			JOIN sources s ON s.source_id = i.source_id
			WHERE i.source_id = ? AND i.announced = 0 AND s.latest_at > i.first_seen_at AND s.baseline_at IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM scrapes WHERE source_id = i.source_id AND backfill = 1)`,
			f.source); len(untold) > 0 {
			r.Errorf("open, and nobody was told: %v", untold)
		}
	})
}
