package ledger

import (
	"context"
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
	DeliveryID int64  `db:"delivery_id" json:"delivery_id"`
	Channel    string `db:"channel" json:"channel"`
	Stream     string `db:"stream" json:"stream"`
	Reason     string `db:"reason" json:"reason"`
	// slug; empty where it tells of several incidents, or is a digest
	Vendor string `db:"vendor = v.slug" json:"vendor,omitempty"`
	Title  string `db:"title = i.title" json:"title,omitempty"` // of the incident
	// 0 where it tells of none, or of several: those of its events
	IncidentID  int64         `db:"incident_id" json:"incident_id,omitempty"`
	SourceID    int64         `db:"source_id" json:"source_id,omitempty"`
	Route       string        `db:"route" json:"route,omitempty"`
	DedupKey    string        `db:"dedup_key" json:"dedup_key,omitempty"`
	Mention     int           `db:"mention" json:"mention"`
	FromAt      string        `db:"from_at" json:"from_at,omitempty"` // of a digest: since when it reports
	State       DeliveryState `db:"state" json:"state"`
	NotBeforeAt string        `db:"not_before_at" json:"not_before_at,omitempty"`
	Attempts    int           `db:"attempts" json:"attempts"`
	// when it is to be tried again; while a process has it in hand, until when
	NextAttemptAt  string `db:"next_attempt_at" json:"next_attempt_at,omitempty"`
	FirstAttemptAt string `db:"first_attempt_at" json:"first_attempt_at,omitempty"`
	// since when each attempt was rejected for a reason that somebody may mend
	RejectedSinceAt string `db:"rejected_since_at" json:"rejected_since_at,omitempty"`
	Sender          string `db:"sender" json:"sender,omitempty"` // which process has it in hand, see Lease.Holder
	// as it was first tried, in the form of whoever renders it; empty if it was not, or is delivered
	Message string `db:"message" json:"-"`
	// how many parts of a long message the receiver has, and what it gave back for the others
	Parts        int    `db:"parts" json:"parts,omitempty"`
	PartsThread  string `db:"parts_thread" json:"-"`
	AboutChannel string `db:"about_channel" json:"about_channel,omitempty"`
	// the message that was sent in its place, since what both tell of was over; 0 for none
	FoldedInto  int64  `db:"folded_into" json:"folded_into,omitempty"`
	CreatedAt   string `db:"created_at" json:"created_at"`
	DeliveredAt string `db:"delivered_at" json:"delivered_at,omitempty"`
	Receipt     string `db:"receipt" json:"receipt,omitempty"`
	LastError   string `db:"last_error" json:"last_error,omitempty"`
	Note        string `db:"note" json:"note,omitempty"`
	// in the order in which they were learned
	EventIDs []int64 `db:"event_ids" json:"event_ids"`
}

var deliveryRow = scan.Of[Delivery]("d")

// deliveryTables are what the columns of a Delivery are of.
const deliveryTables = ` FROM (
		SELECT *, (SELECT json_group_array(event_id) FROM (
			SELECT event_id FROM delivery_events x WHERE x.delivery_id = deliveries.delivery_id
			ORDER BY event_id)) AS event_ids
		FROM deliveries) d
	LEFT JOIN incidents i ON i.incident_id = d.incident_id
	LEFT JOIN sources s ON s.source_id = coalesce(d.source_id, i.source_id)
	LEFT JOIN vendors v ON v.vendor_id = s.vendor_id `

var selectDelivery = `SELECT ` + deliveryRow.Columns + deliveryTables

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
			SELECT delivery_id FROM delivery_events JOIN events USING (event_id) WHERE incident_id = ?))`, f.Incident,
			f.Incident)
	}
	if !f.Since.IsZero() {
		add(`d.created_at >= ?`, db.Stamp(f.Since))
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	found, err := l.deliveries(ctx, `
		WHERE d.delivery_id IN (SELECT d.delivery_id FROM deliveries d WHERE `+strings.Join(terms, ` AND `)+
		` ORDER BY d.delivery_id DESC LIMIT ?)`,
		append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	return found, nil
}

// DeliveryByID returns one message, or db.ErrNotFound.
func (l *Ledger) DeliveryByID(ctx context.Context, id int64) (Delivery, error) {
	found, err := deliveryRow.One(ctx, l.read, selectDelivery+`WHERE d.delivery_id = ?`, id)
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, notFound(err))
	}
	return found, nil
}

// RecentAlerts returns the alerts that were free to be sent at that time or later, and were delivered or are to
// be, in the order in which they were planned.
func (l *Ledger) RecentAlerts(ctx context.Context, since time.Time) ([]Delivery, error) {
	found, err := l.deliveries(ctx, `
		WHERE d.stream = 'alerts' AND d.state IN ('pending', 'delivered')
		AND max(d.created_at, coalesce(d.not_before_at, '')) >= ?`, db.Stamp(since))
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

// OwnNetworkAlerts returns the alerts on outages of our own network that began at that time or later, in the order in
// which they were planned.
func (l *Ledger) OwnNetworkAlerts(ctx context.Context, since time.Time) ([]Delivery, error) {
	found, err := l.deliveries(ctx, `WHERE d.stream = 'alerts' AND d.reason IN ('own_network', 'own_network_back')
		AND d.from_at >= ?`, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("alerts on our own network: %w", err)
	}
	return found, nil
}

// TargetAlerts returns the alerts on targets that were planned since, in that order.
func (l *Ledger) TargetAlerts(ctx context.Context, since time.Time) ([]Delivery, error) {
	found, err := l.deliveries(ctx, `WHERE d.stream = 'alerts' AND d.reason IN ('sla_at_risk', 'sla_missed')
		AND d.created_at >= ?`, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("alerts on targets: %w", err)
	}
	return found, nil
}

// deliveries runs a query whose rest follows selectDelivery.
func (l *Ledger) deliveries(ctx context.Context, rest string, args ...any) ([]Delivery, error) {
	return deliveryRow.All(ctx, l.read, selectDelivery+rest+` ORDER BY d.delivery_id`, args...)
}
