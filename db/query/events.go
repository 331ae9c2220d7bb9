package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Withheld is why channels are not told of an event; empty if they are.
type Withheld string

// The reasons for not telling.
const (
	WithheldStale     Withheld = "stale"      // a saved page told it, and it was old already
	WithheldSameEvent Withheld = "same_event" // another record of the same event tells it
	WithheldFiltered  Withheld = "filtered"   // the vendor's filters hide its incident or component
)

// Event is one piece of news, with what a reader wants to know of it.
type Event struct {
	EventID    int64               `db:"event_id" json:"event_id"`
	Kind       normalize.EventKind `db:"kind" json:"kind"`
	At         string              `db:"at" json:"at"`
	SourceID   int64               `db:"source_id" json:"source_id"`
	IncidentID int64               `db:"incident_id" json:"incident_id,omitempty"`
	UpdateID   int64               `db:"update_id" json:"update_id,omitempty"`
	Detail     map[string]string   `db:"detail" json:"detail,omitempty"`
	Vendor     string              `db:"vendor = v.slug" json:"vendor"` // slug
	VendorName string              `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)" json:"vendor_name"`
	Title      string              `db:"title = i.title" json:"title,omitempty"` // of the incident
	Severity   string              `db:"severity = i.severity" json:"severity,omitempty"`
	State      string              `db:"state = i.state" json:"state,omitempty"`
	URL        string              `db:"url = coalesce(nullif(i.url, ''), s.page_url)" json:"url,omitempty"`
	Body       string              `db:"body = u.body" json:"body,omitempty"` // of the update
	Withheld   Withheld            `db:"withheld" json:"withheld,omitempty"`
}

var eventRow = scan.Of[Event]("e")

// selectEvent is followed by what chooses the events.
var selectEvent = `
	SELECT ` + eventRow.Columns + `
	FROM events e
	JOIN sources s USING (source_id)
	JOIN vendors v USING (vendor_id)
	LEFT JOIN incidents i ON i.incident_id = e.incident_id
	LEFT JOIN incident_updates u ON u.update_id = e.update_id `

// EventsAfter returns the events that were learned after the one of that id, at most limit of them; a limit
// of 0 or less means all.
func (d *DB) EventsAfter(ctx context.Context, afterID int64, limit int) ([]Event, error) {
	if limit <= 0 {
		limit = -1
	}
	events, err := d.events(ctx,
		`WHERE e.event_id IN (SELECT event_id FROM events WHERE event_id > ? ORDER BY event_id LIMIT ?)`, afterID,
		limit)
	if err != nil {
		return nil, fmt.Errorf("events after %d: %w", afterID, err)
	}
	return events, nil
}

// EventsSince returns the events seen at that time or later, those from saved pages by the time of the page;
// a zero time means all.
func (d *DB) EventsSince(ctx context.Context, since time.Time) ([]Event, error) {
	events, err := d.events(ctx, `WHERE e.at >= ?`, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("events since %s: %w", db.Stamp(since), err)
	}
	return events, nil
}

// EventsOfDelivery returns the news that a message tells, in the order in which it was learned.
func (d *DB) EventsOfDelivery(ctx context.Context, deliveryID int64) ([]Event, error) {
	events, err := d.events(ctx, `WHERE e.event_id IN (SELECT event_id FROM delivery_events WHERE delivery_id = ?)`,
		deliveryID)
	if err != nil {
		return nil, fmt.Errorf("events of delivery %d: %w", deliveryID, err)
	}
	return events, nil
}

// RecentEvents returns the news of what was seen at that time or later, the newest first, at most limit of
// them, and how many there are. News that is told elsewhere or was old when it was read is not in it.
func (d *DB) RecentEvents(ctx context.Context, since time.Time, limit int) ([]Event, int, error) {
	var total int
	err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM events WHERE at >= ? AND withheld IS NULL`,
		db.Stamp(since)).Scan(&total)
	if err != nil {
		return nil, 0, fmt.Errorf("recent events: %w", err)
	}
	events, err := d.events(ctx, `WHERE e.event_id IN (
		SELECT event_id FROM events WHERE at >= ? AND withheld IS NULL ORDER BY at DESC, event_id DESC LIMIT ?)`,
		db.Stamp(since), limit)
	if err != nil {
		return nil, 0, fmt.Errorf("recent events: %w", err)
	}
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.At, a.At),
			cmp.Compare(b.EventID, a.EventID))
	})
	return events, total, nil
}

// LastEventID returns the number of the newest event, 0 if there is none. It tells at little cost whether
// anything is new.
func (d *DB) LastEventID(ctx context.Context) (int64, error) {
	var id int64
	if err := d.read.QueryRowContext(ctx, `SELECT coalesce(max(event_id), 0) FROM events`).Scan(&id); err != nil {
		return 0, fmt.Errorf("last event: %w", err)
	}
	return id, nil
}

// EventsBetween returns the events from one id to another, both included.
func (d *DB) EventsBetween(ctx context.Context, first, last int64) ([]Event, error) {
	events, err := d.events(ctx, `WHERE e.event_id BETWEEN ? AND ?`, first, last)
	if err != nil {
		return nil, fmt.Errorf("events %d to %d: %w", first, last, err)
	}
	return events, nil
}

// EventsToTell returns the events after the one of that id that were seen at that time or later, but for those
// that are withheld from channels.
func (d *DB) EventsToTell(ctx context.Context, afterID int64, since time.Time) ([]Event, error) {
	events, err := d.events(ctx, `WHERE e.event_id > ? AND e.withheld IS NULL AND e.at >= ?`, afterID, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("events after %d: %w", afterID, err)
	}
	return events, nil
}

// events returns events in the order in which they were learned. where follows selectEvent.
func (d *DB) events(ctx context.Context, where string, args ...any) ([]Event, error) {
	return eventRow.All(ctx, d.read, selectEvent+where+` ORDER BY e.event_id`, args...)
}
