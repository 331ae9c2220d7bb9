// Package target says what a vendor promises of its availability.
package target

// Target is what a vendor promises of its availability.
type Target struct {
	TargetPercent float64  `json:"target_percent"` // least uptime of a period
	Period        string   `json:"period"`         // month or quarter, in UTC
	Severities    []string `json:"severities"`     // of incidents that count; empty: all
	// globs of components whose incidents count; those that name none do too; empty: all
	Components  []string `json:"components"`
	Maintenance bool     `json:"maintenance"` // planned work counts too
	Credits     []Credit `json:"credits"`     // from the highest uptime down
}

// Credit is a share of the bill that is due below an uptime.
type Credit struct {
	Below   float64 `json:"below"`   // percent
	Percent float64 `json:"percent"` // of the bill
}
