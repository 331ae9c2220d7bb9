package digest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/impact"
)

// What a review looks at.
const (
	reviewDays  = 7
	weeksBefore = 13  // of the quarter, of which the weekly mean is
	mostCostly  = 5   // vendors that are told with all figures
	enoughKnown = 0.9 // the share of a week, or of a day, that is to be known for its figure to count
)

// What the vendors of a review are grouped by.
const (
	ByOwner = "owner"
	ByTag   = "tag"
)

// ReviewWindow is the week that a review of a time is of: the seven whole days before, in the zone of its reader.
func ReviewWindow(at time.Time, zone *time.Location) (from, until time.Time) {
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := at.In(zone).Date()
	until = time.Date(year, month, day, 0, 0, 0, 0, zone)
	return until.AddDate(0, 0, -reviewDays), until
}

// buildReview makes the review of the week before a moment. It looks at no event.
func buildReview(ctx context.Context, d *query.DB, at time.Time, o Options) (message.Digest, error) {
	r := reviewer{o: o}
	r.from, r.until = ReviewWindow(at, o.Zone)
	out := &assembly{message.Digest{FromAt: normalize.FormatTime(r.from), UntilAt: normalize.FormatTime(r.until),
		Zone: o.Zone.String(), Location: o.Zone, DashboardURL: message.WebLink(o.DashboardURL),
		Components: []message.ComponentChange{}}}
	out.fill()
	vendors, planned, err := r.gather(ctx, d)
	if err != nil {
		return message.Digest{}, fmt.Errorf("review: %w", err)
	}
	out.Review, err = r.review(ctx, d, vendors)
	if err != nil {
		return message.Digest{}, fmt.Errorf("review: %w", err)
	}
	out.Review.Maintenance = planned
	out.Headline = out.Review.HeadlineText()
	return out.Digest, nil
}

// reviewer makes the review of one week.
type reviewer struct {
	o           Options
	from, until time.Time
}

// reviewed is what is known of a vendor.
type reviewed struct {
	slug, name string
	incidents  []query.IncidentImpact // of the week and the quarter before
	stretches  []query.Stretch
	honesty    []query.Honesty // the measures that had a case
}

// gather reads the vendors that are watched and that the review chooses, and the work that is planned.
func (r reviewer) gather(ctx context.Context, d *query.DB) ([]*reviewed, []message.Item, error) {
	var f Facts
	var err error
	if f.Maintenance, err = d.UpcomingMaintenances(ctx, r.o.Now, horizon); err != nil {
		return nil, nil, err
	}
	if f.Health, err = d.SourceHealth(ctx, r.o.Now); err != nil {
		return nil, nil, err
	}
	if err = f.leaveOut(ctx, d, Window{}, r.o); err != nil {
		return nil, nil, err
	}
	var vendors []*reviewed
	bySlug := map[string]*reviewed{}
	for _, h := range f.Health {
		if h.Watched == 1 && bySlug[h.Vendor] == nil {
			v := &reviewed{slug: h.Vendor, name: h.VendorName}
			vendors, bySlug[h.Vendor] = append(vendors, v), v
		}
	}
	all, err := d.ImpactDuring(ctx, r.from.AddDate(0, 0, -weeksBefore*reviewDays), r.until)
	if err != nil {
		return nil, nil, err
	}
	if all, err = r.o.impacts(ctx, d, all); err != nil {
		return nil, nil, err
	}
	for _, i := range all {
		if v := bySlug[i.Vendor]; v != nil {
			v.incidents = append(v.incidents, i)
		}
	}
	for _, v := range vendors {
		if err := r.read(ctx, d, v); err != nil {
			return nil, nil, fmt.Errorf("vendor %q: %w", v.slug, err)
		}
	}
	planned := []message.Item{}
	for _, i := range f.Maintenance {
		if i.Filtered == 0 && !normalize.State(i.State).Over() && i.LeftFeedAt == "" {
			planned = append(planned, message.Item{Incident: i, Owner: r.o.Vendors[i.Vendor].Owner})
		}
	}
	slices.SortStableFunc(planned, soonestFirst)
	return vendors, planned, nil
}

// read reads what is known of a vendor's time, and what it promised and did not keep. Whether a postmortem is missing
// can be said two weeks after an incident at the earliest, so that this measure is of the quarter.
func (r reviewer) read(ctx context.Context, d *query.DB, v *reviewed) error {
	vendor, err := d.Vendor(ctx, v.slug)
	if err != nil {
		return err
	}
	if v.stretches, err = d.Stretches(ctx, vendor.VendorID, r.o.Now); err != nil {
		return err
	}
	const missing = "postmortem_missing"
	week, err := d.Honesty(ctx, vendor.VendorID, r.from, r.until)
	if err != nil {
		return err
	}
	quarter, err := d.Honesty(ctx, vendor.VendorID, r.until.AddDate(0, 0, -weeksBefore*reviewDays), r.until)
	if err != nil {
		return err
	}
	v.honesty = []query.Honesty{}
	for n, h := range week {
		if h.Measure == missing {
			h = quarter[n]
		}
		if h.Cases > 0 && h.Measure != "first_word" {
			v.honesty = append(v.honesty, h)
		}
	}
	return nil
}

// review makes the figures.
func (r reviewer) review(ctx context.Context, d *query.DB, vendors []*reviewed) (*message.Review, error) {
	out := &message.Review{Vendors: len(vendors), All: r.week(vendors...), Cost: []message.VendorWeek{},
		Others: []message.VendorWeek{}, Parts: r.parts(vendors)}
	if len(out.Parts) > 0 {
		out.By = r.o.By
	}
	out.NothingReadSeconds = int64(r.nothingRead(vendors) / time.Second)
	for n := range reviewDays {
		out.DaysAt = append(out.DaysAt, normalize.FormatTime(r.from.AddDate(0, 0, n)))
	}
	for _, v := range vendors {
		w := message.VendorWeek{Vendor: v.slug, VendorName: v.name, Owner: r.o.Vendors[v.slug].Owner,
			Week: r.week(v), Honesty: v.honesty}
		share := query.ShareOf(v.stretches, r.from, r.until, r.o.Now)
		w.UnreadSeconds = int64((r.until.Sub(r.from) - share.Known) / time.Second)
		unread := w.UnreadAlone(out.NothingReadSeconds)
		if unread {
			out.NotSeen++
		}
		if w.Incidents > 0 {
			out.Affected++
			var err error
			if w.Longest, err = r.longest(ctx, d, v.incidents); err != nil {
				return nil, err
			}
			out.Cost = append(out.Cost, w)
		} else if unread || len(w.Honesty) > 0 {
			out.Others = append(out.Others, w)
		}
	}
	slices.SortStableFunc(out.Cost, func(a, b message.VendorWeek) int {
		return costlyFirst(a.Week, b.Week, a.Vendor, b.Vendor)
	})
	if len(out.Cost) > mostCostly {
		for _, w := range out.Cost[mostCostly:] {
			if w.UnreadAlone(out.NothingReadSeconds) || len(w.Honesty) > 0 {
				out.Others = append(out.Others, w)
			}
		}
		out.Cost = out.Cost[:mostCostly]
	}
	slices.SortStableFunc(out.Others, func(a, b message.VendorWeek) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.VendorName), strings.ToLower(b.VendorName)),
			cmp.Compare(a.Vendor, b.Vendor))
	})
	return out, nil
}

// nothingRead is how much of the week is not known of any of several vendors: the program did not run, or had no
// network. It is said once, and not of each vendor.
func (r reviewer) nothingRead(vendors []*reviewed) time.Duration {
	if len(vendors) < 2 {
		return 0
	}
	var unseen [][]impact.Interval
	for _, v := range vendors {
		var of []impact.Interval
		for _, s := range v.stretches {
			if s.What == query.StretchUnseen {
				of = append(of, impact.Interval{Start: s.FromAt, End: s.ToAt})
			}
		}
		unseen = append(unseen, of)
	}
	lasted := impact.Of(impact.Common(unseen), r.from, r.until, r.o.Now).Time
	if lasted < time.Minute {
		return 0 // less than words for a length can say
	}
	return lasted
}

// costlyFirst puts the longest impact first, and a length that is not known behind those that are.
func costlyFirst(a, b message.Week, nameOfA, nameOfB string) int {
	length := func(w message.Week) int64 {
		if w.ImpactSeconds == nil {
			return -1
		}
		return *w.ImpactSeconds
	}
	return cmp.Or(cmp.Compare(length(b), length(a)), cmp.Compare(b.Incidents, a.Incidents),
		cmp.Compare(nameOfA, nameOfB))
}

// week is the week of some vendors together.
func (r reviewer) week(vendors ...*reviewed) message.Week {
	var all []query.IncidentImpact
	for _, v := range vendors {
		all = append(all, v.incidents...)
	}
	total := query.ImpactOf(all, r.from, r.until, r.o.Now)
	w := message.Week{Incidents: total.Known + total.Unknown, Unknown: total.Unknown,
		ImpactSeconds: r.impact(all, vendors, r.from, r.until)}
	for n := range reviewDays {
		w.DaySeconds = append(w.DaySeconds,
			r.impact(all, vendors, r.from.AddDate(0, 0, n), r.from.AddDate(0, 0, n+1)))
	}
	sum := int64(0)
	for n := 1; n <= weeksBefore; n++ {
		from := r.from.AddDate(0, 0, -n*reviewDays)
		until := from.AddDate(0, 0, reviewDays)
		if !r.known(vendors, from, until) {
			continue
		}
		one := r.impact(all, vendors, from, until)
		if n == 1 {
			w.BeforeSeconds = one
		}
		if one != nil {
			sum += *one
			w.MeanWeeks++
		}
	}
	if w.MeanWeeks > 0 {
		w.MeanSeconds = new(sum / int64(w.MeanWeeks))
	}
	return w
}

// impact is the time from from until before until in which at least one of the incidents lasted; nil where it is not
// known. That there was none is known only where the time is.
func (r reviewer) impact(all []query.IncidentImpact, vendors []*reviewed, from, until time.Time) *int64 {
	lasted, stated := query.ImpactOf(all, from, until, r.o.Now).Stated()
	if !stated || lasted == 0 && !r.known(vendors, from, until) {
		return nil
	}
	return new(int64(lasted / time.Second))
}

// known reports whether of each of the vendors enough of a time is known.
func (r reviewer) known(vendors []*reviewed, from, until time.Time) bool {
	for _, v := range vendors {
		share := query.ShareOf(v.stretches, from, until, r.o.Now)
		if share.Window <= 0 || float64(share.Known) < enoughKnown*float64(until.Sub(from)) {
			return false
		}
	}
	return true
}

// longest is the incident that took the most of the week, nil if no length is known.
func (r reviewer) longest(ctx context.Context, d *query.DB, all []query.IncidentImpact) (*message.LongestIncident,
	error) {
	var most int64
	var id int64
	for _, i := range all {
		lasted := int64(query.ImpactOf([]query.IncidentImpact{i}, r.from, r.until, r.o.Now).Time / time.Second)
		if lasted > most {
			most, id = lasted, i.IncidentID
		}
	}
	if id == 0 {
		return nil, nil
	}
	i, err := d.IncidentByID(ctx, id, r.o.Now)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return &message.LongestIncident{IncidentID: id, Title: words.OneLine(i.Title), ImpactSeconds: most,
		URL: cmp.Or(message.WebLink(i.URL), message.WebLink(i.PageURL))}, err
}

// parts are the weeks of the vendors of each owner, or with each tag.
func (r reviewer) parts(vendors []*reviewed) []message.Part {
	of := map[string][]*reviewed{}
	for _, v := range vendors {
		switch known := r.o.Vendors[v.slug]; {
		case r.o.By == ByOwner && known.Owner != "":
			of[known.Owner] = append(of[known.Owner], v)
		case r.o.By == ByTag:
			for _, tag := range known.Tags {
				of[tag] = append(of[tag], v)
			}
		}
	}
	parts := []message.Part{}
	for name, vendors := range of {
		parts = append(parts, message.Part{Name: name, Vendors: len(vendors), Week: r.week(vendors...)})
	}
	slices.SortFunc(parts, func(a, b message.Part) int { return costlyFirst(a.Week, b.Week, a.Name, b.Name) })
	return parts
}
