package incidents

import (
	"context"
	"fmt"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
	"vendorwatch/normalize/promise"
)

// Update is a post of a vendor, as it is stored.
type Update struct {
	ID     int64
	Update normalize.Update
	row    updateRow
}

// updateRow is what the readings of an incident decide of a row of incident_updates: the one list of these columns.
type updateRow struct {
	Key         string `db:"source_key"`
	Position    int    `db:"position"`
	State       string `db:"state"`
	VendorState string `db:"vendor_state"`
	PostedAt    string `db:"posted_at,null"`
	CreatedAt   string `db:"created_at,null"`
	Body        string `db:"body"`
	FirstSeen   string `db:"first_seen_at"`
	RemovedAt   string `db:"removed_at,null"`
	PromisedAt  string `db:"promised_at,null"`
}

// updateIDRow is an updateRow and whose it is.
type updateIDRow struct {
	Incident int64 `db:"incident_id"`
	ID       int64 `db:"update_id"`
	updateRow
}

var (
	updateColumns  = scan.Of[updateRow]("")
	updateSelected = scan.Of[updateIDRow]("")
)

func loadUpdates(ctx context.Context, tx *db.Tx, ids string, byID map[int64]*Record) error {
	rows, err := updateSelected.All(ctx, tx, `SELECT `+updateSelected.Columns+` FROM incident_updates
		WHERE incident_id IN (SELECT value FROM json_each(?)) ORDER BY incident_id, position`, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		u := &Update{ID: row.ID, row: row.updateRow, Update: normalize.Update{Key: row.Key,
			State: normalize.State(row.State), VendorState: row.VendorState, Body: row.Body}}
		if err := db.ParseStamps(map[*time.Time]string{&u.Update.PostedAt: row.PostedAt,
			&u.Update.CreatedAt: row.CreatedAt}); err != nil {
			return fmt.Errorf("update %d: %w", row.ID, err)
		}
		r := byID[row.Incident]
		r.Updates[row.Key] = u
		r.Incident.Updates = append(r.Incident.Updates, u.Update)
	}
	return nil
}

// WriteUpdates makes the stored timeline of an incident equal to posts. A row keeps its id when a better key of its
// post is known.
func WriteUpdates(ctx context.Context, tx *db.Tx, rec *Record, posts []normalize.Post) (Change, error) {
	var change Change
	rows := rec.match(posts)
	kept := map[*Update]bool{}
	for n, r := range rows {
		if r == nil {
			continue
		}
		kept[r] = true
		if r.row.Key == posts[n].Key {
			continue
		}
		// Another row may have the key now that this one is to have.
		if _, err := tx.Exec(ctx, `UPDATE incident_updates SET source_key = '~' || update_id WHERE update_id = ?`,
			r.ID); err != nil {
			return change, err
		}
	}
	for _, r := range rec.Updates {
		if kept[r] {
			continue
		}
		change.Rows = true
		if err := r.drop(ctx, tx); err != nil {
			return change, fmt.Errorf("update %q: %w", r.row.Key, err)
		}
	}
	rec.Was = map[string]string{}
	updates := make(map[string]*Update, len(posts))
	for n, p := range posts {
		if rows[n] != nil {
			rec.Was[p.Key] = rows[n].row.Key
		}
		r, one, err := writeUpdate(ctx, tx, rec.ID, rows[n], n, p)
		if err != nil {
			return change, fmt.Errorf("update %q: %w", p.Key, err)
		}
		change.Add(one)
		updates[r.row.Key] = r
	}
	rec.Updates = updates
	return change, nil
}

// writeUpdate makes the row of a post say what the post does. known is that row, nil if it has none.
func writeUpdate(ctx context.Context, tx *db.Tx, incidentID int64, known *Update, position int,
	p normalize.Post) (*Update, Change, error) {
	now := updateOf(position, p)
	if known == nil {
		var err error
		now.ID, err = tx.Insert(ctx, `INSERT INTO incident_updates (`+updateColumns.Names+`, incident_id)
			VALUES (`+updateColumns.Marks+`, ?)`, append(updateColumns.Values(&now.row), incidentID)...)
		return now, Change{Updates: 1, Rows: true}, err
	}
	was := known.row
	known.Update, known.row = now.Update, now.row
	if was == known.row {
		return known, Change{}, nil
	}
	sets, values := updateColumns.Changes(&was, &known.row)
	_, err := tx.Exec(ctx, `UPDATE incident_updates SET `+sets+` WHERE update_id = ?`, append(values, known.ID)...)
	return known, Change{Rows: true}, err
}

// match finds the stored row of each post, nil for one that is new. Keys made of minute and state can shift between
// posts of one minute: the text decides first.
func (r *Record) match(posts []normalize.Post) []*Update {
	rows := make([]*Update, len(posts))
	taken := make(map[*Update]bool, len(posts))
	take := func(n int, row *Update) {
		if row != nil && rows[n] == nil && !taken[row] {
			rows[n], taken[row] = row, true
		}
	}
	for n, p := range posts {
		if row := r.Updates[p.Key]; row != nil && row.Update.Body == p.Body {
			take(n, row)
		}
	}
	for n, p := range posts {
		take(n, r.Updates[p.Key])
	}
	for n, p := range posts {
		for _, key := range p.Keys {
			take(n, r.Updates[key])
			take(n, r.Updates["@"+strings.TrimPrefix(key, "@")]) // a row from before the page moved
		}
	}
	if len(taken) == len(r.Updates) {
		return rows
	}
	for n, p := range posts {
		for _, row := range r.sorted() {
			if alike(row.Update, p.Update) {
				take(n, row)
			}
		}
	}
	return rows
}

func alike(a, b normalize.Update) bool {
	return a.Body == b.Body && a.PostedAt.Truncate(time.Minute).Equal(b.PostedAt.Truncate(time.Minute))
}

func updateOf(position int, p normalize.Post) *Update {
	u := p.Update
	u.Was = ""
	if u.State == "" {
		u.State = normalize.StateUnknown
	}
	var promised time.Time
	if !u.State.Over() && u.State != normalize.StatePostmortem {
		promised = promise.Until(u.Body, u.PostedAt)
	}
	return &Update{Update: u, row: updateRow{Key: u.Key, Position: position, State: string(u.State),
		VendorState: u.VendorState, PostedAt: db.Stamp(u.PostedAt), CreatedAt: db.Stamp(u.CreatedAt), Body: u.Body,
		FirstSeen: db.Stamp(p.FirstSeen), RemovedAt: db.Stamp(p.RemovedAt),
		PromisedAt: db.Stamp(promised)}}
}

// drop takes away a row whose post is another's, as a reading that came late has shown.
func (u *Update) drop(ctx context.Context, tx *db.Tx) error {
	for _, query := range []string{
		`UPDATE events SET update_id = NULL WHERE update_id = ?`,
		`DELETE FROM revisions WHERE update_id = ?`,
		`DELETE FROM incident_updates WHERE update_id = ?`,
	} {
		if _, err := tx.Exec(ctx, query, u.ID); err != nil {
			return err
		}
	}
	return nil
}
