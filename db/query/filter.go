package query

import (
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// Filter chooses incidents. Zero fields choose nothing out but second records of one event.
type Filter struct {
	Vendor   string             // slug
	Service  string             // slug of a service of ours that it touches, or may touch
	Severity normalize.Severity // this one and worse, by Severity.Rank
	State    normalize.State
	Kind     normalize.Kind
	Open     bool // not over and still on the page
	// began at this time or later; a maintenance by its window, one without times by when it was first seen
	Since   time.Time
	Until   time.Time // began before this time
	Changed time.Time // something of it was learned at this time or later: the entry itself, a post, an edit, news
	Search  string    // words in the title or in an update, in any record of the event
	Limit   int       // the newest so many; 0 for all

	AllSources bool // every page's record of an event, not only the one that stands for it
}

// began is what incidents are put in order by.
const began = `coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at)`

// standing chooses, of the records of one event, the one that stands for it.
const standing = `coalesce(i.same_event_id, i.incident_id) = i.incident_id`

// openNow is what v_open shows, not over, still on its page and standing for its event, without what filters
// hide.
const openNow = `i.open = 1 AND coalesce(i.same_event_id, i.incident_id) = i.incident_id
	AND NOT EXISTS (SELECT 1 FROM filtered_incidents x WHERE x.incident_id = i.incident_id)`

// OpenWatched is what is known to be open now. Of a page that is no longer watched, it is known only what was open when
// it was last read.
const OpenWatched = openNow + `
	AND EXISTS (SELECT 1 FROM sources w WHERE w.source_id = i.source_id AND w.watched = 1)`

// WorstFirst orders by severity as Severity.Rank does.
const WorstFirst = `CASE i.severity WHEN 'critical' THEN 4 WHEN 'major' THEN 3 WHEN 'minor' THEN 1 ` +
	`WHEN 'none' THEN 0 ELSE 2 END DESC`

// where returns the filter as SQL over incidents i.
func (f Filter) where() (string, []any) {
	var terms []string
	var args []any
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	if f.Vendor != "" {
		add(`i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?)`, f.Vendor)
	}
	if f.Service != "" {
		add(`i.source_id IN (SELECT s.source_id FROM services ours JOIN service_needs n USING (service_id)
			JOIN sources s USING (vendor_id) WHERE ours.slug = ?)`, f.Service)
		// The plus lets SQLite go by the pages of what it needs, or by the order of the listing.
		add(`EXISTS (SELECT 1 FROM v_service_incidents x WHERE x.incident_id = +i.incident_id AND x.service = ?)`,
			f.Service)
	}
	if f.Severity != "" {
		var worse []string
		for _, s := range []normalize.Severity{normalize.SeverityNone, normalize.SeverityMinor,
			normalize.SeverityUnknown, normalize.SeverityMajor, normalize.SeverityCritical} {
			if s.Rank() >= f.Severity.Rank() {
				worse = append(worse, `'`+string(s)+`'`)
			}
		}
		add(`i.severity IN (` + strings.Join(worse, ", ") + `)`)
	}
	if f.State != "" {
		add(`i.state = ?`, f.State)
		if !f.State.Over() { // lets SQLite see that incidents_by_state has them all
			add(`i.ended = 0`)
		}
	}
	if f.Kind != "" {
		add(`i.kind = ?`, f.Kind)
	}
	if f.Open {
		add(`i.open = 1`)
	}
	if !f.Since.IsZero() {
		add(began+` >= ?`, db.Stamp(f.Since))
	}
	if !f.Until.IsZero() {
		add(began+` < ?`, db.Stamp(f.Until))
	}
	if !f.Changed.IsZero() {
		// UNION ALL, since for UNION SQLite would walk the tables in the order of the numbers.
		at, record := db.Stamp(f.Changed), `coalesce(o.same_event_id, o.incident_id)`
		if f.AllSources {
			record = `o.incident_id`
		}
		add(`i.incident_id IN (SELECT `+record+` FROM incidents o WHERE o.incident_id IN (
			SELECT incident_id FROM incidents WHERE first_seen_at >= ?
			UNION ALL SELECT incident_id FROM incident_updates WHERE first_seen_at >= ?
			UNION ALL SELECT incident_id FROM revisions WHERE seen_at >= ?
			UNION ALL SELECT incident_id FROM events WHERE at >= ? AND incident_id IS NOT NULL))`, at, at, at, at)
	}
	if f.Search != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Search) + "%"
		const holds = `(o.title LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM incident_updates u
			WHERE u.incident_id = o.incident_id AND u.body LIKE ? ESCAPE '\'))`
		add(`(EXISTS (SELECT 1 FROM incidents o WHERE o.incident_id = i.incident_id AND `+holds+`)
			OR EXISTS (SELECT 1 FROM incidents o WHERE o.same_event_id = i.same_event_id AND `+holds+`))`, like, like,
			like, like)
	}
	if !f.AllSources {
		add(standing)
	}
	if len(terms) == 0 {
		return "", nil
	}
	return `WHERE ` + strings.Join(terms, ` AND `), args
}
