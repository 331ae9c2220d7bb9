package report

import (
	"context"
	"errors"
	"slices"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// all reports whether a match chooses nothing out.
func (m Match) all() bool {
	return m.Severity == "" && len(m.Vendors)+len(m.Tags)+len(m.Owners)+len(m.Components)+len(m.Regions)+len(m.Kinds)+len(m.Events) == 0
}

// tells reports whether a digest tells an event; the subject is nil where the event is of none.
func (o Options) tells(e db.Event, s *Subject) bool {
	n := news{event: e, vendor: o.Vendors[e.Vendor], subject: s, severity: normalize.SeverityCritical}
	if s != nil {
		n.severity = normalize.Severity(s.Severity)
	}
	ok, _ := Route{Match: o.Match}.judge(n)
	return ok
}

// shows reports whether a digest tells of an incident, or, where that is nil, of a vendor's pages.
func (o Options) shows(slug, name string, s *Subject) bool {
	o.Match.Events = nil
	return o.tells(db.Event{Vendor: slug, VendorName: name}, s)
}

// subjectOf reads an incident with its components; nil if the record has none of that number.
func subjectOf(ctx context.Context, d *db.DB, id int64) (*Subject, error) {
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
	return &Subject{Incident: detail.Incident, Parts: detail.AffectedComponents}, nil
}

// chosen returns the events that a digest tells.
func (o Options) chosen(ctx context.Context, d *db.DB, events []db.Event) ([]db.Event, error) {
	if o.Match.all() {
		return events, nil
	}
	kept := []db.Event{}
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
func (f *facts) leaveOut(ctx context.Context, d *db.DB, w Window, o Options) error {
	planned := normalize.FormatTime(w.PlannedAt)
	for _, list := range []*[]db.Incident{&f.open, &f.maintenance} {
		kept := []db.Incident{}
		for _, i := range *list {
			if planned != "" && i.FirstSeenAt > planned {
				continue
			}
			if !o.Match.all() {
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
	if !o.Match.all() {
		f.health = slices.DeleteFunc(f.health, func(h db.SourceHealth) bool { return !o.shows(h.Vendor, h.VendorName, nil) })
		f.blind = slices.DeleteFunc(f.blind, func(b db.Blind) bool { return !o.shows(b.Vendor, b.VendorName, nil) })
	}
	return nil
}
