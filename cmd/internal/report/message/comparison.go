package message

import (
	"fmt"

	"vendorwatch/cmd/internal/words"
)

// Comparison compares the window of a digest with the one of the same length before it.
type Comparison struct {
	FromAt string  `json:"from_at"` // start of the window before; it ends where the digest's begins
	Now    Figures `json:"now"`
	Before Figures `json:"before"`
}

// Figures count the incidents of one window, without maintenance and without what the vendors' filters hide.
type Figures struct {
	Incidents int `json:"incidents"` // that started within it
	// of the window, with at least one incident of any vendor; null if no length is known
	ImpactSeconds *int64 `json:"impact_seconds"`
	KnownLength   int    `json:"incidents_of_known_length"`   // that ImpactSeconds counts, whenever they started
	UnknownLength int    `json:"incidents_of_unknown_length"` // that started within it, and ImpactSeconds lacks
	WorstVendor   string `json:"worst_vendor,omitempty"`      // name of the one with the longest impact
	WorstSeconds  int64  `json:"worst_seconds,omitempty"`
}

// ComparisonText compares the window with the one before, in one line. It is empty if there is no comparison, or if
// nothing happened in either.
func (d Digest) ComparisonText() string {
	c := d.Compared
	if c == nil || c.Now.nothing() && c.Before.nothing() {
		return ""
	}
	span := words.Duration(words.Time(d.UntilAt).Sub(words.Time(d.FromAt)))
	return fmt.Sprintf("%s started, %s; in the %s before, %d started, %s", words.Count(c.Now.Incidents, "incident"),
		c.Now.impactWords(), span, c.Before.Incidents, c.Before.impactWords())
}

// nothing reports whether there was no incident.
func (f Figures) nothing() bool { return f.Incidents+f.KnownLength+f.UnknownLength == 0 }

func (f Figures) impactWords() string {
	switch {
	case f.ImpactSeconds == nil:
		return "length not known"
	case *f.ImpactSeconds == 0 && f.UnknownLength == 0:
		return "no impact"
	}
	text := words.Seconds(*f.ImpactSeconds) + " of impact"
	if f.WorstVendor != "" {
		text += " (most: " + f.WorstVendor + ", " + words.Seconds(f.WorstSeconds) + ")"
	}
	if f.UnknownLength > 0 {
		text += fmt.Sprintf(", %d of unknown length", f.UnknownLength)
	}
	return text
}
