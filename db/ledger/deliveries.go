package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// DeliveryState is what has become of a message.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending   DeliveryState = "pending"   // to be sent, or to be tried again
	DeliveryHeld      DeliveryState = "held"      // not before its time
	DeliveryDelivered DeliveryState = "delivered" // the receiver took it
	DeliveryRefused   DeliveryState = "refused"   // the receiver will never take it
	DeliverySkipped   DeliveryState = "skipped"   // not sent; the note says why
)

// Delivery is a row of deliveries: one message to one channel.
type Delivery struct {
	DeliveryID    int64         `json:"delivery_id"`
	Channel       string        `json:"channel"`
	Stream        string        `json:"stream"`
	Reason        string        `json:"reason"`
	Vendor        string        `json:"vendor,omitempty"`      // slug; empty where it tells of several incidents, or is a digest
	Title         string        `json:"title,omitempty"`       // of the incident
	IncidentID    int64         `json:"incident_id,omitempty"` // 0 where it tells of none, or of several: those of its events
	SourceID      int64         `json:"source_id,omitempty"`
	Route         string        `json:"route,omitempty"`
	DedupKey      string        `json:"dedup_key,omitempty"`
	Mention       int           `json:"mention"`
	FromAt        string        `json:"from_at,omitempty"` // of a digest: since when it reports
	State         DeliveryState `json:"state"`
	NotBeforeAt   string        `json:"not_before_at,omitempty"`
	Attempts      int           `json:"attempts"`
	NextAttemptAt string        `json:"next_attempt_at,omitempty"`
	CreatedAt     string        `json:"created_at"`
	DeliveredAt   string        `json:"delivered_at,omitempty"`
	Receipt       string        `json:"receipt,omitempty"`
	LastError     string        `json:"last_error,omitempty"`
	Note          string        `json:"note,omitempty"`
	EventIDs      []int64       `json:"event_ids"` // in the order in which they were learned
}

const deliveryColumns = `d.delivery_id, d.channel, d.stream, d.reason, coalesce(v.slug, ''), coalesce(i.title, ''), coalesce(d.incident_id, 0), coalesce(d.source_id, 0), d.route,
		coalesce(d.dedup_key, ''), d.mention, coalesce(d.from_at, ''), d.state, coalesce(d.not_before_at, ''), d.attempts,
		coalesce(d.next_attempt_at, ''), d.created_at, coalesce(d.delivered_at, ''), d.receipt, d.last_error, d.note,
		(SELECT json_group_array(event_id) FROM (SELECT event_id FROM delivery_events x WHERE x.delivery_id = d.delivery_id ORDER BY event_id))`

// deliveryTables are what deliveryColumns are of.
const deliveryTables = ` FROM deliveries d
	LEFT JOIN incidents i ON i.incident_id = d.incident_id
	LEFT JOIN sources s ON s.source_id = coalesce(d.source_id, i.source_id)
	LEFT JOIN vendors v ON v.vendor_id = s.vendor_id `

const selectDelivery = `SELECT ` + deliveryColumns + deliveryTables

func scanDelivery(row interface{ Scan(...any) error }, more ...any) (d Delivery, err error) {
	var events []byte
	into := []any{&d.DeliveryID, &d.Channel, &d.Stream, &d.Reason, &d.Vendor, &d.Title, &d.IncidentID, &d.SourceID, &d.Route,
		&d.DedupKey, &d.Mention, &d.FromAt, &d.State, &d.NotBeforeAt, &d.Attempts,
		&d.NextAttemptAt, &d.CreatedAt, &d.DeliveredAt, &d.Receipt, &d.LastError, &d.Note, &events}
	if err = row.Scan(append(into, more...)...); err != nil {
		return d, err
	}
	return d, json.Unmarshal(events, &d.EventIDs)
}

// DeliveryFilter chooses deliveries. Zero fields choose nothing out.
type DeliveryFilter struct {
	Channel  string
	Stream   string
	State    DeliveryState
	Reason   string
	Incident int64     // of this incident, also where the message tells of others too
	Since    time.Time // planned at this time or later
	AfterID  int64     // later ones than this delivery
	Limit    int       // the newest so many; 0 for all
}

// Deliveries returns the messages that f chooses, in the order in which they were planned.
func (l *Ledger) Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error) {
	terms, args := []string{`d.delivery_id > ?`}, []any{f.AfterID}
	add := func(term string, values ...any) {
		terms = append(terms, term)
		args = append(args, values...)
	}
	if f.Channel != "" {
		add(`d.channel = ?`, f.Channel)
	}
	if f.Stream != "" {
		add(`d.stream = ?`, f.Stream)
	}
	if f.State != "" {
		add(`d.state = ?`, f.State)
	}
	if f.Reason != "" {
		add(`d.reason = ?`, f.Reason)
	}
	if f.Incident != 0 {
		add(`(d.incident_id = ? OR d.incident_id IS NULL AND d.delivery_id IN (
			SELECT delivery_id FROM delivery_events JOIN events USING (event_id) WHERE incident_id = ?))`, f.Incident, f.Incident)
	}
	if !f.Since.IsZero() {
		add(`d.created_at >= ?`, db.Stamp(f.Since))
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	found, err := scan.List(ctx, l.read, func(r *sql.Rows, x *Delivery) (err error) {
		*x, err = scanDelivery(r)
		return err
	}, selectDelivery+`WHERE d.delivery_id IN (SELECT d.delivery_id FROM deliveries d WHERE `+strings.Join(terms, ` AND `)+` ORDER BY d.delivery_id DESC LIMIT ?)
		ORDER BY d.delivery_id`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	return found, nil
}

// DeliveryByID returns one message, or db.ErrNotFound.
func (l *Ledger) DeliveryByID(ctx context.Context, id int64) (Delivery, error) {
	found, err := scanDelivery(l.read.QueryRowContext(ctx, selectDelivery+`WHERE d.delivery_id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = db.ErrNotFound
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	return found, nil
}

// RecentAlerts returns the alerts that were free to be sent at that time or later, and were delivered or are to
// be, in the order in which they were planned.
func (l *Ledger) RecentAlerts(ctx context.Context, since time.Time) ([]Delivery, error) {
	found, err := l.deliveries(ctx, `
		WHERE d.stream = 'alerts' AND d.state IN ('pending', 'delivered') AND max(d.created_at, coalesce(d.not_before_at, '')) >= ?`, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("recent alerts: %w", err)
	}
	return found, nil
}

// SourceAlerts returns the alerts on pages themselves, in the order in which they were planned.
func (l *Ledger) SourceAlerts(ctx context.Context, sourceIDs []int64) ([]Delivery, error) {
	ids, err := db.JSON(sourceIDs)
	if err != nil {
		return nil, err
	}
	found, err := l.deliveries(ctx, `
		WHERE d.stream = 'alerts' AND d.incident_id IS NULL AND d.source_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return nil, fmt.Errorf("alerts on pages: %w", err)
	}
	return found, nil
}

// deliveries runs a query whose rest follows selectDelivery.
func (l *Ledger) deliveries(ctx context.Context, rest string, args ...any) ([]Delivery, error) {
	return scan.List(ctx, l.read, func(r *sql.Rows, x *Delivery) (err error) {
		*x, err = scanDelivery(r)
		return err
	}, selectDelivery+rest+` ORDER BY d.delivery_id`, args...)
}
