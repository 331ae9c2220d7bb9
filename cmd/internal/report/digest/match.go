package digest

import (
	"context"
	"errors"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// includes reports whether a digest includes an event. s is its incident, or nil.
func (o Options) includes(e query.Event, s *route.Subject) bool {
	n := route.News{Event: e, Vendor: o.Vendors[e.Vendor], Subject: s, Severity: normalize.SeverityCritical}
	if s != nil {
		n.Severity = normalize.Severity(s.Severity)
	}
	ok, _ := route.Route{Match: o.Match, Untouched: true}.Judge(n)
	return ok
}

// shows reports whether a digest lists an incident or, where s is nil, the pages of a vendor.
func (o Options) shows(slug, name string, s *route.Subject) bool {
	o.Match.Events = nil
	return o.includes(query.Event{Vendor: slug, VendorName: name}, s)
}

// subjectOf reads an incident with its components; it returns nil if there is none.
func subjectOf(ctx context.Context, d *query.DB, id int64, now time.Time) (*route.Subject, error) {
	if id == 0 {
		return nil, nil
	}
	detail, err := d.IncidentByID(ctx, id, now)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &route.Subject{Incident: detail.Incident, Parts: detail.Parts()}, nil
}

// chosen returns the events that a digest includes.
func (o Options) chosen(ctx context.Context, d *query.DB, events []query.Event) ([]query.Event, error) {
	if o.Match.Everything() {
		return events, nil
	}
	kept := []query.Event{}
	for _, e := range events {
		s, err := subjectOf(ctx, d, e.IncidentID, o.Now)
		if err != nil {
			return nil, err
		}
		if o.includes(e, s) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// leaveOut drops, beside events, what does not belong in a digest: what its match does not choose, and what was first
// seen after its events were chosen.
func (f *Facts) leaveOut(ctx context.Context, d *query.DB, w Window, o Options) error {
	planned := normalize.FormatTime(w.PlannedAt)
	for _, list := range []*[]query.Incident{&f.Open, &f.Maintenance} {
		kept := []query.Incident{}
		for _, i := range *list {
			if planned != "" && i.FirstSeenAt > planned {
				continue
			}
			if !o.Match.Everything() {
				s, err := subjectOf(ctx, d, i.IncidentID, o.Now)
				if err != nil {
					return err
				}
				if s == nil || !o.shows(i.Vendor, i.VendorName, s) {
					continue
				}
			}
			kept = append(kept, i)
		}
		*list = kept
	}
	if !o.Match.Everything() {
		f.Health = slices.DeleteFunc(f.Health, func(h query.SourceHealth) bool {
			return !o.shows(h.Vendor, h.VendorName, nil)
		})
		f.Statuses = slices.DeleteFunc(f.Statuses, func(s query.Status) bool {
			return !o.shows(s.Vendor, s.VendorName, nil)
		})
		f.Gaps = slices.DeleteFunc(f.Gaps, func(b query.Gap) bool { return !o.shows(b.Vendor, b.VendorName, nil) })
	}
	return nil
}
