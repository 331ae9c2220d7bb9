package ledger

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// OpenComponent is an alert on a component that a channel was told is not well, and that is well by now, or gone from
// its page.
type OpenComponent struct {
	Channel     string `db:"channel"`
	ComponentID int64  `db:"component_id"`
	DeliveryID  int64  `db:"delivery_id"` // the last message on it
	EventID     int64  `db:"event_id"`    // what that told
	SourceID    int64  `db:"source_id"`
	Vendor      string `db:"vendor"` // slug
	Route       string `db:"route"`
}

var openComponentRow = scan.Of[OpenComponent]("o")

// lives chooses the messages d that the channel has, will get, or got in the form of another one.
const lives = `(d.state IN ('pending', 'held', 'delivered') OR d.folded_into IS NOT NULL)`

// OpenComponents returns, of the alerts that were planned since a time for these channels, those on components that are
// over without the channel having been told.
func (l *Ledger) OpenComponents(ctx context.Context, channels []string, since time.Time) ([]OpenComponent, error) {
	names, err := db.JSON(channels)
	if err != nil {
		return nil, err
	}
	found, err := openComponentRow.All(ctx, l.read, `
		WITH told AS (
			SELECT d.channel, d.delivery_id, d.route, d.dedup_key, e.event_id, e.source_id,
				CAST(json_extract(e.detail, '$.component_id') AS INTEGER) AS component_id,
				json_extract(e.detail, '$.to') AS status
			FROM deliveries d JOIN delivery_events USING (delivery_id) JOIN events e USING (event_id)
			WHERE d.stream = 'alerts' AND d.reason = 'component' AND d.created_at >= ?2 AND `+lives+`
				AND d.channel IN (SELECT value FROM json_each(?1)) AND json_extract(e.detail, '$.to') IS NOT NULL),
		last AS (
			SELECT *, row_number() OVER (PARTITION BY channel, component_id ORDER BY delivery_id DESC) AS nth FROM told)
		SELECT `+openComponentRow.Columns+` FROM (
			SELECT t.*, v.slug AS vendor FROM last t JOIN components c USING (component_id)
			JOIN sources s ON s.source_id = t.source_id JOIN vendors v USING (vendor_id)
			WHERE t.nth = 1 AND t.status <> 'operational' AND coalesce(t.dedup_key, '') NOT LIKE 'close:%'
				AND (c.status = 'operational' OR c.gone_at IS NOT NULL)) o
		ORDER BY o.delivery_id`, names, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("open alerts on components: %w", err)
	}
	return found, nil
}

// incidentRow reads numbers of incidents.
var incidentRow = scan.Of[struct {
	IncidentID int64 `db:"incident_id"`
}]("u")

// Unsettled returns the incidents of which these channels were told since a time that they are open, and not that they
// are over, or that they left their page, and not that they are back. The planner decides what is to be said.
func (l *Ledger) Unsettled(ctx context.Context, channels []string, since time.Time) ([]int64, error) {
	names, err := db.JSON(channels)
	if err != nil {
		return nil, err
	}
	rows, err := incidentRow.All(ctx, l.read, `
		WITH told AS (
			SELECT coalesce(i.same_event_id, i.incident_id) AS incident_id,
				coalesce(max(d.delivery_id) FILTER (WHERE d.reason IN ('left_feed', 'resolved')), 0) AS ended,
				coalesce(max(d.delivery_id) FILTER (WHERE d.reason = 'left_feed'), 0) AS left_page,
				coalesce(max(d.delivery_id) FILTER (WHERE d.reason IN
					('first', 'reopened', 'worsened', 'maintenance', 'reminder')), 0) AS began
			FROM deliveries d JOIN incidents i USING (incident_id)
			WHERE d.stream = 'alerts' AND d.reason <> 'test' AND d.created_at >= ?2 AND `+lives+`
				AND d.channel IN (SELECT value FROM json_each(?1))
			GROUP BY d.channel, 1)
		SELECT DISTINCT `+incidentRow.Columns+` FROM (
			SELECT i.incident_id FROM told t JOIN incidents i USING (incident_id)
			WHERE CASE WHEN i.ended = 1 OR i.left_feed_at IS NOT NULL
				THEN t.ended = 0 OR t.ended < t.began
				ELSE t.left_page > t.began AND t.left_page = t.ended END) u
		ORDER BY u.incident_id`, names, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("alerts that are open: %w", err)
	}
	ids := make([]int64, len(rows))
	for n, r := range rows {
		ids[n] = r.IncidentID
	}
	return ids, nil
}
