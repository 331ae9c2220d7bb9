// Package components stores the components of a source's page: what it lists of them now, their history, and which
// of them an incident affects.
package components

import (
	"context"
	"strings"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Row is a stored component.
type Row struct {
	ID int64 `db:"component_id,null"` // null: SQLite gives it
	values
	FirstSeen string `db:"first_seen_at"`
}

// values is what a list of the page decides of a row of components.
type values struct {
	Key          string `db:"source_key"`
	Name         string `db:"name"`
	Group        string `db:"group_name"`
	Status       string `db:"status"`
	VendorStatus string `db:"vendor_status"`
	Position     int    `db:"position,null"` // from 1; 0: no list has it
	GoneAt       string `db:"gone_at,null"`
}

var (
	columns = scan.Of[Row]("")
	decided = scan.Of[values]("")
)

// Known is what is stored of a source's components. It is loaded when it is first needed, and kept true by the
// functions of this package, for one transaction.
type Known struct {
	source int64
	rows   map[string]*Row // by key; nil until they are loaded
	said   *Said           // the list whose words were asked for last
}

// Of returns the components of a source.
func Of(sourceID int64) *Known { return &Known{source: sourceID} }

// Change says what a function changed in the file.
type Change struct {
	Rows bool // rows are new or different
	News []News
}

func (c *Change) add(other Change) {
	c.Rows = c.Rows || other.Rows
	c.News = append(c.News, other.News...)
}

// News is news of a component, not yet written.
type News struct {
	Component normalize.Component
	Detail    map[string]string
}

// List is what a page lists of its components at one reading.
type List struct {
	At         string
	Components []normalize.Component
	Whole      bool // no component of the page is missing
	Words      normalize.Words

	Baseline    bool   // nothing is news
	Backfill    bool   // the page's history: it only adds to what is known
	Archived    bool   // a saved page
	Past        bool   // older than the newest reading of the source
	PastList    bool   // older than the newest list of its components
	LastSuccess string // when the live page was last read; "" if it never was
}

// silent reports whether a component that is new is no news, however it is doing.
func (l *List) silent() bool { return l.Baseline || l.Backfill || l.Past || l.PastList }

// Forget lets the components be loaded again, since they were changed otherwise.
func (k *Known) Forget() { k.rows = nil }

// All returns the stored components, in no order.
func (k *Known) All(ctx context.Context, tx *db.Tx) ([]*Row, error) {
	if err := k.load(ctx, tx); err != nil {
		return nil, err
	}
	all := make([]*Row, 0, len(k.rows))
	for _, r := range k.rows {
		all = append(all, r)
	}
	return all, nil
}

func (k *Known) load(ctx context.Context, tx *db.Tx) error {
	if k.rows != nil {
		return nil
	}
	rows, err := columns.All(ctx, tx, `SELECT `+columns.Columns+` FROM components WHERE source_id = ?`, k.source)
	if err != nil {
		return err
	}
	k.rows = make(map[string]*Row, len(rows))
	for n := range rows {
		k.rows[rows[n].Key] = &rows[n]
	}
	return nil
}

// madeKey reports whether a component's key was made from its name, the page having shown no id.
func madeKey(key string) bool { return strings.HasPrefix(key, "@") }

// told reports whether the page says how a component is doing.
func told(c normalize.Component) bool {
	return c.VendorStatus != "" || c.Status != "" && c.Status != normalize.StatusUnknown
}

// add stores a component that is new. One that an incident names, and no list so far, has no status yet: what the
// incident says is how it was then.
func (k *Known) add(ctx context.Context, tx *db.Tx, c normalize.Component, position int, at string, listed bool) (*Row,
	error) {
	if !listed || !told(c) {
		c.Status, c.VendorStatus = normalize.StatusUnknown, ""
	}
	if c.Key == "" {
		c.Key = "@" + c.Group + "/" + c.Name
	}
	r := &Row{FirstSeen: at, values: values{Key: c.Key, Name: c.Name, Group: c.Group, Status: string(c.Status),
		VendorStatus: c.VendorStatus, Position: position}}
	var err error
	r.ID, err = tx.Insert(ctx, `INSERT INTO components (`+columns.Names+`, source_id) VALUES (`+columns.Marks+`, ?)`,
		append(columns.Values(r), k.source)...)
	if err != nil {
		return nil, err
	}
	k.rows[r.Key] = r
	if !told(c) {
		return r, nil
	}
	return r, recordStatus(ctx, tx, r.ID, c.Status, at)
}

// identify gives a component that was known by its name only the vendor's id.
func (k *Known) identify(ctx context.Context, tx *db.Tx, r *Row, key string) error {
	k.rekey(r, key)
	_, err := tx.Exec(ctx, `UPDATE components SET source_key = ? WHERE component_id = ?`, key, r.ID)
	return err
}

func (k *Known) rekey(r *Row, key string) {
	delete(k.rows, r.Key)
	r.Key = key
	k.rows[key] = r
}

func recordStatus(ctx context.Context, tx *db.Tx, id int64, status normalize.ComponentStatus, at string) error {
	_, err := tx.Exec(ctx, `INSERT INTO component_changes (component_id, status, at) VALUES (?, ?, ?)`, id, status, at)
	return err
}

// write makes the stored row, which says what was does, say what r does.
func (r *Row) write(ctx context.Context, tx *db.Tx, was values) error {
	if r.values == was {
		return nil
	}
	sets, values := decided.Changes(&was, &r.values)
	_, err := tx.Exec(ctx, `UPDATE components SET `+sets+` WHERE component_id = ?`, append(values, r.ID)...)
	return err
}

// namedSince reports whether a component was first named at a time or later, by an incident alone: a list of that time
// does not tell that the page has it no more.
func (r *Row) namedSince(at string) bool {
	return r.FirstSeen > at || r.FirstSeen == at && r.Position == 0
}

// leaveUnlisted marks a component that only incidents name as gone since the first whole list of the page after it was
// first named. It reports whether a row is different.
func (k *Known) leaveUnlisted(ctx context.Context, tx *db.Tx, r *Row) (bool, error) {
	if r.Position != 0 {
		return false, nil
	}
	var at string
	err := tx.QueryRowContext(ctx, `SELECT coalesce(min(seen_at), '') FROM component_readings
		WHERE source_id = ? AND whole = 1 AND seen_at > ?`, k.source, r.FirstSeen).Scan(&at)
	if err != nil || at == "" || r.GoneAt != "" && r.GoneAt <= at {
		return false, err
	}
	return true, r.leave(ctx, tx, at)
}

// leave marks a component as gone from its page since a time.
func (r *Row) leave(ctx context.Context, tx *db.Tx, at string) error {
	_, err := tx.Exec(ctx, `UPDATE components SET gone_at = ? WHERE component_id = ?`, at, r.ID)
	r.GoneAt = at
	return err
}

// seenSince moves back when a component was first seen, and reports whether it did.
func (r *Row) seenSince(ctx context.Context, tx *db.Tx, at string) (bool, error) {
	if at >= r.FirstSeen {
		return false, nil
	}
	_, err := tx.Exec(ctx, `UPDATE components SET first_seen_at = ? WHERE component_id = ?`, at, r.ID)
	r.FirstSeen = at
	return true, err
}
