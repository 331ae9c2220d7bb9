package db

import (
	"context"
	"fmt"
)

// fillSearch adds the texts that a transaction has written to the full-text indexes, each index at once.
func fillSearch(ctx context.Context, tx *Tx) error {
	due := false
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM search_due)`).Scan(&due); err != nil || !due {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO incident_search (rowid, title) SELECT i.incident_id, i.title
			FROM search_due d JOIN incidents i ON i.incident_id = d.row_id WHERE d.subject = 'incident'`,
		`INSERT INTO update_search (rowid, body) SELECT u.update_id, u.body
			FROM search_due d JOIN incident_updates u ON u.update_id = d.row_id WHERE d.subject = 'update'`,
		`INSERT INTO component_search (rowid, name, group_name) SELECT c.component_id, c.name, c.group_name
			FROM search_due d JOIN components c ON c.component_id = d.row_id WHERE d.subject = 'component'`,
		`DELETE FROM search_due`,
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("full-text search: %w", err)
		}
	}
	return nil
}
