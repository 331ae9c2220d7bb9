package ledger

import (
	"context"
	"fmt"
	"slices"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Notified is what a channel was told of an incident by alerts, or is about to be told.
type Notified struct {
	Delivered       bool       // something has arrived
	Thread          string     // what the channel gave back; empty if nothing
	FirstDeliveryID int64      // the first message that arrived; 0 if none has
	Deliveries      []Delivery // all alerts on it, in the order in which they were planned, held and skipped ones too
}

// Waiting reports whether a message on the incident is still to be sent, held ones included.
func (t Notified) Waiting() bool {
	return slices.ContainsFunc(t.Deliveries, func(d Delivery) bool {
		return d.State == DeliveryPending ||
			d.State == DeliveryHeld
	})
}

// alertRow reads a delivery with one of the incidents that it tells of.
var alertRow = scan.Of[struct {
	Delivery
	OfIncident int64 `db:"of_incident = c.of_incident"`
}]("d")

// threadRow reads threads.
var threadRow = scan.Of[struct {
	Channel         string `db:"channel"`
	IncidentID      int64  `db:"incident_id"`
	Thread          string `db:"thread"`
	FirstDeliveryID int64  `db:"first_delivery_id"`
}]("t")

// Notified returns, by channel and incident, what channels were told of these incidents. A channel or incident of
// which there is no alert is not in the maps.
func (l *Ledger) Notified(ctx context.Context, incidentIDs []int64) (map[string]map[int64]Notified, error) {
	told := map[string]map[int64]Notified{}
	at := func(channel string, incident int64, change func(*Notified)) {
		if told[channel] == nil {
			told[channel] = map[int64]Notified{}
		}
		t := told[channel][incident]
		change(&t)
		told[channel][incident] = t
	}
	ids, err := db.JSON(incidentIDs)
	if err != nil {
		return nil, err
	}
	rows, err := alertRow.All(ctx, l.read, `
		WITH chosen AS (
			SELECT delivery_id, incident_id AS of_incident FROM deliveries WHERE incident_id IN (SELECT value
			FROM json_each(?))
			UNION
			SELECT x.delivery_id, e.incident_id FROM events e JOIN delivery_events x USING (event_id)
			JOIN deliveries o USING (delivery_id)
			WHERE e.incident_id IN (SELECT value FROM json_each(?)) AND o.incident_id IS NULL)
		SELECT `+alertRow.Columns+deliveryTables+`JOIN chosen c ON c.delivery_id = d.delivery_id
		WHERE d.stream = 'alerts' AND d.reason NOT IN `+tellsOfNoIncident+` ORDER BY d.delivery_id`, ids, ids)
	if err != nil {
		return nil, fmt.Errorf("told: %w", err)
	}
	for _, r := range rows {
		at(r.Channel, r.OfIncident, func(t *Notified) { t.Deliveries = append(t.Deliveries, r.Delivery) })
	}
	threads, err := threadRow.All(ctx, l.read, `
		SELECT `+threadRow.Columns+` FROM threads t WHERE t.incident_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return nil, fmt.Errorf("told: %w", err)
	}
	for _, x := range threads {
		at(x.Channel, x.IncidentID, func(t *Notified) {
			t.Delivered, t.Thread, t.FirstDeliveryID = true, x.Thread,
				x.FirstDeliveryID
		})
	}
	return told, nil
}
