package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
)

// Status is a row of v_status: whether a vendor is well at a moment, as far as its watched pages tell, and since
// when. Every output that says how a vendor does takes it from here.
type Status struct {
	VendorID   int64  `db:"vendor_id" json:"vendor_id"`
	Vendor     string `db:"vendor" json:"vendor"` // slug
	VendorName string `db:"vendor_name" json:"vendor_name"`
	Owner      string `db:"owner" json:"owner,omitempty"`
	// in the words of components; operational only where every watched page was read and says so
	Status     normalize.ComponentStatus `db:"status" json:"status"`
	Because    Because                   `db:"because" json:"because"`
	SinceAt    string                    `db:"since_at" json:"since_at,omitempty"`       // empty: not known
	ReadableAt string                    `db:"readable_at" json:"readable_at,omitempty"` // empty: a page was never read
	// of what is wrong, or of what was last known to be where a page was not read; empty: nothing is
	Severity      normalize.Severity `db:"severity" json:"severity,omitempty"`
	IncidentID    int64              `db:"incident_id" json:"incident_id,omitempty"` // 0: none is on record
	OpenIncidents int                `db:"open_incidents" json:"open_incidents"`     // of kind incident, not hidden
	Maintenances  int                `db:"maintenances" json:"maintenances"`         // under way
	Sources       int                `db:"sources" json:"sources"`                   // status pages that are watched
	SourcesUnread int                `db:"sources_unread" json:"sources_unread"`     // of those
}

// Because is what a vendor's status rests on.
type Because string

// What a vendor's status rests on.
const (
	BecauseIncident    Because = "incident"     // the worst open incident
	BecauseComponent   Because = "component"    // the page's components
	BecausePage        Because = "page"         // the page's own word for its state
	BecauseMaintenance Because = "maintenance"  // work under way
	BecauseNothingOpen Because = "nothing_open" // the page has neither, and lists nothing that is open
	BecauseUnreadable  Because = "unreadable"   // a page was due and was not read, or not in full
	BecauseNeverRead   Because = "never_read"   // a page was never read
	BecauseProbe       Because = "probe"        // a check of ours fails
	BecauseSignal      Because = "signal"       // an alert of ours burns
	BecauseNoComponent Because = "no_component" // a need names none of the components that its vendor lists
)

// Watched reports whether there is a page from which the present can be known.
func (s Status) Watched() bool { return s.Sources > 0 }

// Readable reports whether all of the vendor's pages were read when their schedule last asked for it.
func (s Status) Readable() bool { return s.Sources > 0 && s.SourcesUnread == 0 }

// Well reports whether the vendor is known to be well: every watched page was read, and none has anything to tell.
func (s Status) Well() bool {
	return s.Status == normalize.StatusOperational && s.Because != BecauseIncident
}

// Trouble reports whether something is known to be wrong at this moment.
func (s Status) Trouble() bool {
	switch s.Status {
	case normalize.StatusMajor, normalize.StatusPartial, normalize.StatusDegraded:
		return true
	}
	return s.Severity == normalize.SeverityUnknown && s.Because != BecauseUnreadable && s.Because != BecauseNeverRead
}

var statusRow = scan.Of[Status]("x")

// statusText is v_status with the moment as its first parameter.
var statusText = db.ViewAt("v_status", "?1")

// Statuses returns how all vendors do at a moment, by name.
func (d *DB) Statuses(ctx context.Context, now time.Time) ([]Status, error) {
	all, err := statusRow.All(ctx, d.read, `SELECT `+statusRow.Columns+` FROM (`+statusText+`) x
		ORDER BY x.vendor_name COLLATE NOCASE, x.vendor`, db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("status of vendors: %w", err)
	}
	return all, nil
}

// statusOfSome is v_status for the vendors whose numbers are in the JSON array that is the second parameter.
var statusOfSome = strings.Replace(statusText, `WHERE s.watched = 1)`,
	`WHERE s.watched = 1 AND s.vendor_id IN (SELECT value FROM json_each(?2)))`, 1) +
	` WHERE v.vendor_id IN (SELECT value FROM json_each(?2))`

// vendorName is what vendors are put in order by, before their slug.
const vendorName = `coalesce(nullif(v.name, ''), v.slug) COLLATE NOCASE`

// StatusesByName is a part of Statuses: limit of them from offset on, and how many there are.
func (d *DB) StatusesByName(ctx context.Context, now time.Time, limit, offset int) ([]Status, int, error) {
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*) FROM vendors`).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("vendors: %w", err)
	}
	ids, err := scan.Column[int64](ctx, d.read, `SELECT v.vendor_id FROM vendors v
		ORDER BY `+vendorName+`, v.slug LIMIT ? OFFSET ?`, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("vendors: %w", err)
	}
	some, err := d.StatusesOf(ctx, now, ids)
	return some, total, err
}

// StatusesAfter returns how vendors do at a moment in the order of their numbers, at most limit of them, from the one
// that follows afterID on.
func (d *DB) StatusesAfter(ctx context.Context, now time.Time, afterID int64, limit int) ([]Status, error) {
	ids, err := scan.Column[int64](ctx, d.read, `SELECT vendor_id FROM vendors WHERE vendor_id > ?
		ORDER BY vendor_id LIMIT ?`, afterID, limit)
	if err != nil {
		return nil, fmt.Errorf("vendors: %w", err)
	}
	some, err := d.StatusesOf(ctx, now, ids)
	slices.SortFunc(some, func(a, b Status) int { return cmp.Compare(a.VendorID, b.VendorID) })
	return some, err
}

// StatusesOf returns how the vendors of these numbers do at a moment, by name.
func (d *DB) StatusesOf(ctx context.Context, now time.Time, ids []int64) ([]Status, error) {
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	some, err := statusRow.All(ctx, d.read, `SELECT `+statusRow.Columns+` FROM (`+statusOfSome+`) x
		ORDER BY x.vendor_name COLLATE NOCASE, x.vendor`, db.Stamp(now), list)
	if err != nil {
		return nil, fmt.Errorf("status of vendors: %w", err)
	}
	return some, nil
}

// Present is how all vendors do at a moment: those that are not well one by one, and how many others there are.
type Present struct {
	Vendors  int      // on record
	Watched  int      // of those
	Readable int      // of those, as in Status.Readable
	Unwell   []Status // watched, and not known to be well, by name
}

// intervals is a table of a WITH RECURSIVE that has each interval at which pages are read, and at its end a null.
const intervals = `
		interval (seconds) AS (
			SELECT min(interval_seconds) FROM sources WHERE watched = 1
			UNION ALL
			SELECT (SELECT min(s.interval_seconds) FROM sources s WHERE s.watched = 1 AND s.interval_seconds > seconds)
			FROM interval WHERE seconds IS NOT NULL)`

// newestRead is when a watched page was last read. It looks at one entry of sources_by_reading for each interval.
const newestRead = `(WITH RECURSIVE` + intervals + `
		SELECT max((SELECT max(s.last_success_at) FROM sources s
			WHERE s.watched = 1 AND s.interval_seconds = interval.seconds)) FROM interval)`

// dueSince are the tables of a WITH RECURSIVE that have the time at which pages of each interval must have been read at
// the latest.
const dueSince = intervals + `,
		due AS (
			SELECT seconds, strftime('%Y-%m-%dT%H:%M:%fZ', ?1, '-' || (coalesce(nullif(seconds, 0), 3600)
				+ 2 * min(coalesce(nullif(seconds, 0), 3600), 86400)) || ' seconds') AS since_at
			FROM interval WHERE seconds IS NOT NULL)`

// notReadWhenDue is what v_source_health and v_status call unreadable by the time alone.
const notReadWhenDue = `FROM due CROSS JOIN sources s
	WHERE s.watched = 1 AND s.interval_seconds = due.seconds AND s.last_success_at < due.since_at`

// notCalm are the pages with failures, and those that say of themselves that they are not well, as they are in the
// index sources_not_calm. SQLite does not choose that index by itself.
const notCalm = `watched = 1 AND (last_success_at IS NULL OR last_error IS NOT NULL OR entries_lost = 1
	OR consecutive_failures > 0 OR page_severity <> 'none' OR indicator LIKE '%maintenance%')`

// mayBeUnwell chooses, by what is open and by what pages last said, every vendor that can be other than well. It
// reads nothing of those that are calm.
const mayBeUnwell = `WITH RECURSIVE` + dueSince + `,
		source (source_id) AS (
			SELECT source_id FROM incidents WHERE open = 1
			UNION SELECT source_id FROM incidents WHERE ended = 0 AND state = 'unknown'
				AND coalesce(started_at, scheduled_start_at, first_seen_at)
					> strftime('%Y-%m-%dT%H:%M:%fZ', ?1, '-1 day')
			UNION SELECT source_id FROM components WHERE status <> 'operational' AND gone_at IS NULL
				AND status IN ('under_maintenance', 'unknown'))
	SELECT vendor_id FROM sources INDEXED BY sources_not_calm WHERE ` + notCalm + `
	UNION SELECT s.vendor_id ` + notReadWhenDue + `
	UNION SELECT s.vendor_id FROM source CROSS JOIN sources s USING (source_id) WHERE s.watched = 1`

// Present returns how all vendors do at a moment. What it costs grows with what is not calm, not with the vendors.
func (d *DB) Present(ctx context.Context, now time.Time) (Present, error) {
	var p Present
	err := d.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM vendors),
		(SELECT count(DISTINCT vendor_id) FROM sources WHERE watched = 1)`).Scan(&p.Vendors, &p.Watched)
	if err != nil {
		return p, fmt.Errorf("vendors: %w", err)
	}
	ids, err := scan.Column[int64](ctx, d.read, mayBeUnwell, db.Stamp(now))
	if err != nil {
		return p, fmt.Errorf("vendors that may be unwell: %w", err)
	}
	some, err := d.StatusesOf(ctx, now, ids)
	if err != nil {
		return p, err
	}
	p.Readable = p.Watched
	for _, s := range some {
		if !s.Readable() {
			p.Readable--
		}
		if !s.Well() {
			p.Unwell = append(p.Unwell, s)
		}
	}
	return p, nil
}

// Status returns how the vendor of that slug does at a moment, or db.ErrNotFound.
func (d *DB) Status(ctx context.Context, slug string, now time.Time) (Status, error) {
	v, err := d.Vendor(ctx, slug)
	if err != nil {
		return Status{}, fmt.Errorf("status of %w", err)
	}
	some, err := d.StatusesOf(ctx, now, []int64{v.VendorID})
	if err != nil || len(some) != 1 {
		return Status{}, fmt.Errorf("status of vendor %q: %w", slug, cmp.Or(err, db.ErrNotFound))
	}
	return some[0], nil
}
