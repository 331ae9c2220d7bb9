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

// ServiceStatus is a row of v_services: whether a service of ours has what it needs, as far as its vendors' pages
// tell. The json names are those of the SQL columns.
type ServiceStatus struct {
	ServiceID  int64  `db:"service_id" json:"service_id"`
	Service    string `db:"service" json:"service"` // slug
	Name       string `db:"service_name" json:"service_name"`
	Owner      string `db:"owner" json:"owner,omitempty"`
	RunbookURL string `db:"runbook_url" json:"runbook_url,omitempty"`
	Critical   int    `db:"critical" json:"critical"`
	// in the words of components; operational only where everything that it needs is known to be
	Status         normalize.ComponentStatus `db:"status" json:"status"`
	Because        Because                   `db:"because" json:"because"`
	SinceAt        string                    `db:"since_at" json:"since_at,omitempty"` // empty: not known
	Severity       normalize.Severity        `db:"severity" json:"severity,omitempty"` // empty: nothing is wrong
	Need           string                    `db:"need" json:"need,omitempty"`         // the one that decides
	Vendor         string                    `db:"vendor" json:"vendor,omitempty"`     // slug of its vendor
	IncidentID     int64                     `db:"incident_id" json:"incident_id,omitempty"`
	Needs          int                       `db:"needs" json:"needs"`
	NeedsInTrouble int                       `db:"needs_in_trouble" json:"needs_in_trouble"`
	NeedsUnknown   int                       `db:"needs_unknown" json:"needs_unknown"`
}

// ServiceNeed is a row of v_service_needs: something that a service of ours needs, and how that does.
type ServiceNeed struct {
	Service    string                    `db:"service" json:"service"` // slug
	Need       string                    `db:"need" json:"need"`       // as configured
	Vendor     string                    `db:"vendor" json:"vendor"`   // slug
	VendorName string                    `db:"vendor_name" json:"vendor_name"`
	Component  string                    `db:"component" json:"component,omitempty"`   // words; empty: the whole vendor
	Components string                    `db:"components" json:"components,omitempty"` // what they name
	Status     normalize.ComponentStatus `db:"status" json:"status"`
	Because    Because                   `db:"because" json:"because"`
	SinceAt    string                    `db:"since_at" json:"since_at,omitempty"`
	Severity   normalize.Severity        `db:"severity" json:"severity,omitempty"`
	IncidentID int64                     `db:"incident_id" json:"incident_id,omitempty"`
	ReadableAt string                    `db:"readable_at" json:"readable_at,omitempty"` // empty: a page was never read
}

// InTrouble reports whether something is known to be wrong with a status and what it rests on.
func InTrouble(status normalize.ComponentStatus, severity normalize.Severity, because Because) bool {
	return Status{Status: status, Severity: severity, Because: because}.Trouble()
}

// Trouble reports whether something that the service needs is known to be wrong.
func (s ServiceStatus) Trouble() bool { return InTrouble(s.Status, s.Severity, s.Because) }

// Trouble reports whether it is known to be wrong.
func (n ServiceNeed) Trouble() bool { return InTrouble(n.Status, n.Severity, n.Because) }

var (
	serviceRow = scan.Of[ServiceStatus]("x")
	needRow    = scan.Of[ServiceNeed]("x")

	servicesText = ofNeeded(db.ViewAt("v_services", "?1"))
	needsText    = ofNeeded(db.ViewAt("v_service_needs", "?1"))
)

// ofNeeded is the text of a view of services in which the state is computed of the vendors alone that are needed.
func ofNeeded(text string) string {
	const watched = `WHERE s.watched = 1),`
	before, after, found := strings.Cut(text, watched)
	if !found || strings.Contains(after, watched) {
		panic("v_status does not choose its pages in one place")
	}
	return before + `WHERE s.watched = 1 AND s.vendor_id IN (SELECT vendor_id FROM service_needs)),` + after
}

// Services returns how our services do at a moment, the critical ones first, and then by name.
func (d *DB) Services(ctx context.Context, now time.Time) ([]ServiceStatus, error) {
	all, err := serviceRow.All(ctx, d.read, `SELECT `+serviceRow.Columns+` FROM (`+servicesText+`) x
		ORDER BY x.critical DESC, x.service_name COLLATE NOCASE, x.service`, db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	return all, nil
}

// Service returns how the service of that slug does at a moment, or db.ErrNotFound.
func (d *DB) Service(ctx context.Context, slug string, now time.Time) (ServiceStatus, error) {
	s, err := serviceRow.One(ctx, d.read, `SELECT `+serviceRow.Columns+` FROM (`+servicesText+`) x
		WHERE x.service = ?2`, db.Stamp(now), slug)
	if err != nil {
		return ServiceStatus{}, fmt.Errorf("service %q: %w", slug, notFound(err))
	}
	return s, nil
}

// ServiceNeeds returns what our services need, in the order of the configuration; those of one service where slug is
// not empty.
func (d *DB) ServiceNeeds(ctx context.Context, slug string, now time.Time) ([]ServiceNeed, error) {
	all, err := needRow.All(ctx, d.read, `SELECT `+needRow.Columns+` FROM (`+needsText+`) x
		WHERE ?2 = '' OR x.service = ?2 ORDER BY x.service, x.position`, db.Stamp(now), slug)
	if err != nil {
		return nil, fmt.Errorf("needs of services: %w", err)
	}
	return all, nil
}

// HasService reports whether there is a service of that slug.
func (d *DB) HasService(ctx context.Context, slug string) (known bool, err error) {
	if err = d.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM services WHERE slug = ?)`,
		slug).Scan(&known); err != nil {
		return false, fmt.Errorf("service %q: %w", slug, err)
	}
	return known, nil
}
