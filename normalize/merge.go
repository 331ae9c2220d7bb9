package normalize

import (
	"slices"
	"time"
	"vendorwatch/normalize/times"
)

// Merge joins what is known of an incident with what a document shows of it now. Each field takes the
// most exact value: a vaguer form of what is known (a time to the minute, cut text, a history line)
// never replaces it. Where the two contradict each other, the one that is newer by the vendor's own
// stamps wins, and seen if they are of one age. Nothing known is lost: an update that seen lacks stays.
func Merge(known, seen Incident) Incident {
	m, _ := merge(known, seen)
	return m
}

// merge also returns what the vendor changed: contradictions, not refinements.
func merge(k, s Incident) (Incident, []Edit) {
	g := &merging{fresh: !older(s, k), known: k.Raws, seen: s.Raws}
	m := k
	m.Title = g.title(k, s)
	if m.URL == "" {
		m.URL = s.URL
	}
	if s.Kind == KindMaintenance || m.Kind == "" {
		m.Kind = s.Kind
	}
	g.severity(&m, s)
	g.state(&m, s)
	m.Updates = g.updates(k.Updates, s.Updates)
	m.Components = g.components(k.Components, s)
	m.CreatedAt = times.Finer(k.CreatedAt, s.CreatedAt)
	m.UpdatedAt = latest(k.UpdatedAt, s.UpdatedAt)
	m.ScheduledStartAt = g.time("scheduled_start_at", k.ScheduledStartAt, s.ScheduledStartAt)
	m.ScheduledEndAt = g.time("scheduled_end_at", k.ScheduledEndAt, s.ScheduledEndAt)
	g.start(&m, k, s)
	g.end(&m, k, s)
	m.Excerpt = k.Excerpt && s.Excerpt
	if m.StatedDuration = statedDuration(m.Updates); m.StatedDuration == 0 {
		m.StatedDuration = k.StatedDuration
	}
	m.Raws = mergeRaws(k.Raws, s.Raws)
	return m, g.edits
}

// older reports whether a was written by the vendor before b.
func older(a, b Incident) bool {
	if !a.UpdatedAt.IsZero() && !b.UpdatedAt.IsZero() {
		return a.UpdatedAt.Before(b.UpdatedAt)
	}
	return asOf(a).Add(time.Minute).Before(asOf(b))
}

// asOf is the newest time an incident's content speaks of.
func asOf(i Incident) time.Time {
	t := i.ResolvedAt
	for _, u := range i.Updates {
		t = latest(t, latest(u.PostedAt, u.CreatedAt))
	}
	if t.IsZero() {
		t = i.StartedAt
	}
	return t
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Edit is one thing the vendor changed after it had been published.
type Edit struct {
	UpdateKey string // empty for a field of the incident itself
	Field     string // as in SQL: title, severity, body, …
	Old, New  string
}

// merging collects the vendor's edits while two readings of an incident are joined.
type merging struct {
	fresh       bool // seen is not older than known
	known, seen []Raw
	edits       []Edit
}

func (g *merging) edit(update, field, old, new string) {
	g.edits = append(g.edits, Edit{UpdateKey: update, Field: field, Old: old, New: new})
}

func (g *merging) title(known, seen Incident) string {
	k, s := known.Title, seen.Title
	switch {
	case k == "":
		return s
	case s == "" || k == s:
		return k
	case sameText(k, s) && respelt(known.Raws, seen.Raws):
		if g.fresh {
			return s
		}
		return k
	case sameText(k, s):
		// HTML may show one space where there are two.
		if len(s) > len(k) || len(s) == len(k) && s > k {
			return s
		}
		return k
	case cutOf(s, k, false):
		return k
	case cutOf(k, s, false):
		return s
	case !g.fresh:
		return k
	}
	g.edit("", "title", k, s)
	return s
}

// respelt reports whether a document spells the title otherwise than it did before.
func respelt(known, seen []Raw) bool {
	return slices.ContainsFunc(seen, func(s Raw) bool {
		return slices.ContainsFunc(known, func(k Raw) bool { return k.Document == s.Document && k.Title != s.Title })
	})
}

func (g *merging) time(field string, k, s time.Time) time.Time {
	switch {
	case k.IsZero():
		return s
	case s.IsZero():
		return k
	case times.Same(k, s):
		return times.Finer(k, s)
	case !g.fresh:
		return k
	}
	g.edit("", field, FormatTime(k), FormatTime(s))
	return s
}

func (g *merging) severity(m *Incident, s Incident) {
	switch {
	case s.VendorSeverity == "" && s.Severity == SeverityUnknown, s.Severity == "":
	case m.Severity == "" || m.Severity == SeverityUnknown && m.VendorSeverity == "":
		m.Severity, m.VendorSeverity = s.Severity, s.VendorSeverity
	case m.Severity == s.Severity && Word(m.VendorSeverity) == Word(s.VendorSeverity):
		m.VendorSeverity = spelling(m.VendorSeverity, s.VendorSeverity)
	case !g.fresh:
	default:
		if m.Severity != s.Severity {
			g.edit("", "severity", string(m.Severity), string(s.Severity))
		}
		m.Severity, m.VendorSeverity = s.Severity, s.VendorSeverity
	}
}

// state takes the state of the newer reading. A change of state is the life of an incident, no edit.
func (g *merging) state(m *Incident, s Incident) {
	switch {
	case s.State == StateUnknown && s.VendorState == "" || s.State == "":
	case m.State == "" || m.State == StateUnknown && m.VendorState == "":
		m.State, m.VendorState = s.State, s.VendorState
	case m.State == s.State:
		m.VendorState = clearer(m.VendorState, s.VendorState)
	case g.fresh:
		m.State, m.VendorState = s.State, s.VendorState
	}
}

// spelling returns one of two spellings of a word, whichever comes first: machines' words, in small letters
// with underscores, rather than those for people.
func spelling(a, b string) string { return max(a, b) }

// clearer returns the one of two words for one state that says more: what is over may have a postmortem.
func clearer(k, s string) string {
	switch {
	case vague(k) != vague(s):
		if vague(k) {
			return s
		}
	case Word(k) == Word(s):
		return spelling(k, s)
	case Word(s) == "postmortem":
		return s
	}
	return k
}

// vague reports whether a state word leaves the state to what was posted before.
func vague(word string) bool { return word == "" || Word(word) == "update" }

func (g *merging) start(m *Incident, k, s Incident) {
	switch {
	case s.StartGiven && k.StartGiven:
		m.StartedAt = g.time("started_at", k.StartedAt, s.StartedAt)
	case s.StartGiven:
		m.StartedAt, m.StartGiven = s.StartedAt, true
	case k.StartGiven:
	default:
		derived := Incident{Kind: m.Kind, State: m.State, Updates: m.Updates, ScheduledStartAt: m.ScheduledStartAt}
		deriveTimes(&derived)
		m.StartedAt = first(derived.StartedAt, times.Finer(k.StartedAt, s.StartedAt))
	}
}

func (g *merging) end(m *Incident, k, s Incident) {
	if !m.State.Over() {
		m.ResolvedAt, m.EndGiven = time.Time{}, false
		return
	}
	derived := Incident{Kind: m.Kind, State: m.State, Updates: m.Updates, StartGiven: true, StartedAt: m.StartedAt}
	deriveTimes(&derived)
	switch {
	case s.EndGiven && !k.ResolvedAt.IsZero():
		m.ResolvedAt, m.EndGiven = g.time("resolved_at", k.ResolvedAt, s.ResolvedAt), true
	case s.EndGiven:
		m.ResolvedAt, m.EndGiven = s.ResolvedAt, true
	case k.ResolvedAt.IsZero(), reopenedAfter(m.Updates, k.ResolvedAt):
		m.ResolvedAt, m.EndGiven = first(derived.ResolvedAt, first(k.ResolvedAt, s.ResolvedAt)), false
	default:
		m.ResolvedAt = times.Finer(times.Finer(k.ResolvedAt, derived.ResolvedAt), s.ResolvedAt)
	}
	if !m.StartedAt.IsZero() && m.ResolvedAt.Before(m.StartedAt) {
		m.ResolvedAt, m.EndGiven = time.Time{}, false
	}
}

// reopenedAfter reports whether the timeline goes on, after t, in a state that is not over.
func reopenedAfter(updates []Update, t time.Time) bool {
	over := false // a post before said that it is over
	for _, u := range updates {
		switch {
		case u.State.Over():
			over = true
		case u.State == StatePostmortem, u.State == StateUpdate, u.State == StateUnknown,
			u.State == StateMonitoring && !over: // the impact can be over while the vendor still watches
		case u.PostedAt.After(t.Add(time.Minute)):
			return true
		}
	}
	return false
}

// reopened reports whether a timeline goes on in a state that is not over, after a post said that it is.
func reopened(updates []Update) bool {
	over := slices.IndexFunc(updates, func(u Update) bool { return u.State.Over() })
	return over >= 0 && slices.ContainsFunc(updates[over:], func(u Update) bool {
		return !u.State.Over() && u.State != StatePostmortem && u.State != StateUpdate && u.State != StateUnknown
	})
}

// mergeRaws keeps the newest words of each kind of document.
func mergeRaws(known, seen []Raw) []Raw {
	out := slices.Clone(known)
	for _, s := range seen {
		n := slices.IndexFunc(out, func(r Raw) bool { return r.Document == s.Document })
		if n < 0 {
			out = append(out, s)
		} else {
			out[n] = s
		}
	}
	return out
}
