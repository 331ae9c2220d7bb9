package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// IncidentByKey returns the incident with the vendor's own id, or with the address, that key is; the newest
// if several sources have one. The error wraps ErrNotFound if there is none.
func (d *DB) IncidentByKey(ctx context.Context, key string) (IncidentDetail, error) {
	var id int64
	err := d.read.QueryRowContext(ctx, `SELECT incident_id FROM incidents WHERE source_key = ?1 OR url = ?1 ORDER BY first_seen_at DESC LIMIT 1`, key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return IncidentDetail{}, fmt.Errorf("incident %q: %w", key, ErrNotFound)
	}
	if err != nil {
		return IncidentDetail{}, fmt.Errorf("incident %q: %w", key, err)
	}
	return d.IncidentByID(ctx, id)
}
