package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// WholeIncident is an incident with its timeline and the components that it affects.
type WholeIncident struct {
	Incident
	CreatedAt  string // vendor's time: when the entry was made; empty if not told
	UpdatedAt  string // vendor's time: when the entry was last touched; empty if not told
	Updates    []Update
	Components []int64 // component_ids, in the order of the page
}

// WholeFilter chooses incidents for a listing with their timelines.
type WholeFilter struct {
	Vendor       string // slug; empty: all vendors of whom a page is watched
	Maintenances bool   // maintenances; otherwise incidents and notices
	Open         bool   // only what is not over and still on its page
	Limit        int    // not positive: all
}

// WholeIncidents returns the incidents that f chooses, newest first, each with its posts, newest first. Posts
// that the vendor took down are not among them, nor is what filters hide; an event that several pages tell of
// is told by the record that stands for it.
func (d *DB) WholeIncidents(ctx context.Context, f WholeFilter) ([]WholeIncident, error) {
	whole, err := d.wholeIncidents(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("incidents with their updates: %w", err)
	}
	return whole, nil
}

func (d *DB) wholeIncidents(ctx context.Context, f WholeFilter) ([]WholeIncident, error) {
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
	whole := make([]WholeIncident, len(incidents))
	at := make(map[int64]*WholeIncident, len(incidents))
	ids := make([]int64, len(incidents))
	for n, i := range incidents {
		whole[n] = WholeIncident{Incident: i, Updates: []Update{}, Components: []int64{}}
		at[i.IncidentID], ids[n] = &whole[n], i.IncidentID
	}
	return whole, d.addWhole(ctx, ids, at)
}

// addWhole adds what the view of incidents does not have.
func (d *DB) addWhole(ctx context.Context, ids []int64, at map[int64]*WholeIncident) error {
	chosen, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = list(ctx, d.read, func(r *sql.Rows, _ *struct{}) error {
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
	_, err = list(ctx, d.read, func(r *sql.Rows, u *Update) error {
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
	_, err = list(ctx, d.read, func(r *sql.Rows, _ *struct{}) error {
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

// ComponentNow is a component with when it took the status that it has.
type ComponentNow struct {
	ListedComponent
	ChangedAt string
}

// ComponentsNow returns a vendor's components in the order of its pages, those that the pages list no more
// included.
func (d *DB) ComponentsNow(ctx context.Context, vendor string) ([]ComponentNow, error) {
	components, err := list(ctx, d.read, func(r *sql.Rows, c *ComponentNow) error {
		c.Vendor = vendor
		return r.Scan(&c.ComponentID, &c.SourceKey, &c.Name, &c.GroupName, &c.Status, &c.SourceID, &c.VendorStatus, &c.FirstSeenAt, &c.GoneAt, &c.ChangedAt)
	}, `
		SELECT c.component_id, c.source_key, c.name, c.group_name, c.status, c.source_id, c.vendor_status, c.first_seen_at, coalesce(c.gone_at, ''),
			coalesce((SELECT max(h.at) FROM component_changes h WHERE h.component_id = c.component_id), c.first_seen_at)
		FROM components c WHERE c.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?)
		ORDER BY c.source_id, c.position, c.component_id`, vendor)
	if err != nil {
		return nil, fmt.Errorf("components of %q: %w", vendor, err)
	}
	return components, nil
}

// WatchedPages is what is known of a vendor's watched status pages together.
type WatchedPages struct {
	FirstReadAt string   // when the first of them was first read; empty if none ever was
	Raised      []string // words of those that call themselves unwell while no incident says why
}

// WatchedPages returns the watched pages of all vendors, by the vendor's number.
func (d *DB) WatchedPages(ctx context.Context) (map[int64]WatchedPages, error) {
	pages := map[int64]WatchedPages{}
	_, err := list(ctx, d.read, func(r *sql.Rows, _ *struct{}) error {
		var vendor int64
		var baseline, word string
		var raised bool
		if err := r.Scan(&vendor, &baseline, &raised, &word); err != nil {
			return err
		}
		p := pages[vendor]
		if p.FirstReadAt == "" || (baseline != "" && baseline < p.FirstReadAt) {
			p.FirstReadAt = baseline
		}
		if raised {
			p.Raised = append(p.Raised, word)
		}
		pages[vendor] = p
		return nil
	}, `SELECT vendor_id, coalesce(baseline_at, ''), indicator_since_at IS NOT NULL, coalesce(indicator, '')
		FROM sources WHERE watched = 1 ORDER BY source_id`)
	if err != nil {
		return nil, fmt.Errorf("watched pages: %w", err)
	}
	return pages, nil
}
