package ledger

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
)

// Fold skips waiting messages of a channel that nobody has tried, since another one that waits tells of the end of what
// they tell of, and says in each which one that is. It returns ErrPlanned, and changes nothing, if one of them is no
// longer as it was, or if another process than this is to send them.
func (l *Ledger) Fold(ctx context.Context, ids []int64, into int64, process string, now time.Time) error {
	list, err := db.JSON(ids)
	if err != nil {
		return err
	}
	err = l.file.Change(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries SET state = 'skipped', folded_into = ?2, sender = '', next_attempt_at = NULL,
				note = 'it was over before the channel took this; delivery ' || ?2 || ' tells of it'
			WHERE delivery_id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND attempts = 0
				AND (sender IN ('', ?3) OR coalesce(next_attempt_at, '') <= ?4)
				AND NOT EXISTS (SELECT 1 FROM leases WHERE holder <> ?3 AND until_at > ?4)
				AND EXISTS (SELECT 1 FROM deliveries WHERE delivery_id = ?2 AND state = 'pending')`,
			list, into, process, db.Stamp(now))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n < int64(len(ids)) {
			err = ErrPlanned
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", into, err)
	}
	return nil
}
