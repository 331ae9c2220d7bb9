package digest

import (
	"context"
	"errors"
	"slices"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// tells reports whether a digest tells an event; the subject is nil where the event is of none.
func (o Options) tells(e query.Event, s *route.Subject) bool {
	n := route.News{Event: e, Vendor: o.Vendors[e.Vendor], Subject: s, Severity: normalize.SeverityCritical}
	if s != nil {
		n.Severity = normalize.Severity(s.Severity)
	}
	ok, _ := route.Route{Match: o.Match}.Judge(n)
	return ok
}

// shows reports whether a digest tells of an incident, or, where that is nil, of a vendor's pages.
func (o Options) shows(slug, name string, s *route.Subject) bool {
	o.Match.Events = nil
	return o.tells(query.Event{Vendor: slug, VendorName: name}, s)
}

// subjectOf reads an incident with its components; nil if the record has none of that number.
func subjectOf(ctx context.Context, d *query.DB, id int64) (*route.Subject, error) {
	if id == 0 {
		return nil, nil
	}
	detail, err := d.IncidentByID(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &route.Subject{Incident: detail.Incident, Parts: detail.AffectedComponents}, nil
}

// chosen returns the events that a digest tells.
func (o Options) chosen(ctx context.Context, d *query.DB, events []query.Event) ([]query.Event, error) {
	if o.Match.Everything() {
		return events, nil
	}
	kept := []query.Event{}
	for _, e := range events {
		s, err := subjectOf(ctx, d, e.IncidentID)
		if err != nil {
			return nil, err
		}
		if o.tells(e, s) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

// leaveOut drops what a digest is not to tell of beside its events: what its match does not choose, and what was
// first seen after its news was chosen.
func (f *Facts) leaveOut(ctx context.Context, d *query.DB, w Window, o Options) error {
	planned := normalize.FormatTime(w.PlannedAt)
	for _, list := range []*[]query.Incident{&f.Open, &f.Maintenance} {
		kept := []query.Incident{}
		for _, i := range *list {
			if planned != "" && i.FirstSeenAt > planned {
				continue
			}
			if !o.Match.Everything() {
				s, err := subjectOf(ctx, d, i.IncidentID)
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
		f.Health = slices.DeleteFunc(f.Health, func(h query.SourceHealth) bool { return !o.shows(h.Vendor, h.VendorName, nil) })
		f.Gaps = slices.DeleteFunc(f.Gaps, func(b query.Gap) bool { return !o.shows(b.Vendor, b.VendorName, nil) })
	}
	return nil
}
