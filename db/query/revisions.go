package query

import "vendorwatch/db/internal/scan"

// Revision is one edit by the vendor.
type Revision struct {
	RevisionID int64  `db:"revision_id" json:"revision_id"`
	IncidentID int64  `db:"incident_id" json:"incident_id"`
	UpdateID   int64  `db:"update_id" json:"update_id,omitempty"`
	Field      string `db:"field" json:"field"`
	OldValue   string `db:"old_value" json:"old_value"`
	NewValue   string `db:"new_value" json:"new_value"`
	SeenAt     string `db:"seen_at" json:"seen_at"`
}

var revisionRow = scan.Of[Revision]("r")
