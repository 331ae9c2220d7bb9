package normalize

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
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
	m.CreatedAt = exact(k.CreatedAt, s.CreatedAt)
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

// grain is the unit a time was printed in, as far as its value tells: a time on the full minute counts
// as one without seconds.
func grain(t time.Time) time.Duration {
	switch {
	case t.Nanosecond() != 0:
		return time.Millisecond
	case t.Second() != 0:
		return time.Second
	default:
		return time.Minute
	}
}

// sameTime reports whether two times may be one, printed in different grains.
func sameTime(a, b time.Time) bool {
	return a.Sub(b).Abs() < max(grain(a), grain(b), time.Second)
}

// exact returns the finer of two spellings of one time, a if they contradict each other.
func exact(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && sameTime(a, b) && grain(b) < grain(a) {
		return b
	}
	return a
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
	case sameTime(k, s):
		return exact(k, s)
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
		settle(&derived)
		m.StartedAt = first(derived.StartedAt, exact(k.StartedAt, s.StartedAt))
	}
}

func (g *merging) end(m *Incident, k, s Incident) {
	if !m.State.Over() {
		m.ResolvedAt, m.EndGiven = time.Time{}, false
		return
	}
	derived := Incident{Kind: m.Kind, State: m.State, Updates: m.Updates, StartGiven: true, StartedAt: m.StartedAt}
	settle(&derived)
	switch {
	case s.EndGiven && !k.ResolvedAt.IsZero():
		m.ResolvedAt, m.EndGiven = g.time("resolved_at", k.ResolvedAt, s.ResolvedAt), true
	case s.EndGiven:
		m.ResolvedAt, m.EndGiven = s.ResolvedAt, true
	case k.ResolvedAt.IsZero(), reopenedAfter(m.Updates, k.ResolvedAt):
		m.ResolvedAt, m.EndGiven = first(derived.ResolvedAt, first(k.ResolvedAt, s.ResolvedAt)), false
	default:
		m.ResolvedAt = exact(exact(k.ResolvedAt, derived.ResolvedAt), s.ResolvedAt)
	}
	if !m.StartedAt.IsZero() && m.ResolvedAt.Before(m.StartedAt) {
		m.ResolvedAt, m.EndGiven = time.Time{}, false
	}
}

// reopenedAfter reports whether the timeline goes on, after t, in a state that is not over.
func reopenedAfter(updates []Update, t time.Time) bool {
	return slices.ContainsFunc(updates, func(u Update) bool {
		return u.PostedAt.After(t.Add(time.Minute)) && !u.State.Over() &&
			u.State != StatePostmortem && u.State != StateUpdate && u.State != StateUnknown
	})
}

// updates joins two timelines. An update is the same by its id; without one by minute and state, and
// among several of those by its text.
func (g *merging) updates(known, seen []Update) []Update {
	out := slices.Clone(known)
	for n := range out {
		out[n].Was = ""
	}
	taken := make([]bool, len(out))
	left := make([]Update, 0, len(seen))
	for _, s := range seen {
		n := slices.IndexFunc(known, func(k Update) bool { return k.Key == s.Key && !made(s.Key) })
		if n < 0 || taken[n] {
			left = append(left, s)
			continue
		}
		taken[n] = true
		out[n] = g.update(out[n], s)
	}
	left = g.match(out, taken, left, func(k, s Update) bool { return alike(k, s) && sameText(k.Body, s.Body) })
	left = g.match(out, taken, left, alike)
	for _, s := range left {
		s.Was, s.Key = "", unusedKey(out, s.Key)
		out = append(out, s)
	}
	return tidy(out)
}

// unusedKey returns key, with an ordinal if an update has it: of two posts of one minute and state, the
// one that was not known may come first in its document, and so have the key of the other.
func unusedKey(updates []Update, key string) string {
	free := key
	for n := 2; slices.ContainsFunc(updates, func(u Update) bool { return u.Key == free }); n++ {
		free = key + "#" + strconv.Itoa(n)
	}
	return free
}

// match pairs what is left of seen with what is not taken of known, in order.
func (g *merging) match(out []Update, taken []bool, left []Update, same func(k, s Update) bool) []Update {
	var rest []Update
	for _, s := range left {
		n := -1
		for i := range taken {
			if !taken[i] && same(out[i], s) {
				n = i
				break
			}
		}
		if n < 0 {
			rest = append(rest, s)
			continue
		}
		taken[n] = true
		out[n] = g.update(out[n], s)
	}
	return rest
}

// made reports whether an update's key was made up, the document having shown no id.
func made(key string) bool { return strings.HasPrefix(key, "@") }

// alike reports whether two updates, one of them without an id, can be one.
func alike(k, s Update) bool {
	if !made(k.Key) && !made(s.Key) {
		return false
	}
	if k.State != s.State && k.State != StateUpdate && s.State != StateUpdate && k.State != StateUnknown && s.State != StateUnknown {
		return false
	}
	if k.PostedAt.IsZero() || s.PostedAt.IsZero() {
		return sameText(k.Body, s.Body) || cutOf(s.Body, k.Body, s.PostedAt.IsZero()) || cutOf(k.Body, s.Body, k.PostedAt.IsZero())
	}
	return sameTime(k.PostedAt, s.PostedAt)
}

func (g *merging) update(k, s Update) Update {
	m := k
	if made(k.Key) && !made(s.Key) {
		m.Key, m.Was = s.Key, k.Key
	}
	switch {
	case s.State == StateUpdate || s.State == StateUnknown && s.VendorState == "":
	case k.State == StateUpdate || k.State == StateUnknown && k.VendorState == "":
		m.State, m.VendorState = s.State, s.VendorState
	case k.State != s.State && g.fresh:
		g.edit(m.Key, "state", string(k.State), string(s.State))
		m.State, m.VendorState = s.State, s.VendorState
	case k.State == s.State:
		m.VendorState = clearer(k.VendorState, s.VendorState)
	}
	m.CreatedAt = exact(k.CreatedAt, s.CreatedAt)
	switch {
	case k.PostedAt.IsZero():
		m.PostedAt = s.PostedAt
	case s.PostedAt.IsZero():
	case sameTime(k.PostedAt, s.PostedAt):
		m.PostedAt = exact(k.PostedAt, s.PostedAt)
	case g.fresh:
		g.edit(m.Key, "posted_at", FormatTime(k.PostedAt), FormatTime(s.PostedAt))
		m.PostedAt = s.PostedAt
	}
	m.Body = g.body(m.Key, k, s)
	return m
}

func (g *merging) body(key string, k, s Update) string {
	switch {
	case k.Body == "":
		return s.Body
	case s.Body == "" || k.Body == s.Body:
		return k.Body
	case made(k.Key) != made(s.Key): // the documents with ids have the text as it was written
		if sameText(k.Body, s.Body) {
			if made(k.Key) {
				return s.Body
			}
			return k.Body
		}
	case made(k.Key): // the formats may differ
		if sameText(k.Body, s.Body) {
			return richer(k.Body, s.Body)
		}
	case sameWords(k.Body, s.Body):
		if oneLine(k.Body) == oneLine(s.Body) {
			return richer(k.Body, s.Body)
		}
		if !g.fresh {
			return k.Body
		}
		if g.reworked(key) {
			g.edit(key, "body", k.Body, s.Body)
		}
		return s.Body
	}
	switch {
	case cutOf(s.Body, k.Body, s.PostedAt.IsZero()):
		return k.Body
	case cutOf(k.Body, s.Body, k.PostedAt.IsZero()):
		return s.Body
	case !g.fresh:
		return k.Body
	}
	g.edit(key, "body", k.Body, s.Body)
	return s.Body
}

// reworked reports whether one kind of document shows an update's marks otherwise than it did before: a link
// that leads elsewhere, say. Between two kinds of documents the marks differ of themselves.
func (g *merging) reworked(key string) bool {
	for _, s := range g.seen {
		for _, k := range g.known {
			is, shown := rawBody(s, key)
			was, showed := rawBody(k, key)
			if s.Document == k.Document && shown && showed && oneLine(is) != oneLine(was) {
				return true
			}
		}
	}
	return false
}

func rawBody(r Raw, id string) (string, bool) {
	n := slices.IndexFunc(r.Updates, func(u RawUpdate) bool { return u.ID == id })
	if n < 0 {
		return "", false
	}
	return r.Updates[n].Body, true
}

// richer returns the one of two texts of the same words that has more form: more line ends, then more
// marks, then less white space. It depends on the texts alone, so that the order in which documents are
// read does not matter.
func richer(a, b string) string {
	form := func(s string) []int {
		return []int{strings.Count(s, "\n"), len(spaceRun.ReplaceAllString(s, "")), -len(s)}
	}
	if c := slices.Compare(form(a), form(b)); c != 0 {
		if c > 0 {
			return a
		}
		return b
	}
	return max(a, b)
}

// tidy puts a joined timeline in order and lets posts headed "Update", whose state was not to be seen in
// their own document, have the state in force.
func tidy(updates []Update) []Update {
	slices.SortStableFunc(updates, func(a, b Update) int { return a.PostedAt.Compare(b.PostedAt) })
	inForce := StateUpdate
	for n := range updates {
		switch updates[n].State {
		case StateUpdate:
			updates[n].State = inForce
		case StatePostmortem, StateUnknown:
		default:
			inForce = updates[n].State
		}
	}
	return updates
}

// components takes the newer list of affected components. A name without an id means the component of
// that name and group whose id is known.
func (g *merging) components(known []Component, seen Incident) []Component {
	if len(seen.Components) == 0 {
		return known
	}
	taken := make([]bool, len(known))
	out := make([]Component, 0, len(seen.Components))
	grown := false
	for _, s := range seen.Components {
		n := sameComponent(known, taken, s)
		if n < 0 {
			out, grown = append(out, s), true
			continue
		}
		taken[n] = true
		out = append(out, joinComponent(known[n], s))
	}
	gone := slices.Contains(taken, false)
	if len(known) > 0 && (!g.fresh || seen.Excerpt && gone) {
		// An older or partial list adds exactness, and takes nothing away.
		return refine(known, seen.Components)
	}
	if len(known) > 0 && (grown || gone) {
		g.edit("", "components", componentNames(known), componentNames(out))
	}
	slices.SortStableFunc(out, func(a, b Component) int {
		return strings.Compare(a.Group+"\x00"+a.Name+"\x00"+a.Key, b.Group+"\x00"+b.Name+"\x00"+b.Key)
	})
	return out
}

func refine(known, seen []Component) []Component {
	taken := make([]bool, len(known))
	out := slices.Clone(known)
	for _, s := range seen {
		if n := sameComponent(known, taken, s); n >= 0 {
			taken[n] = true
			out[n] = joinComponent(known[n], s)
		}
	}
	return out
}

func sameComponent(known []Component, taken []bool, s Component) int {
	for n, k := range known {
		if !taken[n] && k.Key == s.Key {
			return n
		}
	}
	for n, k := range known {
		nameless := strings.HasPrefix(k.Key, "@") || strings.HasPrefix(s.Key, "@")
		if !taken[n] && nameless && k.Name == s.Name && (k.Group == s.Group || k.Group == "" || s.Group == "") {
			return n
		}
	}
	return -1
}

// joinComponent keeps the better key and the group; the status is the newer one.
func joinComponent(k, s Component) Component {
	m := s
	if strings.HasPrefix(s.Key, "@") {
		m.Key = k.Key
	}
	if m.Group == "" {
		m.Group = k.Group
	}
	if m.Status == StatusUnknown && m.VendorStatus == "" {
		m.Status, m.VendorStatus = k.Status, k.VendorStatus
	}
	return m
}

// Label is how a component is called before people: with its group, where it has one.
func (c Component) Label() string {
	if c.Group == "" {
		return c.Name
	}
	return c.Group + " › " + c.Name
}

func componentNames(cs []Component) string {
	names := make([]string, len(cs))
	for n, c := range cs {
		names[n] = c.Label()
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
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

// SameWords reports whether two readings of one kind of document say the same, word for word. Where a
// time is printed without its year, the date that was near it does not count.
func SameWords(a, b Raw) bool { return reflect.DeepEqual(wordsOnly(a), wordsOnly(b)) }

func wordsOnly(r Raw) Raw {
	for _, t := range []*RawTime{&r.Started, &r.Resolved, &r.ScheduledStart, &r.ScheduledEnd, &r.Period, &r.Created, &r.Updated, &r.Detected} {
		t.Near = ""
	}
	r.Updates = slices.Clone(r.Updates)
	for n := range r.Updates {
		r.Updates[n].Posted.Near, r.Updates[n].Created.Near = "", ""
	}
	if len(r.Updates) == 0 {
		r.Updates = nil
	}
	if len(r.Components) == 0 {
		r.Components = nil
	}
	return r
}
