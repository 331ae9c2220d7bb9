package query

// Revision is one edit by the vendor.
type Revision struct {
	RevisionID int64  `json:"revision_id"`
	IncidentID int64  `json:"incident_id"`
	UpdateID   int64  `json:"update_id,omitempty"`
	Field      string `json:"field"`
	OldValue   string `json:"old_value"`
	NewValue   string `json:"new_value"`
	SeenAt     string `json:"seen_at"`
}
