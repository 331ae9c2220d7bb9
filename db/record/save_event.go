package record

import (
	"context"
	"fmt"
	"maps"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// sameEventAs is the detail of news that is not told, because the record of that id tells of the event.
const sameEventAs = "same_event_as"

// writeNews writes one piece of news of an incident, or of the source. Zero ids are none. News with the detail
// sameEventAs is withheld from channels. What the source's filter hides is withheld too.
func writeNews(ctx context.Context, tx *db.Tx, p pass, kind normalize.EventKind, incidentID, updateID int64,
	detail map[string]string) (change, error) {
	hidden, err := hides(ctx, tx, p.source.filter, incidentID)
	if err != nil {
		return change{}, fmt.Errorf("event %s: %w", kind, err)
	}
	return writeEvent(ctx, tx, p, event{kind, incidentID, updateID, detail, hidden})
}

// event is news as it is written down.
type event struct {
	kind                 normalize.EventKind
	incidentID, updateID int64
	detail               map[string]string
	hidden               bool // by the source's filter
}

func writeEvent(ctx context.Context, tx *db.Tx, p pass, e event) (change, error) {
	words := map[string]string{}
	for k, text := range e.detail {
		if text != "" {
			words[k] = text
		}
	}
	b, err := db.JSON(words)
	if err != nil {
		return change{}, err
	}
	// News from saved pages that was old when the service last looked is for the record, not for channels.
	// The service's own last look stands for "now", so that the clock is read once, by the caller.
	id, err := tx.Insert(ctx, `
		INSERT INTO events (source_id, incident_id, update_id, kind, at, withheld, detail)
		VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?6 THEN 'same_event' WHEN ?10 THEN 'filtered'
			WHEN ?7 AND (SELECT max(last_attempt_at) FROM sources) > ?8 THEN 'stale' END, ?9)`,
		p.SourceID, db.NullID(e.incidentID), db.NullID(e.updateID), e.kind, p.at, db.Bit(words[sameEventAs] != ""),
		db.Bit(p.Archived), db.Stamp(p.At.Add(p.lateAfter)), b, db.Bit(e.hidden))
	if err != nil {
		return change{}, fmt.Errorf("event %s: %w", e.kind, err)
	}
	written := changedRows(true)
	written.events = []int64{id}
	return written, nil
}

// announcement decides what is told of an incident: the news to write, and whether its opening is
// thereby told. told says whether it was before.
func (p pass) announcement(i normalize.Incident, isNew, told bool, news []normalize.News) ([]normalize.News, bool) {
	switch {
	case p.Backfill:
		return nil, told
	case p.baseline && !told && !i.State.Over():
		return []normalize.News{opening(i, map[string]string{"already_open": "true"})}, true
	case p.baseline, isNew && p.historyOfMove(i):
		return nil, told
	case isNew && p.late(i):
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
	case !p.Archived && db.Stamp(incidents.Begin(i)) > p.source.BaselineAt && !p.late(i):
		// It opened and ended since the baseline, and a backfill met it before any poll did.
		return normalize.NewsOf(nil, i, nil), true
	}
	return news, told
}

// late reports whether an incident that is over lies so far back that it was added to the past.
func (p pass) late(i normalize.Incident) bool {
	from := incidents.Begin(i)
	return i.State.Over() && !from.IsZero() && p.At.Sub(from) > p.lateAfter
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
