package words

import (
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Moments writes a stored time for who reads it.
type Moments func(at string) string

// Known is a time with how it is known, where no field and no post of the vendor gives it. was is how things were last
// seen at the time after.
func (m Moments) Known(at, basis, after, was string) string {
	if at == "" {
		return ""
	}
	switch normalize.Basis(basis) {
	case "":
		return m(at) + " (uncertain: only a part of the story is known)"
	case normalize.BasisSeen:
		if after != "" {
			return m(at) + " (as seen; " + was + " at " + m(after) + ")"
		}
		return m(at) + " (as seen)"
	}
	return m(at)
}

// Recovered says when a component recovered, where that is known of the component itself.
func (m Moments) Recovered(c query.AffectedComponent) string {
	text := m(c.ResolvedAt) + " " + c.Label()
	if c.DurationSeconds != nil {
		text += ", after " + Seconds(*c.DurationSeconds)
	}
	if c.ResolvedBasis == string(normalize.BasisSeen) {
		text += " (as seen)"
	}
	return text
}
