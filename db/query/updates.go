package query

import (
	"context"
	"database/sql"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Update is a row of v_updates.
type Update struct {
	UpdateID    int64  `json:"update_id"`
	IncidentID  int64  `json:"incident_id"`
	State       string `json:"state"`
	VendorState string `json:"vendor_state,omitempty"`
	PostedAt    string `json:"posted_at,omitempty"`
	CreatedAt   string `json:"created_at,omitempty"`
	Body        string `json:"body"`
	FirstSeenAt string `json:"first_seen_at"`
	RemovedAt   string `json:"removed_at,omitempty"` // the vendor took it off the page
}

// ListedUpdate is a post with the incident and the vendor that it is of.
type ListedUpdate struct {
	Update
	Vendor string `json:"vendor"` // slug
	Title  string `json:"title"`  // of the incident
	Kind   string `json:"kind"`   // of the incident
}

// UpdatesAfter returns posts in the order in which they were stored, at most limit of them, from the one that
// follows afterID on. Vendor (slug) chooses where it is not empty, and so does incident where it is not 0.
func (d *DB) UpdatesAfter(ctx context.Context, vendor string, incident, afterID int64, limit int) ([]ListedUpdate, error) {
	chosen := `u.update_id > ?1`
	args := []any{afterID, limit}
	switch {
	case incident != 0:
		chosen += ` AND u.incident_id = ?3`
		args = append(args, incident)
	case vendor != "":
		chosen += ` AND i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?3)`
		args = append(args, vendor)
	}
	updates, err := scan.List(ctx, d.read, func(r *sql.Rows, u *ListedUpdate) error {
		return r.Scan(&u.UpdateID, &u.IncidentID, &u.State, &u.VendorState, &u.PostedAt, &u.CreatedAt, &u.Body, &u.FirstSeenAt, &u.RemovedAt, &u.Vendor, &u.Title, &u.Kind)
	}, `
		SELECT u.update_id, u.incident_id, u.state, u.vendor_state, coalesce(u.posted_at, ''), coalesce(u.created_at, ''), u.body, u.first_seen_at,
			coalesce(u.removed_at, ''), v.slug, i.title, i.kind
		FROM incident_updates u JOIN incidents i USING (incident_id) JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE `+chosen+` ORDER BY u.update_id LIMIT ?2`, args...)
	if err != nil {
		return nil, fmt.Errorf("updates: %w", err)
	}
	return updates, nil
}
