package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// EventsOf returns the news that a message tells, in the order in which it was learned.
func (d *DB) EventsOf(ctx context.Context, deliveryID int64) ([]Event, error) {
	events, err := queryEvents(ctx, d.read, `WHERE e.event_id IN (SELECT event_id FROM delivery_events WHERE delivery_id = ?)`, deliveryID)
	if err != nil {
		return nil, fmt.Errorf("events of delivery %d: %w", deliveryID, err)
	}
	return events, nil
}

// Thread returns what a channel gave back when it was told of an incident; empty if it was not told, or gave
// nothing.
func (d *DB) Thread(ctx context.Context, channel string, incidentID int64) (string, error) {
	var thread string
	err := d.read.QueryRowContext(ctx, `SELECT thread FROM threads WHERE channel = ? AND incident_id = ?`, channel, incidentID).Scan(&thread)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("thread of incident %d on channel %q: %w", incidentID, channel, err)
	}
	return thread, nil
}

// VendorOf returns the vendor of that slug, or ErrNotFound.
func (d *DB) VendorOf(ctx context.Context, slug string) (v Vendor, err error) {
	err = d.read.QueryRowContext(ctx, `
		SELECT vendor_id, slug, coalesce(nullif(name, ''), slug), homepage, owner, runbook_url FROM vendors WHERE slug = ?`, slug).
		Scan(&v.VendorID, &v.Slug, &v.Name, &v.Homepage, &v.Owner, &v.RunbookURL)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Vendor{}, fmt.Errorf("vendor %q: %w", slug, err)
	}
	return v, nil
}

// DetectedAfter returns how many seconds after the start that the vendor states we first saw an incident. It is
// nil where that says nothing of us: without a stated start, for what was open already at the first look, and for
// what the vendor added to the past.
func (d *DB) DetectedAfter(ctx context.Context, incidentID int64) (*int64, error) {
	var seconds sql.NullInt64
	err := d.read.QueryRowContext(ctx, `
		SELECT CAST(round((julianday(i.first_seen_at) - julianday(i.started_at)) * 86400) AS INTEGER)
		FROM incidents i
		WHERE i.incident_id = ? AND i.start_given = 1 AND i.kind = 'incident' AND i.first_seen_at >= i.started_at
			AND EXISTS (SELECT 1 FROM events e WHERE e.incident_id = i.incident_id AND e.kind = 'incident_opened'
				AND e.detail ->> 'already_open' IS NULL AND e.detail ->> 'late' IS NULL)`, incidentID).Scan(&seconds)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !seconds.Valid {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("incident %d: %w", incidentID, err)
	}
	return &seconds.Int64, nil
}
