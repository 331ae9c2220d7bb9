package query

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Verdict answers whether all is well.
type Verdict string

// The answers. What is known to be wrong goes before what is not known.
const (
	VerdictWell     Verdict = "well"      // all of it is known to be well
	VerdictTrouble  Verdict = "trouble"   // something is wrong, or work is under way or planned in that time
	VerdictNotKnown Verdict = "not_known" // of something it is not known how it does
)

// OkFilter chooses what is asked about: what services need, and vendors. Without either it is every watched vendor.
type OkFilter struct {
	Services []string // slugs
	Tags     []string // of vendors
	Until    time.Time
}

// Ok is whether what is asked about is well, until a time.
type Ok struct {
	Verdict Verdict    `json:"verdict"`
	UntilAt string     `json:"until_at"`
	Asked   int        `json:"asked"`   // how many needs and vendors
	Reasons []OkReason `json:"reasons"` // why it is not well: trouble first, then work, then what is not known
	// since when our own network is taken to fail; empty if it is not
	OwnOutageSinceAt string `json:"own_outage_since_at,omitempty"`
}

// OkReason is something that is not well, or work that is planned.
type OkReason struct {
	Verdict    Verdict                   `json:"verdict"`
	Service    string                    `json:"service,omitempty"` // slug of the service that needs it
	Need       string                    `json:"need,omitempty"`
	Vendor     string                    `json:"vendor"`
	VendorName string                    `json:"vendor_name"`
	Status     normalize.ComponentStatus `json:"status"`
	Because    Because                   `json:"because"`
	Severity   normalize.Severity        `json:"severity,omitempty"`
	SinceAt    string                    `json:"since_at,omitempty"` // of planned work, when it begins
	IncidentID int64                     `json:"incident_id,omitempty"`
	Title      string                    `json:"title,omitempty"` // of that incident
	Planned    bool                      `json:"planned,omitempty"`
}

// Ok answers at a moment. An error wraps db.ErrNotFound if there is no such service, or no vendor has such a tag.
func (d *DB) Ok(ctx context.Context, f OkFilter, now time.Time) (Ok, error) {
	until := f.Until
	if until.Before(now) {
		until = now
	}
	out := Ok{Verdict: VerdictWell, UntilAt: db.Stamp(until), Reasons: []OkReason{}}
	asked, err := d.okAsked(ctx, f, now)
	if err != nil {
		return out, err
	}
	out.Asked = len(asked)
	everybody := len(f.Services)+len(f.Tags) == 0
	if everybody {
		at, err := d.Present(ctx, now)
		if err != nil {
			return out, err
		}
		asked, out.Asked = okVendors(at.Unwell), at.Watched
	}
	var reasons [3][]OkReason // trouble, work, not known
	for _, r := range asked {
		switch {
		case InTrouble(r.Status, r.Severity, r.Because):
			r.Verdict = VerdictTrouble
			reasons[0] = append(reasons[0], r)
		case r.Status == normalize.StatusMaintenance:
			r.Verdict = VerdictTrouble
			reasons[1] = append(reasons[1], r)
		case r.Status != normalize.StatusOperational:
			r.Verdict = VerdictNotKnown
			reasons[2] = append(reasons[2], r)
		}
	}
	planned, err := d.okPlanned(ctx, asked, everybody, now, until)
	if err != nil {
		return out, err
	}
	reasons[1] = append(reasons[1], planned...)
	for _, list := range reasons {
		for _, r := range list {
			if err := d.okTitle(ctx, &r); err != nil {
				return out, err
			}
			out.Reasons = append(out.Reasons, r)
		}
	}
	_, outages, err := d.OwnChecks(ctx, now)
	if len(outages) > 0 && outages[0].ToAt == "" {
		out.OwnOutageSinceAt = outages[0].FromAt
	}
	switch {
	case len(out.Reasons) > 0:
		out.Verdict = out.Reasons[0].Verdict
	case out.Asked == 0 || out.OwnOutageSinceAt != "":
		out.Verdict = VerdictNotKnown
	}
	return out, err
}

func okVendors(states []Status) (asked []OkReason) {
	for _, s := range states {
		asked = append(asked, OkReason{Vendor: s.Vendor, VendorName: s.VendorName, Status: s.Status,
			Because: s.Because, Severity: s.Severity, SinceAt: s.SinceAt, IncidentID: s.IncidentID})
	}
	return asked
}

// okAsked returns how each need of the services, and each vendor with the tags, does.
func (d *DB) okAsked(ctx context.Context, f OkFilter, now time.Time) ([]OkReason, error) {
	var asked []OkReason
	for _, slug := range f.Services {
		needs, err := d.ServiceNeeds(ctx, slug, now)
		if err == nil && len(needs) == 0 {
			err = fmt.Errorf("service %q: %w", slug, db.ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		for _, n := range needs {
			asked = append(asked, OkReason{Service: n.Service, Need: n.Need, Vendor: n.Vendor, VendorName: n.VendorName,
				Status: n.Status, Because: n.Because, Severity: n.Severity, SinceAt: n.SinceAt,
				IncidentID: n.IncidentID})
		}
	}
	if len(f.Tags) == 0 {
		return asked, nil
	}
	var wanted []int64
	for _, tag := range f.Tags {
		ids, err := scan.Column[int64](ctx, d.read,
			`SELECT vendor_id FROM vendor_tags WHERE tag = ? COLLATE NOCASE`, tag)
		if err == nil && len(ids) == 0 {
			err = fmt.Errorf("tag %q: %w", tag, db.ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, ids...)
	}
	states, err := d.StatusesOf(ctx, now, wanted)
	return append(asked, okVendors(states)...), err
}

// plannedRow is work whose time has not come, or whose beginning was not told.
type plannedRow struct {
	IncidentID int64  `db:"incident_id"`
	Vendor     string `db:"vendor = v.slug"`
	VendorName string `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)"`
	StartAt    string `db:"scheduled_start_at"`
}

var plannedRows = scan.Of[plannedRow]("i")

// okPlanned returns the planned work of what is asked about, or of everybody, up to a time.
func (d *DB) okPlanned(ctx context.Context, asked []OkReason, everybody bool, now, until time.Time) ([]OkReason,
	error) {
	rows, err := plannedRows.All(ctx, d.read, `
		SELECT `+plannedRows.Columns+`
		FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		WHERE `+openNow+` AND i.kind = 'maintenance' AND i.state NOT IN ('in_progress', 'verifying')
			AND i.scheduled_start_at <= ?2 AND coalesce(i.scheduled_end_at, ?1) >= ?1 AND s.watched = 1
		ORDER BY i.scheduled_start_at, i.incident_id`, db.Stamp(now), db.Stamp(until))
	if err != nil {
		return nil, fmt.Errorf("planned work: %w", err)
	}
	var planned []OkReason
	for _, w := range rows {
		if everybody {
			asked = []OkReason{{Vendor: w.Vendor, VendorName: w.VendorName}}
		}
		for _, r := range asked {
			if r.Vendor != w.Vendor {
				continue
			}
			touches := true
			if r.Need != "" {
				if err := d.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM v_service_incidents x
					WHERE x.incident_id = ? AND x.service = ? AND x.need = ?)`,
					w.IncidentID, r.Service, r.Need).Scan(&touches); err != nil {
					return nil, fmt.Errorf("planned work: %w", err)
				}
			}
			if touches {
				planned = append(planned, OkReason{Verdict: VerdictTrouble, Service: r.Service, Need: r.Need,
					Vendor: r.Vendor, VendorName: r.VendorName, Status: normalize.StatusMaintenance,
					Because: BecauseMaintenance, SinceAt: w.StartAt, IncidentID: w.IncidentID, Planned: true})
			}
		}
	}
	return planned, nil
}

// okTitle adds the title of the incident, if there is one.
func (d *DB) okTitle(ctx context.Context, r *OkReason) error {
	if r.IncidentID == 0 {
		return nil
	}
	titles, err := scan.Column[string](ctx, d.read, `SELECT title FROM incidents WHERE incident_id = ?`, r.IncidentID)
	for _, title := range titles {
		r.Title = title
	}
	return err
}
