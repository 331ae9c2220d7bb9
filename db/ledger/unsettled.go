package ledger

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// OpenPage is an alert on a page that does not stand as the page does: it is open, and the page not watched any more;
// or it was ended for that, and the page is watched again and as it was.
type OpenPage struct {
	Channel    string `db:"channel"`
	DeliveryID int64  `db:"delivery_id"` // the last message on it
	SourceID   int64  `db:"source_id"`
	Vendor     string `db:"vendor"` // slug
	Route      string `db:"route"`
	Back       bool   `db:"back"` // it is to be opened again
}

// OpenComponent is an alert on a component, of which a channel was told that it is not well: it is well by now, or gone
// from its page, or as with OpenPage.
type OpenComponent struct {
	OpenPage
	ComponentID int64 `db:"component_id"`
	EventID     int64 `db:"event_id"`  // what the last message told
	Unwatched   bool  `db:"unwatched"` // it is neither well nor gone, as far as that is known
}

var (
	openPageRow      = scan.Of[OpenPage]("o")
	openComponentRow = scan.Of[OpenComponent]("o")
)

// lives chooses the messages d that the channel has, will get, or got in the form of another one.
const lives = `(d.state IN ('pending', 'held', 'delivered') OR d.folded_into IS NOT NULL)`

// UnwatchedKey begins the dedup_key of a message that ends an alert on a component because its page is not watched any
// more. Other messages that end one begin with close.
const UnwatchedKey = "close:unwatched"

// OpenComponents returns, of the alerts that were planned since a time for these channels, those on components that do
// not stand as the component does.
func (l *Ledger) OpenComponents(ctx context.Context, channels []string, since time.Time) ([]OpenComponent, error) {
	names, err := db.JSON(channels)
	if err != nil {
		return nil, err
	}
	found, err := openComponentRow.All(ctx, l.read, `
		WITH told AS (
			SELECT d.channel, d.delivery_id, d.route, coalesce(d.dedup_key, '') AS key, e.event_id, e.source_id,
				CAST(json_extract(e.detail, '$.component_id') AS INTEGER) AS component_id,
				json_extract(e.detail, '$.to') AS status
			FROM deliveries d JOIN delivery_events USING (delivery_id) JOIN events e USING (event_id)
			WHERE d.stream = 'alerts' AND d.reason = 'component' AND d.created_at >= ?2 AND `+lives+`
				AND d.channel IN (SELECT value FROM json_each(?1)) AND json_extract(e.detail, '$.to') IS NOT NULL),
		last AS (
			SELECT *, row_number() OVER (PARTITION BY channel, component_id ORDER BY delivery_id DESC) AS nth
			FROM told),
		now AS (
			SELECT t.*, v.slug AS vendor, s.watched, t.key LIKE '`+UnwatchedKey+`:%' AS was_unwatched,
				c.status = 'operational' OR c.gone_at IS NOT NULL AS well
			FROM last t JOIN components c USING (component_id)
			JOIN sources s ON s.source_id = t.source_id JOIN vendors v USING (vendor_id)
			WHERE t.nth = 1 AND t.status <> 'operational')
		SELECT `+openComponentRow.Columns+` FROM (
			SELECT *, was_unwatched AS back, NOT well AND watched = 0 AS unwatched FROM now
			WHERE CASE WHEN was_unwatched THEN watched = 1 AND NOT well
				ELSE key NOT LIKE 'close:%' AND (well OR watched = 0) END) o
		ORDER BY o.delivery_id`, names, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("open alerts on components: %w", err)
	}
	return found, nil
}

// OpenPages returns, of the alerts that were planned since a time for these channels, those on pages that do not stand
// as the page does. Of a page that can be read again, an event tells.
func (l *Ledger) OpenPages(ctx context.Context, channels []string, since time.Time) ([]OpenPage, error) {
	names, err := db.JSON(channels)
	if err != nil {
		return nil, err
	}
	found, err := openPageRow.All(ctx, l.read, `
		WITH last AS (
			SELECT d.*, row_number() OVER (PARTITION BY channel, source_id ORDER BY delivery_id DESC) AS nth
			FROM deliveries d
			WHERE d.stream = 'alerts' AND d.reason IN ('unreadable', 'reminder', 'readable', 'not_watched')
				AND d.incident_id IS NULL AND d.source_id IS NOT NULL AND d.created_at >= ?2 AND `+lives+`
				AND d.channel IN (SELECT value FROM json_each(?1)))
		SELECT `+openPageRow.Columns+` FROM (
			SELECT l.channel, l.delivery_id, l.source_id, l.route, v.slug AS vendor, l.reason = 'not_watched' AS back
			FROM last l JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
			WHERE l.nth = 1 AND CASE l.reason WHEN 'readable' THEN 0
				WHEN 'not_watched' THEN
					s.watched = 1 AND s.consecutive_failures > 0 AND s.last_attempt_at > l.created_at
				ELSE s.watched = 0 END) o
		ORDER BY o.delivery_id`, names, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("open alerts on pages: %w", err)
	}
	return found, nil
}

// incidentRow reads numbers of incidents.
var incidentRow = scan.Of[struct {
	IncidentID int64 `db:"incident_id"`
}]("u")

// Unsettled returns the incidents of which these channels were told since a time that they are open, and not that they
// are over, that they left their page, or that no page with them is watched any more; or that, and not that they are
// back. The planner decides what is to be said.
func (l *Ledger) Unsettled(ctx context.Context, channels []string, since time.Time) ([]int64, error) {
	names, err := db.JSON(channels)
	if err != nil {
		return nil, err
	}
	rows, err := incidentRow.All(ctx, l.read, `
		WITH told AS (
			SELECT coalesce(i.same_event_id, i.incident_id) AS incident_id,
				coalesce(max(d.delivery_id) FILTER (WHERE d.reason IN ('left_feed', 'not_watched', 'resolved')), 0)
					AS ended,
				coalesce(max(d.delivery_id) FILTER (WHERE d.reason IN ('left_feed', 'not_watched')), 0) AS lost,
				coalesce(max(d.delivery_id) FILTER (WHERE d.reason IN
					('first', 'reopened', 'worsened', 'maintenance', 'reminder')), 0) AS began
			FROM deliveries d JOIN incidents i USING (incident_id)
			WHERE d.stream = 'alerts' AND d.reason <> 'test' AND d.created_at >= ?2 AND `+lives+`
				AND d.channel IN (SELECT value FROM json_each(?1))
			GROUP BY d.channel, 1)
		SELECT DISTINCT `+incidentRow.Columns+` FROM (
			SELECT i.incident_id FROM told t JOIN incidents i USING (incident_id)
			WHERE CASE WHEN i.ended = 1 OR i.left_feed_at IS NOT NULL OR NOT EXISTS (
					SELECT 1 FROM incidents o JOIN sources s USING (source_id)
					WHERE (o.incident_id = i.incident_id OR o.same_event_id = i.incident_id) AND s.watched = 1)
				THEN t.ended = 0 OR t.ended < t.began
				ELSE t.lost > t.began AND t.lost = t.ended END) u
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
