package normalize

import "time"

// settleStart decides when it began, and how that is known. A maintenance begins when it goes in progress; what
// vendors call its start is when its entry was made. Nothing is made up: where the timeline is known in part only,
// or its first word is that all is over, its first post is not the start, and the time has no basis.
func (f *folding) settleStart() {
	r := &f.record
	i := &r.Incident
	if i.Kind == KindMaintenance {
		i.StartedAt, i.StartGiven = time.Time{}, false
		for _, u := range i.Updates {
			if (u.State == StateInProgress || u.State == StateVerifying) && !u.PostedAt.IsZero() {
				i.StartedAt, r.StartedBasis = u.PostedAt, BasisPosted
				break
			}
		}
		return
	}
	var first Update
	for _, u := range i.Updates {
		if !u.PostedAt.IsZero() {
			first = u
			break
		}
	}
	switch {
	case i.StartGiven:
		r.StartedBasis = f.startBasis
		if !first.PostedAt.IsZero() && sameTime(first.PostedAt, i.StartedAt) {
			r.StartedBasis = BasisPosted
			i.StartedAt = moreExact(i.StartedAt, first.PostedAt)
		}
		if r.StartedBasis == BasisPosted && first.State.Over() && sameTime(first.PostedAt, i.StartedAt) {
			r.StartedBasis = "" // the first word was that it is over
		}
	case !first.PostedAt.IsZero():
		i.StartedAt, r.StartedBasis = first.PostedAt, BasisPosted
		if i.Excerpt || first.State.Over() && !f.oneDate() {
			r.StartedBasis = ""
		}
	case !i.CreatedAt.IsZero():
		i.StartedAt, r.StartedBasis = i.CreatedAt, BasisPosted
	}
}

// oneDate reports whether all that is known of times is the one date of an item: when it began.
func (f *folding) oneDate() bool {
	for _, s := range f.sources {
		if s.last != nil && !s.last.oneDate {
			return false
		}
	}
	return true
}

// settleEnd decides when it ended, and how that is known: by a field, by the post that says so, or because one
// reading showed it open and the next one over.
func (f *folding) settleEnd() {
	r := &f.record
	i := &r.Incident
	if !i.State.Over() {
		i.ResolvedAt, i.EndGiven = time.Time{}, false
		return
	}
	stated := time.Time{}
	if f.resolved != nil {
		stated = i.ResolvedAt
	}
	posted := f.postedEnd()
	if !stated.IsZero() && reopenedAfter(i.Updates, stated) && !posted.IsZero() {
		stated = time.Time{}
	}
	switch {
	case !stated.IsZero() && !posted.IsZero() && sameTime(stated, posted):
		i.ResolvedAt, r.ResolvedBasis, i.EndGiven = moreExact(stated, posted), BasisPosted, true
	case !stated.IsZero():
		i.ResolvedAt, r.ResolvedBasis, i.EndGiven = stated, BasisStated, true
	case !posted.IsZero():
		i.ResolvedAt, r.ResolvedBasis = posted, BasisPosted
	case !f.overSince.IsZero() && !f.openUntil.IsZero():
		i.ResolvedAt, r.ResolvedBasis, r.ResolvedAfter = f.overSince, BasisSeen, f.openUntil
	default:
		i.ResolvedAt = time.Time{}
	}
	if i.StartedAt.IsZero() || i.ResolvedAt.IsZero() || !i.ResolvedAt.Before(i.StartedAt) {
		return
	}
	if i.Kind == KindMaintenance {
		i.StartedAt, r.StartedBasis = time.Time{}, "" // done before its window
		return
	}
	i.ResolvedAt, i.EndGiven, r.ResolvedBasis, r.ResolvedAfter = time.Time{}, false, "", time.Time{}
}

// postedEnd is the time of the post that ended it for good. The date of an item that has one date for all is the
// date of its beginning: that the item says "resolved" now does not date the end.
func (f *folding) postedEnd() time.Time {
	i := &f.record.Incident
	var end time.Time
	var known bool
	for _, u := range i.Updates {
		switch {
		case u.State.Over() && !known:
			end, known = u.PostedAt, true
		case !u.State.Over() && u.State != StatePostmortem && u.State != StateUpdate && u.State != StateUnknown:
			end, known = time.Time{}, false
		}
	}
	if len(i.Updates) == 1 && f.oneDate() {
		return time.Time{}
	}
	return end
}
