package board

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

var postRow = scan.Of[query.Update]("u")

var toldRow = scan.Of[struct {
	IncidentID int64 `db:"incident_id"`
	query.AffectedComponent
}]("x")

// Told returns incidents in the order of the list, each with its posts and the components that it affects, and
// nothing else of query.IncidentDetail. A number that is not on record is left out.
func (d *DB) Told(ctx context.Context, ids []int64) ([]query.IncidentDetail, error) {
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	found, err := incidentRow.All(ctx, d.read, `SELECT `+incidentRow.Columns+` FROM json_each(?1) j
		CROSS JOIN v_incidents i ON i.incident_id = j.value ORDER BY j.key`, list)
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	details, at := make([]query.IncidentDetail, len(found)), map[int64]*query.IncidentDetail{}
	for n, i := range found {
		details[n] = query.IncidentDetail{Incident: i, Updates: []query.Update{},
			AffectedComponents: []query.AffectedComponent{}}
		at[i.IncidentID] = &details[n]
	}
	posts, err := postRow.All(ctx, d.read, `SELECT `+postRow.Columns+` FROM json_each(?1) j
		CROSS JOIN incident_updates u ON u.incident_id = j.value ORDER BY u.incident_id, u.position, u.update_id`, list)
	if err != nil {
		return nil, fmt.Errorf("posts of incidents: %w", err)
	}
	for _, u := range posts {
		if i := at[u.IncidentID]; i != nil {
			i.Updates = append(i.Updates, u)
		}
	}
	affected, err := toldRow.All(ctx, d.read, `SELECT `+toldRow.Columns+` FROM json_each(?1) j
		CROSS JOIN v_incident_components x ON x.incident_id = j.value
		ORDER BY x.incident_id, x.position NULLS LAST, x.group_name, x.name, x.component_id`, list)
	if err != nil {
		return nil, fmt.Errorf("components of incidents: %w", err)
	}
	for _, c := range affected {
		if i := at[c.IncidentID]; i != nil {
			i.AffectedComponents = append(i.AffectedComponents, c.AffectedComponent)
		}
	}
	return details, nil
}
