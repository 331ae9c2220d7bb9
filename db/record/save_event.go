package record

import (
	"fmt"
	"maps"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// sameEventAs is the detail of news that is not told, because the record of that id tells of the event.
const sameEventAs = "same_event_as"

// event writes one piece of news. Zero ids are none. News with the detail sameEventAs is withheld from channels.
// What the source's filter hides is withheld too.
func (v *saver) event(kind normalize.EventKind, incidentID, updateID int64, detail map[string]string) error {
	hidden, err := v.hides(incidentID)
	if err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	return v.writeEvent(kind, incidentID, updateID, detail, hidden)
}

// componentEvent writes news of a component.
func (v *saver) componentEvent(c normalize.Component, detail map[string]string) error {
	filter, err := v.sourceFilter()
	if err != nil {
		return err
	}
	return v.writeEvent(normalize.EventComponentChanged, 0, 0, detail, filter.HidesComponent(c))
}

func (v *saver) writeEvent(kind normalize.EventKind, incidentID, updateID int64, detail map[string]string,
	hidden bool) error {
	words := map[string]string{}
	for k, text := range detail {
		if text != "" {
			words[k] = text
		}
	}
	b, err := db.JSON(words)
	if err != nil {
		return err
	}
	// News from saved pages that was old when the service last looked is for the record, not for channels.
	// The service's own last look stands for "now", so that the clock is read once, by the caller.
	id, err := v.tx.Insert(v.ctx, `
		INSERT INTO events (source_id, incident_id, update_id, kind, at, withheld, detail)
		VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?6 THEN 'same_event' WHEN ?10 THEN 'filtered'
			WHEN ?7 AND (SELECT max(last_attempt_at) FROM sources) > ?8 THEN 'stale' END, ?9)`,
		v.s.SourceID, db.NullID(incidentID), db.NullID(updateID), kind, v.at,
		db.Bit(words[sameEventAs] != ""), db.Bit(v.s.Archived), db.Stamp(v.s.At.Add(v.lateAfter)), b, db.Bit(hidden))
	if err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	v.events = append(v.events, id)
	v.changed = true
	return nil
}

// announcement decides what is told of an incident: the news to write, and whether its opening is
// thereby told. told says whether it was before.
func (v *saver) announcement(i normalize.Incident, isNew, told bool, news []normalize.News) ([]normalize.News, bool) {
	switch {
	case v.s.Backfill:
		return nil, told
	case v.baseline && !told && !i.State.Over():
		return []normalize.News{opening(i, map[string]string{"already_open": "true"})}, true
	case v.baseline, isNew && v.historyOfMove(i):
		return nil, told
	case isNew && v.late(i):
		n := opening(i, map[string]string{"late": "true", "reason": "it began " +
			incidents.Begin(i).UTC().Format("2006-01-02 15:04") + " UTC and was over when it was first seen"})
		return []normalize.News{n}, false
	case isNew:
		return news, true
	case told:
		return news, true
	case !i.State.Over():
		// A backfill met it before any poll did, or it is history that goes on.
		for _, n := range news {
			if n.Kind == normalize.EventIncidentReopened {
				return news, true
			}
		}
		return append([]normalize.News{opening(i, nil)}, news...), true
	case !v.s.Archived && db.Stamp(incidents.Begin(i)) > v.source.baselineAt && !v.late(i):
		// It opened and ended since the baseline, and a backfill met it before any poll did.
		return normalize.NewsOf(nil, i, nil), true
	}
	return news, told
}

// late reports whether an incident that is over lies so far back that it was added to the past.
func (v *saver) late(i normalize.Incident) bool {
	from := incidents.Begin(i)
	return i.State.Over() && !from.IsZero() && v.s.At.Sub(from) > v.lateAfter
}

// opening is the one event that tells of an incident's existence.
func opening(i normalize.Incident, detail map[string]string) normalize.News {
	n := normalize.News{Kind: normalize.EventIncidentOpened, Detail: maps.Clone(detail)}
	if i.Kind != normalize.KindMaintenance {
		return n
	}
	switch {
	case i.State == normalize.StateInProgress || i.State == normalize.StateVerifying:
		n.Kind = normalize.EventMaintenanceStarted
	case i.State.Over():
		n.Kind = normalize.EventMaintenanceCompleted
	default:
		n.Kind = normalize.EventMaintenanceScheduled
	}
	return n
}
