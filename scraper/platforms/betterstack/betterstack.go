// Package betterstack reads the status pages of Better Stack (Better Uptime).
//
// Known from bytes: the home page of 2023, which shows sections with their services. Known from documentation:
// /index.json, a JSON:API document with reports, their updates and the resources
// (https://betterstack.com/docs/uptime/status-pages/subscribing-to-status-updates/subscribing-to-api/ and
// https://betterstack.com/docs/uptime/api/status-page-reports-api-response-params/). Known from other readers of the
// format: the history /incidents/<first month>/<last month>, which links to the incidents of a quarter, and
// /incident/<id>. A backfill reads the history quarter by quarter, back to the year the product began.
//
// The host answers every path with a page, so that only its shape shows what an answer is.
package betterstack

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const docIndex = "index"

// first is the quarter before the product was first offered.
var first = time.Date(2019, time.October, 1, 0, 0, 0, 0, time.UTC)

// Start returns /index.json, and or the home page if that is refused; for a backfill the quarter that
// FromPage stands for, 1 being the one it begins in.
func (Platform) Start(s scraper.Source) []scraper.Request {
	base := strings.TrimSuffix(s.URL, "/")
	if s.Mode == scraper.Backfill {
		now := s.Time().UTC()
		page := max(1, s.FromPage)
		return []scraper.Request{quarterRequest(base, quarterOf(now).AddDate(0, -3*(page-1), 0), page)}
	}
	return []scraper.Request{{URL: base + "/index.json", Fallback: []scraper.Request{{URL: base}}}}
}

func quarterOf(t time.Time) time.Time {
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

func quarterRequest(base string, quarter time.Time, page int) scraper.Request {
	const month = "2006-01"
	return scraper.Request{
		URL: fmt.Sprintf(
			"%s/incidents/%s/%s",
			base,
			quarter.Format(month),
			quarter.AddDate(0, 2, 0).Format(month),
		),
		NextPage: page,
	}
}

// Home returns scheme and host: Better Stack serves one status page a host.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are Better Stack's words. There is none for an incident's state, which follows from the state of the affected
// services.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"downtime":      normalize.StateInvestigating,
			"degraded":      normalize.StateInvestigating,
			"maintenance":   normalize.StateUpdate,
			"operational":   normalize.StateUpdate,
			"not_monitored": normalize.StateUpdate,
		},
		Severities: map[string]normalize.Severity{
			"downtime":      normalize.SeverityMajor,
			"resolved":      normalize.SeverityNone,
			"not_monitored": normalize.SeverityUnknown,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"downtime":      normalize.StatusMajor,
			"degraded":      normalize.StatusDegraded,
			"resolved":      normalize.StatusOperational,
			"not_monitored": normalize.StatusUnknown,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Better Stack",
		Documents: []string{"index.json", "home page", "history page", "incident page"},
		History:   "back to the product's first quarter",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source: scraper.FromBoth,
	}
}

// Parse reads any document of Better Stack; its kind is found from the bytes. It returns an error that
// wraps ErrShape for any other page.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	switch {
	case page.IsJSON(body):
		return readIndex(s, p, body)
	case page.IsHTML(body):
		return readPage(s, p, body)
	}
	return scraper.Result{}, unexpected(p)
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "a document of Better Stack")
}

// reportURL returns the address of a report's page.
func reportURL(home, id string) string {
	if home == "" || id == "" {
		return ""
	}
	return home + "/incident/" + id
}

var (
	reportPath  = lazyregexp.New(`/incident/(\d+)/?$`)
	quarterPath = lazyregexp.New(`/incidents/(\d{4})-(\d{2})/\d{4}-\d{2}/?$`)
)

// reportID returns the id in the address of a report's page, "" if it has none.
func reportID(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if m := reportPath.FindStringSubmatch(u.Path); m != nil {
		return m[1]
	}
	return ""
}

// olderQuarter asks for the quarter before the one that p is of.
func olderQuarter(s scraper.Source, p page.Page) []scraper.Request {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	m := quarterPath.FindStringSubmatch(u.Path)
	if m == nil {
		return nil
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	quarter := quarterOf(time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)).AddDate(0, -3, 0)
	if quarter.Before(first) {
		return nil
	}
	return []scraper.Request{quarterRequest(strings.TrimSuffix(s.URL, "/"), quarter, max(1, s.FromPage)+1)}
}
