package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Mute is a row of mutes, with what it is about: until when no channel is alerted of a vendor, or of an incident.
type Mute struct {
	MuteID     int64  `db:"mute_id" json:"mute_id"`
	VendorID   int64  `db:"vendor_id" json:"vendor_id,omitempty"`     // 0 if an incident is muted
	IncidentID int64  `db:"incident_id" json:"incident_id,omitempty"` // 0 if a vendor is muted
	Vendor     string `db:"vendor = v.slug" json:"vendor"`            // slug; of the incident's vendor too
	Title      string `db:"title = i.title" json:"title,omitempty"`   // of the incident
	UntilAt    string `db:"until_at" json:"until_at"`
	Reason     string `db:"reason" json:"reason,omitempty"`
	CreatedAt  string `db:"created_at" json:"created_at"`
	EndedAt    string `db:"ended_at" json:"ended_at,omitempty"` // ended by hand before its time
}

// Mute puts a mute on record: of the vendor with the slug m.Vendor, or, where m.IncidentID is set, of that
// incident. It returns the mute as it is kept, or db.ErrNotFound if there is no such vendor or incident.
func (l *Ledger) Mute(ctx context.Context, m Mute, until, now time.Time) (Mute, error) {
	if !until.After(now) {
		return Mute{}, fmt.Errorf("mute: it would end at %s, which is in the past", db.Stamp(until))
	}
	var id int64
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		query, key := `SELECT vendor_id, NULL FROM vendors WHERE slug = ?`, any(m.Vendor)
		if m.IncidentID != 0 {
			query, key = `SELECT NULL, incident_id FROM incidents WHERE incident_id = ?`, any(m.IncidentID)
		}
		var vendor, incident sql.NullInt64
		if err := tx.QueryRowContext(ctx, query, key).Scan(&vendor, &incident); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `
			INSERT INTO mutes (vendor_id, incident_id, until_at, reason, created_at) VALUES (?, ?, ?, ?, ?)
			RETURNING mute_id`,
			vendor, incident, db.Stamp(until), m.Reason, db.Stamp(now)).Scan(&id)
	})
	if err != nil {
		return Mute{}, fmt.Errorf("mute: %w", notFound(err))
	}
	return l.muteByID(ctx, id)
}

// Unmute ends a mute before its time. One that has ended is left as it is. It returns db.ErrNotFound if there is
// no such mute.
func (l *Ledger) Unmute(ctx context.Context, id int64, now time.Time) error {
	if _, err := l.muteByID(ctx, id); err != nil {
		return err
	}
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx,
			`UPDATE mutes SET ended_at = ?2 WHERE mute_id = ?1 AND ended_at IS NULL AND until_at > ?2`, id,
			db.Stamp(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("mute %d: %w", id, err)
	}
	return nil
}

var muteRow = scan.Of[Mute]("m")

var selectMute = `
	SELECT ` + muteRow.Columns + `
	FROM mutes m
	LEFT JOIN incidents i USING (incident_id)
	LEFT JOIN sources s ON s.source_id = i.source_id
	JOIN vendors v ON v.vendor_id = coalesce(m.vendor_id, s.vendor_id) `

func (l *Ledger) muteByID(ctx context.Context, id int64) (Mute, error) {
	m, err := muteRow.One(ctx, l.read, selectMute+`WHERE m.mute_id = ?`, id)
	if err != nil {
		return Mute{}, fmt.Errorf("mute %d: %w", id, notFound(err))
	}
	return m, nil
}

// Mutes returns the mutes that hold at now, in the order in which they end.
func (l *Ledger) Mutes(ctx context.Context, now time.Time) ([]Mute, error) {
	mutes, err := muteRow.All(ctx, l.read,
		selectMute+`WHERE m.until_at > ?1 AND m.ended_at IS NULL AND m.created_at <= ?1 ORDER BY m.until_at, m.mute_id`,
		db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("mutes: %w", err)
	}
	return mutes, nil
}
