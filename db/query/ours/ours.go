// Package ours asks what our own checks and alerts tell, and how they do.
package ours

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Probe is a row of v_probes.
type Probe struct {
	ProbeID         int64  `db:"probe_id" json:"probe_id"`
	Name            string `db:"name" json:"name"`
	Vendor          string `db:"vendor" json:"vendor,omitempty"` // slug; empty if it checks a service of ours
	VendorName      string `db:"vendor_name" json:"vendor_name,omitempty"`
	Service         string `db:"service" json:"service,omitempty"` // slug; empty if it checks a vendor
	URL             string `db:"url" json:"url"`
	Severity        string `db:"severity" json:"severity"`
	IntervalSeconds int64  `db:"interval_seconds" json:"interval_seconds"`
	State           string `db:"state" json:"state"` // as in normalize/reach
	LastAt          string `db:"last_at" json:"last_at,omitempty"`
	LastOKAt        string `db:"last_ok_at" json:"last_ok_at,omitempty"`
	LastMissAt      string `db:"last_miss_at" json:"last_miss_at,omitempty"`
	MissingSinceAt  string `db:"missing_since_at" json:"missing_since_at,omitempty"`
	Misses          int64  `db:"misses" json:"misses"`
	FailingSinceAt  string `db:"failing_since_at" json:"failing_since_at,omitempty"`
	LastError       string `db:"last_error" json:"last_error,omitempty"`
	TookMS          *int64 `db:"took_ms" json:"took_ms,omitempty"`
}

// OwnOutage is a row of own_outages.
type OwnOutage struct {
	FromAt  string   `db:"from_at" json:"from_at"`
	ToAt    string   `db:"to_at" json:"to_at,omitempty"` // empty while it lasts
	Vendors []string `db:"vendors" json:"vendors"`
	Refuted bool     `db:"refuted" json:"refuted"` // it was not our network
}

var (
	probeRow     = scan.Of[Probe]("c")
	ownOutageRow = scan.Of[OwnOutage]("own")
)

// Reader asks through a Querier.
type Reader struct{ Read scan.Querier }

// OwnChecks returns the checks of ours that the configuration lists, the failing ones first, and the times since one in
// which our own network was taken for the cause, the newest first. Those that turned out not to be are left out.
func (r Reader) OwnChecks(ctx context.Context, since time.Time) ([]Probe, []OwnOutage, error) {
	probes, err := probeRow.All(ctx, r.Read, `SELECT `+probeRow.Columns+` FROM v_probes c
		WHERE c.watched = 1 ORDER BY c.state IN ('ok', 'never'), c.name`)
	if err != nil {
		return nil, nil, fmt.Errorf("probes: %w", err)
	}
	outages, err := ownOutageRow.All(ctx, r.Read, `SELECT `+ownOutageRow.Columns+` FROM own_outages own
		WHERE own.refuted = 0 AND coalesce(own.to_at >= ?, 1) ORDER BY own.from_at DESC LIMIT 100`, db.Stamp(since))
	if err != nil {
		return nil, nil, fmt.Errorf("outages of our own: %w", err)
	}
	return probes, outages, nil
}

// OwnOutages returns the times that began since a moment in which our own network was taken for the cause, the oldest
// first, with those that turned out not to be.
func (r Reader) OwnOutages(ctx context.Context, since time.Time) ([]OwnOutage, error) {
	outages, err := ownOutageRow.All(ctx, r.Read, `SELECT `+ownOutageRow.Columns+` FROM own_outages own
		WHERE own.from_at >= ? ORDER BY own.from_at LIMIT 100`, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("outages of our own: %w", err)
	}
	return outages, nil
}

// InTrouble returns the watched pages of vendors that have something open of which there was news within a day, of
// which a probe of ours misses, or a signal burns, for them or for a service that needs them.
func (r Reader) InTrouble(ctx context.Context, now time.Time) ([]int64, error) {
	ids, err := scan.Column[int64](ctx, r.Read, `
		SELECT s.source_id FROM sources s WHERE s.watched = 1 AND s.vendor_id IN (
			SELECT o.vendor_id FROM incidents i JOIN sources o USING (source_id)
			WHERE i.open = 1 AND i.kind = 'incident' AND (i.first_seen_at > ?1
				OR EXISTS (SELECT 1 FROM events e WHERE e.incident_id = i.incident_id AND e.at > ?1))
			UNION
			SELECT p.vendor_id FROM probes p WHERE p.watched = 1 AND p.misses > 0 AND p.vendor_id IS NOT NULL
			UNION
			SELECT g.vendor_id FROM signals g WHERE g.ended_at IS NULL AND g.vendor_id IS NOT NULL
			UNION
			SELECT n.vendor_id FROM signals g JOIN service_needs n USING (service_id) WHERE g.ended_at IS NULL
			UNION
			SELECT n.vendor_id FROM probes p JOIN service_needs n USING (service_id)
			WHERE p.watched = 1 AND p.state = 'failing')
		ORDER BY s.source_id`, db.Stamp(now.AddDate(0, 0, -1)))
	if err != nil {
		return nil, fmt.Errorf("pages of vendors with trouble: %w", err)
	}
	return ids, nil
}
