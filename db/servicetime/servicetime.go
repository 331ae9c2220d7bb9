// Package servicetime says how long services of ours had what they need: their uptime over any window, and how they do
// against a target of ours. It is made of the time of the vendors and components that they need.
package servicetime

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// Figures are what a service is judged by.
type Figures struct {
	Service     string   `json:"service"` // slug
	ServiceName string   `json:"service_name"`
	Uptime      []Uptime `json:"uptime"`        // the shortest window first
	SLA         *SLA     `json:"sla,omitempty"` // nil where the configuration has no target
}

// Uptime is how much of the last days a service had all that it needs, as far as the pages of its vendors told us.
type Uptime struct {
	Days   int    `json:"days"`
	FromAt string `json:"from_at"`
	ToAt   string `json:"to_at"`
	// of the known time; null where nothing is known
	UptimePercent *float64 `json:"uptime_percent"`
	// the same, where planned work counts as impact
	UptimeWithMaintenance *float64 `json:"uptime_with_maintenance_percent"`
	// share of the window in which the pages of all that it needs were read
	KnownPercent float64  `json:"known_percent"`
	ImpactHours  *float64 `json:"impact_hours"` // null where nothing is known
	// incidents of what it needs: those that the figures include, and those that they cannot
	KnownLength   int `json:"incidents_of_known_length"`
	UnknownLength int `json:"incidents_of_unknown_length"`
}

// windows are the lengths of time for which the uptime is told, in days.
var windows = []int{7, 30, 90, 365}

// Of returns the figures of the service of that slug at a moment, or db.ErrNotFound.
func Of(ctx context.Context, d *query.DB, slug string, now time.Time) (Figures, error) {
	f := Figures{Service: slug, Uptime: []Uptime{}}
	names, err := scan.Column[string](ctx, d.Reader.Read, `SELECT name FROM services WHERE slug = ?`, slug)
	if err == nil && len(names) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return f, fmt.Errorf("service %q: %w", slug, err)
	}
	f.ServiceName = names[0]
	all, err := Stretches(ctx, d, slug, now)
	if err != nil {
		return f, err
	}
	for _, days := range windows {
		from := now.AddDate(0, 0, -days)
		u := Uptime{Days: days, FromAt: db.Stamp(from), ToAt: db.Stamp(now)}
		u.share(all, from, now)
		f.Uptime = append(f.Uptime, u)
	}
	f.SLA, err = slaOf(ctx, d, slug, all, now)
	return f, err
}

func (u *Uptime) share(all []query.Stretch, from, now time.Time) {
	share := query.ShareOf(all, from, now, now)
	u.UptimePercent, u.UptimeWithMaintenance = rounded(share.Percent(false)), rounded(share.Percent(true))
	u.KnownPercent = round(100 * float64(share.Known) / float64(share.Window))
	if share.KnownLength > 0 || share.UnknownLength == 0 && share.Known > 0 {
		hours := round(share.Impact.Hours())
		u.ImpactHours = &hours
	}
	u.KnownLength, u.UnknownLength = incidents(all, from, now)
}

// incidents counts those with impact in a window, each once, however many components that are needed it affects.
func incidents(all []query.Stretch, from, to time.Time) (known, unknown int) {
	length := map[int64]bool{}
	for _, s := range all {
		if s.What != query.StretchImpact || s.IncidentID == 0 {
			continue
		}
		one := query.ShareOf([]query.Stretch{s}, from, to, to)
		if one.KnownLength+one.UnknownLength > 0 {
			length[s.IncidentID] = length[s.IncidentID] || one.KnownLength > 0
		}
	}
	for _, is := range length {
		if is {
			known++
		} else {
			unknown++
		}
	}
	return known, unknown
}

// needRow is something that a service needs.
type needRow struct {
	NeedID    int64  `db:"need_id"`
	VendorID  int64  `db:"vendor_id"`
	Component string `db:"component"`
	Lists     int    `db:"lists"` // 1: the vendor lists components
}

var needRows = scan.Of[needRow]("x")

// Stretches returns the time that the uptime of a service is made of: the impact, the planned work and the unseen time
// of all that it needs. An incident that names no component counts for all who need components of its vendor. A need
// whose words name no component of its vendor is unseen for ever.
func Stretches(ctx context.Context, d *query.DB, slug string, now time.Time) ([]query.Stretch, error) {
	all, err := stretches(ctx, d, slug, now)
	if err != nil {
		return nil, fmt.Errorf("time of service %q: %w", slug, err)
	}
	return all, nil
}

func stretches(ctx context.Context, d *query.DB, slug string, now time.Time) ([]query.Stretch, error) {
	needs, err := needRows.All(ctx, d.Reader.Read, `SELECT `+needRows.Columns+` FROM (
		SELECT n.need_id, n.vendor_id, n.component, EXISTS (SELECT 1 FROM sources s JOIN components c USING (source_id)
			WHERE s.vendor_id = n.vendor_id) AS lists
		FROM services v JOIN service_needs n USING (service_id) WHERE v.slug = ?) x`, slug)
	if err != nil {
		return nil, err
	}
	var all []query.Stretch
	ofVendor := map[int64][]query.Stretch{}
	for _, n := range needs {
		vendors, ok := ofVendor[n.VendorID]
		if !ok {
			if vendors, err = d.Stretches(ctx, n.VendorID, now); err != nil {
				return nil, err
			}
			ofVendor[n.VendorID] = vendors
		}
		if n.Component == "" || n.Lists == 0 {
			all = append(all, vendors...)
			continue
		}
		part, err := ofComponents(ctx, d, n, vendors, now)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// ofComponents is the time of the components that a need names.
func ofComponents(ctx context.Context, d *query.DB, n needRow, vendors []query.Stretch,
	now time.Time) ([]query.Stretch, error) {
	components, err := scan.Column[int64](ctx, d.Reader.Read, `SELECT component_id FROM service_components
		WHERE need_id = ? ORDER BY component_id`, n.NeedID)
	if err != nil {
		return nil, err
	}
	if len(components) == 0 {
		return []query.Stretch{{What: query.StretchUnseen, ToAt: now, FromAt: now.AddDate(-200, 0, 0)}}, nil
	}
	naming, err := scan.Column[int64](ctx, d.Reader.Read, `SELECT DISTINCT ic.incident_id
		FROM sources s JOIN incidents i USING (source_id) JOIN incident_components ic USING (incident_id)
		WHERE s.vendor_id = ?`, n.VendorID)
	if err != nil {
		return nil, err
	}
	names := map[int64]bool{}
	for _, id := range naming {
		names[id] = true
	}
	var all []query.Stretch
	for _, s := range vendors {
		if s.What != query.StretchUnseen && !names[s.IncidentID] {
			all = append(all, s)
		}
	}
	for _, id := range components {
		part, err := d.ComponentStretches(ctx, id, now)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}
