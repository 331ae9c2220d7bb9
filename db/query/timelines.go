package query

import (
	"context"
	"fmt"
	"vendorwatch/db"
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

// timelineRow reads an incident with two columns more.
var timelineRow = scan.Of[struct {
	Incident
	CreatedAt string `db:"created_at"`
	UpdatedAt string `db:"updated_at"`
}]("i")

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
	timelines, err := d.timelines(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("incidents with their updates: %w", err)
	}
	return timelines, nil
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
	rows, err := timelineRow.All(ctx, d.read, `
		SELECT `+timelineRow.Columns+` FROM v_incidents i
		WHERE i.incident_id IN (SELECT i.incident_id FROM incidents i WHERE `+where+` ORDER BY `+order+
		` LIMIT ?) ORDER BY `+order, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	timelines := make([]Timeline, len(rows))
	at := make(map[int64]*Timeline, len(rows))
	ids := make([]int64, len(rows))
	for n, i := range rows {
		timelines[n] = Timeline{Incident: i.Incident, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
			Updates: []Update{}, Components: []int64{}}
		at[i.IncidentID], ids[n] = &timelines[n], i.IncidentID
	}
	return timelines, d.addPosts(ctx, ids, at)
}

// addPosts adds to each incident its posts and its components.
func (d *DB) addPosts(ctx context.Context, ids []int64, at map[int64]*Timeline) error {
	chosen, err := db.JSON(ids)
	if err != nil {
		return err
	}
	posts, err := updateRow.All(ctx, d.read, `
		SELECT `+updateRow.Columns+` FROM json_each(?) j JOIN incident_updates u ON u.incident_id = j.value
		WHERE u.removed_at IS NULL ORDER BY u.incident_id, u.position DESC, u.update_id DESC`, chosen)
	if err != nil {
		return err
	}
	for _, u := range posts {
		at[u.IncidentID].Updates = append(at[u.IncidentID].Updates, u)
	}
	affected, err := affectedRow.All(ctx, d.read, `
		SELECT ic.incident_id, c.component_id
		FROM json_each(?) j JOIN incident_components ic ON ic.incident_id = j.value
		JOIN components c USING (component_id)
		ORDER BY ic.incident_id, c.source_id, c.position NULLS LAST, c.group_name, c.name, c.component_id`, chosen)
	if err != nil {
		return err
	}
	for _, a := range affected {
		at[a.IncidentID].Components = append(at[a.IncidentID].Components, a.ComponentID)
	}
	return nil
}

// affectedRow reads incident_components.
var affectedRow = scan.Of[struct {
	IncidentID  int64 `db:"incident_id"`
	ComponentID int64 `db:"component_id"`
}]("")
