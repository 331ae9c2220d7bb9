package message

import (
	"fmt"

	"vendorwatch/cmd/internal/words"
)

// Comparison sets a digest's window beside the one of the same length before it.
type Comparison struct {
	FromAt string  `json:"from_at"` // start of the window before; it ends where the digest's begins
	Now    Figures `json:"now"`
	Before Figures `json:"before"`
}

// Figures are what one window came to. Maintenance is no part of it, nor what the vendors' filters hide.
type Figures struct {
	Incidents     int    `json:"incidents"`              // that began within it
	ImpactSeconds int64  `json:"impact_seconds"`         // of all incidents together, as far as they lie within it
	WorstVendor   string `json:"worst_vendor,omitempty"` // name of the one with the longest impact
	WorstSeconds  int64  `json:"worst_seconds,omitempty"`
}

// ComparisonText says in a line how the window went beside the one before; empty where that is not known, or where
// there is nothing to say of either.
func (d Digest) ComparisonText() string {
	c := d.Compared
	if c == nil || c.Now == (Figures{}) && c.Before == (Figures{}) {
		return ""
	}
	span := words.Duration(words.Time(d.UntilAt).Sub(words.Time(d.FromAt)))
	return fmt.Sprintf("%s began, %s; in the %s before %d began, %s", words.Count(c.Now.Incidents, "incident"), c.Now.impactWords(), span, c.Before.Incidents, c.Before.impactWords())
}

func (f Figures) impactWords() string {
	if f.ImpactSeconds == 0 {
		return "no impact"
	}
	text := words.Seconds(f.ImpactSeconds) + " of impact"
	if f.WorstVendor != "" {
		text += " (worst " + f.WorstVendor + ", " + words.Seconds(f.WorstSeconds) + ")"
	}
	return text
}
