package record

import (
	"context"
	"fmt"
	"slices"

	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/sameevent"
	"vendorwatch/normalize"
)

// stored is an incident as it was just stored, what that changed in the file, and what is to be told of it.
type stored struct {
	change
	rec       *incidents.Record
	now       normalize.Incident // as it stood then: a second reading in the same scrape may change it again
	isNew     bool
	differs   bool                // the reading brought something
	older     bool                // read from pages older than the stored words: nothing is told
	held      bool                // a reading may be a stale copy: the next one decides
	problems  []normalize.Finding // what its readings lack
	news      []normalize.News
	updateIDs map[string]int64 // of the news
}

// problemsOf returns what the readings of incidents lack.
func problemsOf(all []stored) map[normalize.Finding]bool {
	set := map[normalize.Finding]bool{}
	for _, s := range all {
		for _, f := range s.problems {
			set[f] = true
		}
	}
	return set
}

// anyHeld reports whether a reading of one of the incidents may be a stale copy.
func anyHeld(all []stored) bool {
	return slices.ContainsFunc(all, func(s stored) bool { return s.held })
}

// newOf returns the ids of the incidents that are new.
func newOf(all []stored) map[int64]bool {
	set := map[int64]bool{}
	for _, s := range all {
		if s.isNew {
			set[s.rec.ID] = true
		}
	}
	return set
}

// tellStored finds the records of the vendor's other pages that tell of the same events as those just stored, weighs
// all by the source's filter, and writes their news. It returns all that was changed since before they were stored.
func tellStored(ctx context.Context, tx *db.Tx, p pass, list []stored) (change, error) {
	var all change
	var differ []*incidents.Record
	for _, s := range list {
		all.add(s.change, nil)
		if s.differs {
			differ = append(differ, s.rec)
		}
	}
	linked, err := sameevent.Link(ctx, tx, p.SourceID, differ)
	if err != nil {
		return all, err
	}
	all.Rows = all.Rows || linked
	if err := weighStored(ctx, tx, p, list); err != nil {
		return all, err
	}
	for _, s := range list {
		if err := all.add(tellOne(ctx, tx, p, s)); err != nil {
			return all, fmt.Errorf("incident %q: %w", s.now.Key, err)
		}
	}
	return all, nil
}

// saveIncident stores what was read of one incident, and makes its record again of all that was. records is brought
// up to date, so that a second reading of the same incident in one scrape finds the first.
func saveIncident(ctx context.Context, tx *db.Tx, p pass, records map[string]*incidents.Record,
	seen normalize.Incident) (stored, error) {
	rec := records[seen.Key]
	isNew := rec == nil
	if isNew {
		rec = incidents.New(p.at)
	}
	records[seen.Key] = rec
	out := stored{rec: rec, isNew: isNew, older: !isNew && p.Archived && p.at < rec.Words.Newest()}
	unchangedUntil := ""
	if p.AllOpen && p.live() && rec.LeftFeed == "" {
		unchangedUntil = p.source.LastSuccess // it was on the list all the time
	}
	added, err := rec.History.Add(seen.Raws, p.at, unchangedUntil, p.Archived)
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
		f, err := fold(ctx, tx, p, rec, seen.Key)
		if err != nil {
			return out, err
		}
		out.change, out.held, out.problems, edits = f.change, f.held, f.problems, f.edits
		if p.past {
			changed, err := p.parts.Name(ctx, tx, seen.Components, p.at)
			if err != nil {
				return out, err
			}
			out.Rows = out.Rows || changed
		}
	}
	if out.older {
		return out, nil
	}
	if out.differs {
		out.news = normalize.NewsOf(was, rec.Incident, edits)
	}
	if p.AllOpen || len(out.news) > 0 || normalize.State(rec.Row.State).Over() {
		if err := out.add(seenAgain(ctx, tx, p, rec.ID, rec.LeftFeed)); err != nil {
			return out, err
		}
		rec.LeftFeed = ""
	}
	out.now, out.updateIDs = rec.Incident, rec.UpdateIDs()
	out.now.State = normalize.State(rec.Row.State)
	return out, nil
}

// folded is what making an incident's record again changed, and found.
type folded struct {
	change
	edits    []normalize.Revision // that this scrape was the first to show
	held     bool                 // a reading may be a stale copy
	problems []normalize.Finding  // what the readings lack
}

// fold makes an incident's record of its readings, and writes what differs from what is stored.
func fold(ctx context.Context, tx *db.Tx, p pass, rec *incidents.Record, key string) (out folded, err error) {
	list, err := rec.History.Readings(p.Words, p.wordsOf)
	if err != nil {
		return out, err
	}
	f := normalize.Fold(list)
	f.Incident.Key = key
	index := rec.History.Index(f.Held)
	out.held = len(f.Held) > 0
	written, err := incidents.WriteRow(ctx, tx, p.SourceID, rec, f, index)
	if err != nil {
		return out, err
	}
	out.Add(written)
	if err := rec.History.Store(ctx, tx, rec.ID); err != nil {
		return out, err
	}
	if written, err = incidents.WriteUpdates(ctx, tx, rec, f.Updates); err != nil {
		return out, err
	}
	out.Add(written)
	if err := out.add(writeAffected(ctx, tx, p, rec, f.Incident.Components)); err != nil {
		return out, err
	}
	for n := range f.Incident.Updates {
		f.Incident.Updates[n].Was = rec.Was[f.Incident.Updates[n].Key]
	}
	rec.Incident, rec.Words = f.Incident, index
	for _, problem := range f.Findings {
		finding := problem.Finding
		finding.Key = key
		out.problems = append(out.problems, finding)
	}
	if err := out.add(writeProblems(ctx, tx, p.SourceID, out.problems, f.Findings)); err != nil {
		return out, err
	}
	out.edits, written, err = incidents.WriteRevisions(ctx, tx, rec, f.Revisions, p.at)
	out.Add(written)
	return out, err
}

func writeAffected(ctx context.Context, tx *db.Tx, p pass, rec *incidents.Record,
	list []normalize.Component) (change, error) {
	if rec.Affects(list) {
		return change{}, nil
	}
	now, changed, err := p.parts.Affect(ctx, tx, rec.ID, rec.Components, list, p.at)
	if err != nil {
		return change{}, err
	}
	rec.Components = now
	return changedRows(changed), nil
}
