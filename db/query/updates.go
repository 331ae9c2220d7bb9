package query

import (
	"context"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Update is a row of v_updates.
type Update struct {
	UpdateID    int64  `db:"update_id" json:"update_id"`
	IncidentID  int64  `db:"incident_id" json:"incident_id"`
	State       string `db:"state" json:"state"`
	VendorState string `db:"vendor_state" json:"vendor_state,omitempty"`
	PostedAt    string `db:"posted_at" json:"posted_at,omitempty"`
	CreatedAt   string `db:"created_at" json:"created_at,omitempty"`
	Body        string `db:"body" json:"body"`
	FirstSeenAt string `db:"first_seen_at" json:"first_seen_at"`
	RemovedAt   string `db:"removed_at" json:"removed_at,omitempty"` // the vendor took it off the page
	// by when it promises the next post; empty where it promises none, or its words are not understood
	PromisedAt string `db:"promised_at" json:"promised_at,omitempty"`
}

var updateRow = scan.Of[Update]("u")

// ListedUpdate is a post with the incident and the vendor that it is of.
type ListedUpdate struct {
	Update
	Vendor string `db:"vendor = v.slug" json:"vendor"` // slug
	Title  string `db:"title = i.title" json:"title"`  // of the incident
	Kind   string `db:"kind = i.kind" json:"kind"`     // of the incident
}

var listedUpdateRow = scan.Of[ListedUpdate]("u")

// UpdatesAfter returns posts in the order in which they were stored, at most limit of them, from the one that
// follows afterID on. Vendor (slug) chooses where it is not empty, and so does incident where it is not 0.
func (d *DB) UpdatesAfter(ctx context.Context, vendor string, incident, afterID int64, limit int) ([]ListedUpdate,
	error) {
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
	updates, err := listedUpdateRow.All(ctx, d.read, `
		SELECT `+listedUpdateRow.Columns+`
		FROM incident_updates u JOIN incidents i USING (incident_id) JOIN sources s USING (source_id)
		JOIN vendors v USING (vendor_id)
		WHERE `+chosen+` ORDER BY u.update_id LIMIT ?2`, args...)
	if err != nil {
		return nil, fmt.Errorf("updates: %w", err)
	}
	return updates, nil
}
