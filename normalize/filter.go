package normalize

import (
	"slices"
	"strings"

	"vendorwatch/normalize/markdown"
)

// Filter says which of a vendor's incidents and components concern us. Zero fields let everything pass.
// What a filter hides is kept on record all the same, and is not announced.
type Filter struct {
	Components []string `json:"components,omitempty"` // globs of names, or of "Group › Name"
	Groups     []string `json:"groups,omitempty"`     // globs of groups
	Regions    []string `json:"regions,omitempty"`    // globs of places, in the vendor's words, that concern us
	// globs of all places that the vendor names, so that what names none is told apart from what names others
	Places   []string `json:"places,omitempty"`
	Kinds    []Kind   `json:"kinds,omitempty"`    // of incidents
	Severity Severity `json:"severity,omitempty"` // the lowest, by Severity.Rank; planned work and notices have none
	// the mildest that a component of an incident must have itself while the incident is open
	Status ComponentStatus `json:"component_status,omitempty"`
}

// IsZero reports whether the filter lets everything pass.
func (f Filter) IsZero() bool {
	return len(f.Components)+len(f.Groups)+len(f.Regions)+len(f.Kinds) == 0 && f.Severity == "" && f.Status == ""
}

// Hides reports whether an incident does not concern us. One that names no component, or no place of
// the vendor's, may be everywhere: neither components nor groups nor regions hide it.
func (f Filter) Hides(i Incident) bool {
	if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, i.Kind) {
		return true
	}
	if f.Severity != "" && i.Kind == KindIncident && i.Severity.Rank() < f.Severity.Rank() {
		// That nobody said how bad it is must not hide an outage.
		if i.Severity != SeverityUnknown {
			return true
		}
	}
	if len(i.Components) == 0 {
		return false
	}
	placed := slices.ContainsFunc(i.Components, func(c Component) bool { return c.matchesPlace(f.Places) })
	return !slices.ContainsFunc(i.Components, func(c Component) bool {
		return f.wants(c, placed) && (i.Kind != KindIncident || i.State.Over() || f.AsBad(c.Status))
	})
}

// statusOrder has the statuses that a filter can ask for, mildest first.
var statusOrder = []ComponentStatus{StatusOperational, StatusMaintenance, StatusDegraded, StatusPartial, StatusMajor}

// AsBad reports whether a status is as bad as the filter asks for. One that is not known may be.
func (f Filter) AsBad(s ComponentStatus) bool {
	n := slices.Index(statusOrder, s)
	return n < 0 || n >= slices.Index(statusOrder, f.Status)
}

// HidesComponent reports whether a component does not concern us.
func (f Filter) HidesComponent(c Component) bool {
	return !f.wants(c, c.matchesPlace(f.Places))
}

// wants reports whether a component concerns us. Regions are asked for only where places are named.
func (f Filter) wants(c Component, placed bool) bool {
	return (len(f.Components) == 0 || c.Matches(f.Components)) &&
		(len(f.Groups) == 0 || anyGlob(f.Groups, c.Group)) &&
		(len(f.Regions) == 0 || !placed || c.matchesPlace(f.Regions))
}

// Matches reports whether one of the globs matches the component's name or its label, "Group › Name".
func (c Component) Matches(globs []string) bool {
	return anyGlob(globs, c.Name) || c.Group != "" && anyGlob(globs, c.Label())
}

// matchesPlace reports whether one of the globs matches the component's name or its group, either of which
// may be a place.
func (c Component) matchesPlace(globs []string) bool {
	return anyGlob(globs, c.Name) || anyGlob(globs, c.Group)
}

func anyGlob(globs []string, text string) bool {
	return slices.ContainsFunc(globs, func(g string) bool { return Glob(g, text) })
}

// Glob reports whether the whole text matches the pattern, in which * stands for any characters, none
// included, and ? for one. Upper and lower case are the same, and so are any two runs of white space.
func Glob(pattern, text string) bool {
	p, t := []rune(strings.ToLower(markdown.Line(pattern))), []rune(strings.ToLower(markdown.Line(text)))
	// Where a character does not fit, the last * takes one more; there is no need to go back further.
	var pi, ti int
	star, taken := -1, 0
	for ti < len(t) {
		switch {
		case pi < len(p) && p[pi] == '*':
			star, taken = pi, ti
			pi++
		case pi < len(p) && (p[pi] == '?' || p[pi] == t[ti]):
			pi++
			ti++
		case star >= 0:
			taken++
			pi, ti = star+1, taken
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}
