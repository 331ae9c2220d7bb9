package normalize

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"vendorwatch/normalize/times"
)

// Basis is how a time of an incident is known; empty where it is not.
type Basis string

// The bases of a time.
const (
	BasisStated Basis = "stated" // the vendor has a field for it, and it differs from the post's
	BasisPosted Basis = "posted" // time of the post that says so
	BasisSeen   Basis = "seen"   // ours: it was so at one reading, and not at the one before
)

// Record is what all readings of one incident amount to.
type Record struct {
	Incident      Incident // its Updates are those that were not taken away
	Origin        Origin   // empty: OriginVendor
	StartedBasis  Basis
	StartedAfter  time.Time // where the start was seen: when it was last known not to have begun
	ResolvedBasis Basis
	ResolvedAfter time.Time  // where the end was seen: when the incident was last known to be open
	FirstSeen     time.Time  // the first reading
	Updates       []Post     // in order, those that were taken away included
	Revisions     []Revision // in the order in which they were seen
	Findings      []Problem  // of all readings
	Held          []string   // kinds of documents whose newest reading may be a stale copy, and waits for the next one
}

// Problem is a finding with the readings that had it.
type Problem struct {
	Finding
	First, Last time.Time
	Times       int // at how many times words were read that had it; the same words read again are not counted
}

// Post is an update with what became of it.
type Post struct {
	Update
	FirstSeen time.Time
	RemovedAt time.Time // zero unless the vendor took it away
	Edited    bool
	Keys      []string // all keys that documents have for it; those without ids have one of minute and state
}

// Revision is a change that the vendor made to what had been published.
type Revision struct {
	UpdateKey string // empty for a field of the incident itself
	Field     string // as in SQL
	Old, New  string
	Seen      time.Time // the reading that first had it
}

// Fold makes the record of one incident of all its readings. It is pure, and does not depend on the order in which
// they are given:
//
//  1. Of one kind of document the later reading wins, whole: what it no longer has was taken away by the vendor.
//     A stale copy from a cache is no reading (withoutStale tells how it is known).
//  2. Between kinds of documents the more exact value wins. Where they contradict each other, the one that is newer
//     by the vendor's own stamps does. Silence of a document about a field says nothing.
//  3. Every change of a published value is a revision, dated by the reading that first had it.
//  4. The kind follows the list in which the vendor put the incident.
//
// Raws of the incident are the newest words of each kind of document, in the order in which the kinds were first met.
// Key is that of the most exact one.
func Fold(readings []Reading) Record {
	sources := sourcesOf(readings)
	f := &folding{sources: sources, memo: newMemo()}
	for _, r := range readings {
		if len(r.Raws) > 0 && (f.record.FirstSeen.IsZero() || r.Seen.Before(f.record.FirstSeen)) {
			f.record.FirstSeen = r.Seen
		}
	}
	var steps []*view
	for _, s := range sources {
		steps = append(steps, s.views...)
	}
	slices.SortStableFunc(steps, func(a, b *view) int {
		return cmp.Or(a.seen.Compare(b.seen), cmp.Compare(a.source.rank, b.source.rank))
	})
	for _, v := range steps {
		f.take(v)
	}
	return f.finish()
}

// folding is one Fold under way.
type folding struct {
	record  Record
	sources []*source
	memo    *memo
	posts   []*post

	title, severity, kind, state, started, resolved, window, windowEnd, parts *source // whose words hold

	startBasis Basis
	overSince  time.Time // reading that first said that it is over; zero while it is not
	openUntil  time.Time // it was last known to be open
}

// newer reports whether what s says stands against what owner said. changed tells that s said otherwise before.
func newer(s, owner *source, changed bool) bool {
	if owner == nil || s == owner {
		return true
	}
	if c := compareAges(s.age, owner.age); c != 0 {
		return c > 0
	}
	return changed || s.rank < owner.rank
}

func (f *folding) revise(at time.Time, update, field, old, new string) {
	f.record.Revisions = append(
		f.record.Revisions,
		Revision{UpdateKey: update, Field: field, Old: old, New: new, Seen: at},
	)
}

// take adds the next reading to the record.
func (f *folding) take(v *view) {
	s := v.source
	s.age = s.age.join(v.age())
	was := s.last
	s.last = v
	f.takeTitle(v, was)
	f.takeKind(v, was)
	f.takeSeverity(v, was)
	f.takeCreated(v, was)
	f.takePosts(v)
	f.takeComponents(v, was)
	f.takeWindow(v, was)
	f.takeStart(v, was)
	f.takeEnd(v, was)
	f.takeState(v)
}

func (f *folding) takeTitle(v, was *view) {
	i, title := &f.record.Incident, v.i.Title
	switch {
	case title == "" || was != nil && was.i.Title == title:
	case i.Title == "":
		i.Title, f.title = title, v.source
	case i.Title == title:
		f.title = v.source
	case sameText(i.Title, title):
		// HTML may show one space where there are two; a document that spells its own title anew is the vendor's word.
		if was != nil && newer(v.source, f.title, true) {
			i.Title, f.title = title, v.source
		} else if was == nil {
			i.Title = spacious(i.Title, title)
		}
	case cutOf(title, i.Title, false):
	case cutOf(i.Title, title, false):
		i.Title, f.title = title, v.source
	case newer(v.source, f.title, was != nil):
		f.revise(v.seen, "", "title", i.Title, title)
		i.Title, f.title = title, v.source
	}
}

// spacious returns the spelling of a title that has more in it.
func spacious(a, b string) string {
	if len(b) > len(a) || len(b) == len(a) && b > a {
		return b
	}
	return a
}

// takeKind takes the kind from the document that knows it best; among equals from the one that changed it last.
func (f *folding) takeKind(v, was *view) {
	i := &f.record.Incident
	before := i.Kind
	changed := was != nil && was.i.Kind != v.i.Kind
	best := f.kind
	if best == nil || changed || v.kind > best.last.kind {
		best = v.source
	}
	for _, s := range f.sources {
		if s.last != nil && s.last.kind > best.last.kind {
			best = s
		}
	}
	f.kind, i.Kind = best, best.last.i.Kind
	if before != "" && before != i.Kind && changed && best == v.source {
		f.revise(v.seen, "", "kind", string(before), string(i.Kind))
	}
}

func (f *folding) takeSeverity(v, was *view) {
	i := &f.record.Incident
	word, severity := v.i.VendorSeverity, v.i.Severity
	if i.Severity == "" {
		i.Severity, i.VendorSeverity = severity, word
		if word != "" || severity != SeverityUnknown {
			f.severity = v.source
		}
		return
	}
	changed := was != nil && (was.i.VendorSeverity != word || was.i.Severity != severity)
	switch {
	case was != nil && !changed:
	case word == "" && severity == SeverityUnknown:
		// Taken away while it lasts. What is over often has no mark of its severity any more.
		if was == nil || v.i.Excerpt || v.i.State.Over() || f.severity != v.source {
			return
		}
		f.reviseSeverity(v.seen, severity, word)
	case f.severity == nil:
		i.Severity, i.VendorSeverity, f.severity = severity, word, v.source
	case i.Severity == severity && Word(i.VendorSeverity) == Word(word):
		i.VendorSeverity = spelling(i.VendorSeverity, word)
	case !newer(v.source, f.severity, changed):
	case i.Severity == severity && v.source != f.severity:
		// Another kind of document has its own word for the same.
	default:
		f.reviseSeverity(v.seen, severity, word)
		f.severity = v.source
	}
}

func (f *folding) reviseSeverity(at time.Time, severity Severity, word string) {
	i := &f.record.Incident
	if i.Severity != severity {
		f.revise(at, "", "severity", string(i.Severity), string(severity))
	} else {
		f.revise(at, "", "vendor_severity", i.VendorSeverity, word)
	}
	i.Severity, i.VendorSeverity = severity, word
}

// takeState takes the state of the newest reading. A change of state is the life of an incident, no edit.
func (f *folding) takeState(v *view) {
	i := &f.record.Incident
	state, word := v.i.State, v.i.VendorState
	known := i.State != "" && (i.State != StateUnknown || i.VendorState != "")
	switch {
	case state == "" || state == StateUnknown && word == "":
		if i.State == "" {
			i.State = StateUnknown
		}
	case !known:
		i.State, i.VendorState, f.state = state, word, v.source
	case i.State == state:
		i.VendorState = clearer(i.VendorState, word)
		if f.state == nil || compareAges(v.source.age, f.state.age) >= 0 {
			f.state = v.source
		}
	case f.stands(v):
		i.State, i.VendorState, f.state = state, word, v.source
	}
	switch {
	case !i.State.Over():
		f.openUntil, f.overSince = latest(f.openUntil, v.until), time.Time{}
	case f.overSince.IsZero():
		f.overSince = v.seen
		if f.openUntil.After(v.seen) {
			f.openUntil = v.seen
		}
	}
}

// stands reports whether the state that a reading tells replaces the one that is known. A document without any stamp
// is as new as its reading.
func (f *folding) stands(v *view) bool {
	s := v.source
	if s == f.state {
		return true
	}
	if c := compareAges(s.age, f.state.age); c != 0 {
		return c > 0
	}
	n := slices.Index(s.views, v)
	changed := n > 0 && s.views[n-1].i.State != v.i.State
	return changed || s.rank < f.state.rank || s.age == age{}
}

// takeCreated keeps the time at which the entry was made. An item with one date for all moves it: the first counts.
func (f *folding) takeCreated(v, was *view) {
	i, t := &f.record.Incident, v.i.CreatedAt
	switch {
	case t.IsZero():
	case i.CreatedAt.IsZero():
		i.CreatedAt = t
	case v.oneDate:
		if t.Before(i.CreatedAt) {
			i.CreatedAt = t
		}
	case was != nil && !was.oneDate && !was.i.CreatedAt.IsZero() &&
		!times.Same(was.i.CreatedAt, t) && times.Same(i.CreatedAt, was.i.CreatedAt):
		f.revise(v.seen, "", "created_at", FormatTime(i.CreatedAt), FormatTime(t))
		i.CreatedAt = t
	default:
		i.CreatedAt = times.Finer(i.CreatedAt, t)
	}
}

// time takes one of the incident's times. It reports whether s's word holds now.
func (f *folding) time(v *view, owner *source, field string, known *time.Time, was, is time.Time, said bool) *source {
	changed := said && !times.Same(was, is) && !was.Equal(is)
	switch {
	case is.IsZero():
		// Taken away: the document had it, and has it no more.
		if said && !was.IsZero() && !v.i.Excerpt && owner == v.source && !known.IsZero() {
			f.revise(v.seen, "", field, FormatTime(*known), "")
			*known = time.Time{}
		}
		return owner
	case known.IsZero():
		*known = is
		return v.source
	case times.Same(*known, is):
		*known = times.Finer(*known, is)
		return owner
	case said && !changed, !newer(v.source, owner, changed):
		return owner
	}
	if changed || compareAges(v.source.age, owner.age) != 0 {
		f.revise(v.seen, "", field, FormatTime(*known), FormatTime(is))
	}
	*known = is
	return v.source
}

func (f *folding) takeWindow(v, was *view) {
	i := &f.record.Incident
	var start, end time.Time
	if was != nil {
		start, end = was.i.ScheduledStartAt, was.i.ScheduledEndAt
	}
	f.window = f.time(v, f.window, "scheduled_start_at", &i.ScheduledStartAt, start, v.i.ScheduledStartAt, was != nil)
	f.windowEnd = f.time(v, f.windowEnd, "scheduled_end_at", &i.ScheduledEndAt, end, v.i.ScheduledEndAt, was != nil)
}

// given is the start that a document gives, zero where it is only the date of its one post.
func given(v *view) time.Time {
	if v == nil || v.startIs == "" || v.oneDate {
		return time.Time{}
	}
	return v.i.StartedAt
}

func (f *folding) takeStart(v, was *view) {
	if v.i.Kind == KindMaintenance || v.oneDate {
		return // the time of the entry, or of its one post, is no statement of the start
	}
	i := &f.record.Incident
	owner := f.started
	before := i.StartedAt
	f.started = f.time(v, owner, "started_at", &i.StartedAt, given(was), given(v), was != nil)
	i.StartGiven = !i.StartedAt.IsZero()
	if t := given(v); !t.IsZero() && (!i.StartedAt.Equal(before) || f.startBasis == "") {
		f.startBasis = v.startIs
	}
}

func (f *folding) takeEnd(v, was *view) {
	i := &f.record.Incident
	var stated time.Time
	if was != nil {
		stated = was.stated
	}
	if v.stated.IsZero() && !v.i.State.Over() && f.resolved == v.source {
		// Reopened: the end was none, and is no edit.
		i.ResolvedAt, f.resolved = time.Time{}, nil
		return
	}
	if f.resolved == nil {
		i.ResolvedAt = time.Time{}
	}
	f.resolved = f.time(v, f.resolved, "resolved_at", &i.ResolvedAt, stated, v.stated,
		was != nil && !was.stated.IsZero())
}

// finish derives what is left from the timeline.
func (f *folding) finish() Record {
	r := &f.record
	i := &r.Incident
	f.finishPosts()
	i.Excerpt = len(f.sources) > 0
	for _, s := range f.sources {
		i.Excerpt = i.Excerpt && s.last.i.Excerpt
		i.UpdatedAt = latest(i.UpdatedAt, s.last.i.UpdatedAt)
		if i.URL == "" {
			i.URL = s.last.i.URL
		}
		if i.Key == "" || WeakKey(i.Key) && !WeakKey(s.last.i.Key) {
			i.Key = s.last.i.Key
		}
	}
	met := slices.Clone(f.sources)
	slices.SortStableFunc(met, func(a, b *source) int { return a.all[0].seen.Compare(b.all[0].seen) })
	for _, s := range met {
		i.Raws = append(i.Raws, s.last.raws...)
	}
	f.problems()
	f.settleState()
	f.settleStart()
	f.settleEnd()
	f.settlePeriod()
	i.StatedDuration = statedDuration(i.Updates)
	return *r
}

// problems lists what could not be read, by the readings that had it.
func (f *folding) problems() {
	at := map[Finding]int{}
	var views []*view
	for _, s := range f.sources {
		views = append(views, s.all...)
		if s.held {
			f.record.Held = append(f.record.Held, s.document)
		}
	}
	slices.SortStableFunc(views, func(a, b *view) int { return a.seen.Compare(b.seen) })
	var all []Problem
	for _, found := range f.record.Findings {
		found.Key = f.record.Incident.Key
		if _, known := at[found.Finding]; !known {
			at[found.Finding] = len(all)
			all = append(all, found)
		}
	}
	for _, v := range views {
		for _, found := range v.findings {
			found.Key = f.record.Incident.Key
			n, known := at[found]
			switch {
			case !known:
				at[found] = len(all)
				all = append(all, Problem{Finding: found, First: v.seen, Last: v.seen, Times: 1})
			case !all[n].Last.Equal(v.seen):
				all[n].Last = v.seen
				all[n].Times++
			}
		}
	}
	slices.SortFunc(all, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Value, b.Value),
			strings.Compare(a.Finding.Problem, b.Finding.Problem))
	})
	f.record.Findings = all
}

// settleState lets the timeline decide where no document has a word for the state.
func (f *folding) settleState() {
	i := &f.record.Incident
	if i.State == "" {
		i.State = StateUnknown
	}
	if i.State == StateUnknown && i.VendorState == "" {
		i.State = stateOf(i.Updates, i.Kind)
	}
	i.State = ended(i.State, i.Kind)
}
