package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Told is what a channel was told of an incident by alerts, or is about to be told.
type Told struct {
	Delivered       bool       // something has arrived
	Thread          string     // what the channel gave back; empty if nothing
	FirstDeliveryID int64      // the first message that arrived; 0 if none has
	Deliveries      []Delivery // all alerts on it, in the order in which they were planned, held and skipped ones too
}

// Waiting reports whether a message on the incident is still to be sent, held ones included.
func (t Told) Waiting() bool {
	return slices.ContainsFunc(t.Deliveries, func(d Delivery) bool { return d.State == DeliveryPending || d.State == DeliveryHeld })
}

// Told returns, by channel and incident, what channels were told of these incidents. A channel or incident of
// which there is no alert is not in the maps.
func (d *DB) Told(ctx context.Context, incidentIDs []int64) (map[string]map[int64]Told, error) {
	told := map[string]map[int64]Told{}
	at := func(channel string, incident int64, change func(*Told)) {
		if told[channel] == nil {
			told[channel] = map[int64]Told{}
		}
		t := told[channel][incident]
		change(&t)
		told[channel][incident] = t
	}
	ids, err := marshal(incidentIDs)
	if err != nil {
		return nil, err
	}
	type row struct {
		incident int64
		delivery Delivery
	}
	rows, err := list(ctx, d.read, func(r *sql.Rows, x *row) (err error) {
		x.delivery, err = scanDelivery(r, &x.incident)
		return err
	}, `WITH chosen AS (
			SELECT delivery_id, incident_id AS of_incident FROM deliveries WHERE incident_id IN (SELECT value FROM json_each(?))
			UNION
			SELECT x.delivery_id, e.incident_id FROM events e JOIN delivery_events x USING (event_id) JOIN deliveries o USING (delivery_id)
			WHERE e.incident_id IN (SELECT value FROM json_each(?)) AND o.incident_id IS NULL)
		SELECT `+deliveryColumns+`, c.of_incident`+deliveryTables+`JOIN chosen c ON c.delivery_id = d.delivery_id
		WHERE d.stream = 'alerts' AND d.reason NOT IN `+tellsOfNoIncident+` ORDER BY d.delivery_id`, ids, ids)
	if err != nil {
		return nil, fmt.Errorf("told: %w", err)
	}
	for _, r := range rows {
		at(r.delivery.Channel, r.incident, func(t *Told) { t.Deliveries = append(t.Deliveries, r.delivery) })
	}
	type thread struct {
		channel         string
		incident, first int64
		thread          string
	}
	threads, err := list(ctx, d.read, func(r *sql.Rows, t *thread) error {
		return r.Scan(&t.channel, &t.incident, &t.thread, &t.first)
	}, `SELECT channel, incident_id, thread, first_delivery_id FROM threads WHERE incident_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return nil, fmt.Errorf("told: %w", err)
	}
	for _, x := range threads {
		at(x.channel, x.incident, func(t *Told) { t.Delivered, t.Thread, t.FirstDeliveryID = true, x.thread, x.first })
	}
	return told, nil
}
