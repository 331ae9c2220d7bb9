package ledger

import (
	"context"
	"fmt"
	"time"
	"vendorwatch/db"
)

// noticeEvery is the shortest time between two notices about one channel.
const noticeEvery = 24 * time.Hour

// PlanNotice plans a message to a channel that says that another one does not take its messages, in the stream of the
// one that it did not take. Of one channel there is one such message a day at the most; it returns whether this is one.
func (l *Ledger) PlanNotice(ctx context.Context, channel, about, stream string, at time.Time) (planned bool,
	err error) {
	err = l.file.Change(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `
			INSERT INTO deliveries (channel, stream, reason, about_channel, state, created_at)
			SELECT ?1, ?2, 'channel', ?3, 'pending', ?4 WHERE NOT EXISTS (
				SELECT 1 FROM deliveries WHERE about_channel = ?3 AND reason = 'channel' AND created_at > ?5
				AND created_at <= ?4)`,
			channel, stream, about, db.Stamp(at), db.Stamp(at.Add(-noticeEvery)))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		planned = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("notice about channel %q: %w", about, err)
	}
	return planned, nil
}
