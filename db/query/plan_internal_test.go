package query

import (
	"path/filepath"
	"strings"
	"testing"
	"vendorwatch/db"
)

// What pages show is read from indexes, so that its cost grows with what is shown.
func TestPagesReadIndexes(t *testing.T) {
	file, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	open, _ := Filter{Open: true}.where()
	for name, c := range map[string]struct {
		query string
		args  []any
		index string
	}{
		"the history": {`SELECT i.incident_id FROM incidents i WHERE ` + standing + ` ORDER BY ` + began +
			` DESC, i.incident_id DESC LIMIT 50`, nil, "incidents_by_began"},
		"what is open": {`SELECT i.incident_id FROM incidents i WHERE ` + openNow, nil, "incidents_open"},
		"the history of what is open": {`SELECT i.incident_id FROM incidents i ` + open + ` ORDER BY ` + began +
			` DESC, i.incident_id DESC LIMIT 50`, nil, "incidents_open_by_began"},
		"maintenance ahead": {`SELECT i.incident_id FROM incidents i WHERE i.open = 1 AND i.kind = 'maintenance' AND ` +
			standing + ` ORDER BY ` + windowBegin + `, i.incident_id LIMIT 50`, nil, "incidents_open_by_window"},
		"maintenance": {`SELECT i.incident_id FROM incidents i WHERE i.open = 0 AND i.kind = 'maintenance' AND ` +
			standing + ` ORDER BY ` + windowBegin + ` DESC, i.incident_id DESC LIMIT 50`, nil, "incidents_by_window"},
		"components": {`SELECT c.status FROM components c WHERE c.status <> 'operational' AND c.gone_at IS NULL`, nil,
			"components_not_operational"},
		"news": {`SELECT event_id FROM events WHERE at >= ? ORDER BY at DESC, event_id DESC LIMIT 15`, []any{""},
			"events_by_time"},
		"findings": {`SELECT * FROM findings ORDER BY last_seen_at DESC, finding_id DESC LIMIT 15`, nil,
			"findings_by_time"},
		"scrapes": {`SELECT * FROM scrapes ORDER BY started_at DESC, scrape_id DESC LIMIT 15`, nil, "scrapes_by_time"},
	} {
		rows, err := file.Reader().QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+c.query, c.args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var a, b, n int
			var step string
			if err := rows.Scan(&a, &b, &n, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		rows.Close()
		text := strings.Join(plan, "; ")
		if !strings.Contains(text, c.index) || strings.Contains(text, "TEMP B-TREE FOR ORDER") {
			t.Errorf("%s: %s, want the index %s", name, text, c.index)
		}
	}
}
