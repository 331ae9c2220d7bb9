package signals

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize/signal"
)

// Signal is an alert of our own monitoring, as it was received.
type Signal = signal.Received

// receive stores a signal, and returns the vendor that it names, 0 for none. known is false if it names a vendor or a
// service that is not on record; nothing is stored then.
func receive(ctx context.Context, tx *db.Tx, s Signal, at string) (vendorID int64, known bool, err error) {
	var serviceID int64
	err = tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT vendor_id FROM vendors WHERE lower(slug) = lower(?1) OR lower(name) = lower(?1)
				ORDER BY lower(slug) <> lower(?1) LIMIT 1), 0),
			coalesce((SELECT service_id FROM services WHERE lower(slug) = lower(?2) OR lower(name) = lower(?2)
				ORDER BY lower(slug) <> lower(?2) LIMIT 1), 0)`, s.Vendor, s.Service).Scan(&vendorID, &serviceID)
	if err != nil || vendorID == 0 && s.Vendor != "" || serviceID == 0 && s.Service != "" {
		return 0, false, err
	}
	start, end := db.Stamp(s.StartedAt), db.Stamp(s.EndedAt)
	if end != "" && end < start {
		end = start
	}
	// The end of one that began at another time than we were told, or that we were not told of, ends what burns.
	n, err := tx.Exec(ctx, `
		UPDATE signals SET ended_at = ?3, last_seen_at = ?4, summary = ?5, severity = ?6
		WHERE fingerprint = ?1 AND (started_at = ?2 OR ended_at IS NULL AND ?3 IS NOT NULL)`,
		s.Fingerprint, start, db.Null(end), at, s.Summary, s.Severity)
	if err != nil || n > 0 {
		return vendorID, true, err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO signals (vendor_id, service_id, fingerprint, name, severity, summary, url, started_at, ended_at,
			first_seen_at, last_seen_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, db.NullID(vendorID), db.NullID(serviceID), s.Fingerprint, s.Name,
		s.Severity, s.Summary, s.URL, start, db.Null(end), at, at)
	return vendorID, true, err
}

// unheard is for how long a signal burns that its sender does not repeat: Alertmanager and Grafana repeat theirs every
// four hours.
const unheard = 24 * time.Hour

// expire ends the signals that have not been repeated for long, and returns the vendors that they name.
func expire(ctx context.Context, tx *db.Tx, now time.Time) ([]int64, error) {
	before := db.Stamp(now.Add(-unheard))
	vendors, err := scan.Column[int64](ctx, tx, `SELECT DISTINCT vendor_id FROM signals
		WHERE ended_at IS NULL AND last_seen_at < ? AND vendor_id IS NOT NULL`, before)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE signals SET ended_at = max(last_seen_at, started_at)
		WHERE ended_at IS NULL AND last_seen_at < ?`, before)
	if err != nil {
		return nil, fmt.Errorf("signals: %w", err)
	}
	return vendors, nil
}
