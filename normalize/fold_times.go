package normalize

import (
	"cmp"
	"time"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
)

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
		if !u.PostedAt.IsZero() && u.State != StateScheduled {
			first = u
			break
		}
		i.StartGiven = i.StartGiven && !times.Same(u.PostedAt, i.StartedAt) // of planned work that became an incident
	}
	switch {
	case i.StartGiven:
		r.StartedBasis = f.startBasis
		if !first.PostedAt.IsZero() && times.OfPost(i.StartedAt, first.PostedAt, f.started.last.toSecond[0]) {
			r.StartedBasis = BasisPosted
			i.StartedAt = times.Finer(i.StartedAt, first.PostedAt)
		}
		if r.StartedBasis == BasisPosted && first.State.Over() && times.Same(first.PostedAt, i.StartedAt) {
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
		// A document that states the end beside posts made after it has the posts late: Google's "end".
		if own := f.resolved.last.i.Updates; !reopenedAfter(own, stated) || reopened(own) {
			stated = time.Time{}
		}
	}
	switch {
	case !stated.IsZero() && !posted.IsZero() && times.OfPost(stated, posted, f.resolved.last.toSecond[1]):
		i.ResolvedAt, r.ResolvedBasis, i.EndGiven = times.Finer(stated, posted), BasisPosted, true
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
	if i.Kind == KindMaintenance || r.StartedBasis == "" {
		i.StartedAt, r.StartedBasis = time.Time{}, "" // done before its window, or before the first post
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

// settlePeriod takes the start and the end, where no field states them, from the text of a post that was written after
// all was over and is the only one: "Between 2:50 and 4:55 AM logins failed".
func (f *folding) settlePeriod() {
	r := &f.record
	i := &r.Incident
	if i.Kind != KindIncident || i.Excerpt || r.StartedBasis == BasisStated && r.ResolvedBasis == BasisStated {
		return
	}
	var only *Update
	for n := range i.Updates {
		switch u := &i.Updates[n]; {
		case u.State == StatePostmortem:
		case only != nil || !u.State.Over():
			return
		default:
			only = u
		}
	}
	if only == nil {
		return
	}
	start, end, ok := f.periodIn(only)
	if r.StartedBasis == BasisStated {
		start = i.StartedAt
	}
	if r.ResolvedBasis == BasisStated {
		end = i.ResolvedAt
	}
	if !ok || end.Before(start) {
		return
	}
	i.StartedAt, i.StartGiven, r.StartedBasis = start, true, BasisStated
	i.ResolvedAt, i.EndGiven, r.ResolvedBasis, r.ResolvedAfter = end, true, BasisStated, time.Time{}
}

// periodIn finds the period that a post states. The one date that an item has may be that of its beginning; the post
// was then written later, by a reading at the latest.
func (f *folding) periodIn(u *Update) (start, end time.Time, ok bool) {
	text, zone := markdown.Plain(u.Body), f.zone()
	if f.oneDate() && !u.PostedAt.IsZero() && !f.overSince.IsZero() {
		const near = 30 * time.Minute
		start, end, err := times.PeriodIn(text, f.overSince, zone)
		if err == nil && start.Sub(u.PostedAt).Abs() <= near {
			return start, end, true
		}
	}
	start, end, err := times.PeriodIn(text, cmp.Or(u.PostedAt, u.CreatedAt, f.overSince), zone)
	return start, end, err == nil
}

// zone is the time zone of the page, as the newest reading that names one says.
func (f *folding) zone() string {
	zone, seen := "", time.Time{}
	for _, s := range f.sources {
		for _, raw := range s.last.raws {
			if raw.Zone != "" && s.last.seen.After(seen) {
				zone, seen = raw.Zone, s.last.seen
			}
		}
	}
	return zone
}
