// Package statuspage reads the pages of Atlassian Statuspage. Formats: https://confluence.status.atlassian.com/api
// for the JSON below /api/v2; history.json, the single incidents and the HTML are undocumented and
// read as they are served.
package statuspage

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const docIncidentText = "incident_text"

const docAtom = "atom"

const docRSS = "rss"

// Start returns the summary, or the home page where the API is refused; for a backfill the page of
// the history to begin with.
func (Platform) Start(s scraper.Source) []scraper.Request {
	base, site := homeOf(s.URL), page.SiteOf(s.URL)
	// A path that Statuspage does not have may be where another server passes the page on, or mean nothing.
	var elsewhere []scraper.Request
	if s.Mode == scraper.Backfill {
		request := historyRequest(base, max(1, s.FromPage))
		if base != site {
			request.Fallback = append(request.Fallback, historyRequest(site, max(1, s.FromPage)))
		}
		return []scraper.Request{request}
	}
	if base != site {
		elsewhere = summaryRequests(site, nil)
	}
	return summaryRequests(base, elsewhere)
}

func summaryRequests(base string, otherwise []scraper.Request) []scraper.Request {
	return []scraper.Request{
		{URL: base + "/api/v2/summary.json", Fallback: []scraper.Request{{URL: base, Fallback: otherwise}}},
	}
}

var below = lazyregexp.New(`/(?:api/v[0-9].*|history(?:[./].*)?|incidents(?:/.*)?|uptime(?:/.*)?|index\.html?|` +
	`subscriptions?/.*|sla.*)?$`)

// Home returns the address of the page. Statuspage serves one status page a host; another server may pass it on under a
// path.
func (Platform) Home(u *url.URL) string { return page.Above(u, below) }

// homeOf is Home of an address, "" for one that is not absolute.
func homeOf(address string) string {
	if page.SiteOf(address) == "" {
		return ""
	}
	return scraper.HomeOf(Platform{}, address)
}

// Parse reads any document of Statuspage; its kind is found from the bytes.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	result, err := read(s, p)
	if err == nil {
		err = askedFor(s, p, result.Document)
	}
	if err != nil {
		return scraper.Result{}, err
	}
	result.Follow = follow(s, p, result)
	return result.Result, nil
}

// askedFor returns an error for a document of Statuspage that stands in for another one. Hosts answer
// some addresses with the home page: taken for the history, it would end a backfill at once. Nor does a
// document without any list of incidents stand in for the one that has it.
func askedFor(s scraper.Source, p page.Page, document string) error {
	u, err := url.Parse(p.URL)
	web := document == page.DocHome || document == page.DocIncidentPage || document == docIncidentText
	if err == nil && u.Host != "" && web && strings.HasSuffix(u.Path, ".json") {
		return page.Errorf("an HTML page (Statuspage's %s) where JSON was asked for", document)
	}
	starts := err == nil && u.Host != "" && (strings.HasSuffix(u.Path, "/api/v2/summary.json") ||
		strings.TrimRight(p.URL, "/") == scraper.HomeOf(Platform{}, p.URL))
	if starts && (document == page.DocStatus || document == page.DocComponents) {
		return page.Errorf(
			"Statuspage's %s where its summary was asked for: it does not say which incidents are open",
			document,
		)
	}
	switch document {
	case page.DocHistory, page.DocIncident, page.DocIncidentPage, docIncidentText:
		return nil
	}
	if s.Mode == scraper.Backfill {
		return page.Errorf("Statuspage's %s where its history was expected", document)
	}
	return nil
}

// Reading is a Result with what the crawl needs to know of the document beyond it.
type Reading struct {
	scraper.Result
	months []month   // of a history
	since  time.Time // day the page was created, of a history; zero if not told
}

// read reads a document without regard to what is known already.
func read(s scraper.Source, p page.Page) (Reading, error) {
	body := page.Body(p)
	switch {
	case len(body) == 0:
		return Reading{}, unexpected(p)
	case page.IsJSON(body):
		return readJSON(s, p, body)
	case page.IsFeed(body):
		return readFeed(s, p, body)
	case page.IsHTML(body):
		return readHTML(s, p, body)
	}
	return readText(s, p, body)
}

// unexpected is the error for a page of another kind.
func unexpected(p page.Page) error { return page.Unexpected(p, "a Statuspage document") }

// maintenanceWords are the state words that only maintenances have.
var maintenanceWords = map[string]bool{
	"scheduled":   true,
	"in progress": true,
	"in_progress": true,
	"verifying":   true,
	"completed":   true,
}

// incidentWords are the state words that only incidents have.
var incidentWords = map[string]bool{"investigating": true, "identified": true, "monitoring": true, "resolved": true}

// kindOf tells the kind of an incident where the document does not tell in which list it stands: by the newest post
// with a state word that only one of the kinds has. An impact of "maintenance" alone decides nothing, since vendors
// give it to incidents too; the kind is then empty, and left to what other documents say.
func kindOf(impact string, updates []normalize.RawUpdate) string {
	kind := kindByPosts(updates)
	if kind == "" && !strings.EqualFold(impact, "maintenance") {
		return string(normalize.KindIncident)
	}
	return kind
}

func kindByPosts(updates []normalize.RawUpdate) string {
	for _, u := range slices.Backward(updates) {
		switch word := strings.ToLower(u.State); {
		case maintenanceWords[word]:
			return string(normalize.KindMaintenance)
		case incidentWords[word]:
			return string(normalize.KindIncident)
		}
	}
	return ""
}

var periodPattern = lazyregexp.New(`^([A-Za-z]{3,9} \d{1,2}(?:, \d{4})?),? (\d{1,2}:\d{2}(?: ?[AaPp][Mm])?)` +
	`(?: ?[-–—] ?(?:([A-Za-z]{3,9} \d{1,2}(?:, \d{4})?),? )?(\d{1,2}:\d{2}(?: ?[AaPp][Mm])?))? (\S.*)$`)

// splitPeriod splits a printed period such as "Jan 30, 22:00 - Jan 31, 06:00 CET",
// "Jan 23, 14:00-20:00 UTC" or "Jan 23, 2026 14:00-20:00 UTC" into its ends, each with date and zone; a
// text with one time only has no end. ok is false if the text has another form.
func splitPeriod(text string) (start, end string, ok bool) {
	m := periodPattern.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	start = m[1] + ", " + m[2] + " " + m[5]
	if m[4] == "" {
		return start, "", true
	}
	date := m[3]
	if date == "" {
		date = m[1]
	}
	return start, date + ", " + m[4] + " " + m[5], true
}
