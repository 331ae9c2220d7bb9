package query

import (
	"context"
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

// Scrape is a row of scrapes with its vendor: one pass over a source, or several in a row that found nothing changed.
type Scrape struct {
	Vendor        string  `db:"vendor = v.slug"` // slug
	VendorName    string  `db:"vendor_name = coalesce(nullif(v.name, ''), v.slug)"`
	PageURL       string  `db:"page_url = s.page_url"`
	StartedAt     string  `db:"started_at"`
	LastStartedAt string  `db:"last_started_at"` // of the last of its attempts
	Times         int     `db:"times"`           // attempts that it stands for
	TookMS        int64   `db:"took_ms"`         // the last of them
	Outcome       Outcome `db:"outcome"`
	HTTPStatus    int     `db:"http_status"` // 0 if there was no answer
	Requests      int     `db:"requests"`
	Bytes         int64   `db:"bytes"`
	IncidentsSeen int     `db:"incidents_seen"`
	Error         string  `db:"error"`
}

var scrapeRow = scan.Of[Scrape]("x")

// RecentScrapes returns the last passes over sources, the newest first.
func (d *DB) RecentScrapes(ctx context.Context, limit int) ([]Scrape, error) {
	scrapes, err := scrapeRow.All(ctx, d.read, `
		SELECT `+scrapeRow.Columns+`
		FROM (SELECT * FROM scrapes ORDER BY started_at DESC, scrape_id DESC LIMIT ?) x
		JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
		ORDER BY x.last_started_at DESC, x.scrape_id DESC`, limit)
	if err != nil {
		return nil, fmt.Errorf("recent scrapes: %w", err)
	}
	return scrapes, nil
}
