package query

import (
	"context"
	"database/sql"
	"fmt"
	"vendorwatch/db/internal/scan"
)

// Outcome is how a scrape ended.
type Outcome string

// The outcomes of a scrape.
const (
	OutcomeChanged    Outcome = "changed"    // read, and something differed
	OutcomeUnchanged  Outcome = "unchanged"  // not modified since the last good scrape, or read and nothing differed
	OutcomePartial    Outcome = "partial"    // what could be read was saved, a further page failed
	OutcomeUnreadable Outcome = "unreadable" // the page is not what it should be (shape, challenge, empty)
	OutcomeFailed     Outcome = "failed"     // no answer, or an error status
)

// Scrape is a row of scrapes with its vendor.
type Scrape struct {
	Vendor        string // slug
	VendorName    string
	PageURL       string
	StartedAt     string
	TookMS        int64
	Outcome       Outcome
	HTTPStatus    int // 0 if there was no answer
	Requests      int
	Bytes         int64
	IncidentsSeen int
	Error         string
}

// RecentScrapes returns the last passes over sources, the newest first.
func (d *DB) RecentScrapes(ctx context.Context, limit int) ([]Scrape, error) {
	scrapes, err := scan.List(ctx, d.read, func(r *sql.Rows, s *Scrape) error {
		return r.Scan(&s.Vendor, &s.VendorName, &s.PageURL, &s.StartedAt, &s.TookMS, &s.Outcome, &s.HTTPStatus, &s.Requests, &s.Bytes, &s.IncidentsSeen, &s.Error)
	}, `
		SELECT v.slug, coalesce(nullif(v.name, ''), v.slug), s.page_url, x.started_at, x.took_ms, x.outcome, coalesce(x.http_status, 0),
			x.requests, x.bytes, x.incidents_seen, coalesce(x.error, '')
		FROM (SELECT * FROM scrapes ORDER BY started_at DESC, scrape_id DESC LIMIT ?) x
		JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		ORDER BY x.started_at DESC, x.scrape_id DESC`, limit)
	if err != nil {
		return nil, fmt.Errorf("recent scrapes: %w", err)
	}
	return scrapes, nil
}
