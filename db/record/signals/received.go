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

// receive stores a signal, and returns the vendor that it names, 0 for none. known is false if it names a vendor that
// is not on record, or no vendor and a service that is not: nothing is stored then. Beside a vendor, the label service
// is often that of the sender's own world, and is left out where it names no service of ours.
func receive(ctx context.Context, tx *db.Tx, s Signal, at string) (vendorID int64, slug string, known bool,
	err error) {
	var serviceID int64
	err = scan.EachRow(ctx, tx, func(row scan.Scanner) error { return row.Scan(&vendorID, &slug) }, `
		SELECT vendor_id, slug FROM vendors WHERE lower(slug) = lower(?1) OR lower(name) = lower(?1)
		ORDER BY lower(slug) <> lower(?1) LIMIT 1`, s.Vendor)
	if err == nil {
		err = scan.EachRow(ctx, tx, func(row scan.Scanner) error { return row.Scan(&serviceID) }, `
			SELECT service_id FROM services WHERE lower(slug) = lower(?1) OR lower(name) = lower(?1)
			ORDER BY lower(slug) <> lower(?1) LIMIT 1`, s.Service)
	}
	if err != nil || vendorID == 0 && (s.Vendor != "" || serviceID == 0) {
		return 0, "", false, err
	}
	start, end := db.Stamp(s.StartedAt), db.Stamp(s.EndedAt)
	if end != "" && end < start {
		end = start
	}
	// A sender that was started again may tell of the same alert with another start. What ended before the one that
	// burns began is another one, told late.
	n, err := tx.Exec(ctx, `
		UPDATE signals SET ended_at = ?3, last_seen_at = ?4, summary = ?5, severity = ?6
		WHERE signal_id = (SELECT signal_id FROM signals WHERE fingerprint = ?1
				AND (started_at = ?2 OR ended_at = ?3 OR ended_at IS NULL AND (?3 IS NULL OR ?3 >= started_at))
			ORDER BY CASE WHEN ?3 IS NULL THEN ended_at IS NOT NULL ELSE started_at <> ?2 END LIMIT 1)`,
		s.Fingerprint, start, db.Null(end), at, s.Summary, s.Severity)
	if err != nil || n > 0 {
		return vendorID, slug, true, err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO signals (vendor_id, service_id, fingerprint, name, severity, summary, url, started_at, ended_at,
			first_seen_at, last_seen_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, db.NullID(vendorID), db.NullID(serviceID), s.Fingerprint, s.Name,
		s.Severity, s.Summary, s.URL, start, db.Null(end), at, at)
	return vendorID, slug, true, err
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
