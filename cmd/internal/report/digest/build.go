// Package digest makes the regular report of what is new: it plans digests when their hour has come, and sorts the
// news of one into sections.
package digest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// How far a digest looks.
const (
	horizon = 7 * 24 * time.Hour // how far ahead maintenance is reported
	stale   = 36 * time.Hour     // how long work is listed whose window is over and of which nothing is said
)

// unreadableAfter is how many failures in a row make a page unreadable.
const unreadableAfter = 3

// Window is the time that a digest reports on.
type Window struct {
	Since  time.Time     // zero means since the first record
	Until  time.Time     // zero means now
	Events []query.Event // what to report; nil means all events since Since

	// PlannedAt is when the events were chosen, if that was before Until. What was first seen later belongs to the next
	// digest.
	PlannedAt time.Time
}

// Options say for whom a digest is made, and what it includes.
type Options struct {
	Zone  *time.Location // of the reader; nil means UTC
	Now   time.Time      // zero means time.Now
	Edits bool           // include what vendors edited after publishing it
	Again bool           // include what an earlier digest reported of the window, and mark it

	Review bool   // the weekly review: the seven whole days before, and none of the events
	By     string // of a review, what its vendors are grouped by; empty for nothing

	DashboardURL string // address of our dashboard; empty for none

	// what the digest includes; a vendor's unreadable pages are listed whatever the other conditions are
	Match   route.Match
	Vendors map[string]route.Vendor // by slug, for Match
}

// Build makes the digest of a window from the database. It changes nothing.
func Build(ctx context.Context, d *query.DB, w Window, o Options) (message.Digest, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if w.Until.IsZero() {
		w.Until = o.Now
	}
	if o.Review {
		at := w.PlannedAt
		if at.IsZero() {
			at = w.Until
		}
		return buildReview(ctx, d, at, o)
	}
	f, err := gather(ctx, d, w, o)
	if err != nil {
		return message.Digest{}, fmt.Errorf("digest: %w", err)
	}
	return Assemble(f, w, o), nil
}

// Facts are what the database holds for a digest.
type Facts struct {
	Events      []query.Event
	Before      []query.Event            // of the window, which an earlier digest reported
	Incidents   map[int64]query.Incident // those of the events, and the records that stand for them
	Open        []query.Incident
	Maintenance []query.Incident // in progress, or within the horizon
	Health      []query.SourceHealth
	Statuses    []query.Status // how the vendors do
	Gaps        []query.Gap    // coverage gaps in the window
	OwnOutages  []query.OwnOutage
	Compared    *message.Comparison
	Actions     map[int64][]query.Action // what people did, by incident
}

func gather(ctx context.Context, d *query.DB, w Window, o Options) (f Facts, err error) {
	f.Events = w.Events
	if f.Events == nil {
		if f.Events, err = d.EventsSince(ctx, w.Since); err != nil {
			return f, err
		}
		if f.Events, err = o.chosen(ctx, d, f.Events); err != nil {
			return f, err
		}
	}
	if o.Again && !w.Since.IsZero() {
		if f.Before, err = reportedBefore(ctx, d, f.Events, w, o); err != nil {
			return f, err
		}
	}
	f.Incidents = map[int64]query.Incident{}
	for _, e := range slices.Concat(f.Before, f.Events) {
		for id := e.IncidentID; id != 0; id = f.Incidents[id].SameEventID {
			if _, have := f.Incidents[id]; have {
				break
			}
			detail, err := d.IncidentByID(ctx, id, o.Now)
			if errors.Is(err, db.ErrNotFound) {
				break // the event itself holds enough
			}
			if err != nil {
				return f, fmt.Errorf("incident %d of event %d: %w", id, e.EventID, err)
			}
			f.Incidents[id] = detail.Incident
		}
	}
	if _, f.OwnOutages, err = d.OwnChecks(ctx, w.Since); err != nil {
		return f, err
	}
	if f.Open, err = d.OpenIncidents(ctx); err != nil {
		return f, err
	}
	if f.Maintenance, err = d.UpcomingMaintenances(ctx, o.Now, horizon); err != nil {
		return f, err
	}
	if f.Health, err = d.SourceHealth(ctx, o.Now); err != nil {
		return f, err
	}
	if f.Statuses, err = d.Statuses(ctx, o.Now); err != nil {
		return f, err
	}
	if f.Gaps, err = d.CoverageGaps(ctx, "", w.Since, w.Until); err != nil {
		return f, err
	}
	if err = f.leaveOut(ctx, d, w, o); err != nil {
		return f, err
	}
	if f.Actions, err = d.ActionsOn(ctx, f.listed()); err != nil {
		return f, err
	}
	f.Compared, err = compare(ctx, d, w, o, f.Health)
	return f, err
}

// listed are the incidents that a digest may list.
func (f Facts) listed() []int64 {
	ids := slices.Collect(maps.Keys(f.Incidents))
	for _, i := range slices.Concat(f.Open, f.Maintenance) {
		ids = append(ids, i.IncidentID)
	}
	return ids
}

// reportedBefore returns the events of a window that are not among its news, up to when those were chosen.
func reportedBefore(ctx context.Context, d *query.DB, news []query.Event, w Window, o Options) ([]query.Event, error) {
	all, err := d.EventsSince(ctx, w.Since)
	if err != nil {
		return nil, err
	}
	isNew := map[int64]bool{}
	for _, e := range news {
		isNew[e.EventID] = true
	}
	planned := normalize.FormatTime(w.PlannedAt)
	all = slices.DeleteFunc(all, func(e query.Event) bool {
		return isNew[e.EventID] || planned != "" && e.At > planned
	})
	return o.chosen(ctx, d, all)
}
