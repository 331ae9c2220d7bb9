package normalize

import (
	"slices"
	"time"
)

// Again gives a stored incident the meaning that its words have now, after a mapping was mended. readings are
// its stored words, each kind of document read on its own, in the order in which they were last read; words
// are those of the platforms they come from, the present one first.
//
// Words that documents show no more are not stored, and what was read in them stays: a value that a stored
// document confirms, or that none speaks of, is kept as it is. What was made of a word stored beside it is made
// again. So an unchanged mapping changes nothing. Was of an update is the key that it is stored under; an update
// without it is new, which two that passed for one can become.
func Again(known Incident, readings []Incident, words []Words) Incident {
	if len(readings) == 0 {
		return known
	}
	a := &again{known: known, readings: readings, words: words, newest: readings[0]}
	for _, r := range readings[1:] {
		r.Key = a.newest.Key
		a.newest = Merge(a.newest, r)
	}
	m := known
	m.Updates = a.updates()
	a.kind(&m)
	a.severity(&m)
	a.state(&m)
	m.Title = a.title()
	if !a.stampedCreation {
		m.CreatedAt = a.time(func(i Incident) time.Time { return i.CreatedAt })
	}
	m.UpdatedAt = a.time(func(i Incident) time.Time { return i.UpdatedAt })
	m.ScheduledStartAt = a.time(func(i Incident) time.Time { return i.ScheduledStartAt })
	m.ScheduledEndAt = a.time(func(i Incident) time.Time { return i.ScheduledEndAt })
	a.start(&m)
	a.end(&m)
	if d := statedDuration(m.Updates); d != 0 {
		m.StatedDuration = d
	}
	if len(m.Components) == 0 {
		m.Components = a.newest.Components
	}
	return m
}

// again is one incident whose words are read again.
type again struct {
	known           Incident
	readings        []Incident
	words           []Words
	newest          Incident   // all readings, joined
	shown           [][]Update // by stored update: what the readings make of it
	stale           bool       // the stored words are older than what is known by others
	stampedCreation bool       // machines wrote when the entry and its updates were made
}

// meaning makes a stored value of its word again. Where a page has moved from one platform to another, either
// of them may have said it.
func meaning[V comparable](stored V, word string, words []Words, read func(Words, string) (V, bool)) V {
	var found V
	ok := false
	for n, w := range words {
		v, known := read(w, word)
		if v == stored {
			return stored
		}
		if n == 0 || known && !ok {
			found, ok = v, known
		}
	}
	return found
}

// Status is what a component's status word means, by the words of the platforms it may come from.
func Status(stored ComponentStatus, word string, words []Words) ComponentStatus {
	return meaning(stored, word, words, Words.status)
}

func (a *again) kind(m *Incident) {
	kinds := map[Kind]bool{}
	for _, r := range a.readings {
		kinds[r.Kind] = true
	}
	planned := func(s State) bool {
		return s == StateScheduled || s == StateInProgress || s == StateVerifying || s == StateCompleted
	}
	switch {
	case kinds[KindMaintenance]:
		m.Kind = KindMaintenance
	case kinds[a.known.Kind] || a.stale:
	case a.known.Kind == KindMaintenance && (Word(m.VendorSeverity) == "maintenance" || !m.ScheduledStartAt.IsZero() ||
		slices.ContainsFunc(m.Updates, func(u Update) bool { return planned(u.State) })):
	default:
		m.Kind = a.newest.Kind
	}
}

func (a *again) severity(m *Incident) {
	if m.VendorSeverity == "" {
		m.Severity, m.VendorSeverity = a.newest.Severity, a.newest.VendorSeverity
		return
	}
	m.Severity = meaning(m.Severity, m.VendorSeverity, a.words, Words.severity)
}

func (a *again) state(m *Incident) {
	if m.VendorState != "" {
		s := meaning(m.State, m.VendorState, a.words, Words.state)
		if s != StateUpdate && s != StatePostmortem {
			m.State = s
			return
		}
	}
	// The word leaves the state to the timeline.
	was, is := stateOf(a.known.Updates, a.known.Kind), stateOf(m.Updates, m.Kind)
	if m.State == was && was != is {
		m.State = is
		return
	}
	said := func(r Incident) bool { return r.State != StateUnknown || r.VendorState != "" }
	if a.stale || !slices.ContainsFunc(a.readings, said) || slices.ContainsFunc(a.readings, func(r Incident) bool { return said(r) && r.State == m.State }) {
		return
	}
	m.State = a.newest.State
}

func (a *again) title() string {
	known := a.known.Title
	for _, r := range a.readings {
		if r.Title == known || cutOf(r.Title, known, false) {
			return known
		}
	}
	if a.newest.Title == "" || a.stale {
		return known
	}
	return a.newest.Title
}

func (a *again) time(of func(Incident) time.Time) time.Time {
	var read []time.Time
	for _, r := range a.readings {
		read = append(read, of(r))
	}
	return a.pick(of(a.known), read, of(a.newest))
}

// pick keeps a time that a document confirms or that none tells, and takes the newest otherwise.
func (a *again) pick(known time.Time, read []time.Time, newest time.Time) time.Time {
	finest, confirmed := known, false
	for _, t := range read {
		switch {
		case t.IsZero():
		case t.Equal(known):
			return known
		case !known.IsZero() && sameTime(known, t):
			finest, confirmed = moreExact(finest, t), true
		}
	}
	if confirmed || newest.IsZero() || a.stale && !known.IsZero() {
		return finest
	}
	return newest
}

func (a *again) start(m *Incident) {
	if m.Kind != a.known.Kind {
		m.StartedAt, m.StartGiven = a.newest.StartedAt, a.newest.StartGiven
		return
	}
	var given, all []time.Time
	for _, r := range a.readings {
		all = append(all, r.StartedAt)
		if r.StartGiven {
			given = append(given, r.StartedAt)
		}
	}
	switch {
	case len(given) > 0 && m.StartGiven:
		m.StartedAt = a.pick(m.StartedAt, given, a.newest.StartedAt)
	case len(given) > 0:
		m.StartedAt, m.StartGiven = a.newest.StartedAt, true
	case m.StartGiven:
	default:
		was, is := derived(a.known), derived(*m)
		if m.StartedAt.Equal(was.StartedAt) && !is.StartedAt.IsZero() {
			m.StartedAt = is.StartedAt
		} else {
			m.StartedAt = a.pick(m.StartedAt, all, a.newest.StartedAt)
		}
	}
}

// derived is what the timeline of an incident tells of its start and end.
func derived(i Incident) Incident {
	d := Incident{Kind: i.Kind, State: i.State, Updates: i.Updates, ScheduledStartAt: i.ScheduledStartAt}
	deriveTimes(&d)
	return d
}

func (a *again) end(m *Incident) {
	if !m.State.Over() {
		m.ResolvedAt = time.Time{}
		return
	}
	var given, all []time.Time
	for _, r := range a.readings {
		all = append(all, r.ResolvedAt)
		if r.EndGiven {
			given = append(given, r.ResolvedAt)
		}
	}
	is := derived(*m).ResolvedAt
	switch {
	case !a.known.State.Over():
		m.ResolvedAt = first(a.newest.ResolvedAt, is)
	case slices.ContainsFunc(all, m.ResolvedAt.Equal):
	case len(given) > 0:
		m.ResolvedAt = a.pick(m.ResolvedAt, given, a.newest.ResolvedAt)
	case m.ResolvedAt.Equal(derived(a.known).ResolvedAt) && !is.IsZero():
		m.ResolvedAt = is
	default:
		m.ResolvedAt = a.pick(m.ResolvedAt, all, a.newest.ResolvedAt)
	}
	if !m.StartedAt.IsZero() && m.ResolvedAt.Before(m.StartedAt) {
		m.ResolvedAt = time.Time{}
	}
}

// findStamped finds out whether machines wrote all times of creation. The first of those is kept whatever is said
// later, and there is no mapping by which they could have been misread.
func (a *again) findStamped() {
	a.stampedCreation = true
	stamped := func(t RawTime) bool {
		_, ok := rfc3339Time(t.Text)
		return ok || t.IsZero()
	}
	for _, r := range a.readings {
		for _, raw := range r.Raws {
			a.stampedCreation = a.stampedCreation && stamped(raw.Created) &&
				!slices.ContainsFunc(raw.Updates, func(u RawUpdate) bool { return !stamped(u.Created) })
		}
	}
}

// findStale finds out whether others than the stored words told what is known: by the vendor's own stamps,
// as far as machines write them and no mapping is needed to read them, or because the stored words lack the
// newest update.
func (a *again) findStale() {
	stamped := len(a.readings) > 0
	for _, r := range a.readings {
		for _, raw := range r.Raws {
			_, ok := rfc3339Time(raw.Updated.Text)
			stamped = stamped && (ok || raw.Updated.IsZero())
		}
	}
	if stamped && !a.newest.UpdatedAt.IsZero() && !a.known.UpdatedAt.IsZero() {
		a.stale = a.newest.UpdatedAt.Before(a.known.UpdatedAt)
		return
	}
	n := len(a.shown)
	a.stale = n > 0 && len(a.shown[n-1]) == 0
}

// updates makes the timeline again.
func (a *again) updates() []Update {
	known := a.known.Updates
	a.shown = make([][]Update, len(known))
	var unknown []Update
	for _, r := range a.readings {
		unknown = append(unknown, a.pair(r.Updates)...)
	}
	a.findStale()
	a.findStamped()
	out := slices.Clone(known)
	moved := false
	var was, is State // in force
	for n := range out {
		u := &out[n]
		u.Was = u.Key
		u.State = a.updateState(n, was, is)
		was, is = inForce(was, known[n].State), inForce(is, u.State)
		u.Body = a.body(n)
		u.PostedAt = a.updateTime(n, func(u Update) time.Time { return u.PostedAt })
		if !a.stampedCreation {
			u.CreatedAt = a.updateTime(n, func(u Update) time.Time { return u.CreatedAt })
		}
		moved = moved || !u.PostedAt.Equal(known[n].PostedAt)
	}
	for _, u := range unknown {
		u.Was, u.Key = "", unusedKey(out, u.Key)
		out, moved = append(out, u), true
	}
	if moved {
		slices.SortStableFunc(out, func(a, b Update) int { return a.PostedAt.Compare(b.PostedAt) })
	}
	return out
}

func inForce(before, s State) State {
	switch s {
	case StateUpdate, StatePostmortem, StateUnknown:
		return before
	}
	return s
}

// pair finds for the updates of one document the stored ones that were made of them, and returns those that
// have none. What a mapping made of them may differ in any one point: the state, the time or the text.
func (a *again) pair(seen []Update) (rest []Update) {
	known := a.known.Updates
	taken := make([]bool, len(known))
	word := func(k, s Update) bool { return Word(k.VendorState) == Word(s.VendorState) }
	text := func(k, s Update) bool {
		return sameText(k.Body, s.Body) || cutOf(s.Body, k.Body, s.PostedAt.IsZero()) || cutOf(k.Body, s.Body, k.PostedAt.IsZero())
	}
	when := func(k, s Update) bool {
		return k.PostedAt.IsZero() || s.PostedAt.IsZero() || sameTime(k.PostedAt, s.PostedAt)
	}
	oneID := func(k, s Update) bool { return k.Key == s.Key && !generatedKey(s.Key) }
	nameless := func(same func(k, s Update) bool) func(k, s Update) bool {
		return func(k, s Update) bool { return (generatedKey(k.Key) || generatedKey(s.Key)) && same(k, s) }
	}
	for _, same := range []func(k, s Update) bool{
		oneID,
		nameless(func(k, s Update) bool { return when(k, s) && text(k, s) && word(k, s) }),
		nameless(func(k, s Update) bool { return when(k, s) && text(k, s) }),
		nameless(func(k, s Update) bool { return text(k, s) && word(k, s) }),
		nameless(alike),
		nameless(func(k, s Update) bool { return when(k, s) && word(k, s) }),
		nameless(text),
	} {
		rest = nil
		for _, s := range seen {
			n := -1
			for i := range known {
				if !taken[i] && same(known[i], s) {
					n = i
					break
				}
			}
			if n < 0 {
				rest = append(rest, s)
				continue
			}
			taken[n] = true
			a.shown[n] = append(a.shown[n], s)
		}
		seen = rest
	}
	return rest
}

// updateState makes the state of a stored update again. was and is are the states in force before it, as
// stored and now.
func (a *again) updateState(n int, was, is State) State {
	u := a.known.Updates[n]
	if u.VendorState == "" {
		return u.State
	}
	s := meaning(u.State, u.VendorState, a.words, Words.state)
	if s != StateUpdate {
		return s
	}
	if u.State == was && is != "" {
		return is
	}
	now := u.State
	for _, r := range a.shown[n] {
		if r.State == u.State {
			return u.State
		}
		if r.State != StateUpdate && (r.State != StateUnknown || r.VendorState != "") && !a.stale {
			now = r.State
		}
	}
	return now
}

// body makes the text of a stored update again. Where two texts are the same but for their form, the one with
// more form is kept, as when documents are joined: the richer one may come from words that are not stored.
func (a *again) body(n int) string {
	u := a.known.Updates[n]
	now, named := u.Body, false
	for _, r := range a.shown[n] {
		switch {
		case r.Body == u.Body:
			return u.Body
		case r.Body == "" || a.stale || cutOf(r.Body, u.Body, r.PostedAt.IsZero()) || named && generatedKey(r.Key):
		case oneLine(r.Body) == oneLine(u.Body), generatedKey(u.Key) && sameText(r.Body, u.Body):
			now, named = richer(u.Body, r.Body), !generatedKey(r.Key)
		default:
			now, named = r.Body, !generatedKey(r.Key)
		}
	}
	return now
}

func (a *again) updateTime(n int, of func(Update) time.Time) time.Time {
	var read []time.Time
	var newest time.Time
	for _, r := range a.shown[n] {
		read = append(read, of(r))
		newest = first(of(r), newest)
	}
	return a.pick(of(a.known.Updates[n]), read, newest)
}
