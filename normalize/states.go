package normalize

import (
	"slices"
	"strconv"
	"strings"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
)

func (r *reader) updates() {
	state := StateUpdate
	for _, u := range r.raw.Updates {
		up := Update{
			Key:         u.ID,
			VendorState: strings.TrimSpace(u.State),
			PostedAt:    r.time("posted_at", u.Posted),
			CreatedAt:   r.time("created_at", u.Created),
			Body:        r.memo.toMarkdown(u.Body, u.Format),
		}
		if u.Posted.IsZero() {
			r.finding("posted_at", u.State, "the update shows no time")
		}
		up.State = r.updateState(up.VendorState, state)
		if up.State != StatePostmortem && up.State != StateUnknown {
			state = up.State
		}
		r.addUpdate(up)
	}
	// An update without a time comes first: where a text is cut, it is the oldest one that lost its time.
	slices.SortStableFunc(r.incident.Updates, func(a, b Update) int { return a.PostedAt.Compare(b.PostedAt) })
	nameUpdates(r.incident.Updates)
}

// addUpdate adds a post, but for one that the document shows twice. Two posts with one id are two, with a finding.
func (r *reader) addUpdate(up Update) {
	for _, known := range r.incident.Updates {
		if up.Key == "" || known.Key != up.Key {
			continue
		}
		if known == up {
			return
		}
		r.finding("updates", up.Key, sharedPostID(up.Key).Problem)
	}
	r.incident.Updates = append(r.incident.Updates, up)
}

// updateState reads an update's word. A post headed "Update" changes no state: it has the state in
// force, which is what the same vendor's JSON says of it.
func (r *reader) updateState(word string, inForce State) State {
	if word == "" {
		return StateUnknown
	}
	s, ok := r.own.State(word)
	if !ok {
		r.finding("state", word, "this state word of an update is unknown")
		return StateUnknown
	}
	if s == StateUpdate {
		return inForce
	}
	return s
}

// nameUpdates gives updates without an id a key of state and minute, with an ordinal from the second on.
func nameUpdates(updates []Update) {
	used := map[string]int{}
	for n := range updates {
		u := &updates[n]
		if u.Key != "" {
			continue
		}
		base := "@" + string(u.State)
		if !u.PostedAt.IsZero() {
			base = "@" + u.PostedAt.Format("2006-01-02T15:04Z") + "/" + string(u.State)
		}
		used[base]++
		u.Key = base
		if used[base] > 1 {
			u.Key += "#" + strconv.Itoa(used[base])
		}
	}
}

func (r *reader) kind() {
	i := &r.incident
	i.Kind = KindIncident
	switch Kind(r.raw.Kind) {
	case KindIncident, KindMaintenance, KindNotice:
		i.Kind = Kind(r.raw.Kind)
		return
	case "":
	default:
		r.finding("kind", r.raw.Kind, "this kind is unknown")
	}
	planned := func(word string) bool {
		s, _ := r.own.State(word)
		return s == StateScheduled || s == StateInProgress || s == StateVerifying || s == StateCompleted
	}
	if planned(r.raw.State) || Word(r.raw.Impact) == "maintenance" || !r.raw.ScheduledStart.IsZero() ||
		slices.ContainsFunc(r.raw.Updates, func(u RawUpdate) bool { return planned(u.State) }) {
		i.Kind = KindMaintenance
	}
}

func (r *reader) severity() {
	i := &r.incident
	i.Severity = SeverityUnknown
	if i.VendorSeverity == "" {
		return
	}
	s, ok := r.own.Severity(i.VendorSeverity)
	if !ok {
		r.finding("severity", i.VendorSeverity, "this severity word is unknown")
	}
	i.Severity = s
}

func (r *reader) state() {
	r.readState()
	r.incident.State = ended(r.incident.State, r.incident.Kind)
}

// ended writes the end of a maintenance as what it is, though its vendor has the word of an incident for it.
func ended(s State, k Kind) State {
	if s == StateResolved {
		return overState(k)
	}
	return s
}

func (r *reader) readState() {
	i := &r.incident
	if i.VendorState != "" {
		s, ok := r.own.State(i.VendorState)
		if !ok {
			r.finding("state", i.VendorState, "this state word is unknown")
		}
		if s != StatePostmortem && s != StateUpdate {
			i.State = s
			return
		}
	}
	i.State = stateOf(i.Updates, i.Kind)
	switch {
	case Word(i.VendorState) == "postmortem" || !r.raw.Resolved.IsZero():
		// A page that prints an end says that it is over, whatever part of the timeline it shows.
		if !i.State.Over() {
			i.State = overState(i.Kind)
		}
	case i.State != StateUnknown:
	case i.Kind == KindMaintenance && len(i.Updates) == 0 && saysCompleted.MatchString(r.raw.Message):
		i.State = StateCompleted
	case !r.raw.Period.IsZero():
		if _, end, err := times.ParsePeriod(r.raw.Period, r.raw.Zone); err == nil && !end.IsZero() &&
			i.Kind == KindIncident {
			i.State = StateResolved
		}
	}
}

// saysCompleted finds the words with which the latest post of a maintenance, on a line of a history page, ends it.
var saysCompleted = lazyregexp.New(`(?i)\bmaintenance (?:has been|has now been|is|was|is now|has now) ` +
	`(?:successfully )?complete|\bcompleted the (?:scheduled )?maintenance`)

func overState(k Kind) State {
	if k == KindMaintenance {
		return StateCompleted
	}
	return StateResolved
}

// stateOf is where the timeline stands: the newest update that says so. A postmortem tells that all is over.
func stateOf(updates []Update, k Kind) State {
	for _, u := range slices.Backward(updates) {
		switch u.State {
		case StatePostmortem:
			if s := stateOf(slices.DeleteFunc(slices.Clone(updates),
				func(u Update) bool { return u.State == StatePostmortem }), k); s.Over() {
				return s
			}
			return overState(k)
		case StateUpdate, StateUnknown:
		default:
			return u.State
		}
	}
	return StateUnknown
}
