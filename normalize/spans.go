package normalize

import (
	"slices"
	"time"
	"vendorwatch/normalize/stated"
	"vendorwatch/normalize/times"
)

func (r *reader) times() {
	i, raw := &r.incident, r.raw
	i.CreatedAt = r.time("created_at", raw.Created)
	i.UpdatedAt = r.time("updated_at", raw.Updated)
	i.ScheduledStartAt = r.time("scheduled_start_at", raw.ScheduledStart)
	i.ScheduledEndAt = r.time("scheduled_end_at", raw.ScheduledEnd)
	started, resolved := r.time("started_at", raw.Started), r.time("resolved_at", raw.Resolved)
	if !raw.Period.IsZero() {
		from, to, err := times.ParsePeriod(raw.Period, raw.Zone)
		if err != nil {
			r.finding("started_at", raw.Period.Text, err.Error())
		}
		if i.Kind == KindMaintenance {
			i.ScheduledStartAt, i.ScheduledEndAt = first(i.ScheduledStartAt, from), first(i.ScheduledEndAt, to)
		} else {
			started, resolved = first(started, from), first(resolved, to)
		}
	}
	if s, e := i.ScheduledStartAt, i.ScheduledEndAt; !s.IsZero() && !e.IsZero() && e.Before(s) {
		r.finding("scheduled_end_at", raw.ScheduledEnd.Text, "the window ends before it begins")
		i.ScheduledEndAt = time.Time{}
	}
	if i.Kind == KindMaintenance {
		// What vendors call the start of a maintenance is when its entry was made.
		started = time.Time{}
	}
	i.StartGiven, i.EndGiven = !started.IsZero(), !resolved.IsZero()
	i.StartedAt, i.ResolvedAt = started, resolved
	deriveTimes(i)
	if i.StartedAt.IsZero() && i.Kind != KindMaintenance {
		i.StartedAt = i.CreatedAt
	}
	r.order()
	i.StatedDuration = statedDuration(i.Updates)
}

// deriveTimes derives from the timeline what the vendor does not state: an incident's start is its first
// update, a maintenance's is when it went in progress; its end is the update that ended it for good.
func deriveTimes(i *Incident) {
	if !i.StartGiven {
		i.StartedAt = time.Time{}
		for _, u := range i.Updates {
			if u.PostedAt.IsZero() || i.Kind == KindMaintenance && u.State != StateInProgress &&
				u.State != StateVerifying {
				continue
			}
			i.StartedAt = u.PostedAt
			break
		}
		if i.Kind == KindMaintenance && i.StartedAt.IsZero() && i.State == StateCompleted {
			i.StartedAt = i.ScheduledStartAt
		}
	}
	if !i.State.Over() {
		i.ResolvedAt, i.EndGiven = time.Time{}, false
		return
	}
	if i.EndGiven {
		return
	}
	i.ResolvedAt = time.Time{}
	for _, u := range i.Updates {
		switch {
		case u.State.Over() && i.ResolvedAt.IsZero():
			i.ResolvedAt = u.PostedAt
		case !u.State.Over() && u.State != StatePostmortem && u.State != StateUpdate && u.State != StateUnknown:
			i.ResolvedAt = time.Time{}
		}
	}
	if i.ResolvedAt.IsZero() && i.Kind == KindMaintenance && i.State == StateCompleted && len(i.Updates) == 0 {
		i.ResolvedAt = i.ScheduledEndAt
	}
}

func first(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// order refuses an end before the start: the end is then unknown, and a finding says what was printed.
func (r *reader) order() {
	i := &r.incident
	if i.ResolvedAt.IsZero() || i.StartedAt.IsZero() || !i.ResolvedAt.Before(i.StartedAt) {
		return
	}
	if i.Kind == KindMaintenance {
		i.StartedAt = time.Time{} // done before its window
		return
	}
	if !i.StartGiven && len(i.Updates) > 0 && i.Updates[0].State.Over() {
		i.StartedAt = time.Time{} // the first post was written when all was over
		return
	}
	value := r.raw.Resolved.Text
	if value == "" {
		value = FormatTime(i.ResolvedAt)
	}
	r.finding("resolved_at", value, "resolved before it started ("+FormatTime(i.StartedAt)+
		"); when it ended is not known")
	i.ResolvedAt, i.EndGiven = time.Time{}, false
}

// statedDuration is how long the newest postmortem that says so says the impact lasted, 0 if none does.
func statedDuration(updates []Update) time.Duration {
	for _, u := range slices.Backward(updates) {
		if u.State != StatePostmortem {
			continue
		}
		if d := stated.Duration(u.Body); d > 0 {
			return d
		}
	}
	return 0
}
