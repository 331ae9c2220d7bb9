package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
	"vendorwatch/db/internal/scan"
)

// invariants are what must hold of the record beyond what the schema can say. Each query returns a line for
// every row that breaks one.
var invariants = []string{
	`SELECT 'event ' || e.event_id || ' is of another source than its incident ' || i.incident_id
	FROM events e JOIN incidents i USING (incident_id) WHERE i.source_id <> e.source_id`,
	`SELECT 'event ' || e.event_id || ' names an update of another incident'
	FROM events e JOIN incident_updates u USING (update_id) WHERE u.incident_id IS NOT e.incident_id`,
	`SELECT 'revision ' || r.revision_id || ' names an update of another incident'
	FROM revisions r JOIN incident_updates u USING (update_id) WHERE u.incident_id <> r.incident_id`,
	`SELECT 'incident ' || i.incident_id || ' affects component ' || c.component_id || ' of another source'
	FROM incident_components ic JOIN incidents i USING (incident_id) JOIN components c USING (component_id)
	WHERE c.source_id <> i.source_id`,
	`SELECT 'incident ' || incident_id || ' has ' || count(*) || ' updates at position ' || position
	FROM incident_updates GROUP BY incident_id, position HAVING count(*) > 1`,
	`SELECT 'incident ' || i.incident_id || ' counts as announced, and no event tells of it'
	FROM incidents i WHERE i.announced = 1 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.incident_id = i.incident_id)`,
	`SELECT 'incident ' || i.incident_id || ' is told to be the event of ' || i.same_event_id || ', which does not ` +
		`stand for one'
	FROM incidents i JOIN incidents o ON o.incident_id = i.same_event_id WHERE o.same_event_id IS NOT o.incident_id`,
	`SELECT 'the event of incident ' || i.same_event_id || ' has ' || count(*) || ' records, from ' || ` +
		`count(DISTINCT i.source_id) || ' pages of ' || count(DISTINCT s.vendor_id) || ' vendors'
	FROM incidents i JOIN sources s USING (source_id) WHERE i.same_event_id IS NOT NULL
	GROUP BY i.same_event_id HAVING count(*) < 2 OR sum(i.origin = 'vendor') > count(DISTINCT i.source_id)
	OR count(DISTINCT s.vendor_id) > 1`,
	`SELECT 'event ' || event_id || ' is withheld as told by another record, and names none'
	FROM events WHERE (withheld IS 'same_event') <> (detail ->> 'same_event_as' IS NOT NULL)`,
	`SELECT 'incident ' || incident_id || ' is open and has an end'
	FROM incidents WHERE resolved_at IS NOT NULL AND ended = 0`,
	`SELECT 'component ' || c.component_id || ' is ' || c.status || ', its newest recorded change says ' || h.status
	FROM components c JOIN component_changes h ON h.component_change_id = (
		SELECT x.component_change_id FROM component_changes x WHERE x.component_id = c.component_id
		ORDER BY x.at DESC, x.component_change_id DESC LIMIT 1)
	WHERE h.status <> c.status`,
	`SELECT 'source ' || source_id || ' has failures and no time since when' FROM sources
		WHERE (consecutive_failures > 0) <> (failing_since_at IS NOT NULL)`,
}

// Check examines the file: SQLite's own structure, references between tables, and what must hold of the
// record. It returns what is wrong, a sentence each, and none if all is well. The error says that the
// examination itself could not be made.
func (d *DB) Check(ctx context.Context) ([]string, error) {
	problems := []string{}
	found, err := scan.Column[string](ctx, d.read,
		`SELECT 'the file is damaged: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`)
	if err != nil {
		return nil, fmt.Errorf("check: %w", explain(d.path, err))
	}
	problems = append(problems, found...)
	found, err = scan.Column[string](ctx, d.read,
		`SELECT 'row ' || coalesce(rowid,
			'?') || ' of ' || "table" || ' refers to a row of ' || parent || ' that does not exist'
			FROM pragma_foreign_key_check`)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	problems = append(problems, found...)
	for _, query := range invariants {
		if found, err = scan.Column[string](ctx, d.read, query); err != nil {
			return nil, fmt.Errorf("check: %w", err)
		}
		problems = append(problems, found...)
	}
	return problems, nil
}

// Backup writes a whole, compact copy of the file to path, also while the service runs. It refuses a path
// that exists, with an error that wraps os.ErrExist.
func (d *DB) Backup(ctx context.Context, path string) error {
	if dir := filepath.Dir(path); !isFolder(dir) {
		return fmt.Errorf("backup %s: the folder %s does not exist; create it or name another path", path, dir)
	}
	// A connection of its own, since the readers' may write nothing and the writer's is for scrapes.
	conn, err := d.connect("rw", "")
	if err != nil {
		return err
	}
	defer conn.Close()
	err = vacuumInto(ctx, conn, path)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("backup %w; a backup never overwrites: name another path", err)
	}
	if err != nil {
		return fmt.Errorf("backup %s: %w", path, err)
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// failuresKept is how many times longer than the others the rows of failed scrapes are kept.
const failuresKept = 4

// Prune deletes the rows of live scrapes that began more than keep before now; those that failed are kept
// four times as long. Incidents, updates, revisions and events are never deleted, and the rows of saved
// pages stay, since they tell which were imported already. It returns how many rows it deleted.
func (d *DB) Prune(ctx context.Context, now time.Time, keep time.Duration) (int64, error) {
	if keep <= 0 {
		return 0, fmt.Errorf("prune: keep %s: the time to keep scrapes must be above zero", keep)
	}
	var deleted int64
	err := d.Change(ctx, func(tx *Tx) error {
		res, err := tx.ExecContext(ctx, `
			DELETE FROM scrapes WHERE archived = 0 AND last_started_at < ?1 AND (started_at < ?2 OR started_at < ?1
			AND outcome IN ('changed', 'unchanged'))`,
			Stamp(now.Add(-keep)), Stamp(now.Add(-failuresKept*keep)))
		if err != nil {
			return err
		}
		deleted, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	return deleted, nil
}
