package record

import (
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/sameevent"
	"vendorwatch/normalize"
)

// stored is an incident as it was just stored, and what is to be told of it.
type stored struct {
	rec       *incidents.Record
	now       normalize.Incident // as it stood then: a second reading in the same scrape may change it again
	isNew     bool
	differs   bool             // the reading brought something
	older     bool             // read from pages older than the stored words: nothing is told
	news      []normalize.News //
	updateIDs map[string]int64 // of the news
}

// linkEvents finds the records of the vendor's other pages that tell of the same events as those just stored.
func (v *saver) linkEvents(all []stored) error {
	var differ []*incidents.Record
	for _, s := range all {
		if s.differs {
			differ = append(differ, s.rec)
		}
	}
	changed, err := sameevent.Link(v.ctx, v.tx, v.s.SourceID, differ)
	v.changed = v.changed || changed
	return err
}

// saveIncident stores what was read of one incident, and makes its record again of all that was. records is brought
// up to date, so that a second reading of the same incident in one scrape finds the first.
func (v *saver) saveIncident(records map[string]*incidents.Record, seen normalize.Incident) (stored, error) {
	rec := records[seen.Key]
	isNew := rec == nil
	if isNew {
		rec = incidents.New(v.at)
	}
	records[seen.Key] = rec
	out := stored{rec: rec, isNew: isNew, older: !isNew && v.s.Archived && v.at < rec.Words.Newest()}
	unchangedUntil := ""
	if v.s.AllOpen && !v.s.Archived && !v.s.Backfill && rec.LeftFeed == "" {
		unchangedUntil = v.source.lastSuccess // it was on the list all the time
	}
	added, err := rec.History.Add(seen.Raws, v.at, unchangedUntil, v.s.Archived)
	if err != nil {
		return out, err
	}
	var was *normalize.Incident
	if !isNew {
		known := rec.Incident
		was = &known
	}
	var edits []normalize.Revision
	if added {
		out.differs = true
		if edits, err = v.fold(rec, seen.Key); err != nil {
			return out, err
		}
		if v.past {
			changed, err := v.components.Name(v.ctx, v.tx, seen.Components, v.at)
			if err != nil {
				return out, err
			}
			v.changed = v.changed || changed
		}
	}
	if out.older {
		return out, nil
	}
	if out.differs {
		out.news = normalize.NewsOf(was, rec.Incident, edits)
	}
	if v.s.AllOpen || len(out.news) > 0 || normalize.State(rec.Row.State).Over() {
		if err := v.seenAgain(rec.ID, rec.LeftFeed); err != nil {
			return out, err
		}
		rec.LeftFeed = ""
	}
	out.now, out.updateIDs = rec.Incident, rec.UpdateIDs()
	out.now.State = normalize.State(rec.Row.State)
	return out, nil
}

// fold makes an incident's record of its readings, writes what differs from what is stored, and returns the edits
// that this scrape was the first to show.
func (v *saver) fold(rec *incidents.Record, key string) ([]normalize.Revision, error) {
	list, err := rec.History.Readings(v.s.Words, v.words)
	if err != nil {
		return nil, err
	}
	f := normalize.Fold(list)
	f.Incident.Key = key
	index := rec.History.Index(f.Held)
	v.held = v.held || len(f.Held) > 0
	change, err := incidents.WriteRow(v.ctx, v.tx, v.s.SourceID, rec, f, index)
	if err != nil {
		return nil, err
	}
	v.count(change)
	if change.Incidents > 0 {
		v.added[rec.ID] = true
	}
	if err := rec.History.Store(v.ctx, v.tx, rec.ID); err != nil {
		return nil, err
	}
	if change, err = incidents.WriteUpdates(v.ctx, v.tx, rec, f.Updates); err != nil {
		return nil, err
	}
	v.count(change)
	if err := v.writeAffected(rec, f.Incident.Components); err != nil {
		return nil, err
	}
	for n := range f.Incident.Updates {
		f.Incident.Updates[n].Was = rec.Was[f.Incident.Updates[n].Key]
	}
	rec.Incident, rec.Words = f.Incident, index
	if err := v.writeProblems(key, f.Findings); err != nil {
		return nil, err
	}
	fresh, change, err := incidents.WriteRevisions(v.ctx, v.tx, rec, f.Revisions, v.at)
	v.count(change)
	return fresh, err
}

// count adds what was changed to what this scrape changed.
func (v *saver) count(c incidents.Change) {
	v.saved.Incidents += c.Incidents
	v.saved.Updates += c.Updates
	v.saved.Revisions += c.Revisions
	v.changed = v.changed || c.Rows
}

func (v *saver) writeAffected(rec *incidents.Record, list []normalize.Component) error {
	if rec.Affects(list) {
		return nil
	}
	now, changed, err := v.components.Affect(v.ctx, v.tx, rec.ID, rec.Components, list, v.at)
	if err != nil {
		return err
	}
	v.changed = v.changed || changed
	rec.Components = now
	return nil
}
