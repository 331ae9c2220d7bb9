package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Timeline is an incident with its timeline and the components that it affects.
type Timeline struct {
	Incident
	CreatedAt  string // vendor's time: when the entry was made; empty if not told
	UpdatedAt  string // vendor's time: when the entry was last touched; empty if not told
	Updates    []Update
	Components []int64 // component_ids, in the order of the page
}

// TimelineFilter chooses incidents for a listing with their timelines.
type TimelineFilter struct {
	Vendor       string // slug; empty: all vendors of whom a page is watched
	Maintenances bool   // maintenances; otherwise incidents and notices
	Open         bool   // only what is not over and still on its page
	Limit        int    // not positive: all
}

// Timelines returns the incidents that f chooses, newest first, each with its posts, newest first. Posts
// that the vendor took down are not among them, nor is what filters hide; an event that several pages tell of
// is told by the record that stands for it.
func (d *DB) Timelines(ctx context.Context, f TimelineFilter) ([]Timeline, error) {
	whole, err := d.timelines(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("incidents with their updates: %w", err)
	}
	return whole, nil
}

func (d *DB) timelines(ctx context.Context, f TimelineFilter) ([]Timeline, error) {
	where := standing + ` AND NOT EXISTS (SELECT 1 FROM filtered_incidents x WHERE x.incident_id = i.incident_id)`
	var args []any
	if f.Open {
		where = openNow
	}
	if f.Maintenances {
		where += ` AND i.kind = 'maintenance'`
	} else {
		where += ` AND i.kind <> 'maintenance'`
	}
	if f.Vendor == "" {
		where += ` AND EXISTS (SELECT 1 FROM sources s WHERE s.source_id = i.source_id AND s.watched = 1)`
	} else {
		where += ` AND i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?)`
		args = append(args, f.Vendor)
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	const order = began + ` DESC, i.incident_id DESC`
	chosen := order
	if f.Open { // the plus lets SQLite begin with what is open, which is little, and not with the order
		chosen = `+` + order
	}
	incidents, err := d.incidents(ctx, selectIncident+`
		WHERE i.incident_id IN (SELECT i.incident_id FROM incidents i WHERE `+where+` ORDER BY `+chosen+` LIMIT ?) ORDER BY `+order, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	whole := make([]Timeline, len(incidents))
	at := make(map[int64]*Timeline, len(incidents))
	ids := make([]int64, len(incidents))
	for n, i := range incidents {
		whole[n] = Timeline{Incident: i, Updates: []Update{}, Components: []int64{}}
		at[i.IncidentID], ids[n] = &whole[n], i.IncidentID
	}
	return whole, d.addTimelines(ctx, ids, at)
}

// addTimelines adds what the view of incidents does not have.
func (d *DB) addTimelines(ctx context.Context, ids []int64, at map[int64]*Timeline) error {
	chosen, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = scan.List(ctx, d.read, func(r *sql.Rows, _ *struct{}) error {
		var id int64
		var created, updated string
		err := r.Scan(&id, &created, &updated)
		if err == nil {
			at[id].CreatedAt, at[id].UpdatedAt = created, updated
		}
		return err
	}, `SELECT i.incident_id, coalesce(i.created_at, ''), coalesce(i.updated_at, '')
		FROM json_each(?) j JOIN incidents i ON i.incident_id = j.value`, chosen)
	if err != nil {
		return err
	}
	_, err = scan.List(ctx, d.read, func(r *sql.Rows, u *Update) error {
		err := r.Scan(&u.UpdateID, &u.IncidentID, &u.State, &u.VendorState, &u.PostedAt, &u.CreatedAt, &u.Body, &u.FirstSeenAt)
		if err == nil {
			at[u.IncidentID].Updates = append(at[u.IncidentID].Updates, *u)
		}
		return err
	}, `SELECT u.update_id, u.incident_id, u.state, u.vendor_state, coalesce(u.posted_at, ''), coalesce(u.created_at, ''), u.body, u.first_seen_at
		FROM json_each(?) j JOIN incident_updates u ON u.incident_id = j.value
		WHERE u.removed_at IS NULL ORDER BY u.incident_id, u.position DESC, u.update_id DESC`, chosen)
	if err != nil {
		return err
	}
	_, err = scan.List(ctx, d.read, func(r *sql.Rows, _ *struct{}) error {
		var incident, component int64
		err := r.Scan(&incident, &component)
		if err == nil {
			at[incident].Components = append(at[incident].Components, component)
		}
		return err
	}, `SELECT ic.incident_id, c.component_id
		FROM json_each(?) j JOIN incident_components ic ON ic.incident_id = j.value JOIN components c USING (component_id)
		ORDER BY ic.incident_id, c.source_id, c.position, c.component_id`, chosen)
	return err
}
