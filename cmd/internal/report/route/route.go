// Package route decides which news goes to which channels. It is pure.
package route

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Match chooses news by conditions that must all hold. An empty field is no condition. Patterns are globs, see
// normalize.Glob.
type Match struct {
	Vendors []string // slugs or names
	Tags    []string // of the vendor
	Owners  []string // of the vendor
	// "Group › Name", a group or a name; an incident that names no component matches, since it may affect any
	Components []string
	// slugs or names of services of ours that it touches, or may touch; for news of a page, that need its vendor
	Services []string
	// names of the vendor's groups of places, or its own words for places; otherwise as components
	Regions []string
	// the mildest that one of these components must have itself while the incident is open; without components and
	// regions, one of all that the incident names. A status that is not known matches
	ComponentStatus normalize.ComponentStatus
	Kinds           []normalize.Kind      // of incidents
	Severity        normalize.Severity    // the lowest, by Severity.Rank; not asked of planned work
	Events          []normalize.EventKind // kinds of events
}

// Route says which news goes to which channels.
type Route struct {
	Name string
	Match
	Channels []string
	Continue bool // whether the routes below are tried too when this one matches
	// Untouched is whether it tells also of what touches no service of ours, of a vendor that one needs. A route that
	// names components or regions chooses by these instead.
	Untouched bool
	Hold      time.Duration      // how long the first message on anything is held, in case that ends before
	Mention   normalize.Severity // the severity from which people are mentioned; empty means never
}

// Vendor is what the configuration says of a vendor.
type Vendor struct {
	Name   string
	Owner  string
	Tags   []string
	Places map[string][]string // by group of places, the vendor's words for them, as globs
	Needed []Need              // what services of ours need of it
}

// Need is what a service of ours needs of a vendor.
type Need struct {
	Service   string // name
	Slug      string // of the service
	Component string // words of components, as needed.Components reads them; empty for the whole vendor
}

// Subject is an incident as it is now, with the components that it affects.
type Subject struct {
	query.Incident
	Parts []query.Component
	Also  []int64 // other records of the same event
	// no page that tells of it is watched any more, so that nobody will learn how it goes on
	Unwatched bool
}

// Over reports whether the incident has ended.
func (s Subject) Over() bool { return normalize.State(s.State).Over() }

// Event is the number that all records of one incident share.
func (s Subject) Event() int64 {
	if s.SameEventID != 0 {
		return s.SameEventID
	}
	return s.IncidentID
}

// EffectiveSeverity is the severity of an incident for routes and quiet hours. An unknown one counts as major when a
// component that the incident affects is in a major outage: an incident must not be missed because nobody named its
// impact.
func (s Subject) EffectiveSeverity(severity normalize.Severity) normalize.Severity {
	if severity.Rank() != normalize.SeverityUnknown.Rank() {
		return severity
	}
	if slices.ContainsFunc(s.Parts, func(c query.Component) bool {
		return c.Shown() == string(normalize.StatusMajor)
	}) {
		return normalize.SeverityMajor
	}
	return normalize.SeverityUnknown
}

// News is one event with everything that routes look at.
type News struct {
	Event    query.Event
	Vendor   Vendor
	Subject  *Subject           // nil for news of a page or of one of its components
	Severity normalize.Severity // at the time of the event
}

// Verdict says whether one route matches an event, and why.
type Verdict struct {
	Route   Route  `json:"-"`
	Name    string `json:"route"`
	Matched bool   `json:"matched"`
	Tried   bool   `json:"tried"` // false where a route above ended the search
	Why     string `json:"why"`   // in words: the first condition that does not hold, or all that do
}

// Judge reports whether a route matches news of one of these kinds, and why. Without kinds it is that of the event; a
// caller names others where an event of one kind announces an incident as one of another would.
func (r Route) Judge(n News, kinds ...normalize.EventKind) (bool, string) {
	if len(kinds) == 0 {
		kinds = []normalize.EventKind{n.Event.Kind}
	}
	var met []string
	if len(r.Events) > 0 {
		if !slices.ContainsFunc(kinds, func(k normalize.EventKind) bool { return slices.Contains(r.Events, k) }) {
			return false, fmt.Sprintf("its events do not include %s", kinds[0])
		}
		met = append(met, "event "+string(n.Event.Kind))
	}
	for _, one := range []struct {
		key   string
		globs []string
		words []string
	}{
		{"vendors", r.Vendors, []string{n.Event.Vendor, cmp.Or(n.Vendor.Name, n.Event.VendorName)}},
		{"tags", r.Tags, n.Vendor.Tags},
		{"owners", r.Owners, []string{n.Vendor.Owner}},
	} {
		if len(one.globs) == 0 {
			continue
		}
		glob, word := firstMatch(one.globs, one.words)
		if glob == "" {
			return false, fmt.Sprintf("%s %s do not match %s", one.key, quoted(one.globs),
				cmp.Or(quoted(one.words), "a vendor without any"))
		}
		met = append(met, fmt.Sprintf("%s %q matches %q", one.key, glob, word))
	}
	if n.Subject != nil {
		why, ok := r.judgeIncident(n)
		if !ok {
			return false, why[0]
		}
		met = append(met, why...)
	} else if why, ok := r.judgePart(n); !ok {
		return false, why
	}
	why, ok := r.judgeServices(n)
	if !ok {
		return false, why
	}
	if why != "" {
		met = append(met, why)
	}
	if r.Severity != "" && (n.Subject == nil || n.Subject.Kind != string(normalize.KindMaintenance)) {
		severity := n.Severity
		if n.Subject != nil {
			severity = n.Subject.EffectiveSeverity(severity)
		}
		if severity.Rank() < r.Severity.Rank() {
			return false, fmt.Sprintf("severity %s is below %s", severity, r.Severity)
		}
		met = append(met, fmt.Sprintf("severity %s is at least %s", severity, r.Severity))
	}
	if len(met) == 0 {
		return true, "it has no conditions"
	}
	return true, strings.Join(met, "; ")
}

// judgeIncident checks the conditions that only incidents have. If one does not hold, why[0] says which.
func (r Route) judgeIncident(n News) (why []string, ok bool) {
	s := n.Subject
	if len(r.Kinds) > 0 {
		if !slices.Contains(r.Kinds, normalize.Kind(s.Kind)) {
			return []string{fmt.Sprintf("its kind %s is none of %v", s.Kind, r.Kinds)}, false
		}
		why = append(why, "kind "+s.Kind)
	}
	parts := make([]normalize.Component, len(s.Parts))
	for i, c := range s.Parts {
		parts[i] = normalize.Component{Name: c.Name, Group: c.GroupName, Status: normalize.ComponentStatus(c.Shown())}
	}
	if len(r.Components) > 0 {
		switch {
		case len(parts) == 0:
			why = append(why, "the incident names no component, so any may be affected")
		case !slices.ContainsFunc(parts, func(c normalize.Component) bool { return matchesPart(r.Components, c) }):
			return []string{fmt.Sprintf("components %s match none of %s", quoted(r.Components), s.Components)}, false
		default:
			why = append(why, "components match")
		}
	}
	places := normalize.Filter{Regions: r.places(n.Vendor)}
	if len(r.Regions) > 0 {
		for _, words := range n.Vendor.Places {
			places.Places = append(places.Places, words...)
		}
		if len(places.Places) == 0 {
			places.Places = []string{"*"} // the vendor's places are not known, so every component counts as one
		}
		if places.Hides(normalize.Incident{Kind: normalize.Kind(s.Kind), Components: parts}) {
			return []string{fmt.Sprintf("regions %s match none of %s", quoted(r.Regions), s.Components)}, false
		}
		why = append(why, "regions match")
	}
	if r.ComponentStatus != "" && s.Kind == string(normalize.KindIncident) && !s.Over() && len(parts) > 0 {
		places.Status = r.ComponentStatus
		concerned := slices.DeleteFunc(parts, func(c normalize.Component) bool {
			return len(r.Components) > 0 && !matchesPart(r.Components, c)
		})
		if places.Hides(normalize.Incident{Kind: normalize.Kind(s.Kind), Components: concerned}) {
			return []string{fmt.Sprintf("none of its components is in %s or worse itself", r.ComponentStatus)}, false
		}
		why = append(why, fmt.Sprintf("a component is in %s or worse itself", r.ComponentStatus))
	}
	return why, true
}

// judgePart checks the conditions on components for news of one component. News of a page itself concerns all of them.
func (r Route) judgePart(n News) (string, bool) {
	if n.Event.Kind != normalize.EventComponentChanged {
		return "", true
	}
	c := normalize.Component{Name: cmp.Or(n.Event.Detail["component"], n.Event.Detail["to_name"])}
	if group, name, ok := strings.Cut(c.Name, " › "); ok {
		c = normalize.Component{Name: name, Group: group}
	}
	if len(r.Components) > 0 && !matchesPart(r.Components, c) {
		return fmt.Sprintf("components %s do not match %q", quoted(r.Components), c.Label()), false
	}
	if places := r.places(n.Vendor); len(places) > 0 && !matchesPart(places, c) {
		return fmt.Sprintf("regions %s do not match %q", quoted(r.Regions), c.Label()), false
	}
	return "", true
}

// places returns the route's regions in the vendor's words.
func (r Route) places(v Vendor) []string {
	var out []string
	for _, region := range r.Regions {
		if words, known := v.Places[strings.ToLower(strings.TrimSpace(region))]; known {
			out = append(out, words...)
		} else {
			out = append(out, region)
		}
	}
	return out
}

func matchesPart(globs []string, c normalize.Component) bool {
	return c.Matches(globs) || slices.ContainsFunc(globs, func(g string) bool { return normalize.Glob(g, c.Group) })
}

func firstMatch(globs, words []string) (glob, word string) {
	for _, glob := range globs {
		for _, word := range words {
			if word != "" && normalize.Glob(glob, word) {
				return glob, word
			}
		}
	}
	return "", ""
}

func quoted(words []string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, fmt.Sprintf("%q", w))
		}
	}
	return strings.Join(out, ", ")
}

// Verdicts tries routes in order.
func Verdicts(routes []Route, n News, kinds ...normalize.EventKind) []Verdict {
	var out []Verdict
	ended := ""
	for _, r := range routes {
		v := Verdict{Route: r, Name: r.Name, Tried: ended == ""}
		if v.Tried {
			v.Matched, v.Why = r.Judge(n, kinds...)
		} else {
			v.Why = fmt.Sprintf("not tried: %q matched, and it does not say continue", ended)
		}
		if v.Matched && !r.Continue {
			ended = r.Name
		}
		out = append(out, v)
	}
	return out
}

// Choice is a channel with the route that chose it.
type Choice struct {
	Channel string
	Route   Route
}

// Choose returns the channels that the routes choose for news, each once.
func Choose(routes []Route, n News, kinds ...normalize.EventKind) []Choice {
	var out []Choice
	for _, v := range Verdicts(routes, n, kinds...) {
		if !v.Matched {
			continue
		}
		for _, name := range v.Route.Channels {
			if !slices.ContainsFunc(out, func(c Choice) bool { return c.Channel == name }) {
				out = append(out, Choice{name, v.Route})
			}
		}
	}
	return out
}

// Everything reports whether a match has no conditions.
func (m Match) Everything() bool {
	return m.Severity == "" && m.ComponentStatus == "" &&
		len(m.Vendors)+len(m.Tags)+len(m.Owners)+len(m.Services)+len(m.Components)+
			len(m.Regions)+len(m.Kinds)+len(m.Events) == 0
}
