package query

import (
	"context"
	"fmt"
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

// statusOfOne is v_status for the one vendor that the second parameter names.
var statusOfOne = strings.Replace(statusText, `WHERE s.watched = 1)`,
	`WHERE s.watched = 1 AND s.vendor_id = (SELECT vendor_id FROM vendors WHERE slug = ?2))`, 1) + ` WHERE v.slug = ?2`

// Status returns how the vendor of that slug does at a moment, or db.ErrNotFound.
func (d *DB) Status(ctx context.Context, slug string, now time.Time) (Status, error) {
	s, err := statusRow.One(ctx, d.read, `SELECT `+statusRow.Columns+` FROM (`+statusOfOne+`) x`, db.Stamp(now), slug)
	if err != nil {
		return Status{}, fmt.Errorf("status of vendor %q: %w", slug, notFound(err))
	}
	return s, nil
}
