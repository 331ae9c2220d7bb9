// Package signals stores what our own checks and alerts tell of vendors, and the incidents that are made of it.
package signals

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
	"vendorwatch/normalize/reach"
)

// Probe is a check of ours, as the configuration has it.
type Probe struct {
	Name     string
	Vendor   string // slug; empty if it checks a service of ours
	Service  string // slug; empty if it checks a vendor
	URL      string
	Severity normalize.Severity
	Every    time.Duration
}

// setProbes stores which probes there are, and returns their numbers by name. One that is gone keeps its record.
func setProbes(ctx context.Context, tx *db.Tx, all []Probe) (map[string]int64, error) {
	if _, err := tx.Exec(ctx, `UPDATE probes SET watched = 0 WHERE watched = 1`); err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for _, p := range all {
		// A probe that asks another address, or about another vendor, is another one: what is known of it is not.
		_, err := tx.Exec(ctx, `
			INSERT INTO probes (name, vendor_id, service_id, url, severity, interval_seconds)
			VALUES (?1, (SELECT vendor_id FROM vendors WHERE slug = ?2),
				(SELECT service_id FROM services WHERE slug = ?3), ?4, ?5, ?6)
			ON CONFLICT (name) DO UPDATE SET watched = 1, url = excluded.url, severity = excluded.severity,
				interval_seconds = excluded.interval_seconds, service_id = excluded.service_id,
				vendor_id = excluded.vendor_id,
				state = CASE WHEN url = excluded.url AND vendor_id IS excluded.vendor_id THEN state ELSE 'never' END,
				misses = CASE WHEN url = excluded.url AND vendor_id IS excluded.vendor_id THEN misses ELSE 0 END,
				missing_since_at = CASE WHEN url = excluded.url AND vendor_id IS excluded.vendor_id
					THEN missing_since_at END,
				failing_since_at = CASE WHEN url = excluded.url AND vendor_id IS excluded.vendor_id
					THEN failing_since_at END`,
			p.Name, p.Vendor, p.Service, p.URL, p.Severity, int64(max(time.Second, p.Every)/time.Second))
		if err != nil {
			return nil, fmt.Errorf("probe %q: %w", p.Name, err)
		}
		var id int64
		if err := tx.QueryRowContext(ctx, `SELECT probe_id FROM probes WHERE name = ?`, p.Name).Scan(&id); err != nil {
			return nil, err
		}
		ids[p.Name] = id
	}
	_, err := tx.Exec(ctx, `UPDATE probes SET state = 'never', misses = 0, missing_since_at = NULL,
		failing_since_at = NULL WHERE watched = 0 AND (misses > 0 OR failing_since_at IS NOT NULL)`)
	return ids, err
}

// reached is when each vendor was last reached: by a probe, or by reading its page.
func reached(ctx context.Context, q scan.Querier) (map[int64]time.Time, error) {
	all := map[int64]time.Time{}
	err := scan.EachRow(ctx, q, func(row scan.Scanner) error {
		var vendor int64
		var text string
		if err := row.Scan(&vendor, &text); err != nil {
			return err
		}
		at, err := db.ParseStamp(text)
		all[vendor] = at
		return err
	}, `
		SELECT vendor_id, max(at) FROM (
			SELECT vendor_id, last_success_at AS at FROM sources WHERE watched = 1
			UNION ALL
			SELECT vendor_id, last_ok_at FROM probes WHERE watched = 1 AND vendor_id IS NOT NULL)
		WHERE at IS NOT NULL GROUP BY vendor_id`)
	return all, err
}

// probeRow is what a result changes of a probe.
type probeRow struct {
	ID           int64  `db:"probe_id"`
	Vendor       int64  `db:"vendor_id"`
	State        string `db:"state"`
	Misses       int64  `db:"misses"`
	Since        string `db:"missing_since_at"`
	LastMiss     string `db:"last_miss_at"`
	LastOK       string `db:"last_ok_at"`
	Answered     bool   `db:"answered"`
	FailingSince string `db:"failing_since_at"`
}

var probeColumns = scan.Of[probeRow]("")

// World is what the rule of reach depends on, and the vendor of each probe.
func world(ctx context.Context, tx *db.Tx) (*reach.World, error) {
	rows, err := probeColumns.All(ctx, tx, `SELECT `+probeColumns.Columns+` FROM probes WHERE watched = 1`)
	if err != nil {
		return nil, err
	}
	w := &reach.World{}
	for _, row := range rows {
		p := &reach.Probe{ID: row.ID, Vendor: row.Vendor, State: reach.State(row.State), Misses: int(row.Misses),
			Answered: row.Answered}
		if err := db.ParseStamps(map[*time.Time]string{&p.Since: row.Since, &p.LastMiss: row.LastMiss,
			&p.LastOK: row.LastOK}); err != nil {
			return nil, err
		}
		w.Probes = append(w.Probes, p)
	}
	var from, to, vendors string
	err = scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		if err := row.Scan(&from, &to, &w.Outage.Refuted, &vendors); err != nil {
			return err
		}
		return db.ParseStamps(map[*time.Time]string{&w.Outage.From: from, &w.Outage.To: to})
	}, `
		SELECT from_at, coalesce(to_at, ''), refuted, (SELECT json_group_array(vendor_id) FROM vendors
			WHERE coalesce(nullif(name, ''), slug) IN (SELECT value FROM json_each(o.vendors)))
		FROM own_outages o ORDER BY own_outage_id DESC LIMIT 1`)
	if err == nil && vendors != "" {
		err = json.Unmarshal([]byte(vendors), &w.Outage.Vendors)
	}
	return w, err
}

// Result is how one request of a probe ended.
type Result struct {
	reach.Result
	Error string // what was wrong, where it is not OK
}

// take stores the result of a probe. It returns the state of the probe, the vendor that it checks (0: a service of
// ours), and whether an outage of our own network has begun or ended with it.
func take(ctx context.Context, tx *db.Tx, r Result) (state reach.State, vendorID int64, turned bool, err error) {
	w, err := world(ctx, tx)
	if err != nil {
		return "", 0, false, err
	}
	was := w.Outage
	was.Vendors = append([]int64{}, was.Vendors...)
	for _, p := range w.Take(r.Result) {
		if p.ID == r.Probe {
			state, vendorID = p.State, p.Vendor
		}
		if err := writeProbe(ctx, tx, p); err != nil {
			return "", 0, false, err
		}
	}
	if state == "" {
		return "", 0, false, fmt.Errorf("probe %d: %w", r.Probe, db.ErrNotFound)
	}
	_, err = tx.Exec(ctx, `
		UPDATE probes SET last_at = ?, took_ms = ?, last_error = CASE WHEN ? THEN last_error ELSE ? END
		WHERE probe_id = ?`, db.Stamp(r.At), max(0, r.Took.Milliseconds()), db.Bit(r.OK), r.Error, r.Probe)
	if err != nil {
		return "", 0, false, err
	}
	turned = !was.From.Equal(w.Outage.From) || !was.To.Equal(w.Outage.To)
	if turned || len(was.Vendors) != len(w.Outage.Vendors) {
		err = writeOutage(ctx, tx, w.Outage)
	}
	return state, vendorID, turned, err
}

func writeProbe(ctx context.Context, tx *db.Tx, p *reach.Probe) error {
	_, err := tx.Exec(ctx, `
		UPDATE probes SET state = ?1, misses = ?2, missing_since_at = ?3, last_miss_at = ?4, last_ok_at = ?5,
			answered = ?6, failing_since_at = CASE WHEN ?1 = 'failing' THEN coalesce(failing_since_at, ?3) END
		WHERE probe_id = ?7`, p.State, p.Misses, db.Null(db.Stamp(p.Since)), db.Null(db.Stamp(p.LastMiss)),
		db.Null(db.Stamp(p.LastOK)), db.Bit(p.Answered), p.ID)
	return err
}

func writeOutage(ctx context.Context, tx *db.Tx, o reach.Outage) error {
	ids, err := db.JSON(o.Vendors)
	if err != nil {
		return err
	}
	const names = `(SELECT json_group_array(name) FROM (SELECT coalesce(nullif(name, ''), slug) AS name FROM vendors
		WHERE vendor_id IN (SELECT value FROM json_each(?3)) ORDER BY 1))`
	changed, err := tx.Exec(ctx, `UPDATE own_outages SET to_at = ?2, refuted = ?4, vendors = `+names+`
		WHERE from_at = ?1`, db.Stamp(o.From), db.Null(db.Stamp(o.To)), ids, db.Bit(o.Refuted))
	if err != nil || changed > 0 {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO own_outages (from_at, to_at, vendors, refuted) VALUES (?1, ?2, `+names+`, ?4)`,
		db.Stamp(o.From), db.Null(db.Stamp(o.To)), ids, db.Bit(o.Refuted))
	return err
}
